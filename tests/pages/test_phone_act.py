"""What a phone may send."""

import json

import pytest
from pydantic import ValidationError

from ui.pages.phone_act import Act


@pytest.mark.parametrize(
    ("ref", "fits"), [("INC-20261126-000001", True), ("\x00", False), ("INC-2026\x00", False), ("", False)]
)
def test_what_cannot_be_a_reference_never_reaches_the_database(ref: str, fits: bool) -> None:
    """R4, X5: PostgreSQL keeps no NUL, and the reference is part of the key under which the action is remembered."""
    sent = json.dumps({"key": "aaaaaaaa1", "ref": ref, "action": "take"})
    if fits:
        assert Act.model_validate_json(sent).ref == ref
    else:
        with pytest.raises(ValidationError):
            Act.model_validate_json(sent)
