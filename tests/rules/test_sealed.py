"""Secrets in the database: read only with the key, only for their purpose, only unchanged."""

import base64
from collections.abc import Iterator

import pyrage
import pytest

from services import keys, sealed
from services.sealed import SealBroken, seal, unseal


@pytest.fixture(autouse=True)
def _key() -> Iterator[None]:
    before = list(keys._secret)
    keys.use_secret(b"a secret key")
    yield
    keys._secret[:] = before


def test_what_is_sealed_opens_for_its_purpose_alone() -> None:
    for text in ("JBSWY3DPEHPK3PXP", "", "https://hooks.example/é\nline\x00", "x" * 10_000):
        kept = seal("channel 7", text)
        assert unseal("channel 7", kept) == text
        assert seal("channel 7", text) != kept
        if text:
            assert text not in kept
            assert text.encode() not in base64.b64decode(kept)
        with pytest.raises(SealBroken):
            unseal("channel 8", kept)


def test_what_was_changed_or_sealed_under_another_key_does_not_open() -> None:
    kept = seal("totp 1", "secret")
    raw = base64.b64decode(kept)
    changed = [
        base64.b64encode(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]).decode() for at in range(0, len(raw), 7)
    ]
    for broken in (*changed, "", "é", "secret", kept[:-4], kept + "AAAA", base64.b64encode(b"x").decode()):
        with pytest.raises(SealBroken):
            unseal("totp 1", broken)
    keys.use_secret(b"another secret key")
    with pytest.raises(SealBroken):
        unseal("totp 1", kept)
    keys.use_secret(b"a secret key")
    assert unseal("totp 1", kept) == "secret"


def test_the_key_is_written_as_age_writes_it() -> None:
    """A key that age made itself, taken apart and put together again."""
    made = str(pyrage.x25519.Identity.generate())
    number = 0
    for letter in made.lower().removeprefix("age-secret-key-1")[:52]:
        number = number << 5 | sealed._LETTERS.index(letter)
    assert sealed._bech32("age-secret-key-", (number >> 4).to_bytes(32, "big")).upper() == made
