"""The API's own description: the OpenAPI document, and a page of it for people, without script or outside asset."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi
from starlette.responses import HTMLResponse, JSONResponse

from services.i18n import t
from ui.api.problems import MEDIA_TYPE
from ui.api.shapes import Problem

Json = Mapping[str, Any]

_STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
code, h3 { font-family: ui-monospace, monospace; overflow-wrap: anywhere }
h3 { margin: 2rem 0 0.25rem; font-size: 1rem }
p { margin: 0.25rem 0 }
dl { display: grid; grid-template-columns: minmax(10rem, max-content) 1fr; gap: 0 1rem; margin: 0.25rem 0 0.25rem 1rem }
dd { margin: 0 }
"""

# Which refusals a call can meet, besides those of every call.
_ALWAYS = (401, 403, 422, 429, 500)
_BY_KIND = {
    "reference": (404,),
    "write": (413,),
    "change": (409, 412),
    "comment": (409,),
    "remove": (409,),
    "demote": (409,),
    "template": (409,),
    "settings": (409,),
    "file": (415,),
}


def mount(api: FastAPI, path: str) -> None:
    """`api` serves its description at /openapi.json, and for reading at /docs.

    Putting it together takes a second, once: on a thread, so that nobody else waits for it.
    """

    def describe() -> dict[str, Any]:
        if not api.openapi_schema:
            api.openapi_schema = _described(api, path)
        return api.openapi_schema

    api.openapi = describe  # type: ignore[method-assign]

    @api.get("/openapi.json", include_in_schema=False)
    def openapi() -> JSONResponse:
        return JSONResponse(api.openapi())

    @api.get("/docs", include_in_schema=False)
    def docs(request: Request) -> HTMLResponse:
        return HTMLResponse(_page(api.openapi(), request.state.locale))


def _described(api: FastAPI, path: str) -> dict[str, Any]:
    schema = get_openapi(title=api.title, version=api.version, routes=api.routes, servers=[{"url": path}])
    shapes = schema["components"]["schemas"]
    shapes["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    shapes |= shapes["Problem"].pop("$defs", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        shapes.pop(unused, None)
    schema["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    schema["security"] = [{"token": []}]
    refusal = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    for address, methods in schema["paths"].items():
        for method, call in methods.items():
            for status in _refusals(address, method, call):
                call["responses"][str(status)] = {"description": "", **refusal}
    return schema


def _refusals(address: str, method: str, call: Json) -> list[int]:
    kinds = [
        *(["reference"] if "{" in address else []),
        *(["write"] if method != "get" else []),
        *(["change"] if any(each["name"] == "If-Match" for each in call.get("parameters", ())) else []),
        *(["demote"] if method == "patch" and "{login}" in address else []),
        *(["template"] if method == "patch" and "{template_id}" in address else []),
        *(["settings"] if method == "patch" and address == "/settings" else []),
        *(["file"] if method == "post" and address.endswith("/attachments") else []),
        *(["remove"] if method == "delete" else []),
        *(["comment"] if method in ("post", "put") else []),
    ]
    return sorted({*_ALWAYS, *(status for kind in kinds for status in _BY_KIND[kind])})


def _page(schema: Json, locale: str) -> str:
    title, intro = escape(t("api.title", locale)), escape(t("api.intro", locale))
    link = f'<a href="{schema["servers"][0]["url"]}/openapi.json">{escape(t("api.document", locale))}</a>'
    calls = "".join(
        _call(address, method, call, locale)
        for address, methods in schema["paths"].items()
        for method, call in methods.items()
    )
    shapes = "".join(_shape(name, shape, locale) for name, shape in sorted(schema["components"]["schemas"].items()))
    return (
        f'<!doctype html><html lang="{locale}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title><style>{_STYLE}</style></head>'
        f"<body><main><h1>{title}</h1><p>{intro}</p><p>{link}</p>"
        f"<h2>{escape(t('api.calls', locale))}</h2>{calls}"
        f"<h2>{escape(t('api.shapes', locale))}</h2>{shapes}</main></body></html>"
    )


def _call(address: str, method: str, call: Json, locale: str) -> str:
    success = next(status for status in call["responses"] if status.startswith("2"))
    answer = call["responses"][success].get("content", {}).get("application/json", {}).get("schema", {"type": ""})
    body = call.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    refusals = ", ".join(sorted(status for status in call["responses"] if not status.startswith("2")))
    rows = [
        *((each["name"], _type(each["schema"], locale, each.get("required"))) for each in call.get("parameters", ())),
        *([(t("api.body", locale), _type(body, locale))] if body else []),
        (t("api.answer", locale), f"{success} {_type(answer, locale)}"),
        (t("api.refusals", locale), refusals),
    ]
    operation = call["operationId"]
    return (
        f'<section id="{operation}"><h3>{method.upper()} {escape(address)}</h3>'
        f"<p>{escape(t(f'api.call.{operation}', locale))}</p>{_rows(rows)}</section>"
    )


def _shape(name: str, shape: Json, locale: str) -> str:
    required = shape.get("required", ()) if shape.get("additionalProperties") is False else ()  # in what is sent
    fields = shape.get("properties", {}).items()
    rows = [(field, _type(kind, locale, field in required)) for field, kind in fields]
    values = ", ".join(shape.get("enum", ()))
    return f'<section id="shape-{name}"><h3>{name}</h3><p><code>{escape(values)}</code></p>{_rows(rows)}</section>'


def _rows(rows: list[tuple[str, str]]) -> str:
    return "<dl>" + "".join(f"<dt><code>{escape(name)}</code></dt><dd>{kind}</dd>" for name, kind in rows) + "</dl>"


def _type(kind: Json, locale: str, required: bool | None = False) -> str:
    """A type in words, as HTML: `string`, a link to its shape, « ou null »."""
    text = " | ".join(dict.fromkeys(_parts(kind, locale)))
    return f"{text}, {escape(t('api.required', locale))}" if required else text


def _parts(kind: Json, locale: str) -> Iterator[str]:
    if "$ref" in kind:
        name = kind["$ref"].rsplit("/", 1)[1]
        yield f'<a href="#shape-{name}">{name}</a>'
    elif "anyOf" in kind:
        for each in kind["anyOf"]:
            yield from _parts(each, locale)
    elif kind.get("type") == "array":
        yield f"[{' | '.join(_parts(kind['items'], locale))}]"
    elif "enum" in kind:
        yield from map(escape, kind["enum"])
    else:
        named = kind.get("type", "any")
        types = named if isinstance(named, list) else [named]
        yield " | ".join(str(kind.get("format", each)) for each in types)
