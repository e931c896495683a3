"""Who may do what with templates by the API: a part of the table of `test_access`."""

TEMPLATE_CALLS: dict[str, tuple[int, ...]] = {
    "GET /templates": (401, 401, 401, 200, 403, 403, 200, 200),
    "POST /templates": (401, 401, 401, 403, 403, 403, 403, 201),
    "GET /templates/{template_id}": (401, 401, 401, 200, 403, 403, 200, 200),
    "PATCH /templates/{template_id}": (401, 401, 401, 403, 403, 403, 403, 200),
    "DELETE /templates/{template_id}": (401, 401, 401, 403, 403, 403, 403, 204),
}
