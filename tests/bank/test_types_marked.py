"""What a person marks (essays, uploads), and what nobody answers (texts between questions)."""

from __future__ import annotations

from typing import Any

import pytest

from examhall.bank.types import TYPES, type_named
from examhall.bank.types.contract import InvalidResponse
from examhall.bank.types.description import Description
from examhall.bank.types.essay import Essay
from examhall.bank.types.upload import Upload
from examhall.errors import Invalid

ESSAY, UPLOAD, DESCRIPTION = Essay(), Upload(), Description()
FILES = [f"{number:032x}" for number in range(11)]


def faults(kind: str, **data: Any) -> list[str]:
    with pytest.raises(Invalid) as refused:
        type_named(kind).validate({"prompt": "Say more.", **data})
    for error in refused.value.errors:
        assert error.message % error.params
    return [error.field for error in refused.value.errors]


def test_each_type_says_who_marks_it_and_whether_it_is_answered() -> None:
    assert {name for name, kind in TYPES.items() if kind.needs_marker} == {"essay", "upload"}
    assert {name for name, kind in TYPES.items() if not kind.answerable} == {"description"}


class TestEssay:
    def test_a_text_waits_for_its_marker_and_a_blank_one_is_nothing(self) -> None:
        body = ESSAY.validate({"prompt": "Discuss."})
        assert ESSAY.grade(body, ESSAY.read({}, {"text": "It depends."})) is None
        for blank in (None, {"text": ""}, {"text": " \n\t"}):
            assert ESSAY.grade(body, ESSAY.read({}, blank)) == 0

    def test_a_text_is_kept_as_it_was_written(self) -> None:
        assert ESSAY.read({}, {"text": " One.\n\n  Two. "}) == " One.\n\n  Two. "

    def test_100_000_characters_are_read_and_no_more(self) -> None:
        assert ESSAY.read({}, {"text": "é" * 100_000}) == "é" * 100_000
        for text in ("é" * 100_001, "a\0", "a\ud800", 5, None, ["a"]):
            with pytest.raises(InvalidResponse):
                ESSAY.read({}, {"text": text})

    def test_a_candidate_sees_the_frame_and_never_the_marking_notes(self) -> None:
        notes = {"marking_notes": "<p>Two points for Weber.</p>", "feedback": "Read Weber."}
        body = ESSAY.validate(
            {"prompt": "Discuss.", "template": "Dear …,\n", "min_words": 50, "max_words": 80, **notes}
        )
        assert ESSAY.present(body, {}) == {
            "prompt": "Discuss.",
            "template": "Dear …,\n",
            "min_words": 50,
            "max_words": 80,
            "lines": 10,
        }
        told = ESSAY.reveal(body, {}, "Much.")
        assert told == {"correct": None, "feedback": [], "general_feedback": "Read Weber."}

    def test_words_and_lines_are_counted_in_whole_numbers(self) -> None:
        assert faults("essay", min_words=0, max_words=20_001, lines=101) == ["min_words", "max_words", "lines"]
        assert faults("essay", min_words="5", max_words=1.5, lines=True) == ["min_words", "max_words", "lines"]
        assert faults("essay", min_words=10, max_words=9) == ["max_words"]
        assert ESSAY.validate({"prompt": "?", "min_words": 10, "max_words": 10, "lines": 1}).min_words == 10

    def test_a_template_is_plain_text_that_can_be_kept(self) -> None:
        assert ESSAY.validate({"prompt": "?", "template": "<b>a</b>\n"}).template == "<b>a</b>\n"
        assert faults("essay", template="a\0") == ["template"]
        assert faults("essay", template="a" * 10_001) == ["template"]

    def test_marking_notes_are_made_safe_and_their_pictures_are_found(self) -> None:
        digest = "a" * 64
        html = f'<p onclick="x">See <img src="media:{digest}" alt="the curve"></p><script>x</script>'
        body = ESSAY.validate({"prompt": "?", "marking_notes": html})
        assert "onclick" not in body.marking_notes
        assert "script" not in body.marking_notes
        assert ESSAY.media(body) == {digest}


class TestUpload:
    def test_files_wait_for_their_marker_and_none_is_nothing(self) -> None:
        body = UPLOAD.validate({"prompt": "Hand in your report."})
        inner = UPLOAD.read({}, {"files": FILES[:2]})
        assert UPLOAD.grade(body, inner) is None
        assert UPLOAD.files(inner) == tuple(FILES[:2])
        assert UPLOAD.grade(body, UPLOAD.read({}, {"files": []})) == 0
        assert UPLOAD.files(None) == ()

    @pytest.mark.parametrize(
        "files", [FILES, [FILES[0]] * 2, ["a"], ["A" * 32], ["../" + "0" * 29], [None], [7], {}, FILES[0]]
    )
    def test_a_response_names_at_most_ten_files_each_once(self, files: Any) -> None:
        with pytest.raises(InvalidResponse):
            UPLOAD.read({}, {"files": files})

    def test_a_candidate_sees_what_is_accepted(self) -> None:
        body = UPLOAD.validate(
            {"prompt": "So?", "max_files": 3, "accept": [".PDF", " docx", "pdf"], "marking_notes": "x"}
        )
        assert UPLOAD.present(body, {}) == {
            "prompt": "So?",
            "max_files": 3,
            "max_bytes": 10_485_760,
            "accept": ["pdf", "docx"],
        }
        assert UPLOAD.reveal(body, {}, FILES[:1])["correct"] is None

    @pytest.mark.parametrize("ending", ["", ".", "tar.gz", "../x", "p d f", "é", "a" * 11, 5, None])
    def test_an_ending_is_plain(self, ending: Any) -> None:
        assert faults("upload", accept=["pdf", ending]) == ["accept.1"]

    def test_files_are_bounded_in_number_and_size(self) -> None:
        assert faults("upload", max_files=11, max_bytes=20 * 2**20 + 1) == ["max_files", "max_bytes"]
        assert faults("upload", max_files=0, max_bytes=0, accept=[]) == ["max_files", "max_bytes", "accept"]
        assert UPLOAD.validate({"prompt": "?", "max_files": 10, "max_bytes": 20 * 2**20}).max_files == 10


class TestDescription:
    def test_it_is_only_read(self) -> None:
        body = DESCRIPTION.validate({"prompt": "<p>Questions 3 to 7 are about this text.</p>", "feedback": "p"})
        assert DESCRIPTION.present(body, {}) == {"prompt": "<p>Questions 3 to 7 are about this text.</p>"}
        assert DESCRIPTION.read({}, None) is None
        assert DESCRIPTION.bounds(body) == (0, 0)
        assert DESCRIPTION.guess(body) is None

    @pytest.mark.parametrize("response", [{}, {"text": "a"}, "", 0, False, []])
    def test_an_answer_to_it_is_refused(self, response: object) -> None:
        with pytest.raises(InvalidResponse):
            DESCRIPTION.read({}, response)

    def test_it_has_nothing_but_its_text(self) -> None:
        assert faults("description", answers=[], points="1") == ["answers", "points"]
