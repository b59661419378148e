"""What other systems write into XML beside, or against, the specifications: written after their habits by ourselves."""

from __future__ import annotations

import pytest

from bank.formats import moodle_files
from bank.formats.qti_files import SCORE, choices, fault, item, package, read, said
from bank.formats.test_qti12 import FIELD, equal, labels, lid, one, quiz, when
from bank.formats.test_qti12 import item as item12
from examhall.errors import Invalid

OPTIONS = lid(labels(a="3", b="4"))


class TestCanvas:
    def test_words_side_by_side_are_alternatives(self) -> None:
        question = one("short_answer_question", "Largest planet?", FIELD, when(equal("Jupiter") + equal("jupitor")))
        assert [(answer["text"], answer["fraction"]) for answer in question.body["answers"]] == [
            ("Jupiter", "1"), ("jupitor", "1"),
        ]  # fmt: skip

    def test_ticks_side_by_side_all_count(self) -> None:
        options = OPTIONS.replace("Single", "Multiple")
        question = one("multiple_answers_question", "Which?", options, when(equal("a") + equal("b")))
        assert [option["fraction"] for option in question.body["options"]] == ["1", "1"]

    def test_what_is_drawn_from_a_bank_is_told(self) -> None:
        drawn = (
            '<section ident="g" title="Group"><selection_ordering><selection><sourcebank_ref>b</sourcebank_ref>'
            "<selection_number>2</selection_number></selection></selection_ordering></section>"
        )
        question = item12("multiple_choice_question", "?!", OPTIONS, when(equal("b")))
        found = read(quiz(question, drawn))
        assert [loss.params for loss in found.losses] == [{"name": "Group"}]
        assert len(found.questions) == 1

    def test_a_bank_that_the_manifest_does_not_name_is_told(self) -> None:
        question = quiz(item12("multiple_choice_question", "?!", OPTIONS, when(equal("b"))))
        resources = '<resource identifier="r" type="imsqti_xmlv1p2"><file href="q/q.xml"/></resource>'
        found = read(package({"q/q.xml": question, "non_cc_assessments/b.xml.qti": question}, resources))
        assert [loss.element for loss in found.losses] == ["non_cc_assessments/b.xml.qti"]


class TestOlderSystems:
    QUESTION = quiz(item12("", "What?", OPTIONS, when(equal("b")))).partition(b"?>")[2]

    @pytest.mark.parametrize("place", ["ims_qtiasiv1p2.dtd", "http://127.0.0.1:9/a.dtd", "../a.dtd"])
    def test_a_document_type_that_stands_elsewhere_is_not_fetched(self, place: str) -> None:
        head = f'<?xml version="1.0"?>\n<!-- elsewhere -->\n<!DOCTYPE questestinterop SYSTEM "{place}">\n'.encode()
        (question,) = read(head + self.QUESTION).questions
        assert (question.type, question.line) == ("single_choice", 4)

    @pytest.mark.parametrize("type", [
        '<!DOCTYPE questestinterop SYSTEM "a.dtd" [<!ENTITY x "y">]>',
        '<!DOCTYPE questestinterop SYSTEM "a.dtd"><!DOCTYPE questestinterop SYSTEM "a.dtd">',
    ])  # fmt: skip
    def test_any_other_document_type_is_refused(self, type: str) -> None:
        with pytest.raises(Invalid):
            read(type.encode() + self.QUESTION)

    def test_blackboard_calls_the_greatest_score_by_name(self) -> None:
        shown = '<material><mat_extension><mat_formattedtext type="HTML">&lt;b&gt;Sum&lt;/b&gt;?</mat_formattedtext>'
        question = item12("", "", shown + "</mat_extension></material>" + OPTIONS, when(equal("b"), "SCORE.max"))
        (kept,) = read(quiz(question)).questions
        assert kept.body["prompt"] == "<b>Sum</b>?"
        assert [option["fraction"] for option in kept.body["options"]] == ["0", "1"]


class TestSteps:
    def test_an_item_in_steps_is_refused_for_what_it_is(self) -> None:
        declared = '<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier"/>'
        wrong = item(declared, choices("A", "B"), "").replace(b'adaptive="false"', b'adaptive="true"')
        assert "several steps" in fault(wrong)

    def test_what_has_no_place_of_its_own_stands_where_the_question_begins(self) -> None:
        declared = '<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier"/>'
        found = read(item(declared, choices("A", "B"), outcomes=SCORE))
        assert [error.line for error in found.errors] == [2]
        assert "No option earns anything" in said(found)[0]


class TestMoodle:
    def test_settings_of_every_question_of_old_files_are_not_told(self) -> None:
        shuffled = "<shuffleanswers>0</shuffleanswers>"
        assert moodle_files.losses("description", shuffled) == []
        empty = '<answer fraction="0"><text></text><feedback><text></text></feedback></answer>'
        assert moodle_files.losses("essay", shuffled + empty) == []
