"""The API's description, for programs (OpenAPI) and as a page for people who write apps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Response, current_app, make_response, request
from flask.typing import ResponseReturnValue
from markdown_it import MarkdownIt
from markupsafe import Markup

from examhall.web.guards import public
from examhall.web.openapi import describe
from examhall.web.routes import Route
from examhall.web.views import MethodView

TITLE = "Examhall API"
GUIDE = Path(__file__).with_name("api_guide.md")


def description() -> dict[str, Any]:
    """The OpenAPI document, made once per process; it says under which address it was asked for."""
    extensions = current_app.extensions
    if "openapi" not in extensions:
        routes = [route for route in extensions["routes"].values() if route not in ROUTES]
        extensions["openapi"] = describe(TITLE, GUIDE.read_text("utf-8"), routes)
    return {**extensions["openapi"], "servers": [{"url": request.script_root or "/"}]}


@public
class Description(MethodView):
    """The description of this API."""

    def get(self) -> ResponseReturnValue:
        """This document, in OpenAPI 3.1."""
        return revalidated(make_response(current_app.json.response(description())))


@public
class Docs(MethodView):
    """The same for people."""

    template = "api_docs.html"

    def get(self) -> ResponseReturnValue:
        """The page."""
        document = description()
        groups = [(tag, operations(document, tag["name"])) for tag in document["tags"]]
        page = self.respond(document=document, groups=groups, fields_of=fields_of, shown=shown, markdown=markdown)
        return revalidated(make_response(page))


def revalidated(response: Response) -> Response:
    """Let whoever has this text already keep it."""
    response.add_etag()
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response


#: What the page tells of one field: name, whether it is needed, schema, meaning.
Field = tuple[str, bool, Mapping[str, Any], str]


def operations(document: Mapping[str, Any], tag: str) -> list[dict[str, Any]]:
    """The operations of a tag as the page shows them, with what they refer to in its place."""
    return [
        {
            **operation,
            "verb": verb.upper(),
            "path": path,
            "fields": [
                parameter(looked_up(document, part)) for part in (*item.get("parameters", ()), *operation["parameters"])
            ],
            "responses": {status: looked_up(document, answer) for status, answer in operation["responses"].items()},
        }
        for path, item in document["paths"].items()
        for verb, operation in item.items()
        if isinstance(operation, dict) and tag in operation["tags"]
    ]


def looked_up(document: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a `$ref` points to; anything else as it is."""
    if "$ref" not in part:
        return part
    found: Any = document
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return dict(found)


def parameter(part: Mapping[str, Any]) -> Field:
    """A parameter of an operation."""
    meaning = part.get("description", "Part of the address.")
    return part["name"], part.get("required", False), part["schema"], meaning


def fields_of(schema: Mapping[str, Any]) -> list[Field]:
    """The fields of an object."""
    needed = schema.get("required", ())
    return [(name, name in needed, part, part.get("description", "")) for name, part in schema["properties"].items()]


def shown(schema: Mapping[str, Any]) -> Markup:
    """A schema in a few words, with links to those that it names."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return Markup('<a href="#schema-{0}">{0}</a>').format(name)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return Markup(" or ").join(shown(part) for part in schema[several])
    if "enum" in schema:
        return Markup(" | ").join(Markup("<code>{}</code>").format(value) for value in schema["enum"])
    if "const" in schema:
        return Markup("<code>{}</code>").format(schema["const"])
    if schema.get("type") == "array":
        return Markup("list of {}").format(shown(schema.get("items", {})))
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        return Markup("object of {}").format(shown(schema["additionalProperties"]))
    words = [schema.get("type", "anything"), *(schema[key] for key in ("format",) if key in schema)]
    bounds = [f"{sign} {json.dumps(schema[key])}" for key, sign in BOUNDS.items() if key in schema]
    return Markup("{}").format(", ".join([" ".join(words), *bounds]))


BOUNDS = {
    "minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<", "minLength": "length ≥",
    "maxLength": "length ≤", "minItems": "entries ≥", "maxItems": "entries ≤", "default": "usually",
}  # fmt: skip

_markdown = MarkdownIt()


def markdown(text: str) -> Markup:
    """Our own Markdown as HTML."""
    return Markup(_markdown.render(text))  # noqa: S704  # docstrings and the guide: texts of this repository


ROUTES = [
    Route("/api/v1/openapi.json", "api_openapi", Description),
    Route("/api/v1/docs", "api_docs", Docs),
]
