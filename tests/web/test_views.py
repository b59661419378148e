"""The three views on a toy model: list, show, act; pages and JSON; only one's own."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from examhall.errors import NotFound
from examhall.web.conditional import require_match
from examhall.web.guards import authenticated, permitted, public
from examhall.web.routes import Route
from examhall.web.views import DetailView, ListView, MethodView, json_of
from web.toy import Toy, ToyIn, ToyOut, bearer, toy_box


@public
class Toys(ListView):
    """Toys."""

    model, schema = Toy, ToyOut
    filters, search, ordering = ("colour", "weight", "loved", "id"), ("name",), ("name", "-weight")


@public
class OneToy(DetailView):
    """One toy."""

    model, schema = Toy, ToyOut


@public
class Workshop(MethodView):
    """Where toys are made and mended."""

    model, schema = Toy, ToyOut
    bodies = {"POST": ToyIn, "PATCH": ToyIn}

    def get(self, id: UUID) -> Any:
        return self.represent(self.load(id=id))

    def post(self, id: UUID, data: ToyIn) -> Any:
        return {"name": data.name, "weight": data.weight, "loved": data.loved}, 201

    def patch(self, id: UUID, data: ToyIn) -> Any:
        found = self.load(id=id)
        require_match(found)
        return json_of(found, {"name": data.name})

    def delete(self, id: UUID) -> Any:
        require_match(self.load(id=id))
        return None, 204


ROUTES = [
    Route("/toys", "toy_list", Toys, template="toys.html"),
    Route("/toys/<uuid:id>", "toy_detail", OneToy, template="toy.html"),
    Route("/api/v1/toys", "api_toys", Toys, page_size=2),
    Route("/api/v1/toys/<uuid:id>", "api_toy", OneToy),
    Route("/api/v1/toys/by-name/<name>", "api_toy_by_name", OneToy, lookup="name"),
    Route("/api/v1/workshop/<uuid:id>", "api_workshop", Workshop),
]
FIRST, FOREIGN = f"/api/v1/workshop/{UUID(int=101)}", f"/api/v1/workshop/{UUID(int=106)}"


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return toy_box(ROUTES).test_client()


def names(client: FlaskClient, query: str) -> list[str]:
    answer = client.get(f"/api/v1/toys?page_size=50&{query}")
    assert answer.status_code == 200, answer.text
    return [toy["name"] for toy in answer.json]


def test_one_class_has_two_faces(client: FlaskClient) -> None:
    page = client.get("/toys")
    assert (page.mimetype, page.text) == ("text/html", "50% Duck;Ball;Ball_2;Crane;Élan;page 1 of 1")
    answer = client.get("/api/v1/toys")
    assert answer.mimetype == "application/json"
    assert [toy["name"] for toy in answer.json] == ["50% Duck", "Ball"]
    assert client.get(f"/toys/{UUID(int=101)}").text == "<b>Ball</b>"


def test_the_schema_is_an_allowlist(client: FlaskClient) -> None:
    assert client.get("/api/v1/toys").json[0].keys() == ToyOut.model_fields.keys()
    assert "secret" not in client.get(f"/api/v1/toys/{UUID(int=101)}").json


def test_nobody_sees_another_tenants_records(client: FlaskClient) -> None:
    assert not any(name.startswith("Foreign") for name in names(client, ""))
    assert names(client, f"id={UUID(int=106)}") == []
    absent = client.get(f"/api/v1/toys/{UUID(int=999)}")
    foreign = client.get(f"/api/v1/toys/{UUID(int=106)}")
    assert absent.status_code == foreign.status_code == 404
    assert {**absent.json, "request_id": ""} == {**foreign.json, "request_id": ""}
    tag = {"If-Match": f'"{UUID(int=106)}.1"'}
    assert client.patch(FOREIGN, json={"name": "Mine"}, headers=tag).status_code == 404
    assert client.delete(FOREIGN, headers=tag).status_code == 404


def test_lookup_names_column_and_part_of_the_address(client: FlaskClient) -> None:
    assert client.get("/api/v1/toys/by-name/Crane").json["id"] == str(UUID(int=102))
    assert client.get("/api/v1/toys/by-name/Foreign bear").status_code == 404


def test_filters_narrow_by_the_kind_of_their_column(client: FlaskClient) -> None:
    assert names(client, "colour=blue") == ["Crane", "Élan"]
    assert names(client, "weight=2") == ["Ball_2", "Élan"]
    assert names(client, "loved=true") == ["Ball"]
    assert names(client, f"id={UUID(int=104)}") == ["Élan"]
    assert names(client, "colour=blue&weight=1") == ["Crane"]


def test_what_a_filter_bar_leaves_empty_narrows_nothing(client: FlaskClient) -> None:
    assert names(client, "colour=&weight=&loved=&id=&q=&order=&page=") == names(client, "")
    assert len(client.get("/api/v1/toys?page_size=").json) == 2


@pytest.mark.parametrize("query", ["q=ball", "q=BALL", "q=%20ball%20"])
def test_words_are_found_whatever_their_case(client: FlaskClient, query: str) -> None:
    assert names(client, query) == ["Ball", "Ball_2"]


@pytest.mark.parametrize(("text", "found"), [("%25", ["50% Duck"]), ("_", ["Ball_2"]), ("%5C", []), ("%2F", [])])
def test_signs_of_a_pattern_stand_for_themselves(client: FlaskClient, text: str, found: list[str]) -> None:
    assert names(client, f"q={text}") == found


def test_the_caller_picks_one_of_the_orders_and_turns_it_round(client: FlaskClient) -> None:
    assert names(client, "order=name") == ["50% Duck", "Ball", "Ball_2", "Crane", "Élan"]
    assert names(client, "order=-name") == ["Élan", "Crane", "Ball_2", "Ball", "50% Duck"]
    heavy = [toy["weight"] for toy in client.get("/api/v1/toys?page_size=50&order=-weight").json]
    assert heavy == sorted(heavy, reverse=True)


def test_paging_neither_skips_nor_repeats(client: FlaskClient) -> None:
    pages = [client.get(f"/api/v1/toys?order=weight&page={number}").json for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert len({toy["id"] for page in pages for toy in page}) == 5


def test_a_page_beyond_the_last_is_empty(client: FlaskClient) -> None:
    answer = client.get("/api/v1/toys?page=1000000&colour=red")
    assert (answer.status_code, answer.json) == (200, [])
    assert answer.headers["X-Total-Count"] == "3"
    assert re.search(r'page=2[^,]*>; rel="prev"', answer.headers["Link"]), "the way back leads to the last page"


def test_people_see_the_last_page_in_place_of_one_beyond_it(client: FlaskClient) -> None:
    assert client.get("/toys?order=name&page_size=2&page=999").text == "Élan;page 3 of 3"
    assert client.get("/toys?order=name&page_size=2&page=2").text == "Ball_2;Crane;page 2 of 3"
    assert client.get("/toys?colour=none&page=999").text == "page 1 of 1"


def test_link_and_total_tell_the_way(client: FlaskClient) -> None:
    answer = client.get("/api/v1/toys?colour=red&page=1&page_size=2")
    assert answer.headers["X-Total-Count"] == "3"
    links = dict(reversed(part.split("; ")) for part in answer.headers["Link"].split(", "))
    assert links.keys() == {'rel="first"', 'rel="last"', 'rel="next"'}
    following = client.get(links['rel="next"'].strip("<>"))
    assert [toy["name"] for toy in following.json] == ["Ball_2"]
    assert 'rel="prev"' in following.headers["Link"]
    assert 'rel="next"' not in following.headers["Link"]


@pytest.mark.parametrize(
    "number", ["0", "-1", "1000000000", "abc", "1.0", "1e1", "%201", "1_0", "٢", "²", "0x1", "9" * 40]
)
@pytest.mark.parametrize("name", ["page", "page_size"])
def test_a_number_that_is_none_is_refused(client: FlaskClient, name: str, number: str) -> None:
    answer = client.get(f"/api/v1/toys?{name}={number}")
    assert answer.status_code == 400
    assert answer.json["errors"][0]["field"] == name
    assert "whole number from 1 to" in answer.json["errors"][0]["message"]


def test_more_rows_than_a_list_gives_are_refused(client: FlaskClient) -> None:
    assert client.get("/api/v1/toys?page_size=100").status_code == 200
    assert client.get("/api/v1/toys?page_size=101").status_code == 400


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=10", "limit"),
        ("format=xml", "format"),
        ("format=csv", "format"),
        ("secret=hidden", "secret"),
        ("tenant_id=" + str(UUID(int=2)), "tenant_id"),
        ("order=secret", "order"),
        ("order=-__class__", "order"),
        ("order=name,weight", "order"),
        ("order=--name", "order"),
        ("weight=heavy", "weight"),
        ("weight=1_0", "weight"),
        ("weight=" + "9" * 30, "weight"),
        ("weight=%C2%B2", "weight"),
        ("loved=1", "loved"),
        ("loved=True", "loved"),
        ("id=17", "id"),
        ("colour=" + "x" * 10_000, "colour"),
        ("colour=%00", "colour"),
        ("q=" + "x" * 10_000, "q"),
        ("q=%00", "q"),
    ],
)
def test_an_argument_that_cannot_be_read_is_refused_by_name(client: FlaskClient, query: str, field: str) -> None:
    answer = client.get(f"/api/v1/toys?{query}")
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert [error["field"] for error in answer.json["errors"]] == [field]


def test_an_unknown_argument_is_told_the_known_ones(client: FlaskClient) -> None:
    detail = client.get("/api/v1/toys?color=red").json["detail"]
    assert "colour" in detail
    assert "secret" not in detail


def test_bytes_that_are_no_utf8_are_just_not_found(client: FlaskClient) -> None:
    assert names(client, "colour=%ED%A0%80%FF") == []


def test_a_verb_gets_its_body_as_data(client: FlaskClient) -> None:
    answer = client.post(FIRST, json={"name": "Kite", "weight": 3})
    assert (answer.status_code, answer.json) == (201, {"name": "Kite", "weight": 3, "loved": False})


def test_an_object_carries_its_revision_and_is_not_sent_twice(client: FlaskClient) -> None:
    address = f"/api/v1/toys/{UUID(int=101)}"
    tag = client.get(address).headers["ETag"]
    assert tag == f'"{UUID(int=101)}.1"'
    again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("verb", ["PATCH", "DELETE"])
def test_a_write_says_which_revision_it_changes(client: FlaskClient, verb: str) -> None:
    body = {"json": {"name": "Kite"}} if verb == "PATCH" else {}
    missing = client.open(FIRST, method=verb, **body)
    assert (missing.status_code, missing.json["code"]) == (428, "precondition_required")
    stale = client.open(FIRST, method=verb, headers={"If-Match": f'"{UUID(int=101)}.7"'}, **body)
    assert (stale.status_code, stale.json["code"]) == (412, "precondition_failed")
    assert stale.headers["ETag"] == f'"{UUID(int=101)}.1"'
    right = client.open(FIRST, method=verb, headers={"If-Match": f'"{UUID(int=101)}.1"'}, **body)
    assert right.status_code in {200, 204}
    weak = client.open(FIRST, method=verb, headers={"If-Match": f'W/"{UUID(int=101)}.1"'}, **body)
    assert weak.status_code == 412, "If-Match compares strongly (RFC 9110 §13.1.1)"


def test_head_is_a_get_without_content(client: FlaskClient) -> None:
    answer = client.head("/api/v1/toys")
    assert (answer.status_code, answer.data, answer.headers["X-Total-Count"]) == (200, b"", "5")
    assert client.head(f"/api/v1/toys/{UUID(int=101)}").headers["ETag"] == f'"{UUID(int=101)}.1"'


def test_options_and_other_verbs_tell_what_there_is(client: FlaskClient) -> None:
    options = client.options(FIRST)
    assert options.status_code == 200
    assert set(options.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST", "PATCH", "DELETE"}
    put = client.put(FIRST, json={})
    assert put.status_code == 405
    assert set(put.headers["Allow"].split(", ")) == set(options.headers["Allow"].split(", "))
    assert client.open(FIRST, method="TRACE").status_code == 405


def test_a_method_override_is_not_believed(client: FlaskClient) -> None:
    answer = client.post(FIRST, json={"name": "Kite"}, headers={"X-HTTP-Method-Override": "DELETE"})
    assert answer.status_code == 201


def test_a_view_instance_cannot_be_written_to() -> None:
    view = Toys(page_size=3)
    with pytest.raises(AttributeError, match="Toys is shared between requests: pass 'found' on, don't keep it"):
        view.found = []
    with pytest.raises(AttributeError, match="page_size"):
        view.page_size = 4
    assert view.page_size == 3
    assert Toys.page_size == 20


def test_one_instance_serves_every_request_of_a_route() -> None:
    seen: set[int] = set()

    @authenticated
    class Same(MethodView):
        def get(self) -> Any:
            seen.add(id(self))
            return {}

    app = toy_box([Route("/api/v1/same", "api_same", Same)])
    for _ in range(3):
        app.test_client().get("/api/v1/same", headers=bearer(app))
    assert len(seen) == 1


def test_permit_has_the_last_word_on_a_record() -> None:
    @permitted("toys.read")
    class Unloved(OneToy):
        def permit(self, record: Any) -> None:
            if not record.loved:
                raise NotFound()

    app = toy_box([Route("/api/v1/toys/<uuid:id>", "api_unloved", Unloved)])
    client, headers = app.test_client(), bearer(app, "toys.read")
    assert client.get(f"/api/v1/toys/{UUID(int=101)}", headers=headers).status_code == 200
    assert client.get(f"/api/v1/toys/{UUID(int=102)}", headers=headers).status_code == 404


def test_a_list_counts_and_reads_in_two_statements(client: FlaskClient) -> None:
    engine = client.application.engines[None]  # type: ignore[attr-defined]
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    client.get("/api/v1/toys?colour=red&q=ball")
    event.remove(engine, "before_cursor_execute", note)
    assert len(statements) == 2
    assert all("tenant_id" in statement for statement in statements)
