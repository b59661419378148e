"""The fields in which each type is answered, and a reviewed answer, as the server writes them."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest

from fourteen import bodies, compose_all, right
from hall import Api, MakeHall
from portal import Portal
from sitting import Exam, save, started

KINDS = tuple(bodies("0" * 64))
ANSWERED = tuple(kind for kind in KINDS if kind != "description")
#: A text that only the key or the feedback holds, by type.
SECRETS = {
    "single_choice": "A root undoes a square.", "short_text": "Lima", "numeric": "multiplier", "cloze": "tolerance",
    "calculated": "{a} * {b}", "hotspot": "fraction",
}  # fmt: skip


class Sat:
    """Somebody's attempt at all fourteen, in the portal and by the API."""

    def __init__(self, make_hall: MakeHall) -> None:
        self.hall = make_hall()
        self.exam: Exam = compose_all(self.hall)
        person = self.hall.person("candidate")
        self.exam.assign(person)
        self.api: Api = self.hall.api(person)
        self.portal = Portal(self.hall, person)
        attempt = started(self.exam, self.api)
        self.id = attempt["id"]
        self.slots: dict[str, dict[str, Any]] = {slot["type"]: slot for slot in attempt["paper"]}

    def answer_all(self) -> None:
        """Save what is right everywhere, with a file handed up."""
        upload = self.slots["upload"]["slot"]
        data = {"slot": str(upload), "file": (io.BytesIO(b"Words."), "thoughts.txt")}
        file = self.api.post(f"/attempts/{self.id}/files", data=data).json["id"]
        given = {kind: right(slot) for kind, slot in self.slots.items()} | {"upload": {"files": [file]}}
        saves = [
            {"slot": self.slots[kind]["slot"], "response": response, "seq": 1}
            for kind, response in given.items()
            if response is not None
        ]
        assert len(save(self.api, {"id": self.id}, *saves)["accepted"]) == len(ANSWERED)

    def submit(self) -> None:
        """Hand in."""
        assert self.api.post(f"/attempts/{self.id}/submit").status_code == 200

    def section(self, page: str, kind: str) -> str:
        """The part of a page that one question has to itself."""
        begin = page.index(f'id="q-{self.slots[kind]["slot"]}"')
        end = page.find('<section class="question', begin)
        return page[begin : end if end > 0 else page.find("attempt-foot", begin)]


@pytest.fixture
def sat(make_hall: MakeHall) -> Sat:
    return Sat(make_hall)


def test_every_type_declares_a_shape_and_holds_no_key(sat: Sat) -> None:
    page = sat.portal.get(f"/attempts/{sat.id}").text
    for kind in ANSWERED:
        part = sat.section(page, kind)
        assert "data-shape=" in part, kind
        assert "media:" not in part, kind
        assert SECRETS.get(kind, "a secret of none") not in part, kind
    assert "data-shape" not in sat.section(page, "description")
    assert not re.search(r'\sstyle="|\son[a-z]+="', page), "a strict policy runs and styles nothing inline"


def test_what_is_stored_stands_in_the_fields(sat: Sat) -> None:
    sat.answer_all()
    page = sat.portal.get(f"/attempts/{sat.id}").text
    counts = {"single_choice": 1, "multiple_choice": 2, "true_false": 1, "kprim": 4, "hotspot": 1, "cloze": 3}
    for kind, count in counts.items():
        assert sat.section(page, kind).count(" checked>") == count, kind
    assert sat.section(page, "matching").count(" selected>") == 2
    for kind, text in (
        ("short_text", 'value="Lima"'), ("numeric", 'value="2.5"'), ("numeric", '<option value="m" selected>'),
        ("calculated", 'value="€"'), ("cloze", 'value="10.5"'), ("essay", "Because all of its points"),
        ("upload", "thoughts.txt"), ("ordering", 'data-taken="true"'),
    ):  # fmt: skip
        assert text in sat.section(page, kind), text


