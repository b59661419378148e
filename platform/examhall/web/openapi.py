"""The API's description of itself (OpenAPI 3.1), read from what is served: routes, guards, schemas, docstrings.

Summary and description of an operation are the docstring of its verb, or of its class where the verb is inherited; its
tag is the slice that the view stands in. A list that can answer CSV has a method `csv`.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from apispec import APISpec
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from examhall.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    PayloadTooLarge,
    PreconditionFailed,
    PreconditionRequired,
    Problem,
    TooManyRequests,
    Unauthenticated,
)
from examhall.web import views
from examhall.web.routes import Route

REFERENCE = "#/components/schemas/{model}"
PART = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")
KINDS: Mapping[str, dict[str, Any]] = {
    "uuid": {"type": "string", "format": "uuid"},
    "int": {"type": "integer", "minimum": 0},
}
DONE = {200: "Done.", 201: "Created.", 202: "Begun; it goes on by itself.", 204: "Done; there is nothing to tell."}
PROBLEMS: tuple[type[Problem], ...] = (
    BadRequest, Unauthenticated, Forbidden, NotFound, Conflict, PreconditionFailed, PayloadTooLarge, Invalid,
    PreconditionRequired, TooManyRequests,
)  # fmt: skip


class FieldOut(BaseModel):
    """One thing wrong with one field of the input."""

    field: str
    message: str


class ProblemOut(BaseModel):
    """Why a request was refused (RFC 9457). `code` is stable, for programs; the texts are in the caller's language."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldOut]
    request_id: str


class Operation(NamedTuple):
    """One verb of one route, with its options merged class < route."""

    route: Route
    view: views.TenantView
    verb: str

    @property
    def path(self) -> str:
        """The address with its parts in braces."""
        return PART.sub(r"{\2}", self.route.rule)

    @property
    def answers(self) -> list[views.Answer]:
        """What it answers when all goes well: the usual answer first."""
        given = self.view.answers.get(self.verb, (200, self.view.schema))
        return [given] if isinstance(given[0], int) else [*given]  # type: ignore[list-item]

    @property
    def body(self) -> type[BaseModel] | None:
        """The schema of what is sent: JSON, or a form with files."""
        return self.view.bodies.get(self.verb) or self.view.uploads.get(self.verb)

    @property
    def lists(self) -> bool:
        """Whether this is a GET of a list."""
        return self.verb == "GET" and isinstance(self.view, views.ListView)

    @property
    def conditional(self) -> bool:
        """Whether the verb holds its caller to a revision, seen by the call that its code makes."""
        return "require_match" in getattr(self.view, self.verb.lower()).__code__.co_names

    @property
    def slice(self) -> str:
        """The package that the view stands in."""
        return type(self.view).__module__.rpartition(".")[0]

    @property
    def tag(self) -> str:
        """The package's short name."""
        return self.slice.rpartition(".")[2]


def describe(title: str, guide: str, routes: Iterable[Route]) -> dict[str, Any]:
    """The OpenAPI document of the routes under `/api/` that answer JSON; `guide` is its introduction in Markdown."""
    operations = [*operations_of(routes)]
    spec = APISpec(title, "1", "3.1.0", info={"description": guide})
    for tag, package in dict.fromkeys((operation.tag, operation.slice) for operation in operations):
        spec.tag({"name": tag, "description": (sys.modules[package].__doc__ or "").strip()})
    schemas = _add_schemas(spec, operations)
    _add_components(spec)
    for path in dict.fromkeys(operation.path for operation in operations):
        here = [operation for operation in operations if operation.path == path]
        texts = dict.fromkeys(inspect.getdoc(type(operation.view)) or "" for operation in here)
        spec.path(
            path,
            description="\n\n".join(texts),
            parameters=_parts(here[0].route.rule),
            operations={operation.verb.lower(): _operation(operation, schemas) for operation in here},
        )
    return spec.to_dict()


