"""Who may do what with the desk's channels and settings by the API: a part of the table of `test_access`."""

DESK_CALLS: dict[str, tuple[int, ...]] = {
    f"{method} {path}": (401, 401, 401, 403, 403, 403, 403, done)
    for method, path, done in (
        ("GET", "/channels", 200),
        ("POST", "/channels", 201),
        ("GET", "/channels/{channel_id}", 200),
        ("PATCH", "/channels/{channel_id}", 200),
        ("DELETE", "/channels/{channel_id}", 204),
        ("POST", "/channels/{channel_id}/tests", 202),
        ("GET", "/channels/{channel_id}/tests/{number}", 200),
        ("GET", "/settings", 200),
        ("PATCH", "/settings", 200),
    )
}
