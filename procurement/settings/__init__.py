"""Everything that can be set, read once from the environment: whole and valid, or not at all.

Endpoints and secrets have no default; everything else has one that is fit for production.
"""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo
from pydantic import field_validator as validator
from pydantic_settings import NoDecode

from procurement.settings.base import Given
from procurement.settings.kafka import KafkaSettings
from procurement.settings.values import Address, address, is_postgres_url, seconds, web_url

_SECRET_LENGTH = 32


def _postgres_url(url: SecretStr) -> SecretStr:
    if not is_postgres_url(url.get_secret_value()):
        raise ValueError("is not a URL like postgresql://user:password@host:5432/database")
    return url


def _long_enough(secret: SecretStr) -> SecretStr:
    if len(secret) < _SECRET_LENGTH:
        raise ValueError(f"must have {_SECRET_LENGTH} characters or more")
    return secret


Seconds = Annotated[float, BeforeValidator(seconds)]
ListenAddress = Annotated[Address, NoDecode, BeforeValidator(address)]
PostgresUrl = Annotated[SecretStr, AfterValidator(_postgres_url)]


class AppEnv(StrEnum):
    TEST = "test"
    DEVELOPMENT = "development"
    STAGING = "staging"
    PRODUCTION = "production"


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARN = "warn"
    ERROR = "error"


class LogFormat(StrEnum):
    JSON = "json"
    CONSOLE = "console"


class DatabaseSettings(Given):
    """What a process needs that talks to Postgres and to nobody else: migrations, the operator's verbs."""

    secrets: ClassVar[tuple[str, ...]] = ("DATABASE_URL", "MIGRATION_DATABASE_URL")

    app_env: AppEnv = AppEnv.PRODUCTION
    """Said in logs and spans."""
    git_sha: str = "unknown"
    """The commit that the image was built from; /version tells it."""
    log_level: LogLevel = LogLevel.INFO
    log_format: LogFormat = LogFormat.JSON
    """One JSON object a line, or coloured lines for people."""

    database_url: PostgresUrl
    """postgresql://user:password@host:5432/database; add ?sslmode=verify-full&sslrootcert=system for TLS."""
    migration_database_url: PostgresUrl | None = None
    """Another user, who owns the tables; the same as DATABASE_URL unless set."""
    db_max_conns: Annotated[int, Field(ge=1, le=200)] = 8
    """Connections of one process, and two more: to ring the worker, and to listen."""
    db_acquire_timeout: Annotated[Seconds, Field(ge=0.01, le=60)] = 1.0
    """How long a request waits for one of them before it is answered with 503."""
    db_statement_timeout: Annotated[Seconds, Field(ge=0.01, le=600)] = 5.0
    """Postgres ends what takes longer."""
    db_lock_timeout: Annotated[Seconds, Field(ge=0.01, le=600)] = 2.0
    """How long a statement waits for a row that somebody else is changing."""
    db_conn_lifetime: Annotated[Seconds, Field(ge=1, le=86_400)] = 1800.0
    """Then a connection is replaced, so that a failover or a new server is found."""
    db_prepare: bool = True
    """False behind a pooler that cannot keep prepared statements."""

    @property
    def migration_url(self) -> str:
        return (self.migration_database_url or self.database_url).get_secret_value()


class Settings(DatabaseSettings):
    """What the api needs, and the worker and the consumer, too."""

    secrets: ClassVar = (*DatabaseSettings.secrets, "CURSOR_SECRET")

    listen_addr: ListenAddress = Address("127.0.0.1", 8080)
    """The API. In a container 0.0.0.0:8080."""
    management_addr: ListenAddress = Address("127.0.0.1", 8081)
    """Metrics and health, never reachable from outside."""
    metrics_namespace: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)] = "procurement"
    """What the names of all metrics begin with; dashboards and alerts expect the default."""

    jwt_issuer: Annotated[str, Field(min_length=1)]
    """Whose tokens are believed: their `iss`."""
    jwt_audience: Annotated[str, Field(min_length=1)]
    """For whom they must be: their `aud`."""
    jwks_url: Annotated[str, AfterValidator(web_url("https", "http", "file"))]
    """Where the keys are published that sign them."""
    cursor_secret: Annotated[SecretStr, AfterValidator(_long_enough)] | None = None
    """Seals paging cursors. Without it each process makes its own, and cursors die with the process."""

    rate_limit: Annotated[float, Field(gt=0, le=1_000_000)] = 100.0
    """Requests a second that each client may make, on average."""
    rate_burst: Annotated[int, Field(ge=1, le=1_000_000)] = 200
    """Requests that it may make at once."""

    retry_max_attempts: Annotated[int, Field(ge=1, le=10)] = 3
    """The first try included."""
    retry_base_delay: Annotated[Seconds, Field(ge=0.001, le=60)] = 0.05
    """Doubled from one try to the next, with jitter."""
    retry_max_delay: Annotated[Seconds, Field(ge=0.001, le=60)] = 1.0

    otel_exporter_otlp_endpoint: Annotated[str, AfterValidator(web_url("https", "http"))] | None = None
    """Without it nothing is sampled and nothing sent."""
    trace_sample_ratio: Annotated[float, Field(ge=0, le=1)] = 0.1
    """Share of traces that begin here; 1 behind a collector that chooses itself."""

    shutdown_lead: Annotated[Seconds, Field(ge=0, le=300)] = 5.0
    """Not ready any more, but still serving, so that load balancers notice."""
    shutdown_drain: Annotated[Seconds, Field(ge=0, le=600)] = 20.0
    """For what is under way when nothing new is accepted any more."""

    @property
    def tracing(self) -> bool:
        """Whether any span of this process can be sampled."""
        return self.otel_exporter_otlp_endpoint is not None

    @validator("retry_max_delay")
    @classmethod
    def _is_no_less_than_the_base(cls, value: float, info: ValidationInfo) -> float:
        base = info.data.get("retry_base_delay")
        if base is not None and value < base:
            raise ValueError(f"must not be less than RETRY_BASE_DELAY, which is {base:g}s")
        return value


class BackgroundSettings(KafkaSettings, Settings):
    """What the worker and the consumer need."""

    secrets: ClassVar = (*Settings.secrets, *KafkaSettings.secrets)
