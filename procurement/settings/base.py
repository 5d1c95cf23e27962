"""How settings are read: all of a process at once, from the environment, with every fault told."""

import sys
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import SecretStr, ValidationError
from pydantic import field_validator as validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from procurement.settings.environment import Broken, Environment
from procurement.settings.values import is_postgres_url, without_credentials

EX_CONFIG = 78
"""sysexits.h: something is wrong with the configuration, and starting again will not cure it."""


class SaysItAll(ValueError):
    """A fault that is not made clearer by the value itself."""


class Given(BaseSettings):
    model_config = SettingsConfigDict(
        alias_generator=str.upper,
        case_sensitive=True,
        frozen=True,
        hide_input_in_errors=True,
        allow_inf_nan=False,
    )
    secrets: ClassVar[tuple[str, ...]] = ()
    """Each may come from a file that NAME_FILE names."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # pydantic's signature
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings, Environment(settings_cls, cls.secrets))

    @validator("*", mode="before")
    @classmethod
    def _came_through(cls, value: Any) -> Any:
        """What could not even be read is a fault of its variable, reported with all the others."""
        if isinstance(value, Broken):
            raise ValueError(str(value))  # noqa: TRY004  # pydantic reports ValueErrors
        return value

    @classmethod
    def read(cls, **given: str) -> Self:
        """Exit with one line per fault when the environment, and what is given beside it, do not add up."""
        try:
            return cls(**given)
        except ValidationError as error:
            sys.stderr.write("".join(f"{line}\n" for line in cls._faults_of(error)))
            raise SystemExit(EX_CONFIG) from None

    def summary(self) -> Mapping[str, str]:
        """What is in force, for the log line at the start; of a secret only whether and where it points."""
        return {name.upper(): _shown(getattr(self, name)) for name in type(self).model_fields}

    @classmethod
    def _faults_of(cls, error: ValidationError) -> list[str]:
        """One line per variable; what was given is quoted unless it is, or may contain, a secret."""
        return [cls._in_words(str(each["loc"][0]).upper(), each) for each in error.errors(include_url=False)]

    @classmethod
    def _in_words(cls, name: str, fault: ErrorDetails) -> str:
        may_be_file = f" (or {name}_FILE)" if name in cls.secrets else ""
        if fault["type"] == "missing":
            return f"{name}{may_be_file}: is required"
        given, said = fault["input"], fault.get("ctx", {}).get("error")
        hidden = may_be_file or "@" in str(given) or isinstance(given, Broken) or isinstance(said, SaysItAll)
        quoted = "" if hidden else f", not {given!r}"
        message = fault["msg"].removeprefix("Value error, ").removeprefix("Input ")
        return f"{name}{may_be_file if given is None else ''}: {message}{quoted}"


def _shown(value: object) -> str:
    match value:
        case None:
            return "not set"
        case SecretStr():
            secret = value.get_secret_value()
            return without_credentials(secret) if is_postgres_url(secret) else "set"
        case tuple():
            return ",".join(value)
        case _:
            return str(value)