def operations_of(routes: Iterable[Route]) -> Iterable[Operation]:
    """Every verb of every route of the JSON API."""
    for route in routes:
        view = route.view(**route.options)
        if route.is_api and not view.template:
            for verb in views.VERBS:
                if verb in (view.methods or ()):
                    yield Operation(route, view, verb)


Schemas = Mapping[Any, dict[str, Any]]


def _add_schemas(spec: APISpec, operations: Sequence[Operation]) -> Schemas:
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(ProblemOut, "serialization"): None}
    for operation in operations:
        if operation.body:
            wanted[operation.body, "validation"] = None
        wanted.update(dict.fromkeys((schema, "serialization") for _, schema in operation.answers if schema))
    references, definitions = models_json_schema([*wanted], ref_template=REFERENCE)
    found = definitions.get("$defs", {})
    for operation in operations:
        if operation.verb == "PATCH" and operation.body:
            name = references[operation.body, "validation"]["$ref"].rpartition("/")[2]
            for field in found[name]["properties"].values():
                field.pop("default", None)  # what is not sent stays as it is
    for name, schema in found.items():
        spec.components.schema(name, schema)
    return references


def _add_components(spec: APISpec) -> None:
    bearer = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    spec.components.security_scheme("accessToken", bearer | {"description": "The access token of a sign-in."})
    spec.components.security_scheme(
        "refreshToken", bearer | {"description": "The refresh token, for a new pair alone."}
    )
    header = {"in": "header", "schema": {"type": "string"}}
    spec.components.parameter("IdempotencyKey", "header", header | {
        "name": "Idempotency-Key", "schema": {"type": "string", "minLength": 1, "maxLength": 200},
        "description": "Your own name for this request. Sent again with it, the request has no second effect and "
                       "gets the first answer.",
    })  # fmt: skip
    spec.components.parameter("IfMatch", "header", header | {
        "name": "If-Match", "required": True, "description": "The ETag of the revision that you read and change.",
    })  # fmt: skip
    for problem in PROBLEMS:
        spec.components.response(problem.__name__, _problem(problem.title, problem.detail))
    spec.components.response("Problem", _problem("Any other refusal", "See `code` and `detail`."))


def _problem(title: str, detail: str) -> dict[str, Any]:
    schema = {"$ref": REFERENCE.format(model=ProblemOut.__name__)}
    return {"description": f"{title}. {detail}", "content": {"application/problem+json": {"schema": schema}}}


def _parts(rule: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": KINDS.get(kind, {"type": "string"})}
        for kind, name in PART.findall(rule)
    ]


