"""What a line of the history is sealed as: it never changes, or no older line would fit any more (S143)."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from services import chain

KEY = b"a secret"
OFFSETS = st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-9, minutes=-30))])
NUMBER = st.integers(1, 2**63 - 1)


@given(
    seq=NUMBER,
    at=st.datetimes(timezones=OFFSETS).filter(lambda at: 1900 < at.year < 2200),
    actor=st.none() | NUMBER,
    incident=st.none() | NUMBER,
    fact=st.text(max_size=32),
    public=st.booleans(),
    details=st.text(),
)
def test_a_line_is_sealed_as_json_with_the_line_before(
    seq: int, at: datetime, actor: int | None, incident: int | None, fact: str, public: bool, details: str
) -> None:
    """S143: the text that is sealed is plain JSON, so that another program can check the chain with the key."""
    chain.use_secret(KEY)
    key = hmac.digest(KEY, b"vigie history chain", hashlib.sha256)
    line = json.dumps([chain.GENESIS, seq, at.astimezone(UTC).isoformat(), actor, incident, fact, public, details])
    expected = hmac.digest(key, line.encode(), hashlib.sha256).hex()
    assert chain.seal(chain.GENESIS, seq, at, actor, incident, fact, public, details) == expected
