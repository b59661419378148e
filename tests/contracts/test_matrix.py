"""Every route x everybody: 401, 403 or 404 as due, and nothing of the other tenant read or changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import TestResponse

from contracts.expected import MAY, ROWS, WORK_IN_BANKS, Call
from contracts.world import AWAY, HOME, Side, World, path_of, standing_world
from examhall.extensions import limiter
from examhall.identity.roles import PERMISSIONS
from hall import Api

PEOPLE = ("candidate", "other candidate", "author", "marker", "invigilator", "admin")
CALLS = [(endpoint, verb) for endpoint, verbs in ROWS.items() for verb in verbs]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Any) -> Iterator[World]:
    with standing_world(tmp_path_factory.mktemp("world"), sqlite_template) as world:
        yield world


@pytest.fixture(autouse=True)
def _no_limit() -> None:
    limiter.reset()


def make(world: World, endpoint: str, verb: str, who: Api | None, *, host: str = HOME, things: Side) -> TestResponse:
    """The row's call by somebody, at a host, about one side's things. Bearers need no CSRF value, on pages too."""
    call = ROWS[endpoint]["GET" if verb == "HEAD" else verb]
    path = path_of(world.hall, endpoint, call.at, things.things)
    headers = dict(who.headers) if who else {}
    if call.tag:
        headers["If-Match"] = things.tags[call.tag]
    sends = {} if call.sends is None else {"json" if path.startswith("/api/") else "data": call.sends}
    client = world.hall.platform.test_client(use_cookies=False)
    return client.open(path, method=verb, base_url=f"http://{host}.localhost", headers=headers, buffered=True, **sends)


def due(endpoint: str, call: Call, who: str) -> int:
    """The status that this page of data promises somebody of the tenant; "anonymous" for nobody."""
    if call.needs is not None:
        if who == "anonymous":
            return 401 if endpoint.startswith("api_") else 303
        role = who.removeprefix("other ")
        if call.needs and role not in MAY[call.needs]:
            return 403
        if call.owner and who == "other candidate":
            return 404
        if call.needs == "banks.read" and call.at and role not in WORK_IN_BANKS:
            return 404
    elif who != "anonymous" and call.known is not None:
        return call.known
    return call.ok


def test_every_route_has_a_row_for_each_of_its_verbs(world: World) -> None:
    served = {
        (rule.endpoint, verb)
        for rule in world.hall.platform.url_map.iter_rules()
        for verb in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint != "bootstrap.static"
    }
    assert served - set(CALLS) == set(), "a new route needs a row in contracts/expected.py"
    assert set(CALLS) - served == set(), "a route is gone: take its row out"


def test_rows_and_guards_say_the_same(world: World) -> None:
    for endpoint, verb in CALLS:
        route = world.hall.platform.routes[endpoint]
        policy = route.view(**route.options).policy
        needs = ROWS[endpoint][verb].needs
        assert (needs is None) is (policy.access == "public"), endpoint
        assert (needs or None) == policy.permission(verb), endpoint


def test_every_role_holds_what_the_page_says_and_nothing_else() -> None:
    assert {role.value: set(held) for role, held in PERMISSIONS.items()} == {
        role: {permission for permission, roles in MAY.items() if role in roles} for role in set().union(*MAY.values())
    }


@pytest.mark.parametrize(("endpoint", "verb"), CALLS)
def test_everybody_of_the_tenant_gets_what_is_due(world: World, endpoint: str, verb: str) -> None:
    call = ROWS[endpoint][verb]
    theirs = world.rows_of(AWAY)
    for who in ("anonymous", *PEOPLE):
        person = world.home.people.get(who)
        answer = make(world, endpoint, verb, person, things=world.home)
        expected = due(endpoint, call, who)
        assert answer.status_code == expected, (who, answer.text[:300])
        if world.changed():
            assert expected < 400, f"{who} was refused and yet something was written"
            assert world.rows_of(AWAY) == theirs, f"{who} changed the other tenant"
            world.restore()
        if verb == "GET":
            assert make(world, endpoint, "HEAD", person, things=world.home).status_code == expected, f"HEAD by {who}"
        if expected in {401, 403, 404} and endpoint.startswith("api_"):
            assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize(("endpoint", "verb"), CALLS)
def test_an_admin_of_another_tenant_is_nobody_here(world: World, endpoint: str, verb: str) -> None:
    ours = world.rows_of(HOME)
    answer = make(world, endpoint, verb, world.away.people["admin"], things=world.home)
    assert answer.status_code == due(endpoint, ROWS[endpoint][verb], "anonymous")
    if world.changed():
        assert world.rows_of(HOME) == ours
        world.restore()


@pytest.mark.parametrize(("endpoint", "verb"), [(name, verb) for name, verb in CALLS if ROWS[name][verb].at])
def test_at_their_own_hall_our_things_are_not_there(world: World, endpoint: str, verb: str) -> None:
    call = ROWS[endpoint][verb]
    ours = world.rows_of(HOME)
    for who in PEOPLE:
        answer = make(world, endpoint, verb, world.away.people[who], host=AWAY, things=world.home)
        expected = due(endpoint, call, who)
        assert answer.status_code == (403 if expected == 403 else 404), (who, answer.text[:300])
        for thing in world.home.things.values():
            assert thing not in answer.text.replace(answer.request.path, "")
        if world.changed():
            assert world.rows_of(HOME) == ours, f"{who} of the other tenant changed ours"
            world.restore()


def test_no_list_shows_anything_of_the_other_tenant(world: World) -> None:
    for endpoint, verb in CALLS:
        if verb == "GET" and not ROWS[endpoint][verb].at:
            for who in PEOPLE:
                text = make(world, endpoint, verb, world.away.people[who], host=AWAY, things=world.away).text
                for thing in world.home.things.values():
                    assert thing not in text, (endpoint, who)
                if endpoint not in {"api_openapi", "api_docs"}:  # whose examples are of that name
                    assert "@northwind.example" not in text, (endpoint, who)


def test_what_is_sent_about_foreign_things_is_refused(world: World) -> None:
    """Foreign ids in bodies and filters, not in the address."""
    admin, foreign, own = world.away.people["admin"], world.home.things, world.away.things
    ours = world.rows_of(HOME)
    refused = [
        admin.post(f"/exams/{own['draft']}/assignments", {"user_id": foreign["user"]}),
        admin.post(f"/exams/{own['draft']}/sections", {"questions": [{"question_id": foreign["question"]}]}),
        admin.post(f"/exams/{own['draft']}/sections", {"draw": {"bank_id": foreign["bank"], "count": 1}}),
        admin.patch(
            f"/exams/{own['draft']}/sections/{own['section']}", {"questions": [{"question_id": foreign["question"]}]}
        ),
        admin.post(
            "/users", {"email": "new@qalam.example", "name": "New", "tenant_id": str(world.hall.app(HOME).tenant.id)}
        ),
    ]
    assert [answer.status_code for answer in refused] == [422] * len(refused)
    filtered = [
        admin.get(f"/exams/{own['exam']}/attempts?user_id={world.home.people['candidate'].person.id}"),
        world.away.people["candidate"].get(f"/attempts?exam_id={foreign['exam']}"),
    ]
    assert [(answer.status_code, answer.json) for answer in filtered] == [(200, [])] * len(filtered)
    assert world.rows_of(HOME) == ours
    world.restore()