def _operation(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    view, verb = operation.view, operation.verb
    summary, description = _texts(operation)
    permission = view.policy.permission(verb)
    if permission:
        description = f"{description}\n\nNeeds the permission `{permission}`.".strip()
    schemes: dict[str | None, list[dict[str, list[str]]]] = {"public": [], "refresh": [{"refreshToken": []}]}
    said: dict[str, Any] = {
        "operationId": f"{verb.lower()}_{operation.route.name.removeprefix('api_')}",
        "tags": [operation.tag],
        "summary": summary,
        "description": description,
        "security": schemes.get(view.policy.access, [{"accessToken": []}]),
        "parameters": [*_query(operation)],
        "responses": {str(status): _answer(operation, status, schema, schemas) for status, schema in operation.answers},
    }
    if operation.conditional:
        said["parameters"].append("IfMatch")
    if verb == "POST" and view.policy.access != "public" and view.keeps_receipts:
        said["parameters"].append("IdempotencyKey")
    if operation.body:
        kind = "multipart/form-data" if verb in view.uploads else "application/json"
        needed = any(field.is_required() for field in operation.body.model_fields.values())
        said["requestBody"] = {
            "required": needed,
            "content": {kind: {"schema": schemas[operation.body, "validation"]}},
        }
    for problem in _refusals(operation):
        said["responses"][str(problem.status)] = problem.__name__
    said["responses"]["default"] = "Problem"
    return said


def _texts(operation: Operation) -> tuple[str, str]:
    """Summary and description: the first sentence of the docstring, and the rest of it."""
    verb = getattr(type(operation.view), operation.verb.lower())
    text = inspect.getdoc(type(operation.view) if verb.__module__ == views.__name__ else verb) or ""
    summary, _, rest = re.sub(r"\.(?=\s|$)", "\0", text, count=1).partition("\0")
    return " ".join(summary.split()), rest.strip()


def _query(operation: Operation) -> Iterable[dict[str, Any]]:
    view = operation.view
    if operation.verb in view.arguments:
        for name, schema in view.arguments[operation.verb].model_json_schema()["properties"].items():
            yield _argument(name, schema, schema.pop("description", ""))
    if not operation.lists:
        return
    for name in view.filters:
        column = getattr(getattr(view.model, name, None), "type", None)
        yield _argument(name, _kind(column), "Only those that have this value.")
    if view.search:
        yield _argument("q", {"type": "string", "maxLength": 200}, f"Words to find in {', '.join(view.search)}.")
    if view.ordering:
        names = dict.fromkeys(name.removeprefix("-") for name in view.ordering)
        orders = [sign + name for name in names for sign in ("", "-")]
        yield _argument("order", {"type": "string", "enum": orders}, "What the list is ordered by; `-` turns it round.")
    yield _argument("page", {"type": "integer", "minimum": 1, "default": 1}, "Which page; beyond the last it is empty.")
    size = {"type": "integer", "minimum": 1, "maximum": view.max_page_size}
    yield _argument(
        "page_size", size, "Rows on a page; the organization has a number of its own for those who don't ask."
    )
    if hasattr(view, "csv"):
        yield _argument("format", {"type": "string", "enum": ["csv"]}, "CSV with all rows, as for `Accept: text/csv`.")


def _argument(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, "description": description}


def _kind(column: sa.types.TypeEngine[Any] | None) -> dict[str, Any]:
    if isinstance(column, sa.Uuid):
        return KINDS["uuid"]
    if isinstance(column, sa.Boolean):
        return {"type": "boolean"}
    return {"type": "integer"} if isinstance(column, sa.Integer) else {"type": "string", "maxLength": 200}


def _answer(operation: Operation, status: int, schema: type[BaseModel] | None, schemas: Schemas) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": DONE[status]}
    if schema is None:
        return answer
    reference = schemas[schema, "serialization"]
    if not operation.lists:
        if operation.verb == "GET" and hasattr(operation.view.model, "revision"):
            answer["headers"] = {"ETag": _header("The revision, for `If-Match` and `If-None-Match`.")}
        return answer | {"content": {"application/json": {"schema": reference}}}
    answer["headers"] = {
        "Link": _header("Addresses of the first, last, next and previous page (RFC 8288)."),
        "X-Total-Count": _header("Rows in the whole list.", "integer"),
    }
    answer["content"] = {"application/json": {"schema": {"type": "array", "items": reference}}}
    if hasattr(operation.view, "csv"):
        answer["content"]["text/csv"] = {"schema": {"type": "string"}}
    return answer


def _header(description: str, kind: str = "string") -> dict[str, Any]:
    return {"description": description, "schema": {"type": kind}}


def _refusals(operation: Operation) -> Iterable[type[Problem]]:
    policy, body = operation.view.policy, operation.body is not None
    due = {
        BadRequest: body or operation.lists,
        Unauthenticated: policy.access != "public",
        Forbidden: policy.permission(operation.verb) is not None,
        NotFound: "{" in operation.path,
        PreconditionFailed: operation.conditional,
        PreconditionRequired: operation.conditional,
        PayloadTooLarge: body,
        Invalid: body,
        TooManyRequests: True,
    }
    return (problem for problem, is_due in due.items() if is_due)
