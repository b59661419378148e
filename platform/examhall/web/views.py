"""The views: one base, three classes, instantiated once per tenant and route.

    flask.views.View ── TenantView ──┬─ ListView      GET a collection
                                     ├─ DetailView    GET one object, with its ETag
                                     └─ MethodView    verbs; a write calls one operation

With a `template` a view renders a page, with a `schema` it answers JSON. Every view reads load, permit, act.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import Response, current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask.views import View
from pydantic import BaseModel

from examhall.errors import ConfigurationError, NotFound
from examhall.extensions import Statement, db
from examhall.web import conditional, guards
from examhall.web.body import read_body
from examhall.web.forms import ONCE
from examhall.web.guards import Policy
from examhall.web.options import check_route_options
from examhall.web.query import Page, filtered, ordered, read_page, searched
from examhall.web.scope import scope

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")

#: What a verb answers: status and schema; None for an empty body.
Answer = tuple[int, "type[BaseModel] | None"]


class TenantView(View):
    """The base of every view: options, guards, one entry point.

    An instance is made once per tenant and route, with options merged class < route < tenant, and never changes after;
    nothing may be written to `self` in a request.
    """

    init_every_request: ClassVar[bool] = False

    #: The table that the view reads; its records carry `tenant_id` and `id`.
    model: Any = None
    #: The page's template. A view with a template renders pages.
    template: str | None = None
    #: The pydantic schema of what goes out; an allowlist. A view without a template answers JSON.
    schema: type[BaseModel] | None = None
    #: The name of the column and URL part that `load` finds a record by.
    lookup: str = "id"
    #: Columns that a list may be narrowed by.
    filters: Sequence[str] = ()
    #: Text columns that a list is searched in by the argument `q`.
    search: Sequence[str] = ()
    #: Columns that order a list, `-` before one for descending; the caller may pick one of them.
    ordering: Sequence[str] = ()
    #: Rows on a page of a list, unless the caller asks for another number.
    page_size: int = 20
    #: The most rows that a caller may ask for.
    max_page_size: int = 100
    #: Verb to schema of the JSON body, which is handed to the verb as `data`.
    bodies: Mapping[str, type[BaseModel]] = {}
    #: Verb to `(status, schema)`, or several of them, where it is not `(200, self.schema)`; for the OpenAPI document.
    answers: Mapping[str, Answer | Sequence[Answer]] = {}
    #: Verb to the schema of what it reads from a multipart form with a file in it: such a request may be larger.
    uploads: Mapping[str, type[BaseModel]] = {}
    #: Verb to the schema of the query arguments that it reads beside those of a list; for the OpenAPI document.
    arguments: Mapping[str, type[BaseModel]] = {}

    #: Whether a POST that is sent again gets the first answer: one with an `Idempotency-Key`, or the form of a page.
    #: Never where question or answer are secrets; needless where the second time does no harm.
    keeps_receipts: ClassVar[bool] = True

    #: Who may call and how often; written by the decorators in `web.guards`.
    policy: Policy = Policy()

    _sealed = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Collect the verbs, and refuse a subclass that puts itself before the guards."""
        super().__init_subclass__(**kwargs)
        if "dispatch_request" in vars(cls) and cls.__module__ != __name__:
            raise ConfigurationError(
                cls.__name__, "dispatch_request", "the guards run there; define get() or post() instead"
            )
        cls.methods = {verb for verb in VERBS if hasattr(cls, verb.lower())}

    def __init__(self, **options: Any) -> None:
        """Take the merged options of one tenant and route. Raises `ConfigurationError` for an unknown one."""
        check_route_options(type(self), type(self).__name__, options)
        public, permission = options.pop("public", None), options.pop("permission", None)
        throttle = options.pop("throttle", None)
        for name, value in options.items():
            setattr(self, name, value)
        self.policy = _policy(type(self).policy, public, permission, throttle)
        self._sealed = True

    def __setattr__(self, name: str, value: object) -> None:
        """Hold the promise that instances, shared by all threads, never change."""
        if self._sealed:
            raise AttributeError(f"{type(self).__name__} is shared between requests: pass {name!r} on, don't keep it")
        super().__setattr__(name, value)

    def dispatch_request(self, **url: Any) -> ResponseReturnValue:
        """The one way in: public or authenticated -> permitted -> throttled -> admitted -> the verb."""
        if request.method in self.uploads:
            request.max_content_length = current_app.config["MAX_UPLOAD_LENGTH"]
        guards.check(self.policy)
        self.admit(**url)
        if self.keeps_receipts and request.method == "POST" and guards.principal() and self.told_apart():
            ledger = current_app.extensions["idempotency"]
            answer: ResponseReturnValue = ledger.answer_once(lambda: self.run(**url))
            return answer
        return self.run(**url)

    def told_apart(self) -> bool:
        """Whether the POST can be told from all others, so that it is known when it comes again."""
        if "Idempotency-Key" in request.headers:
            return True
        program = self.schema or "POST" in self.bodies  # what a program sends stays unread until somebody wants it
        return not program and ONCE in request.form

    def run(self, **url: Any) -> ResponseReturnValue:
        """Call the verb, with its JSON body as `data` where `bodies` names a schema."""
        verb = "GET" if request.method == "HEAD" else request.method
        handler: Callable[..., ResponseReturnValue] = getattr(self, verb.lower())
        if verb in self.bodies:
            return handler(data=read_body(self.bodies[verb]), **url)
        return handler(**url)

    # hooks ------------------------------------------------------------------------------------------------------

    def admit(self, *_: Any, **url: Any) -> None:
        """Raise what a request is refused for by its head alone: the body of a POST with a key is read after this."""

    def query(self) -> Statement:
        """The select that everything begins with: this tenant's records and nobody else's."""
        return sa.select(self.model).where(self.model.tenant_id == scope().id)

    def load(self, **url: Any) -> Any:
        """The one record that the URL names. Raises `NotFound`, for an absent and for a foreign one alike."""
        statement = self.query().where(getattr(self.model, self.lookup) == url[self.lookup])
        record = db.session.scalars(statement).one_or_none()
        if record is None:
            raise NotFound()
        return record

    def permit(self, record: Any) -> None:
        """Raise `NotFound` or `Forbidden` unless the caller may see this record; the permission was checked before."""

    def represent(self, record: Any) -> Any:
        """One record as it goes out: through the schema as JSON, as it is to a page."""
        if self.schema is None or self.template:
            return record
        return self.schema.model_validate(record, from_attributes=True).model_dump(mode="json")

    def respond(self, **data: Any) -> str:
        """Render `data` with the page's template."""
        if self.template is None:
            raise ConfigurationError(type(self).__name__, "template", "a view without a template answers JSON itself")
        return render_template(self.template, **data)


