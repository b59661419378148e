"""Importing and exporting as an author does it in the portal."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from bank.factories import BankFactory, QuestionFactory, gift
from bank.formats import moodle_files
from bank.formats.test_examhall_json import DOT
from bank.hostile.markup import with_file
from bank.importing import held_up
from examhall.bank.exchange.imports import folder_of
from examhall.bank.formats import launch
from hall import Api, Hall, MakeHall
from portal import Portal, forms

FAULTY = "::Sound::Is this sound? {T}\n\n::Open::Where does this <b>end</b>? {=here\n"
TABLE = "Kind,What is asked,a,b,Answer\nsingle_choice,Which is prime?,4,5,B\n"


@pytest.fixture
def author(hall: Hall) -> Portal:
    return Portal(hall, hall.person("author"))


@pytest.fixture
def api(hall: Hall) -> Api:
    return hall.api("author")


@pytest.fixture
def bank(hall: Hall) -> UUID:
    with hall.inside():
        return BankFactory().id


def listed(api: Api, bank: UUID) -> list[Any]:
    return list(api.get(f"/banks/{bank}/questions?page_size=100").json)


def uploaded(author: Portal, bank: UUID, content: str | bytes) -> TestResponse:
    """The page of an import that came as a file."""
    path = f"/manage/banks/{bank}/import"
    (form,) = [form for form in forms(author.get(path)) if form.action == ""]
    head = '--x\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    body = head.format("csrf_token", "").encode() + form.values["csrf_token"].encode() + b"\r\n"
    body += head.format("file", '; filename="a.gift"').encode()
    body += (content.encode() if isinstance(content, str) else content) + b"\r\n--x--\r\n"
    return author.client.post(path, data=body, content_type="multipart/form-data; boundary=x", base_url=author.base_url)


def do(author: Portal, page: TestResponse, act: str, **values: Any) -> TestResponse:
    """Press a button of the page of an import."""
    path = page.request.path
    own = [form for form in forms(page) if form.action.startswith(path)]
    form = next(form for form in own if ("text" in form.values) == (act == "mend"))
    return author.post(path, form.values | {"act": act} | values)


def test_a_text_is_looked_at_first_and_written_then(author: Portal, api: Api, bank: UUID) -> None:
    sent = author.submit(f"/manage/banks/{bank}/import", {"text": gift(3)})
    assert sent.status_code == 303
    look = author.follow(sent)
    assert all(f"What is {number} + 1?" in look.text for number in (1, 2, 3))
    assert "Import 3 questions" in look.text
    assert listed(api, bank) == []
    done = do(author, look, "commit")
    assert done.status_code == 303
    page = author.follow(done)
    assert "3 questions are in the bank." in page.text
    assert [row["external_id"] for row in listed(api, bank)] == ["q-1", "q-2", "q-3"]
    undone = author.follow(author.post(page.request.path, forms(page)[-1].values | {"act": "undo"}))
    assert "the bank is as it was before" in undone.text
    assert listed(api, bank) == []
    earlier = author.get(f"/manage/banks/{bank}/imports").text
    assert "Typed text" in earlier
    assert "Undone" in earlier


def test_a_faulty_file_shows_its_places_and_can_be_mended(author: Portal, api: Api, bank: UUID) -> None:
    page = author.follow(uploaded(author, bank, FAULTY))
    assert "Line 3:" in page.text
    assert "Is this sound?" in page.text
    refused = do(author, page, "commit")
    assert (refused.status_code, listed(api, bank)) == (422, [])
    assert "Mend the faulty questions first, or tick this to leave them out." in refused.text
    assert refused.text.count("Line 3:") == 1, "told once"
    assert "Where does this &lt;b&gt;end&lt;/b&gt;?" in page.text, "the line as it stands in the file"
    mended = author.follow(do(author, page, "mend", text=FAULTY.replace("{=here", "{=here}")))
    assert ("Line 3:" in mended.text, "Import 2 questions" in mended.text) == (False, True)
    page = author.follow(do(author, mended, "options", category="c"))
    (job,) = api.get(f"/banks/{bank}/imports").json
    assert (job["found"]["errors"], job["options"]) == (0, {"category": "c"})


def test_a_faulty_formula_is_told_with_the_sign_in_question(author: Portal, api: Api, bank: UUID) -> None:
    faulty = moodle_files.question("calculatedsimple", moodle_files.answer("100", "2 + )"), "What is it?")
    page = author.follow(uploaded(author, bank, f"<quiz>{faulty}</quiz>"))
    assert "Character 5: “)” is not expected here." in page.text
    (job,) = api.get(f"/banks/{bank}/imports").json
    (error,) = api.get(f"/imports/{job['id']}").json["errors"]
    assert error["message"].startswith("Character 5: “)” is not expected here.")


def test_a_faulty_file_is_written_without_its_faulty_questions_when_that_is_asked(
    author: Portal, api: Api, bank: UUID
) -> None:
    refused = do(author, author.follow(uploaded(author, bank, FAULTY)), "commit")
    assert do(author, refused, "commit", leave_out_faulty="y").status_code == 303
    assert [row["name"] for row in listed(api, bank)] == ["Sound"]


def test_duplicates_stand_side_by_side_with_what_to_do(hall: Hall, author: Portal, api: Api, bank: UUID) -> None:
    with hall.inside():
        QuestionFactory(bank_id=bank, name="Known", external_id="q-2")
    page = author.follow(uploaded(author, bank, gift(3)))
    assert "Known" in page.text
    assert "Which of these is a prime number?" in page.text
    only = author.get(f"{page.request.path}?show=duplicates")
    assert only.text.count("<article") == 1
    applied = do(author, page, "options", category="new", **{"item-2": "skip"})
    assert applied.status_code == 303
    assert do(author, author.follow(applied), "commit").status_code == 303
    assert [(row["name"], row["category"]) for row in listed(api, bank)] == [
        ("Known", ""), ("Sum 1", "new"), ("Sum 3", "new"),
    ]  # fmt: skip


def test_pictures_are_seen_before_they_are_in_the_bank(author: Portal, api: Api, bank: UUID) -> None:
    page = author.follow(uploaded(author, bank, with_file("a.gif", DOT)))
    (source,) = {part.partition('"')[0] for part in page.text.split('src="')[1:] if "/media/" in part.partition('"')[0]}
    assert source.startswith(page.request.path)
    shown = author.get(source)
    assert (shown.status_code, shown.mimetype, shown.data[:6]) == (200, "image/gif", DOT[:6])
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert author.get(source[:-1] + ("0" if source[-1] != "0" else "1")).status_code == 404
    assert do(author, page, "commit").status_code == 303
    assert author.get(source[source.rindex("/media/") :]).data == shown.data
    body = api.get(f"/questions/{listed(api, bank)[0]['id']}").json["body"]
    assert f"media:{source[-64:]}" in body["prompt"]


def test_the_author_of_a_table_says_which_column_is_what(author: Portal, api: Api, bank: UUID) -> None:
    page = author.follow(author.submit(f"/manage/banks/{bank}/import", {"text": TABLE, "format": "csv"}))
    assert 'name="column-What is asked"' in page.text
    chosen = {"column-Kind": "type", "column-What is asked": "question", "column-a": "a", "column-b": "b"}
    read = author.follow(do(author, page, "options", **chosen, **{"column-Answer": "right"}))
    assert "Which is prime?" in read.text
    assert do(author, read, "commit").status_code == 303
    body = api.get(f"/questions/{listed(api, bank)[0]['id']}").json["body"]
    assert [(option["text"], option["fraction"]) for option in body["options"]] == [("4", "0"), ("5", "1")]


def test_what_is_none_is_refused_at_its_field(author: Portal, bank: UUID) -> None:
    empty = author.submit(f"/manage/banks/{bank}/import", {"text": " \r\n"})
    assert (empty.status_code, "Choose a file or paste a text." in empty.text) == (422, True)
    latin = uploaded(author, bank, "::Año::¿Sí? {T}".encode("latin-1"))
    assert (latin.status_code, "is not UTF-8" in latin.text) == (422, True)
    assert uploaded(author, bank, b"{" + b"x" * 13_000_000).status_code == 413
    assert "Nothing in this file tells its format" in uploaded(author, bank, b"\x89PNG" + bytes(100)).text


def test_a_long_reading_can_be_left_and_come_back_to(make_hall: MakeHall, monkeypatch: pytest.MonkeyPatch) -> None:
    hall = make_hall("sqlite", import_wait_seconds=0)
    author = Portal(hall, hall.person("author"))
    with hall.inside():
        bank = BankFactory().id
    with held_up(monkeypatch) as let_go:
        page = author.follow(uploaded(author, bank, gift(5)))
        assert "The file is being read" in page.text
        assert "<progress" in page.text
        let_go()
    with hall.inside():
        place = folder_of(UUID(page.request.path.rpartition("/")[2]))
    while launch.alive(place):
        pass
    assert "Import 5 questions" in author.get(page.request.path).text
    discarded = author.follow(do(author, author.get(page.request.path), "discard"))
    assert "The import is discarded." in discarded.text
    assert not place.exists()


def test_an_export_does_not_say_that_what_is_left_out_goes_into_the_file(
    hall: Hall, author: Portal, bank: UUID
) -> None:
    with hall.inside():
        QuestionFactory(bank_id=bank, name="Pi", type="numeric")
        QuestionFactory(bank_id=bank, name="Prime")
    aiken = author.get(f"/manage/banks/{bank}/export?format=aiken").text
    assert "2 questions were chosen." in aiken
    assert "into the file" not in aiken


def test_an_export_tells_its_losses_before_the_download(hall: Hall, author: Portal, bank: UUID) -> None:
    with hall.inside():
        QuestionFactory(bank_id=bank, name="Pi", type="numeric")
        QuestionFactory(bank_id=bank, name="Prime", tags=["even"])
    path = f"/manage/banks/{bank}/export"
    assert "See what would be lost" in author.get(path).text
    lossless = author.get(f"{path}?format=examhall")
    assert "Nothing is lost." in lossless.text
    assert "2 questions go into the file." in lossless.text
    aiken = author.get(f"{path}?format=aiken&q=prime")
    assert "say everything" in aiken.text
    assert "One question was chosen." in aiken.text
    (link,) = [
        part.partition('"')[0] for part in aiken.text.split('href="')[1:] if "/export?" in part.partition('"')[0]
    ]
    file = author.get(link.replace("&amp;", "&"))
    assert (file.status_code, b"ANSWER: B" in file.data, b"pi" in file.data) == (200, True, False)
    assert author.get(f"{path}?format=word").status_code == 200


def test_what_a_file_says_is_shown_and_never_run(author: Portal, bank: UUID) -> None:
    text = "::<script>alert(1)</script>::<script>alert(2)</script><b>So?</b> {=<img src=x onerror=alert(3)> ~b}"
    page = author.follow(uploaded(author, bank, text)).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page


@pytest.mark.parametrize("role", ["candidate", "marker", "stranger"])
def test_imports_are_for_authors_of_the_organization(hall: Hall, bank: UUID, role: str) -> None:
    job = (
        hall.api("author")
        .post(f"/banks/{bank}/imports", data={"file": (io.BytesIO(gift(1).encode()), "a.txt")})
        .json["id"]
    )
    visitor = Portal(hall, hall.person("admin", "qalam") if role == "stranger" else hall.person(role))
    status = 404 if role == "stranger" else 403
    for path in (f"banks/{bank}/imports", f"banks/{bank}/export", f"imports/{job}", f"imports/{job}/media/{'0' * 64}"):
        here = 404 if path.endswith("export") and role == "marker" else status  # nobody shares the bank with them
        assert visitor.get(f"/manage/{path}").status_code == here, path


def test_the_last_page_of_a_preview_is_shown_in_place_of_one_beyond_it(author: Portal, bank: UUID) -> None:
    look = author.follow(author.submit(f"/manage/banks/{bank}/import", {"text": gift(3)}))
    beyond = author.get(f"{look.request.path}?page=999&page_size=2")
    assert "What is 3 + 1?" in beyond.text
    assert "What is 1 + 1?" not in beyond.text
    assert "What is 1 + 1?" not in author.get(f"{look.request.path}?show=warnings&page=999").text
