"""Secrets that the database may hold because their key is not in it: whoever has a copy reads and changes nothing.

Sealed by age (X25519, ChaCha20-Poly1305) to an identity that is derived from the secret key and never leaves the
process. What is sealed opens only for the purpose that it was sealed for, so that no row's secret works in another.
"""

import base64
import binascii
import functools

import pyrage

from services import keys

_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"  # Bech32's (BIP 173), in which age writes its keys
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_PREFIX = "age-secret-key-"


class SealBroken(Exception):
    """Sealed under another secret key, for another purpose, or changed since."""


def seal(purpose: str, text: str) -> str:
    """`text` as base64 that only `unseal` with the same purpose (one line) reads; other letters each time."""
    identity = _identity(keys.derived("vigie sealed secrets"))
    plain = f"{purpose}\n{text}".encode()
    return base64.b64encode(pyrage.encrypt(plain, [identity.to_public()])).decode()


def unseal(purpose: str, sealed: str) -> str:
    """What was sealed for `purpose`. Raises `SealBroken`."""
    identity = _identity(keys.derived("vigie sealed secrets"))
    try:
        plain = bytes(pyrage.decrypt(base64.b64decode(sealed, validate=True), [identity])).decode()
    except (pyrage.DecryptError, binascii.Error, ValueError) as broken:
        raise SealBroken from broken
    sealed_for, _, text = plain.partition("\n")
    if sealed_for != purpose:
        raise SealBroken
    return text


@functools.lru_cache(maxsize=4)
def _identity(key: bytes) -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.from_str(_bech32(_PREFIX, key).upper())


def _bech32(prefix: str, key: bytes) -> str:
    number = int.from_bytes(key, "big") << 4  # 256 bits in 52 letters of five
    letters = [number >> shift & 31 for shift in range(255, -1, -5)]
    expanded = [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]
    check = _polymod([*expanded, *letters, 0, 0, 0, 0, 0, 0]) ^ 1
    checksum = [check >> shift & 31 for shift in range(25, -1, -5)]
    return f"{prefix}1{''.join(_LETTERS[letter] for letter in (*letters, *checksum))}"


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATOR):
            check ^= generator if top >> bit & 1 else 0
    return check
