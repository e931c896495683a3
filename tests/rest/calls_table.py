"""Who may call what by the API, but for the desk, items, people and templates: a part of the table of `test_access`."""

# Who calls: nobody, an expired token, one of a disabled account, one that may only read (Alice's), and the personas;
# the last two are answered as Bruno is, but for what `ALSO` says.
CALLERS = ("nobody", "expired", "disabled", "reader", "gina", "chloe", "bruno", "emile", "alice", "diane")
CALLS: dict[str, tuple[int, ...]] = {
    "GET /me": (401, 401, 401, 200, 200, 200, 200, 200),
    "GET /stats": (401, 401, 401, 200, 403, 403, 200, 200),
    "GET /sla-policies": (401, 401, 401, 200, 403, 403, 200, 200),
    "POST /sla-policies": (401, 401, 401, 403, 403, 403, 403, 201),
    "GET /teams": (401, 401, 401, 200, 403, 403, 200, 200),
    "GET /users": (401, 401, 401, 200, 403, 403, 200, 200),
    "GET /incidents": (401, 401, 401, 200, 200, 200, 200, 200),
    "POST /incidents": (401, 401, 401, 403, 201, 201, 201, 201),
    "GET /incidents/{reference}": (401, 401, 401, 200, 404, 200, 200, 200),
    "PATCH /incidents/{reference}": (401, 401, 401, 403, 404, 403, 200, 200),
    "GET /incidents/{reference}/history": (401, 401, 401, 200, 404, 200, 200, 200),
    "GET /incidents/{reference}/report.pdf": (401, 401, 401, 200, 404, 200, 200, 200),
    "POST /hooks/{kind}/{token}": (401, 401, 401, 403, 403, 403, 202, 202),
    "GET /incidents/{reference}/sla": (401, 401, 401, 200, 404, 200, 200, 200),
    "GET /incidents/{reference}/comments": (401, 401, 401, 200, 404, 200, 200, 200),
    "POST /incidents/{reference}/comments": (401, 401, 401, 403, 404, 201, 201, 201),
    "GET /incidents/{reference}/attachments": (401, 401, 401, 200, 404, 200, 200, 200),
    "POST /incidents/{reference}/attachments": (401, 401, 401, 403, 404, 201, 201, 201),
    # An internal one.
    "GET /incidents/{reference}/attachments/{attachment_id}": (401, 401, 401, 200, 404, 404, 200, 200),
    "POST /incidents/{reference}/service-request": (401, 401, 401, 403, 404, 403, 409, 409),
    "GET /incidents/{reference}/rating": (401, 401, 401, 200, 404, 200, 200, 200),
    "POST /incidents/{reference}/rating": (401, 401, 401, 403, 404, 409, 403, 403),
    "POST /incidents/{reference}/messages/preview": (401, 401, 401, 200, 403, 403, 200, 200),
    "POST /incidents/{reference}/messages": (401, 401, 401, 403, 403, 403, 409, 409),  # there is no mail server
    "GET /incidents/{reference}/relations": (401, 401, 401, 200, 404, 403, 200, 200),
    "POST /incidents/{reference}/relations": (401, 401, 401, 403, 404, 403, 422, 422),  # to nothing
    "DELETE /incidents/{reference}/relations/{other}": (401, 401, 401, 403, 404, 403, 404, 404),
    "GET /known-problems": (401, 401, 401, 200, 200, 200, 200, 200),
    "GET /incidents/{reference}/affected": (401, 401, 401, 200, 404, 403, 200, 200),
    "POST /incidents/{reference}/affected": (401, 401, 401, 403, 404, 409, 201, 201),
    "PUT /incidents/{reference}/known-problem": (401, 401, 401, 403, 404, 403, 200, 200),
    "DELETE /incidents/{reference}/known-problem": (401, 401, 401, 403, 404, 403, 204, 404),
    "DELETE /incidents/{reference}/affected/{login}": (401, 401, 401, 403, 404, 404, 204, 204),
    "GET /incidents/{reference}/messages": (401, 401, 401, 200, 403, 403, 200, 200),
    **{
        f"POST /incidents/{{reference}}/actions/{action}": (401, 401, 401, 403, 404, 403, 200, 200)
        for action in ("take", "take_and_start", "start_and_resolve", "assign")
    },
    **{
        f"POST /incidents/{{reference}}/actions/{action}": (401, 401, 401, 403, 404, 403, 409, 409)
        for action in ("start", "hold", "resume", "escalate", "resolve")
    },
    **{
        f"POST /incidents/{{reference}}/actions/{action}": (401, 401, 401, 403, 404, 409, 409, 409)
        for action in ("close", "reopen")
    },
}


# Alice and Diane, where they are not answered as Bruno is: they come after him, and dispatchers keep the templates.
ALSO = {
    "DELETE /incidents/{reference}/known-problem": (404, 404),
    "POST /templates": (403, 201),
    "PATCH /templates/{template_id}": (403, 200),
    "DELETE /templates/{template_id}": (403, 204),
}


def cells(call: str, statuses: tuple[int, ...]) -> tuple[int, ...]:
    """The status for each of `CALLERS`."""
    return (*statuses, *ALSO.get(call, (statuses[CALLERS.index("bruno")],) * 2))


# Beside the API: what a machine asks. From elsewhere than this machine; test_metrics.py has who else may.
PROBES: dict[str, tuple[int, ...]] = {
    "GET /healthz": (200,) * 8,
    "GET /readyz": (200,) * 8,
    "GET /metrics": (401, 401, 401, 200, 403, 403, 200, 200),
}
