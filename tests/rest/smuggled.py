"""What no caller may write: fields that the desk fills in by itself."""

from typing import Any

SMUGGLED: dict[str, Any] = {
    "id": 1,
    "reference": "INC-20200101-000001",
    "status": "closed",
    "role": "admin",
    "requester": "gina",
    "requester_id": 1,
    "assignee_id": 1,
    "team_id": 1,
    "created_at": "2020-01-01T00:00:00Z",
    "updated_at": "2020-01-01T00:00:00Z",
    "closed_at": "2020-01-01T00:00:00Z",
    "sla": {"cycle": 9},
    "sla_due_at": "2099-01-01T00:00:00Z",
    "resolution_due_at": "2099-01-01T00:00:00Z",
    "version": 99,
    "escalation_level": 3,
    "reopen_count": 0,
    "allowed_actions": ["close"],
    "actor": "emile",
    "at": "2020-01-01T00:00:00Z",
    "author": "emile",
    "seq": 1,
    "hash": "0",
}
