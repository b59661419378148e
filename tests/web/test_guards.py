"""Who may call a view and how often: always in the same order, by verb, and told apart from another's limits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from examhall.errors import NotFound
from examhall.web.guards import authenticated, permitted, principal, public, refreshed, throttled
from examhall.web.routes import Route
from examhall.web.views import MethodView
from web.toy import THEIRS, ToyApp, ToyTenant, bearer, toy_box


@permitted(GET="toys.read", POST="toys.write")
class Toys(MethodView):
    """Toys, read by some and made by others."""

    def get(self) -> Any:
        return {"done": "get"}

    def post(self) -> Any:
        return {"done": "post"}


@public
class Window(MethodView):
    """What everybody may look at."""

    def get(self) -> Any:
        return {}


@refreshed
class Renewal(MethodView):
    """Takes refresh tokens."""

    def post(self) -> Any:
        return {}


def box(*routes: Route, **limits: str) -> ToyApp:
    usual = ToyTenant().limits
    return toy_box(routes, tenant=ToyTenant(limits={**usual, **limits}))


def test_permissions_go_by_verb() -> None:
    app = box(Route("/api/v1/toys", "api_toys", Toys))
    client = app.test_client()
    reader, maker = bearer(app, "toys.read"), bearer(app, "toys.write")
    assert client.get("/api/v1/toys", headers=reader).json == {"done": "get"}
    assert client.post("/api/v1/toys", headers=reader).status_code == 403
    assert client.get("/api/v1/toys", headers=maker).status_code == 403
    assert client.post("/api/v1/toys", headers=maker).json == {"done": "post"}
    assert client.get("/api/v1/toys").status_code == client.post("/api/v1/toys").status_code == 401


def test_head_needs_what_get_needs() -> None:
    app = box(Route("/api/v1/toys", "api_toys", Toys))
    client = app.test_client()
    assert client.head("/api/v1/toys", headers=bearer(app, "toys.write")).status_code == 403
    assert client.head("/api/v1/toys", headers=bearer(app, "toys.read")).status_code == 200
    assert client.head("/api/v1/toys").status_code == 401


def test_a_permission_for_all_verbs_is_one_word() -> None:
    @permitted("toys.all")
    class All(Toys):
        pass

    app = box(Route("/api/v1/toys", "api_toys", All))
    client = app.test_client()
    for call in (client.get, client.post, client.head):
        assert call("/api/v1/toys", headers=bearer(app, "toys.read")).status_code == 403
        assert call("/api/v1/toys", headers=bearer(app, "toys.all")).status_code == 200


def test_a_decorator_replaces_the_inherited_policy_of_its_kind_only() -> None:
    @throttled("save")
    class Saved(Toys):
        pass

    @public
    class Open(Saved):
        pass

    assert Saved.policy.permissions == Toys.policy.permissions
    assert (Open.policy.access, Open.policy.permissions, Open.policy.buckets) == ("public", {}, {"*": "save"})
    assert Toys.policy.access == "authenticated", "what a subclass is told does not reach its base"


def test_a_route_may_set_the_policy_of_a_class_that_has_none() -> None:
    class Bare(MethodView):
        def get(self) -> Any:
            return {}

    app = box(
        Route("/api/v1/a", "api_a", Bare, permission="toys.read"),
        Route("/api/v1/b", "api_b", Bare, public=True),
        Route("/api/v1/c", "api_c", Bare, permission={"GET": "toys.write"}, throttle="export"),
        export="1/minute",
    )
    client, reader, maker = app.test_client(), bearer(app, "toys.read"), bearer(app, "toys.write")
    assert client.get("/api/v1/a", headers=reader).status_code == 200
    assert client.get("/api/v1/b").status_code == 200
    assert [client.get("/api/v1/c", headers=who).status_code for who in (reader, maker, maker)] == [403, 200, 429]


def test_who_is_not_known_is_not_asked_for_permission_and_who_may_not_is_not_counted() -> None:
    app = box(Route("/api/v1/toys", "api_toys", Toys), read="1/minute")
    client = app.test_client()
    stranger, reader = bearer(app, "toys.write", person=8), bearer(app, "toys.read", person=9)
    assert [client.get("/api/v1/toys").status_code for _ in range(3)] == [401] * 3
    assert [client.get("/api/v1/toys", headers=stranger).status_code for _ in range(3)] == [403] * 3
    assert [client.get("/api/v1/toys", headers=reader).status_code for _ in range(3)] == [200, 429, 429]


def test_the_guards_stand_before_the_body_and_the_record() -> None:
    touched = []

    @permitted(POST="toys.write")
    class Deep(MethodView):
        def post(self) -> Any:
            touched.append("verb")
            raise NotFound()

    app = box(Route("/api/v1/deep", "api_deep", Deep), write="1/minute")
    client, headers = app.test_client(), bearer(app, "toys.write")
    assert client.post("/api/v1/deep", data=b"{", content_type="application/json").status_code == 401
    assert client.post("/api/v1/deep", headers=headers).status_code == 404
    assert client.post("/api/v1/deep", headers=headers).status_code == 429
    assert touched == ["verb"]


def test_limits_are_counted_by_person_and_route() -> None:
    app = box(Route("/api/v1/toys", "api_toys", Toys), Route("/api/v1/others", "api_others", Toys), read="2/minute")
    client = app.test_client()
    one, other = bearer(app, "toys.read", person=1), bearer(app, "toys.read", person=2)
    assert [client.get("/api/v1/toys", headers=one).status_code for _ in range(3)] == [200, 200, 429]
    assert client.get("/api/v1/toys", headers=other).status_code == 200
    assert client.get("/api/v1/others", headers=one).status_code == 200


def test_reading_and_writing_are_counted_apart() -> None:
    app = box(Route("/api/v1/toys", "api_toys", Toys), read="1/minute", write="1/minute")
    client, headers = app.test_client(), bearer(app, "toys.read", "toys.write")
    calls = [client.get, client.post, client.head, client.post]
    assert [call("/api/v1/toys", headers=headers).status_code for call in calls] == [200, 200, 429, 429]


def test_what_everybody_may_see_is_counted_by_address() -> None:
    app = box(Route("/window", "window", Window), visit="2/minute")
    client = app.test_client()

    def look(address: str) -> int:
        return client.get("/window", environ_overrides={"REMOTE_ADDR": address}).status_code

    assert [look("192.0.2.1") for _ in range(3)] == [200, 200, 429]
    assert look("192.0.2.2") == 200


def test_a_limit_says_when_to_come_back() -> None:
    app = box(Route("/api/v1/toys", "api_toys", Toys), read="1/minute")
    client, headers = app.test_client(), bearer(app, "toys.read")
    client.get("/api/v1/toys", headers=headers)
    refused = client.get("/api/v1/toys", headers=headers)
    assert refused.json["code"] == "too_many_requests"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60


def test_two_tenants_count_apart_even_where_route_and_person_are_the_same() -> None:
    routes = [Route("/api/v1/toys", "api_toys", Toys)]
    tight = ToyTenant().limits | {"read": "1/minute"}
    ours = toy_box(routes, tenant=ToyTenant(limits=tight))
    theirs = toy_box(routes, tenant=ToyTenant(id=THEIRS, slug="others", limits=tight))
    first = [ours.test_client().get("/api/v1/toys", headers=bearer(ours, "toys.read")).status_code for _ in range(2)]
    assert first == [200, 429]
    assert theirs.test_client().get("/api/v1/toys", headers=bearer(theirs, "toys.read")).status_code == 200


def test_a_refresh_token_opens_renewal_and_nothing_else() -> None:
    app = box(Route("/api/v1/toys", "api_toys", Toys), Route("/api/v1/renewal", "api_renewal", Renewal))
    client = app.test_client()
    renewal = bearer(app, "toys.read", refresh=True)
    assert client.post("/api/v1/renewal", headers=renewal).status_code == 200
    assert client.get("/api/v1/toys", headers=renewal).status_code == 401
    assert client.post("/api/v1/renewal", headers=bearer(app, "toys.read")).status_code == 401


def test_a_request_with_authorization_never_reads_cookies() -> None:
    app = box(Route("/api/v1/toys", "api_toys", Toys))
    client = app.test_client()
    client.set_cookie("access_token_cookie", bearer(app, "toys.read")["Authorization"].removeprefix("Bearer "))
    assert client.get("/api/v1/toys").status_code == 200
    assert client.get("/api/v1/toys", headers={"Authorization": "Bearer nonsense"}).status_code == 401
    assert client.get("/api/v1/toys", headers={"Authorization": "Basic dTpw"}).status_code == 401


def test_a_cookie_that_writes_needs_the_double_submit() -> None:
    app = box(Route("/api/v1/toys", "api_toys", Toys))
    client = app.test_client()
    client.set_cookie("access_token_cookie", bearer(app, "toys.write")["Authorization"].removeprefix("Bearer "))
    refused = client.post("/api/v1/toys")
    assert (refused.status_code, refused.json["code"]) == (403, "csrf")


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer  x", "bearer x", "Bearer " + "x" * 9_000, "", "Bearer a.b.c"]
)
def test_a_header_that_is_no_token_is_a_401(header: str) -> None:
    app = box(Route("/api/v1/toys", "api_toys", Toys))
    answer = app.test_client().get("/api/v1/toys", headers={"Authorization": header})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_somebody_signed_in_is_enough_where_nothing_more_is_asked() -> None:
    @authenticated
    class Anybody(MethodView):
        def get(self) -> Any:
            person = principal()
            assert person is not None
            return {"id": str(person.id)}

    app = box(Route("/api/v1/me", "api_me", Anybody))
    assert app.test_client().get("/api/v1/me", headers=bearer(app)).json == {"id": str(UUID(int=7))}
