"""An import by API: upload, look, choose, commit all or nothing, undo."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from bank.factories import BankFactory, QuestionFactory, gift
from bank.importing import act, begun, held_up, listed, multipart, questions, send
from examhall.bank.exchange import importing, imports
from examhall.bank.filing import categories
from examhall.bank.formats import launch
from examhall.clock import now
from examhall.settings import PROJECT
from hall import Api, Hall

FAULTY = """\
::Sound::Is this sound? {T}

::Open::Where does this end? {=here

$CATEGORY: sums

// [tag:heavy]
::Weighed::Yes? {=yes ~%200%no}

::Last::Is this the end? {=no
"""


@pytest.fixture
def author(hall: Hall) -> Api:
    return hall.api("author")


@pytest.fixture
def bank(hall: Hall) -> Any:
    with hall.inside():
        return BankFactory().id


def folder_of(hall: Hall, job: dict[str, Any]) -> Path:
    with hall.inside():
        return imports.folder_of(UUID(job["id"]))


# looking ------------------------------------------------------------------------------------------------------------


def test_a_file_is_read_and_shown_and_nothing_is_written(author: Api, bank: Any) -> None:
    text = "$CATEGORY: sums/easy\n\n// [tag:basic]\n::Sum::What is 1 + 1? {=2 ~3#Too much ~1}\n"
    job = begun(author, bank, text)
    assert (job["format"], job["file_name"], job["size"]) == ("gift", "questions.txt", len(text))
    assert (job["found"]["questions"], job["found"]["errors"], job["errors"], job["progress"]) == (1, 0, [], None)
    (question,) = questions(author, job)
    assert (question["place"], question["line"], question["name"]) == (1, 4, "Sum")
    assert (question["category"], question["tags"], question["warnings"]) == ("sums/easy", ["basic"], [])
    assert (question["points"], question["status"], question["duplicates"]) == ("1", "ready", [])
    assert question["body"]["options"][1]["feedback"] == "Too much"
    assert listed(author, bank) == []


def test_what_is_found_is_paged(author: Api, bank: Any) -> None:
    job = begun(author, bank, gift(7))
    second = author.get(f"/imports/{job['id']}/questions?page=2&page_size=3")
    assert [question["place"] for question in second.json] == [4, 5, 6]
    assert second.headers["X-Total-Count"] == "7"
    assert 'rel="next"' in second.headers["Link"]
    assert questions(author, job, "page=9&page_size=3") == []
    assert author.get(f"/imports/{job['id']}/questions?page=0").status_code == 400


def test_imports_of_a_bank_are_listed_latest_first(author: Api, bank: Any) -> None:
    first, second = begun(author, bank, gift(1)), begun(author, bank, gift(2))
    assert [row["id"] for row in author.get(f"/banks/{bank}/imports").json] == [second["id"], first["id"]]
    assert author.delete(f"/imports/{first['id']}").status_code == 204
    assert [row["id"] for row in author.get(f"/banks/{bank}/imports").json] == [second["id"]]
    assert author.get(f"/imports/{first['id']}").status_code == 404


def test_messages_come_in_the_readers_language_without_breaking_on_signs(author: Api, bank: Any) -> None:
    job = begun(author, bank, "::100% %(x)s::What? {=%120%a ~b}")
    assert job["errors"][0]["line"] == 1


# committing ---------------------------------------------------------------------------------------------------------


def test_a_commit_writes_what_was_shown_in_the_files_order(hall: Hall, author: Api, bank: Any) -> None:
    job = begun(author, bank, "$CATEGORY: sums/easy\n\n" + gift(12))
    shown = questions(author, job)
    done = act(author, job, "commit")
    assert (done.status_code, done.json["state"], done.json["found"]["added"]) == (200, "committed", 12)
    rows = listed(author, bank)
    assert [row["name"] for row in rows] == [f"Sum {number}" for number in range(1, 13)]
    assert {row["status"] for row in rows} == {"ready"}
    assert {row["category"] for row in rows} == {"sums/easy"}
    assert rows[0]["external_id"] == "q-1"
    assert author.get(f"/questions/{rows[0]['id']}").json["body"] == shown[0]["body"]
    (version,) = author.get(f"/questions/{rows[0]['id']}/versions").json
    assert (version["number"], version["created_by"]) == (1, str(author.person and author.person.id))
    with hall.inside():
        assert [category.path for category in categories.tree(bank)] == ["sums", "sums/easy"]
    assert not folder_of(hall, job).exists()
    assert act(author, job, "commit").status_code == 409
    assert author.delete(f"/imports/{job['id']}").status_code == 409


def test_all_at_once_for_who_wants_no_look(author: Api, bank: Any) -> None:
    done = send(author, bank, gift(3), "true", format="gift")
    assert (done.status_code, done.json["state"]) == (201, "committed")
    assert len(listed(author, bank)) == 3


def test_a_file_with_errors_is_refused_place_by_place(author: Api, bank: Any) -> None:
    job = begun(author, bank, FAULTY)
    assert [error["line"] for error in job["errors"]] == [3, 8, 10]
    assert [question["name"] for question in questions(author, job)] == ["Sound"]
    refused = act(author, job, "commit")
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json["errors"]] == ["line 3", "line 8", "line 10"]
    assert listed(author, bank) == []
    at_once = send(author, bank, FAULTY, "true")
    assert at_once.status_code == 422
    assert [error["message"] for error in at_once.json["errors"]] == [error["message"] for error in job["errors"]]
    assert [row["id"] for row in author.get(f"/banks/{bank}/imports").json] == [job["id"]], "nothing is kept of it"
    assert author.patch(f"/imports/{job['id']}", {"leave_out_faulty": True}).status_code == 200
    assert act(author, job, "commit").json["found"]["added"] == 1
    assert [row["name"] for row in listed(author, bank)] == ["Sound"]


def test_all_questions_can_get_a_category_and_a_status(author: Api, bank: Any) -> None:
    job = begun(author, bank, "$CATEGORY: a\n\n" + gift(1), category=" new / ones ", status="draft")
    assert (job["options"]["category"], job["options"]["status"]) == ("new/ones", "draft")
    assert act(author, job, "commit").status_code == 200
    (row,) = listed(author, bank)
    assert (row["category"], row["status"]) == ("new/ones/a", "draft")


def test_choices_that_can_not_be_are_refused(author: Api, bank: Any) -> None:
    job = begun(author, bank, gift(1))
    path = f"/imports/{job['id']}"
    for wrong in (
        {"format": "word"},
        {"duplicates": "burn"},
        {"items": {"x": "skip"}},
        {"category": "x" * 300},
        {"a": 1},
    ):
        assert author.patch(path, wrong).status_code == 422, wrong
    assert author.get(path).json["options"] == {}
    assert send(author, bank, gift(1), status="lost").status_code == 422


def test_a_file_is_read_again_as_another_format(author: Api, bank: Any) -> None:
    job = begun(author, bank, gift(2))
    again = author.patch(f"/imports/{job['id']}", {"format": "examhall"})
    assert (again.status_code, again.json["state"]) == (200, "failed")
    assert again.json["failure"]
    assert act(author, job, "commit").status_code == 409
    back = author.patch(f"/imports/{job['id']}", {"format": "gift"})
    assert (back.json["state"], back.json["found"]["questions"], back.json["failure"]) == ("read", 2, "")


# duplicates ---------------------------------------------------------------------------------------------------------


def test_duplicates_are_found_in_the_bank_and_in_the_file(hall: Hall, author: Api, bank: Any) -> None:
    long = "Which of the many rivers of the old country flows into the cold northern sea"
    with hall.inside():
        known = QuestionFactory(bank_id=bank, external_id="q-2", name="Known")
        QuestionFactory(bank_id=BankFactory().id, external_id="q-1")
    first = begun(author, bank, f"{gift(2)}\n\n::Sum 1::What is 1 + 1? {{=2 ~1}}\n\n::R::{long}? {{T}}")
    assert act(author, first, "commit").status_code == 200
    job = begun(author, bank, f"{gift(2)}\n\n::New::{long} at last? {{T}}\n\n::Other::Is it so? {{F}}")
    one, two, near, other = questions(author, job)
    assert [(twin["kind"], twin["name"]) for twin in one["duplicates"]][:2] == [("id", "Sum 1"), ("same", "Sum 1")]
    assert {twin["question_id"] for twin in two["duplicates"]} >= {str(known.id)}
    (twin,) = near["duplicates"]
    assert (twin["kind"], twin["name"], 90 <= twin["similarity"] < 100) == ("near", "R", True)
    assert other["duplicates"] == []
    assert (job["found"]["duplicates"] > 0, job["found"]["near"]) == (True, 1)
    in_file = questions(author, begun(author, bank, "::A::Is it? {T}\n\n::B::Is it? {T}"))[1]["duplicates"]
    assert [(twin["kind"], twin["place"], twin["question_id"]) for twin in in_file] == [("same", 1, None)]


@pytest.mark.parametrize(
    ("choice", "names", "figures"),
    [
        ("add", ["Sum 1", "Sum 2", "Sum 1", "Sum 2", "Sum 3"], (3, 0, 0, 0)),
        ("skip", ["Sum 1", "Sum 2", "Sum 3"], (1, 0, 0, 2)),
        ("new_version", ["Sum 1", "Sum 2", "Sum 3"], (1, 0, 2, 0)),
    ],
)
def test_what_becomes_of_duplicates(author: Api, bank: Any, choice: str, names: list[str], figures: Any) -> None:
    send(author, bank, gift(2), "true")
    done = send(author, bank, gift(3), "true", duplicates=choice).json
    assert [row["name"] for row in listed(author, bank)] == names
    assert tuple(done["found"][name] for name in ("added", "versions", "unchanged", "skipped")) == figures


def test_one_question_can_be_treated_otherwise(author: Api, bank: Any) -> None:
    send(author, bank, gift(2), "true")
    job = begun(author, bank, gift(3), duplicates="skip")
    answer = author.patch(f"/imports/{job['id']}", {"items": {"1": "add", "3": "skip"}})
    assert answer.status_code == 200, answer.text
    assert [question["choice"] for question in questions(author, job)] == ["add", None, "skip"]
    assert act(author, job, "commit").json["found"]["added"] == 1
    assert [row["name"] for row in listed(author, bank)] == ["Sum 1", "Sum 2", "Sum 1"]


def test_a_known_id_with_another_text_becomes_a_version_and_undo_takes_it_back(author: Api, bank: Any) -> None:
    send(author, bank, gift(2), "true")
    before = author.get(f"/questions/{listed(author, bank)[0]['id']}").json
    text = "// [id:q-1]\n::Sum one::What is the sum of 1 and 1? {=2 ~1}"
    done = send(author, bank, text, "true", duplicates="new_version").json
    assert (done["found"]["versions"], done["found"]["added"]) == (1, 0)
    changed = author.get(f"/questions/{before['id']}").json
    assert (changed["version"], changed["name"]) == (2, "Sum one")
    assert [row["number"] for row in author.get(f"/questions/{before['id']}/versions").json] == [2, 1]
    assert act(author, done, "undo").json["state"] == "undone"
    back = author.get(f"/questions/{before['id']}").json
    assert {**back, "updated_at": None} == {**before, "updated_at": None}
    assert len(author.get(f"/questions/{before['id']}/versions").json) == 1


# undoing ------------------------------------------------------------------------------------------------------------


def test_an_undo_leaves_the_bank_as_it_was(hall: Hall, author: Api, bank: Any) -> None:
    send(author, bank, "$CATEGORY: old\n\n" + gift(1), "true")
    job = begun(author, bank, "$CATEGORY: old/new/ones\n\n" + gift(700, 2))
    assert act(author, job, "commit").json["found"]["added"] == 700
    undone = act(author, job, "undo")
    assert (undone.status_code, undone.json["state"]) == (200, "undone")
    assert [row["name"] for row in listed(author, bank)] == ["Sum 1"]
    with hall.inside():
        assert [category.path for category in categories.tree(bank)] == ["old"]
    assert act(author, job, "undo").status_code == 409


def test_what_is_used_stays(hall: Hall, author: Api, bank: Any) -> None:
    job = send(author, bank, gift(2), "true").json
    first, second = (row["id"] for row in listed(author, bank))
    exam = author.post("/exams", {"title": "Sums", "description": ""}).json
    section = author.post(f"/exams/{exam['id']}/sections", {"questions": [{"question_id": first}]}).json
    refused = act(author, job, "undo")
    assert (refused.status_code, refused.json["code"]) == (409, "import_in_use")
    assert "Sums" in refused.json["detail"]
    assert author.delete(f"/exams/{exam['id']}/sections/{section['id']}").status_code == 204
    body = author.get(f"/questions/{second}").json["body"] | {"prompt": "Else?"}
    assert author.post(f"/questions/{second}/versions", {"body": body}).status_code == 201
    assert "newer version" in act(author, job, "undo").json["detail"]
    assert len(listed(author, bank)) == 2


# files that are none ------------------------------------------------------------------------------------------------

REFUSED: dict[str, tuple[bytes, int]] = {
    "not UTF-8": ("::Año::¿Sí? {T}".encode("latin-1"), 422),
    "UTF-16": (gift(1).encode("utf-16"), 422),
    "NUL": (b"::a::b\0c {T}", 422),
    "no format": (b"x" * 1_000_000, 422),
    "too large": (b"{" + b"x" * 13_000_000, 413),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, 422),
    "a zip": (b"PK\x03\x04" + bytes(range(255, 0, -1)) * 40, 422),
    "empty": (b"", 422),
}


@pytest.mark.parametrize(("content", "status"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_file_of_questions_is_refused_and_not_kept(
    hall: Hall, author: Api, bank: Any, content: bytes, status: int
) -> None:
    answer = send(author, bank, content)
    assert answer.status_code == status, answer.text
    assert answer.json["detail"]
    assert author.get(f"/banks/{bank}/imports").json == []
    with hall.inside():
        assert list(imports.folder_of(UUID(int=0)).parent.iterdir()) == []


def test_what_is_no_upload_is_refused(author: Api, bank: Any) -> None:
    path = f"/banks/{bank}/imports"
    assert author.post(path, {"file": "x", "format": "gift"}).status_code == 422
    assert author.post(path).status_code == 422
    assert send(author, bank, None, format="gift").json["errors"][0]["field"] == "file"
    assert send(author, bank, gift(1), format="word").json["errors"][0]["field"] == "format"
    assert send(author, bank, gift(1), "maybe").status_code == 400
    torn = author.post(path, data=b"--x\r\nContent-Dis", content_type="multipart/form-data; boundary=x")
    assert torn.status_code == 422
    assert author.get(path).json == []


# readers that take long, or end -------------------------------------------------------------------------------------


def test_a_long_reading_goes_on_in_the_background(make_hall: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hall = make_hall("sqlite", import_wait_seconds=0)
    author = hall.api("author")
    with hall.inside():
        bank = BankFactory().id
    with held_up(monkeypatch) as let_go:
        job = send(author, bank, gift(40))
        assert (job.status_code, job.json["state"], job.json["progress"]["stage"]) == (202, "reading", "reading")
        assert act(author, job.json, "commit").status_code == 409
        assert author.get(f"/imports/{job.json['id']}/questions").status_code == 409
        let_go()
    place = folder_of(hall, job.json)
    while launch.alive(place):
        pass
    read = author.get(f"/imports/{job.json['id']}").json
    assert (read["state"], read["found"]["questions"], read["progress"]) == ("read", 40, None)
    assert act(author, job.json, "commit").status_code == 200


def test_a_reader_that_is_killed_shows_as_failed(make_hall: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hall = make_hall("sqlite", import_wait_seconds=0)
    author = hall.api("author")
    with hall.inside():
        bank = BankFactory().id
    with held_up(monkeypatch):
        job = send(author, bank, gift(1)).json
    place = folder_of(hall, job)
    launch.end(place)
    failed = author.get(f"/imports/{job['id']}").json
    assert (failed["state"], "Split" in failed["failure"]) == ("failed", True)
    assert author.delete(f"/imports/{job['id']}").status_code == 204
    assert not place.exists()


def test_what_nobody_goes_on_with_is_forgotten(
    hall: Hall, author: Api, bank: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = begun(author, bank, gift(1))
    monkeypatch.setattr(imports, "now", lambda: now() + timedelta(days=8))
    new = begun(author, bank, gift(2))
    assert [row["id"] for row in author.get(f"/banks/{bank}/imports").json] == [new["id"]]
    assert not folder_of(hall, old).exists()


def test_only_so_many_files_are_read_at_once(author: Api, bank: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "READERS", 0)
    assert send(author, bank, gift(1)).status_code == 429
    assert author.get(f"/banks/{bank}/imports").json == []


# promises of before -------------------------------------------------------------------------------------------------


def test_the_example_banks_of_the_tenants_are_sound(author: Api, bank: Any) -> None:
    files = sorted((PROJECT / "tenants").glob("*/banks/*.gift"))
    assert files
    for file in files:
        job = begun(author, bank, Path(file).read_bytes())
        assert job["errors"] == [], file
        assert job["found"]["questions"] >= 10, file


def test_forty_questions_cost_as_many_statements_as_two(hall: Hall, bank: Any) -> None:
    def statements(count: int) -> int:
        with hall.inside() as app:
            seen: list[str] = []
            engine = next(iter(app.engines.values()))
            watch = lambda *event_args: seen.append(event_args[2])  # noqa: E731
            event.listen(engine, "before_cursor_execute", watch)
            assert len(importing.import_questions(bank, importing.read(gift(count).encode()).questions)) == count
            event.remove(engine, "before_cursor_execute", watch)
        return len([line for line in seen if line.startswith("INSERT")])

    assert statements(2) == statements(40) == 2


def test_imports_are_limited(make_hall: Any) -> None:
    hall = make_hall("sqlite")
    author = hall.api("author")
    with hall.inside():
        bank = BankFactory().id
    answers = {send(author, bank, None).status_code for _ in range(21)}
    assert answers == {422, 429}


def test_an_import_with_a_key_is_done_once(author: Api, bank: Any) -> None:
    key = {"Idempotency-Key": "once"}
    ids = set()
    for _ in range(2):
        answer = author.post(f"/banks/{bank}/imports?commit=true", headers=key, **multipart(gift(3)))
        assert answer.status_code == 201, answer.text
        ids.add(answer.json["id"])
    assert len(ids) == 1
    assert len(listed(author, bank)) == 3
