"""A bank is open to every author, or closed to all but those it is shared with; every door asks."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from bank.factories import BODIES
from bank.test_bank_operations import statements
from contracts.expected import NOBODYS, ROWS, Call
from contracts.world import Side, path_of, side_of
from examhall.extensions import limiter
from hall import Api, Hall
from portal import Portal

LEVELS = ("nothing", "use", "read", "write")
#: What only the owner and administrators may, whatever is shared.
OWNERS = {("bank_sharing", "GET"), ("bank_sharing", "POST"), ("api_bank_shares", "PUT")}
#: What shows no more of a bank than its name.
NAMES = {("api_bank", "GET")}


def json(answer: TestResponse) -> Any:
    assert answer.status_code < 300, answer.text
    return answer.json


def grouped(admin: Api, *people: Api) -> str:
    """A new group of these people; its id."""
    group: str = json(admin.post("/groups", {"name": f"Group {uuid4()}"}))["id"]
    ids = [str(each.person.id) for each in people if each.person]
    json(admin.post(f"/groups/{group}/members", {"user_ids": ids}))
    return group


def closed(admin: Api, bank: str, **groups: str) -> None:
    """Close the bank to all but these groups: access to group."""
    shares = [{"group_id": group, "access": access} for access, group in groups.items()]
    json(admin.put(f"/banks/{bank}/shares", {"open": False, "shares": shares}))


def bank_with_question(api: Api) -> tuple[str, str]:
    bank = json(api.post("/banks", {"name": "Physics"}))["id"]
    asked = {"type": "true_false", "name": "Boiling", "body": BODIES["true_false"]}
    return bank, json(api.post(f"/banks/{bank}/questions", asked))["id"]


def knock(hall: Hall, side: Side, endpoint: str, verb: str, who: Api) -> int:
    call = ROWS[endpoint][verb]
    path = path_of(hall, endpoint, call.at, side.things)
    tag = {"If-Match": side.tags[call.tag]} if call.tag else {}
    sends: dict[str, Any] = {} if call.sends is None else {"json" if path.startswith("/api/") else "data": call.sends}
    client = hall.platform.test_client(use_cookies=False)
    host = "http://northwind.localhost"
    return client.open(path, method=verb, base_url=host, headers=who.headers | tag, **sends).status_code


def due(endpoint: str, verb: str, call: Call, level: str) -> int:
    if level == "nothing":
        return 404
    if (endpoint, verb) in NAMES:
        return call.ok
    needed = "write" if call.needs == "banks.write" else "read"
    return call.ok if LEVELS.index(level) >= LEVELS.index(needed) and (endpoint, verb) not in OWNERS else 403


def test_every_door_of_a_closed_bank_asks_what_is_shared(hall: Hall) -> None:
    side = side_of(hall, "northwind")
    admin = side.people["admin"]
    people = {level: hall.api("author") for level in LEVELS}
    closed(admin, side.things["bank"], **{level: grouped(admin, people[level]) for level in LEVELS[1:]})
    doors = [
        (endpoint, verb, call)
        for endpoint, verbs in ROWS.items()
        for verb, call in verbs.items()
        if (call.needs or "").startswith("banks.") and call.at and NOBODYS not in call.at
        and call.at.split()[0] in {"bank", "question", "category", "comment", "bulk", "import"}
    ]  # fmt: skip
    assert len(doors) > 40
    for endpoint, verb, call in doors:
        for level, who in people.items():
            expected = due(endpoint, verb, call, level)
            if verb == "GET" or expected in (403, 404):  # what is allowed and writes is told elsewhere
                limiter.reset()
                assert knock(hall, side, endpoint, verb, who) == expected, (endpoint, verb, level)


def test_a_closed_bank_is_in_nobodys_list_but_theirs_it_is_shared_with(hall: Hall) -> None:
    admin, owner, reader, stranger = (hall.api(role) for role in ("admin", "author", "author", "author"))
    bank, _ = bank_with_question(owner)
    assert json(stranger.get("/banks"))[0]["access"] == "write"
    closed(owner, bank, read=grouped(admin, reader))
    assert json(stranger.get("/banks")) == []
    assert stranger.get("/banks").headers["X-Total-Count"] == "0"
    assert [(each["id"], each["access"], each["open"]) for each in json(reader.get("/banks"))] == [
        (bank, "read", False)
    ]
    assert {json(who.get(f"/banks/{bank}"))["access"] for who in (owner, admin)} == {"write"}
    assert "Physics" not in Portal(hall, stranger.person).get("/manage/banks").text
    page = Portal(hall, reader.person).get(f"/manage/banks/{bank}/questions").text
    assert "Boiling" in page
    assert "New question" not in page


def test_asking_what_is_shared_costs_no_statement(hall: Hall) -> None:
    admin, reader = hall.api("admin"), hall.api("author")
    bank, question = bank_with_question(admin)
    closed(admin, bank, read=grouped(admin, reader))
    for path in ("/banks", f"/banks/{bank}", f"/banks/{bank}/questions", f"/questions/{question}"):
        counts = []
        for who in (admin, reader):
            with hall.inside() as app, statements(app) as seen:
                json(who.get(path))
            counts.append(len(seen))
        assert counts[0] == counts[1], path


def test_a_comment_is_out_of_reach_with_its_bank(hall: Hall) -> None:
    admin, author = hall.api("admin"), hall.api("author")
    bank, question = bank_with_question(admin)
    comment = json(author.post(f"/questions/{question}/comments", {"text": "Too easy?"}))["id"]
    closed(admin, bank)
    assert author.delete(f"/comments/{comment}").status_code == 404
    assert len(json(admin.get(f"/questions/{question}/comments"))) == 1


def test_the_best_of_several_shares_counts(hall: Hall) -> None:
    admin, author = hall.api("admin"), hall.api("author")
    bank, question = bank_with_question(admin)
    shares = [
        {"role": "author", "access": "use"},
        {"group_id": grouped(admin, author), "access": "write"},
        {"group_id": grouped(admin, author), "access": "read"},
    ]
    json(admin.put(f"/banks/{bank}/shares", {"open": False, "shares": shares}))
    assert author.patch(f"/questions/{question}", {"name": "Steam"}).status_code == 200
    assert json(hall.api("author").get(f"/banks/{bank}"))["access"] == "use"


def test_markers_read_what_is_shared_with_their_role_and_never_write(hall: Hall) -> None:
    owner, marker, invigilator = (hall.api(role) for role in ("author", "marker", "invigilator"))
    bank, question = bank_with_question(owner)
    assert json(marker.get("/banks")) == []
    assert marker.get(f"/questions/{question}").status_code == 404
    json(owner.put(f"/banks/{bank}/shares", {"open": True, "shares": [{"role": "marker", "access": "read"}]}))
    assert marker.get(f"/questions/{question}").status_code == 200
    assert marker.patch(f"/questions/{question}", {"name": "x"}).status_code == 403
    assert invigilator.get(f"/questions/{question}").status_code == 404


def test_whoever_may_use_a_bank_draws_and_picks_and_sees_no_question(hall: Hall) -> None:
    admin, owner, user, stranger = (hall.api(role) for role in ("admin", "author", "author", "author"))
    bank, question = bank_with_question(owner)
    closed(owner, bank, use=grouped(admin, user))
    exam = json(user.post("/exams", {"title": "Finals", "description": ""}))["id"]
    draw, pick = {"draw": {"bank_id": bank, "count": 1}}, {"questions": [{"question_id": question}]}
    for body, field in ((draw, "draw.bank_id"), (pick, "questions.0.question_id")):
        refused = stranger.post(f"/exams/{exam}/sections", body)
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, field)  # type: ignore[index]
        assert user.post(f"/exams/{exam}/sections", body).status_code == 201
    refused = user.get(f"/questions/{question}")
    assert refused.status_code == 403
    assert "for exams only" in refused.text


def test_exams_go_on_with_a_bank_that_is_closed_after(hall: Hall) -> None:
    owner, author = hall.api("author"), hall.api("author")
    bank, question = bank_with_question(owner)
    exam = json(author.post("/exams", {"title": "Finals", "description": ""}))["id"]
    body = {"questions": [{"question_id": question}], "draw": {"bank_id": bank, "count": 1}}
    section = json(author.post(f"/exams/{exam}/sections", {"draw": body["draw"]}))["id"]
    picked = json(author.post(f"/exams/{exam}/sections", {"questions": body["questions"]}))["id"]
    closed(owner, bank)
    portal = Portal(hall, author.person)
    assert "A bank that is not shared with you" in portal.get(f"/manage/exams/{exam}/sections").text
    saved = portal.submit(f"/manage/exams/{exam}/sections/{section}", {"title": "Part A"})
    assert saved.status_code == 303
    assert portal.submit(f"/manage/exams/{exam}/sections/{picked}", {"title": "Part B"}).status_code == 303
    sections = json(author.get(f"/exams/{exam}/sections"))
    assert [(each["title"], bool(each["draw"])) for each in sections] == [("Part A", True), ("Part B", False)]
    choose = portal.get(f"/manage/exams/{exam}/sections/{picked}/questions").text
    assert "Physics" not in choose
    assert "Boiling" not in choose


def test_only_owner_and_administrators_decide(hall: Hall) -> None:
    owner, other = hall.api("author"), hall.api("author")
    bank, _ = bank_with_question(owner)
    assert other.put(f"/banks/{bank}/shares", {"open": False}).status_code == 403
    assert json(hall.api("admin").put(f"/banks/{bank}/shares", {"open": False}))["open"] is False
    assert json(owner.put(f"/banks/{bank}/shares", {"open": True}))["open"] is True
    page = Portal(hall, other.person).get(f"/manage/banks/{bank}/questions").text
    assert f"/manage/banks/{bank}/sharing" not in page


@pytest.mark.parametrize(
    ("shares", "field"),
    [
        ([{"access": "read"}], "shares.0"),
        ([{"access": "read", "role": "author", "group_id": NOBODYS}], "shares.0"),
        ([{"access": "read", "group_id": NOBODYS}], "shares.0.group_id"),
        ([{"access": "read", "role": "author"}, {"access": "use", "role": "author"}], "shares.1"),
        ([{"access": "write", "role": "marker"}], "shares.0.access"),
        ([{"access": "read", "role": "candidate"}], "shares.0.access"),
    ],
)
def test_a_share_that_can_not_be_is_refused_at_its_field(hall: Hall, shares: list[Any], field: str) -> None:
    admin = hall.api("admin")
    bank, _ = bank_with_question(admin)
    refused = admin.put(f"/banks/{bank}/shares", {"open": False, "shares": shares})
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, field)  # type: ignore[index]
    assert json(admin.get(f"/banks/{bank}/shares"))["open"] is True


def test_the_page_shares_with_roles_and_groups_and_stops_sharing(hall: Hall) -> None:
    admin, owner = hall.api("admin"), hall.api("author")
    bank, _ = bank_with_question(owner)
    group = grouped(admin, hall.api("author"))
    portal, page = Portal(hall, owner.person), f"/manage/banks/{bank}/sharing"
    sent = {"open": "false", "role-marker": "read", "new-group": group, "new-access": "write"}
    assert portal.submit(page, sent).status_code == 303
    told = json(owner.get(f"/banks/{bank}/shares"))
    assert [(each["role"], each["group_id"], each["access"]) for each in told["shares"]] == [
        ("marker", None, "read"), (None, group, "write"),
    ]  # fmt: skip
    assert told["open"] is False
    assert admin.delete(f"/groups/{group}").status_code == 409
    assert portal.submit(page, {f"group-{group}": ""}).status_code == 303
    assert [each["role"] for each in json(owner.get(f"/banks/{bank}/shares"))["shares"]] == ["marker"]
    assert admin.delete(f"/groups/{group}").status_code == 204
    assert portal.submit(page, {"role-marker": "write"}).status_code == 422


def test_whose_media_are_listed(hall: Hall) -> None:
    ana, ben, admin = hall.api("author"), hall.api("author"), hall.api("admin")
    bell = {"file": (io.BytesIO(b"ID3\x04bell"), "bell.mp3")}
    json(ana.post("/media", data=bell, content_type="multipart/form-data"))
    assert [len(json(who.get("/media"))) for who in (ana, ben, admin)] == [1, 0, 1]
