"""Who may do what with accounts and teams by the API: a part of the table of `test_access`."""

# The same about accounts and teams: `{login}`, `{token_id}` and `{team_id}` are of ones that nobody needs.
PEOPLE_CALLS: dict[str, tuple[int, ...]] = {
    **{
        f"{method} {path}": (401, 401, 401, 403, 403, 403, 403, done)
        for method, path, done in (
            ("POST", "/users", 201),
            ("PATCH", "/users/{login}", 200),
            ("DELETE", "/users/{login}", 204),
            ("GET", "/users/{login}/tokens", 200),
            ("POST", "/users/{login}/tokens", 201),
            ("DELETE", "/users/{login}/tokens/{token_id}", 204),
            ("POST", "/teams", 201),
            ("PATCH", "/teams/{team_id}", 200),
            ("DELETE", "/teams/{team_id}", 204),
        )
    },
    "GET /users/{login}": (401, 401, 401, 200, 403, 403, 200, 200),
    "GET /teams/{team_id}": (401, 401, 401, 200, 403, 403, 200, 200),
}
