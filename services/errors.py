"""Every refusal that a caller can meet, with its code, HTTP status and parameters.

    DeskError
    ├── Unauthenticated        401  nobody, a session that ended, a token that is unknown or expired
    │   ├── BadCredentials     401  wrong login or password
    │   ├── CodeNeeded         401  the password is right; a code is asked for as well
    │   └── BadCode            401  no code of the account, or one that was used
    ├── Forbidden              403  known, but not allowed
    ├── NotFound               404  unknown, or not visible to the caller
    ├── Refused                409  a rule says no
    │   ├── TransitionRefused  409  the workflow has no such move from here; names the allowed ones
    │   ├── StaleIncident      409  changed since the caller looked
    │   ├── AlreadyTaken       409  somebody was faster
    │   ├── ClosedIncident     409  archived, nothing changes any more (S126)
    │   ├── KeyReused          409  same Idempotency-Key, other request
    │   └── AlreadyDone        409  this very call took effect before
    ├── PreconditionFailed     412  If-Match names an older version
    ├── FileTooLarge           413  names the limit
    ├── FileRefused            415  a kind of file that is not taken
    ├── Invalid                422  input; each field with its code
    ├── BadRows                422  a file; each line, column and reason
    ├── PdfTooLarge            422  more than one PDF may hold
    ├── TooManyAttempts        429  wait `retry_after` seconds
    ├── DatabaseUnavailable    503  away, held up or full for now; try again
    ├── PdfUnavailable         503  the system lacks `packages`
    └── DiskFull               507  there is no room for the file

The sentence of each is `error.<code>` in both catalogs, filled with `params`. Anything else that is raised is a
bug: it surfaces as 500 with a reference number, never with its text.
"""

from collections.abc import Mapping, Sequence
from typing import Any


class DeskError(Exception):
    """A refusal with a `code` of the catalogs, an HTTP `status` and JSON-ready `params`."""

    code = "error"
    status = 400

    def __init__(self, **params: Any) -> None:
        self.params = params
        super().__init__(self.code, params)


class Unauthenticated(DeskError):
    code = "unauthenticated"
    status = 401


class BadCredentials(Unauthenticated):
    code = "bad_credentials"


class CodeNeeded(Unauthenticated):
    """`ticket` says for some minutes that the password was right; by itself it opens nothing."""

    code = "code_needed"

    def __init__(self, ticket: str = "") -> None:
        super().__init__()
        self.ticket = ticket


class BadCode(Unauthenticated):
    """`left`: attempts that remain."""

    code = "bad_code"


class Forbidden(DeskError):
    """`reason`, where given, is a key below `refusal.`."""

    code = "forbidden"
    status = 403


class NotFound(DeskError):
    code = "not_found"
    status = 404


class Refused(DeskError):
    code = "refused"
    status = 409

    def __init__(self, code: str = "", **params: Any) -> None:
        if code:
            self.code = code
        super().__init__(**params)


class TransitionRefused(Refused):
    """`reason` is a key below `refusal.`; `allowed_actions` are the codes that the caller may use now."""

    code = "transition_refused"

    def __init__(self, *, action: str, current: str, reason: str, allowed_actions: Sequence[str]) -> None:
        super().__init__(action=action, current=current, reason=reason, allowed_actions=list(allowed_actions))


class StaleIncident(Refused):
    """`reference`, `version` now, `by` whom it was changed, `allowed_actions` now."""

    code = "stale"


class AlreadyTaken(Refused):
    """`reference`, `by`: display name of the winner, `seconds`: how long ago, `allowed_actions` now."""

    code = "already_taken"


class ClosedIncident(Refused):
    """`reference`; nothing is allowed any more."""

    code = "closed"

    def __init__(self, *, reference: str = "") -> None:
        super().__init__(reference=reference, allowed_actions=[])


class KeyReused(Refused):
    code = "key_reused"


class AlreadyDone(Refused):
    """The call came a second time; the first one's effect stands, and there is no second."""

    code = "already_done"


class PreconditionFailed(DeskError):
    """`current`: the newer incident as the API shows it."""

    code = "precondition_failed"
    status = 412


class Invalid(DeskError):
    """`errors`: field name → (code below `invalid.`, parameters). Nothing was written."""

    code = "invalid"
    status = 422

    def __init__(self, /, **errors: "str | tuple[str, Mapping[str, Any]]") -> None:
        self.errors: dict[str, tuple[str, dict[str, Any]]] = {
            field: (error, {}) if isinstance(error, str) else (error[0], dict(error[1]))
            for field, error in errors.items()
        }
        super().__init__(errors={field: code for field, (code, _) in self.errors.items()})


class BadRows(DeskError):
    """`rows`: (line, column, code below `invalid.`, parameters) of all that is wrong in a file. Nothing was written."""

    code = "bad_rows"
    status = 422

    def __init__(self, rows: "Sequence[tuple[int, str, str, Mapping[str, Any]]]" = (), **params: Any) -> None:
        self.rows = list(rows)
        super().__init__(**{"n": len(self.rows)} | params)


class FileTooLarge(DeskError):
    """`max_mb`: what a file may have."""

    code = "file_too_large"
    status = 413

    def __init__(self, max_mb: int = 20) -> None:
        super().__init__(max_mb=max_mb)


class DiskFull(DeskError):
    """The disk of the attachments has no room left: the operator's affair, and nothing of the file is kept."""

    code = "disk_full"
    status = 507


class FileRefused(DeskError):
    """A kind of file that is not taken, or one that is not what its name says: `name`, `kind`."""

    status = 415

    def __init__(self, code: str = "file_kind_unknown", *, name: str = "?", kind: str = "?") -> None:
        self.code = code
        super().__init__(name=name, kind=kind)


class TooManyAttempts(DeskError):
    """`retry_after`: whole seconds to wait."""

    code = "too_many_attempts"
    status = 429


class DatabaseUnavailable(DeskError):
    """`retry_after`: whole seconds after which another try is worth it."""

    code = "database_unavailable"
    status = 503

    def __init__(self, *, retry_after: int = 5) -> None:
        super().__init__(retry_after=retry_after)


class PdfTooLarge(DeskError):
    """More events, or more text, than can be laid out within the limits."""

    code = "pdf_too_large"
    status = 422


class CannotListen(DeskError):
    """Nothing can listen at `host` and `port`, for the `reason` that the system gives."""

    code = "cannot_listen"


class PdfUnavailable(DeskError):
    """`packages`: what the administrator has to install."""

    code = "pdf_unavailable"
    status = 503
