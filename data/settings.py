"""What the operator sets, read once from the environment, `.env` and `…_FILE` files (contract, "Settings")."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX = "VIGIE_"


def port(text: str) -> int:
    """The port. Raises ValueError for what is none: the system would cut it to sixteen bits, which nobody meant."""
    number = int(text)
    if not 0 <= number <= 65535:
        raise ValueError(f"{number} is not a port")
    return number


class FromFiles(PydanticBaseSettingsSource):
    """`VIGIE_SECRET_KEY_FILE=/run/secrets/key` gives VIGIE_SECRET_KEY the file's content, without the line end.

    `named` is where such names are looked up: the environment, or what `.env` says.
    """

    def __init__(self, settings_cls: type[BaseSettings], named: Mapping[str, str | None]) -> None:
        super().__init__(settings_cls)
        self._named = {name.upper(): value for name, value in named.items()}

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        path = self._named.get(f"{PREFIX}{field_name.upper()}_FILE")
        return (Path(path).read_text(encoding="utf-8").rstrip("\r\n") if path else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        values = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in values.items() if value is not None}


class Settings(BaseSettings):
    """Frozen. What an administrator changes in daily life is in the database, not here."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True)

    database_url: str = "sqlite:///var/vigie.db"
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    data_dir: Path = Path("var")
    secret_key: str = ""
    timezone: str = "Europe/Paris"
    language: Literal["fr", "en"] = "fr"
    base_url: str = ""
    trusted_proxies: str = ""
    api_rate: int = Field(default=600, ge=0)
    smtp_url: str = ""
    smtp_sender: str = ""
    webhook_allow: str = ""
    anchor_to: str = ""
    log_format: Literal["text", "json"] = "text"

    @field_validator("timezone")
    @classmethod
    def known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as unknown:
            raise ValueError(f"{name!r} is not a time zone; write for example Europe/Paris") from unknown
        return name

    @field_validator("database_url")
    @classmethod
    def known_database(cls, url: str) -> str:
        if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("write sqlite:///path/to/file.db or postgresql://user:password@host/database")
        return url

    @property
    def zone(self) -> ZoneInfo:
        """The organisation's time zone: references, calendars and times on screen."""
        return ZoneInfo(self.timezone)

    @property
    def public_url(self) -> str:
        """Where people reach Vigie, without a final slash."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def secret_file(self) -> Path:
        """Where the key is kept that is made when none is given."""
        return self.data_dir / "secret_key"

    @cached_property
    def secret(self) -> bytes:
        """The key of cookies and of the history chain; made once and kept with mode 600 where none is given.

        Raises ValueError with PostgreSQL and no key: several processes must share one.
        """
        if self.secret_key:
            return self.secret_key.encode()
        if not self.database_url.startswith("sqlite"):
            raise ValueError("set VIGIE_SECRET_KEY (or VIGIE_SECRET_KEY_FILE): with PostgreSQL every process needs it")
        path = self.secret_file
        self.data_dir.mkdir(parents=True, exist_ok=True)
        # Written aside and then linked: whoever finds the file, in another process too, finds the whole key in it.
        with NamedTemporaryFile("w", dir=self.data_dir, prefix=".secret_key-") as aside:
            aside.write(secrets.token_hex(32))
            aside.flush()
            with suppress(FileExistsError):
                os.link(aside.name, path)
        return path.read_text(encoding="utf-8").strip().encode()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        said = getattr(dotenv_settings, "env_vars", {})
        by_name = FromFiles(settings_cls, os.environ)
        return init_settings, env_settings, by_name, dotenv_settings, FromFiles(settings_cls, said)
