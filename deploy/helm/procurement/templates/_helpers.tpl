{{- define "procurement.fullname" -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name .Chart.Name) (contains .Chart.Name .Release.Name) | trunc 50 | trimSuffix "-" -}}
{{- end }}

{{- define "procurement.selector" -}}
app.kubernetes.io/name: procurement
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Of everything but the jobs' pods, which no Service, budget or policy of the processes may select. */}}
{{- define "procurement.labels" -}}
{{ include "procurement.selector" . }}
{{ include "procurement.origin" . }}
{{- end }}

{{- define "procurement.origin" -}}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: procurement
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "procurement.jobSelector" -}}
app.kubernetes.io/name: procurement-jobs
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "procurement.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- with .Values.image.digest }}@{{ . }}{{ end }}
{{- end }}

{{/* What every pod has in common: Pod Security "restricted", and no token that it does not need. */}}
{{- define "procurement.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.image.pullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}

{{- define "procurement.container" -}}
image: {{ include "procurement.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  privileged: false
  capabilities: {drop: [ALL]}
{{- end }}

{{/* Read by the process's own group, 65532, and by nobody else. */}}
{{- define "procurement.secretFile" -}}
- secret:
    name: {{ .name }}
    items: [{key: {{ .key | quote }}, path: {{ .path }}}]
{{- end }}

{{/* What it takes to be let in by Kafka: where the files are, and what they are made from. */}}
{{- define "procurement.kafkaFiles" -}}
{{- with .Values.kafka.password }}{{ if .name }}
- {name: KAFKA_PASSWORD_FILE, value: /run/secrets/procurement/kafka-password}
{{- end }}{{ end }}
{{- with .Values.kafka.ca }}{{ if .name }}
- {name: KAFKA_CA_FILE, value: /run/secrets/procurement/kafka-ca.pem}
{{- end }}{{ end }}
{{- with .Values.kafka.client }}{{ if .name }}
- {name: KAFKA_CERT_FILE, value: /run/secrets/procurement/kafka-cert.pem}
- {name: KAFKA_KEY_FILE, value: /run/secrets/procurement/kafka-key.pem}
{{- end }}{{ end }}
{{- end }}

{{- define "procurement.kafkaSources" -}}
{{- with .Values.kafka.password }}{{ if .name }}
{{ include "procurement.secretFile" (dict "name" .name "key" .key "path" "kafka-password") }}
{{- end }}{{ end }}
{{- with .Values.kafka.ca }}{{ if .name }}
- {{ ternary "configMap" "secret" (eq .kind "ConfigMap") }}:
    name: {{ .name }}
    items: [{key: {{ .key | quote }}, path: kafka-ca.pem}]
{{- end }}{{ end }}
{{- with .Values.kafka.client }}{{ if .name }}
{{ include "procurement.secretFile" (dict "name" .name "key" .certificate "path" "kafka-cert.pem") }}
{{ include "procurement.secretFile" (dict "name" .name "key" .key "path" "kafka-key.pem") }}
{{- end }}{{ end }}
{{- end }}

{{/* Whom a process talks to. The api publishes by the outbox and needs no broker. */}}
{{- define "procurement.egress" -}}
{{- $to := .root.Values.networkPolicy.to }}
{{- range $i, $name := .names }}
{{- if $i }}
{{ end -}}
- to: {{- toYaml (index $to $name).peers | nindent 4 }}
  ports:
    - {protocol: TCP, port: {{ (index $to $name).port }}}
    {{- if eq $name "dns" }}
    - {protocol: UDP, port: {{ (index $to $name).port }}}
    {{- end }}
{{- end }}
{{- end }}

{{- define "procurement.connections" -}}
{{- $v := .Values }}
{{- $most := ternary $v.api.maxReplicas $v.api.replicas $v.autoscaling.enabled }}
{{- $api := mul (add $most 1) (add $v.api.dbMaxConns 2) }}
{{- $worker := mul (add $v.worker.replicas 1) (add $v.worker.dbMaxConns 2) }}
{{- $consumer := mul (add $v.consumer.replicas 1) (add $v.consumer.dbMaxConns 2) }}
{{- add $api $worker $consumer 2 }}
{{- end }}
