"""Importing a GIFT file: a look first, then all of it or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bank.factories import BankFactory, QuestionFactory, gift
from examhall.bank import operations
from examhall.settings import PROJECT
from hall import Api, Hall

FAULTY = """\
::Sound::Is this sound? {T}

::Open::Where does this end? {=here

$CATEGORY: sums

// [tag:with|bar]
::Tagged::Yes? {=yes ~no}

Plain text only.
"""


@pytest.fixture
def author(hall: Hall) -> Api:
    return hall.api("author")


@pytest.fixture
def bank(hall: Hall) -> Any:
    with hall.inside():
        return BankFactory().id


def multipart(content: str | bytes | None, **form: str) -> dict[str, Any]:
    """A form with a file as bytes, as a browser sends it; the test client would spool a large one to an open file."""
    parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{form[name]}\r\n'.encode() for name in form]
    if content is not None:
        head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="questions.gift"\r\n\r\n'
        parts.append(head + (content.encode() if isinstance(content, str) else content) + b"\r\n")
    return {"data": b"".join(parts) + b"--x--\r\n", "content_type": "multipart/form-data; boundary=x"}


def send(api: Api, bank: Any, content: str | bytes | None, dry_run: str | None = None, **form: str) -> Any:
    query = "" if dry_run is None else f"?dry_run={dry_run}"
    return api.post(f"/banks/{bank}/imports{query}", **multipart(content, **form))


def listed(api: Api, bank: Any) -> list[Any]:
    rows: list[Any] = api.get(f"/banks/{bank}/questions?page_size=100").json
    return rows


def test_a_dry_run_tells_what_the_file_holds_and_writes_nothing(author: Api, bank: Any) -> None:
    text = "$CATEGORY: sums/easy\n\n// [tag:basic]\n::Sum::What is 1 + 1? {=2 ~3#Too much ~1}\n"
    answer = send(author, bank, text, "true")
    assert answer.status_code == 200, answer.text
    assert (answer.json["errors"], answer.json["committed"]) == ([], False)
    (question,) = answer.json["questions"]
    assert (question["line"], question["name"], question["type"]) == (4, "Sum", "single_choice")
    assert (question["category"], question["tags"], question["warnings"]) == ("sums/easy", ["basic"], [])
    assert question["body"]["options"][1]["feedback"] == "Too much"
    assert listed(author, bank) == []


def test_an_import_writes_what_the_dry_run_showed_in_the_files_order(author: Api, bank: Any) -> None:
    shown = send(author, bank, gift(12), "true").json
    done = send(author, bank, gift(12), "false", format="gift")
    assert (done.status_code, done.json["committed"]) == (201, True)
    assert done.json["questions"] == shown["questions"]
    rows = listed(author, bank)
    assert [row["name"] for row in rows] == [f"Sum {number}" for number in range(1, 13)]
    assert {row["status"] for row in rows} == {"ready"}
    assert rows[0]["external_id"] == "q-1"
    assert author.get(f"/questions/{rows[0]['id']}").json["body"] == shown["questions"][0]["body"]
    (version,) = author.get(f"/questions/{rows[0]['id']}/versions").json
    assert (version["number"], version["created_by"]) == (1, str(author.person.id))


def test_a_file_with_errors_is_refused_line_by_line_and_nothing_is_written(author: Api, bank: Any) -> None:
    look = send(author, bank, FAULTY, "true")
    assert look.status_code == 200
    assert [error["line"] for error in look.json["errors"]] == [3, 8, 10]
    assert [question["name"] for question in look.json["questions"]] == ["Sound"]
    answer = send(author, bank, FAULTY)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == ["line 3", "line 8", "line 10"]
    assert [error["message"] for error in answer.json["errors"]] == [error["message"] for error in look.json["errors"]]
    assert listed(author, bank) == []


def test_an_id_that_is_in_the_bank_already_is_warned_of(hall: Hall, author: Api, bank: Any) -> None:
    with hall.inside():
        QuestionFactory(bank_id=bank, external_id="q-2")
        QuestionFactory(bank_id=BankFactory().id, external_id="q-1")
    first, second = send(author, bank, gift(2), "true").json["questions"]
    assert first["warnings"] == []
    assert second["warnings"][0]["line"] == second["line"]
    assert '"q-2"' in second["warnings"][0]["message"]


def test_messages_come_in_the_readers_language_without_breaking_on_signs(author: Api, bank: Any) -> None:
    answer = send(author, bank, "::100% %(x)s::What? {=%120%a ~b}", "true")
    assert answer.json["errors"][0]["line"] == 1


HOSTILE: dict[str, tuple[bytes, int]] = {
    "not UTF-8": ("::Año::¿Sí? {T}".encode("latin-1"), 422),
    "UTF-16": (gift(1).encode("utf-16"), 422),
    "NUL": (b"::a::b\0c {T}", 422),
    "1 MB": (b"x" * 1_000_000, 422),
    "3 MB": (b"x" * 3_000_000, 413),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, 422),
    "a zip": (b"PK\x03\x04" + bytes(range(255, 0, -1)) * 40, 422),
    "empty": (b"", 422),
    "braces": (b"{" * 50_000, 422),
}


@pytest.mark.parametrize(("content", "status"), HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("dry_run", ["true", "false"])
def test_a_hostile_file_is_refused_and_nothing_is_written(
    author: Api, bank: Any, content: bytes, status: int, dry_run: str
) -> None:
    answer = send(author, bank, content, dry_run)
    found_by_line = answer.status_code == 200 and dry_run == "true" and answer.json["errors"]
    assert found_by_line or answer.status_code == status
    assert listed(author, bank) == []


def test_what_is_no_upload_is_refused(author: Api, bank: Any) -> None:
    path = f"/banks/{bank}/imports"
    assert author.post(path, {"file": "x", "format": "gift"}).status_code == 422
    assert author.post(path).status_code == 422
    assert send(author, bank, None, format="gift").json["errors"][0]["field"] == "file"
    assert send(author, bank, gift(1), format="moodle").json["errors"][0]["field"] == "format"
    assert send(author, bank, gift(1), "maybe").status_code == 400
    torn = author.post(path, data=b"--x\r\nContent-Dis", content_type="multipart/form-data; boundary=x")
    assert torn.status_code == 422
    assert listed(author, bank) == []


def test_the_example_banks_of_the_tenants_are_sound(author: Api, bank: Any) -> None:
    files = sorted((PROJECT / "tenants").glob("*/banks/*.gift"))
    assert files
    for file in files:
        answer = send(author, bank, Path(file).read_bytes(), "true")
        assert answer.json["errors"] == [], file
        assert len(answer.json["questions"]) >= 10, file


def test_forty_questions_cost_as_many_statements_as_two(hall: Hall, bank: Any) -> None:
    def statements(count: int) -> int:
        with hall.inside() as app:
            seen: list[str] = []
            engine = next(iter(app.engines.values()))
            watch = lambda *event_args: seen.append(event_args[2])  # noqa: E731
            event.listen(engine, "before_cursor_execute", watch)
            assert len(operations.import_questions(bank, operations.read_gift(gift(count).encode()).questions)) == count
            event.remove(engine, "before_cursor_execute", watch)
        return len([line for line in seen if line.startswith("INSERT")])

    assert statements(2) == statements(40) == 2


def test_imports_are_limited(make_hall: Any) -> None:
    hall = make_hall("sqlite")
    author = hall.api("author")
    with hall.inside():
        bank = BankFactory().id
    answers = {send(author, bank, gift(1), "true").status_code for _ in range(21)}
    assert answers == {200, 429}


def test_an_import_with_a_key_is_done_once(author: Api, bank: Any) -> None:
    key = {"Idempotency-Key": "once"}
    for _ in range(2):
        answer = author.post(f"/banks/{bank}/imports", headers=key, **multipart(gift(3)))
        assert answer.status_code == 201, answer.text
        assert len(answer.json["questions"]) == 3
    assert len(listed(author, bank)) == 3
