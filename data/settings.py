"""What the operator sets, read once from the environment, `.env` and `…_FILE` files (contract, "Settings")."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "VIGIE_"
# What to write instead of a value that will not do.
REMEDIES = {
    "database_url": "write sqlite:///path/to/file.db or postgresql://user:password@host/database",
    "port": "write a number from 0 to 65535",
    "timezone": "write a time zone, for example Europe/Paris",
    "language": "write fr or en",
    "trusted_proxies": "write addresses such as 10.0.0.1, separated by commas",
    "api_rate": "write a number of calls a minute, 0 for no limit",
    "log_format": "write text or json",
}


def port(text: str) -> int:
    """The port. Raises ValueError for what is none: the system would cut it to sixteen bits, which nobody meant."""
    number = int(text)
    if not 0 <= number <= 65535:
        raise ValueError(f"{number} is not a port")
    return number


def _sentence(error: Mapping[str, Any]) -> str:
    """What is wrong with a setting, and what to write. Addresses have passwords in them, so they are not repeated."""
    field = str(error["loc"][0])
    value = "" if field == "database_url" else f" {str(error['input'])[:80]!r} will not do,"
    return f"{PREFIX}{field.upper()}:{value} {REMEDIES.get(field, error['msg'])}"


class FromFiles(PydanticBaseSettingsSource):
    """`VIGIE_SECRET_KEY_FILE=/run/secrets/key` gives VIGIE_SECRET_KEY the file's content, without the line end.

    `named` is where such names are looked up: the environment, or what `.env` says.
    """

    def __init__(self, settings_cls: type[BaseSettings], named: Mapping[str, str | None]) -> None:
        super().__init__(settings_cls)
        self._named = {name.upper(): value for name, value in named.items()}

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        name = f"{PREFIX}{field_name.upper()}_FILE"
        path = self._named.get(name)
        try:
            return (Path(path).read_text(encoding="utf-8").rstrip("\r\n") if path else None), field_name, False
        except OSError as unreadable:
            raise ValueError(f"{name}: {path} cannot be read: {unreadable.strerror}") from unreadable
        except UnicodeDecodeError as binary:
            raise ValueError(f"{name}: {path} is no text in UTF-8") from binary

    def __call__(self) -> dict[str, Any]:
        values = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in values.items() if value is not None}


class Settings(BaseSettings):
    """Frozen. What an administrator changes in daily life is in the database, not here."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

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
    imap_url: str = ""
    webhook_allow: str = ""
    anchor_to: str = ""
    log_format: Literal["text", "json"] = "text"

    @field_validator("timezone")
    @classmethod
    def known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as unknown:
            raise ValueError("not a time zone") from unknown
        return name

    @field_validator("database_url")
    @classmethod
    def known_database(cls, url: str) -> str:
        try:
            database = make_url(url).database
        except (ArgumentError, ValueError) as unreadable:
            raise ValueError("not an address") from unreadable
        if url.startswith("sqlite:///") and database not in (None, "", ":memory:"):
            return url
        if not url.startswith(("postgresql://", "postgresql+psycopg://")):
            raise ValueError("neither a file nor a database of PostgreSQL")
        return url

    @field_validator("trusted_proxies")
    @classmethod
    def addresses(cls, proxies: str) -> str:
        for proxy in filter(str.strip, proxies.split(",")):
            ip_address(proxy.strip())
        return proxies

    @classmethod
    def read(cls) -> Self:
        """The settings. Raises ValueError with one sentence for each that cannot be meant; no value is in it that may
        be secret."""
        try:
            return cls()
        except ValidationError as unfit:
            raise ValueError("\n".join(map(_sentence, unfit.errors()))) from unfit
        except UnicodeDecodeError as binary:
            raise ValueError(".env is no text in UTF-8") from binary

    @property
    def zone(self) -> ZoneInfo:
        """The organisation's time zone: references, calendars and times on screen."""
        return ZoneInfo(self.timezone)

    @property
    def public_url(self) -> str:
        """Where people reach Vigie, without a final slash. Raises ValueError where that cannot be an address."""
        if not self.base_url:
            return f"http://{self.host}:{self.port}"
        try:
            parts = urlsplit(self.base_url)
            whole = parts.scheme in ("http", "https") and parts.hostname and (parts.port or True)
        except ValueError:
            whole = False
        if not whole or parts.query or parts.fragment:
            raise ValueError(
                f"{PREFIX}BASE_URL: {self.base_url[:80]!r} will not do, write for example https://vigie.example.org"
            )
        return self.base_url.rstrip("/")

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
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            # Written aside and then linked: whoever finds the file, in another process too, finds the whole key in it.
            with NamedTemporaryFile("w", dir=self.data_dir, prefix=".secret_key-") as aside:
                aside.write(secrets.token_hex(32))
                aside.flush()
                with suppress(FileExistsError):
                    os.link(aside.name, path)
            return path.read_text(encoding="utf-8").strip().encode()
        except OSError as unfit:
            raise ValueError(f"{PREFIX}DATA_DIR: {self.data_dir} will not do: {unfit.strerror}") from unfit

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