class ListView(TenantView):
    """GET a collection: filtered, ordered, paged. A page, or a plain JSON array with `Link` and `X-Total-Count`."""

    def get(self, *_: Any, **url: Any) -> ResponseReturnValue:
        """List the records."""
        rows, page = self.page_of(self.query())
        represented = [self.represent(row) for row in rows]
        if self.template:
            return self.respond(rows=represented, page=page, **url)
        return represented, 200, paging_headers(page, url)

    def parameters(self) -> dict[str, Any]:
        """What stands for the parameters of a select that is made once and not for each request."""
        return {}

    def page_of(self, statement: Statement) -> tuple[Sequence[Any], Page]:
        """The rows of the page that the request asks for, and where that page stands in the whole.

        To people the last page is shown in place of one beyond it; programs are told that nothing stands there.
        """
        args = request.args
        page = read_page(args, self.page_size, self.max_page_size)
        statement = searched(filtered(statement, self.model, self.filters, args), self.model, self.search, args)
        given = self.parameters()
        counted = statement.with_only_columns(sa.func.count(), maintain_column_froms=True).order_by(None)
        total = db.session.scalar(counted, given)
        page = page.of(total or 0, there=bool(self.template))
        statement = ordered(statement, self.model, self.ordering, args.get("order"))
        result = db.session.execute(statement.limit(page.size).offset(page.offset), given)
        rows: Sequence[Any] = result.scalars().all() if len(result.keys()) == 1 else result.all()
        return rows, page


class DetailView(TenantView):
    """GET one object: a page, or JSON with an ETag."""

    def get(self, *_: Any, **url: Any) -> ResponseReturnValue:
        """Show one record."""
        record = self.load(**url)
        self.permit(record)
        if self.template:
            return self.respond(record=self.represent(record))
        return json_of(record, self.represent(record))


class MethodView(TenantView):
    """Verbs of its own: `get`, `post`, `put`, `patch`, `delete`. A write calls one operation, which owns its commit."""


def json_of(record: Any, data: Any, status: int = 200) -> Response:
    """`data` as a JSON answer that carries the record's ETag where the record has revisions."""
    response = make_response(current_app.json.response(data), status)
    return conditional.tagged(response, record) if hasattr(record, "revision") else response


def paging_headers(page: Page, url: Mapping[str, Any]) -> dict[str, str]:
    """`Link` (RFC 8288) and `X-Total-Count` for a page of a JSON list."""
    endpoint = request.endpoint or ""
    links = [
        f'<{url_for(endpoint, **({**url, **request.args.to_dict(), "page": number}))}>; rel="{relation}"'
        for relation, number in page.links().items()
    ]
    return {"Link": ", ".join(links), "X-Total-Count": str(page.total)}


def _policy(policy: Policy, public: bool | None, permission: Any, throttle: Any) -> Policy:
    def by_verb(value: Any) -> Mapping[str, str]:
        return value if isinstance(value, Mapping) else {"*": value}

    if public:
        policy = Policy("public", {}, policy.buckets)
    if permission:
        policy = Policy("authenticated", by_verb(permission), policy.buckets)
    if throttle:
        policy = Policy(policy.access, policy.permissions, by_verb(throttle))
    return policy
