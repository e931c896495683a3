"""The calls about configuration items, each kind alike, and how each is answered; see `calls_table.CALLERS`."""

from data.vocabulary import ItemKind

# `{item_id}` is one that nobody needs.
ITEM_CALLS: dict[str, tuple[int, ...]] = {
    f"{method} /{kind}{rest}": (401, 401, 401, 200 if method == "GET" else 403, 403, 403, done, done)
    for kind in ItemKind
    for method, rest, done in (
        ("GET", "", 200),
        ("POST", "", 201),
        ("GET", "/{item_id}", 200),
        ("PATCH", "/{item_id}", 200),
        ("DELETE", "/{item_id}", 204),
        ("GET", "/{item_id}/incidents", 200),
        *([("GET", "/{item_id}/availability", 200)] if kind is ItemKind.APPLICATIONS else []),
        *([("GET", "/{item_id}/changes", 200)] if kind is ItemKind.APPLICATIONS else []),
        *([("POST", "/{item_id}/changes", 201)] if kind is ItemKind.APPLICATIONS else []),
    )
}