def test_a_response_can_not_break_out_of_its_field(sat: Sat) -> None:
    evil = '"></textarea><script>alert(1)</script>{#2}{#1}'
    gaps = {"gaps": {"1": {"text": evil}}}
    saves = [("short_text", {"text": evil}), ("essay", {"text": evil}), ("cloze", gaps),
             ("numeric", {"number": "1", "unit": evil[:40]})]  # fmt: skip
    for kind, response in saves:
        save(sat.api, {"id": sat.id}, {"slot": sat.slots[kind]["slot"], "response": response, "seq": 1})
    pages = [sat.portal.get(f"/attempts/{sat.id}").text]
    sat.submit()
    pages.append(sat.portal.get(f"/attempts/{sat.id}/result").text)
    for page in pages:
        assert "<script>alert" not in page
        assert sat.section(page, "cloze").count("{#1}") == 1, "what is typed into a gap is no gap"


def test_a_review_shows_what_was_answered_and_what_is_right(sat: Sat) -> None:
    sat.submit()
    page = sat.portal.get(f"/attempts/{sat.id}/result").text
    for kind in ANSWERED:
        part = sat.section(page, kind)
        assert "Not answered" in part, kind
        assert ("Correct answer" in part) is (kind not in ("essay", "upload")), kind
    assert "Not marked yet" not in page, "what nobody answered waits for nobody"
    assert "Not answered" not in sat.section(page, "description")


def test_a_full_answer_needs_no_correction(sat: Sat) -> None:
    sat.answer_all()
    sat.submit()
    page = sat.portal.get(f"/attempts/{sat.id}/result").text
    for kind in ANSWERED:
        part = sat.section(page, kind)
        assert ("Not marked yet" if kind in ("essay", "upload") else "Correct") in part, kind
        assert "is-wrong" not in part, kind
        assert "Your answer" in part, kind
    assert "2 answers wait for a marker. This result is not final." in page
    assert "11" in page[page.index('class="score') : page.index("of 13 so far")]
    listed = sat.portal.get("/attempts").text
    assert "Not marked yet" in listed
    assert "%" not in listed.partition("exam-list")[2], "a percentage that is not final is none"


@pytest.mark.parametrize("shows", [["responses"], ["solutions"], ["correctness"], ["feedback"]])
def test_a_review_never_shows_more_than_the_policy(sat: Sat, shows: list[str]) -> None:
    sat.exam.change(review={"immediately": shows, "closed": []})
    sat.answer_all()
    sat.submit()
    page = sat.portal.get(f"/attempts/{sat.id}/result").text
    for kind in ANSWERED:
        part = sat.section(page, kind)
        assert ("Your answer" in part) is (shows == ["responses"]), kind
        if shows != ["solutions"]:
            assert "Correct answer" not in part, kind
            assert "is-right" not in part, kind


def test_authors_see_each_type_as_candidates_do(sat: Sat) -> None:
    author = Portal(sat.hall, sat.hall.person("author"))
    for kind, question in sat.exam.questions.items():
        page = author.get(f"/manage/questions/{question}")
        assert page.status_code == 200, kind
        seen = page.text[page.text.index('class="as-seen"') :]
        assert "inert>" in seen[:40]
        assert "data-shape=" in seen or kind == "description", kind
        assert "media:" not in page.text.partition('class="as-seen"')[0], kind


def test_markers_read_every_answer_and_get_the_files(sat: Sat) -> None:
    sat.answer_all()
    sat.submit()
    marker = Portal(sat.hall, sat.hall.person("marker"))
    page = marker.get(f"/manage/attempts/{sat.id}")
    assert "Answer given" in sat.section(page.text, "essay")
    address = re.search(r'href="([^"]+)" download', sat.section(page.text, "upload"))
    assert address is not None
    file = marker.get(address[1])
    assert (file.status_code, file.data) == (200, b"Words.")
    assert "attachment" in file.headers["Content-Disposition"]
