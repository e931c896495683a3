"""What the operator sets, and the key that is made where none is given (contract, "Settings")."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from pydantic import ValidationError

from data.settings import PREFIX, Settings, port


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of this machine's own settings, and an empty folder."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_nothing_needs_to_be_set() -> None:
    settings = Settings()
    assert (settings.database_url, settings.port, settings.language) == ("sqlite:///var/vigie.db", 8080, "fr")
    assert str(settings.zone) == "Europe/Paris"


def test_a_key_is_made_once_and_is_the_owner_s_to_read(tmp_path: Path) -> None:
    first = Settings(data_dir=tmp_path / "var").secret
    assert len(first) == 64
    assert Settings(data_dir=tmp_path / "var").secret == first
    assert stat.S_IMODE((tmp_path / "var" / "secret_key").stat().st_mode) == 0o600
    assert [file.name for file in (tmp_path / "var").iterdir()] == ["secret_key"]


def test_those_who_start_together_have_the_same_key(tmp_path: Path) -> None:
    """Else what one of them seals, the others would call forged."""
    for attempt in range(20):
        start = Barrier(8)

        def key(_: int, folder: Path = tmp_path / str(attempt), start: Barrier = start) -> bytes:
            settings = Settings(data_dir=folder)
            start.wait()
            return settings.secret

        with ThreadPoolExecutor(8) as threads:
            keys = set(threads.map(key, range(8)))
        assert len(keys) == 1
        assert len(keys.pop()) == 64


def test_several_processes_on_postgresql_must_be_given_one(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(database_url="postgresql://vigie@localhost/vigie")
    with pytest.raises(ValueError, match="VIGIE_SECRET_KEY"):
        _ = settings.secret
    monkeypatch.setenv("VIGIE_SECRET_KEY", "given")
    assert Settings(database_url="postgresql://vigie@localhost/vigie").secret == b"given"


def test_a_value_can_be_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from a file\n", encoding="utf-8")
    monkeypatch.setenv("VIGIE_SECRET_KEY_FILE", str(tmp_path / "key"))
    assert Settings().secret == b"from a file"
    monkeypatch.setenv("VIGIE_SECRET_KEY", "from the environment")
    assert Settings().secret == b"from the environment"


@pytest.mark.parametrize(
    ("name", "value"),
    [("timezone", "Europe/Atlantis"), ("database_url", "mysql://x"), ("port", "99999"), ("language", "de")],
)
def test_a_setting_that_makes_no_sense_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(PREFIX + name.upper(), value)
    with pytest.raises(ValidationError, match=name):
        Settings()


def test_what_is_left_empty_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """A compose file hands on `VIGIE_PORT=${VIGIE_PORT:-}`."""
    for name in ("port", "timezone", "database_url", "data_dir", "language"):
        monkeypatch.setenv(PREFIX + name.upper(), "")
    assert (Settings().port, str(Settings().zone)) == (8080, "Europe/Paris")


def test_env_file_may_name_files_too_and_the_environment_goes_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "port").write_text("9001\n", encoding="utf-8")
    (tmp_path / "other").write_text("9002\n", encoding="utf-8")
    (tmp_path / ".env").write_text(f"VIGIE_PORT_FILE={tmp_path}/port\nVIGIE_LANGUAGE=en\n", encoding="utf-8")
    assert (Settings().port, Settings().language) == (9001, "en")
    monkeypatch.setenv("VIGIE_PORT_FILE", f"{tmp_path}/other")
    assert Settings().port == 9002
    monkeypatch.setenv("VIGIE_PORT", "9003")
    assert Settings().port == 9003


@pytest.mark.parametrize("text", ["-1", "65536", "99999", "x", "", "80.0"])
def test_a_number_beyond_sixteen_bits_is_no_port(text: str) -> None:
    """`serve --port 99999` would otherwise listen at 34463."""
    assert port("65535") == 65535
    with pytest.raises(ValueError, match=r"port|int"):
        port(text)
