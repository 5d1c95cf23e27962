"""Where settings come from: environment variables, and for secrets the files that they name."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic_settings import BaseSettings, EnvSettingsSource


class Broken(str):
    """Stands for a value that could not be read, until the model reports it with all other faults."""

    __slots__ = ()


class Environment(EnvSettingsSource):
    """Blank is not set. A secret may be given as NAME or in the file that NAME_FILE names, not as both."""

    def __init__(self, settings_cls: type[BaseSettings], secrets: tuple[str, ...]) -> None:
        self._secrets = secrets
        super().__init__(settings_cls)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        given = {name: value.strip() for name, value in os.environ.items() if value.strip()}
        from_files = {name: _secret(name, given) for name in self._secrets if f"{name}_FILE" in given}
        return {**given, **from_files}


def _secret(name: str, given: Mapping[str, str]) -> str:
    if name in given:
        return Broken(f"is set both here and in {name}_FILE; unset one of them")
    path = Path(given[f"{name}_FILE"])
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        return Broken(f"the file {path} that {name}_FILE names cannot be read: {reason}")
    return secret or Broken(f"the file {path} that {name}_FILE names is empty")
