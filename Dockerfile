# syntax=docker/dockerfile:1
# One image for every process; the argument says which: api, worker, consumer, migrate, topics, token.
#
#   docker build --build-arg VERSION=0.1.0 --build-arg GIT_SHA="$(git rev-parse HEAD)" -t procurement:0.1.0 .
#
# No architecture is fixed: `--platform linux/amd64,linux/arm64` builds both. The base stands here once, in full, so
# that the bot that keeps it fresh also adds its digest (python:3.11.14-slim-trixie@sha256:…); by hand:
# `docker buildx imagetools inspect python:3.11.14-slim-trixie`.
FROM python:3.11.14-slim-trixie AS python

FROM python AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ONLY_BINARY=:all: \
    PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
RUN python -m venv --without-pip /opt/procurement

# What changes seldom comes first. Every file that is installed, the build backend too, has its hash in a lock.
COPY requirements.txt deploy/requirements-build.txt ./
RUN python -m pip --python /opt/procurement/bin/python install \
      --require-hashes --no-deps --no-compile -r requirements.txt
RUN python -m pip install --require-hashes --no-deps -r requirements-build.txt

COPY pyproject.toml README.md LICENSE ./
COPY procurement procurement
COPY alembic alembic
RUN python -m pip wheel --no-deps --no-build-isolation --no-index --wheel-dir dist . \
 && python -m pip --python /opt/procurement/bin/python install --no-deps --no-index --no-compile dist/*.whl

# The file system is read-only when it runs: byte code is made here, and is never checked against its source.
RUN /opt/procurement/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/procurement

# A label that is not true is worse than none.
ARG VERSION
RUN test "$(/opt/procurement/bin/python -c 'from importlib.metadata import version; print(version("procurement"))')" \
      = "${VERSION:?give --build-arg VERSION}"

FROM python
ARG VERSION
ARG GIT_SHA=unknown
LABEL org.opencontainers.image.title="procurement" \
      org.opencontainers.image.description="A procurement backend: REST API, outbox worker, Kafka consumers" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${GIT_SHA}"
# Nothing is installed into a running container.
RUN python -m pip uninstall --yes --quiet --root-user-action ignore pip setuptools wheel
COPY --from=build /opt/procurement /opt/procurement
ENV PATH=/opt/procurement/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONFAULTHANDLER=1 \
    GIT_SHA=${GIT_SHA}
WORKDIR /tmp
USER 65532:65532
EXPOSE 8080 8081
# No HEALTHCHECK: whoever runs the container probes /healthz and /readyz on 8081 (deploy/).
# SIGTERM is handled by the processes themselves, as PID 1 too.
STOPSIGNAL SIGTERM
ENTRYPOINT ["procurement"]
CMD ["--help"]
