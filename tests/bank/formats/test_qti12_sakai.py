"""QTI 1.2 as Sakai writes it: which answer is right is told by the feedback that it shows."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bank.formats.qti_files import read, said
from bank.formats.test_qti12 import equal, feedback, labels, lid, material
from bank.formats.test_qti12_others import told
from examhall.bank.formats import Item


def asked(
    kind: str, shown: str, *conditions: str, most: str = "4.0", least: str = "0", after: str = "", **fields: str
) -> bytes:
    listed = "".join(
        f"<qtimetadatafield><fieldlabel>{label}</fieldlabel><fieldentry>{entry}</fieldentry></qtimetadatafield>"
        for label, entry in {"qmd_itemtype": kind, "TEXT_FORMAT": "HTML", **fields}.items()
    )
    decvar = f'<decvar defaultval="0" maxvalue="{most}" minvalue="{least}" varname="SCORE"/>'
    return (
        f'<questestinterop><item ident="77" title="{kind}">'
        f"<itemmetadata><qtimetadata>{listed}</qtimetadata></itemmetadata>"
        f"<presentation><flow>{shown}</flow></presentation>"
        f"<resprocessing><outcomes>{decvar}</outcomes>{''.join(conditions)}</resprocessing>{after}</item></questestinterop>"
    ).encode()


def one(*args: Any, **named: Any) -> Item:
    found = read(asked(*args, **named))
    assert said(found) == []
    (question,) = found.questions
    return question


def when(test: str, show: str, points: str = "0.0", text: str = "null") -> str:
    action = f'<setvar action="Add" varname="SCORE">{points}</setvar>'
    shown = f'<displayfeedback feedbacktype="Response" linkrefid="{show}"/>'
    own = f'<displayfeedback feedbacktype="Response" linkrefid="AnswerFeedback">{text}</displayfeedback>'
    return f'<respcondition continue="No"><conditionvar>{test}</conditionvar>{action}{shown}{own}</respcondition>'


class TestChoices:
    SHOWN = material("Which?") + lid(labels(A="a", B="b", C="c"), "L")

    def rules(self, right: str, points: str = "0.0") -> list[str]:
        return [when(equal(name, "L"), "Correct" if name in right else "InCorrect", points, f"Of {name}.")
                for name in "ABC"]  # fmt: skip

    def fractions(self, question: Item) -> list[str]:
        return [option["fraction"] for option in question.body["options"]]

    def test_one_is_right_that_says_so(self) -> None:
        after = feedback("Correct", "Yes.") + feedback("InCorrect", "No.") + feedback("77", "All read this.")
        for points in ("0.0", "4.0"):
            question = one("Multiple Choice", self.SHOWN, *self.rules("B", points), after=after)
            assert (question.type, self.fractions(question), question.points) == ("single_choice", ["0", "1", "0"], 4)
        body = question.body
        assert [body[name] for name in ("feedback", "right_feedback", "wrong_feedback")] == [
            "All read this.",
            "Yes.",
            "No.",
        ]
        assert [option["feedback"] for option in body["options"]] == ["Of A.", "Of B.", "Of C."]
        assert told(question) == []

    def test_wrong_ones_may_cost_points(self) -> None:
        assert self.fractions(one("Multiple Choice", self.SHOWN, *self.rules("B"), least="1.0")) == [
            "-0.25",
            "1",
            "-0.25",
        ]

    def test_wrong_ones_may_cost_points_beside_points_of_the_right_one(self) -> None:
        rules = [when(equal(name, "L"), "Correct" if name == "B" else "InCorrect", "4.0" if name == "B" else "0.0")
                 for name in "ABC"]  # fmt: skip
        question = one("Multiple Choice", self.SHOWN, *rules, least="1.0")
        assert (self.fractions(question), told(question)) == (["-0.25", "1", "-0.25"], [])
        assert told(one("Multiple Choice", self.SHOWN, *rules, least="5.0")) == [
            "A wrong answer costs more than the whole mark in the file; here it costs the whole mark."
        ]

    def test_without_a_declared_score_it_is_one_point(self) -> None:
        data = re.sub(rb"<decvar[^>]*>", b"", asked("Multiple Choice", self.SHOWN, *self.rules("B")))
        (question,) = read(data).questions
        assert (self.fractions(question), question.points) == (["0", "1", "0"], 1)

    def test_points_of_each_answer_are_kept(self) -> None:
        rules = [when(equal(name, "L"), "Correct" if name == "B" else "InCorrect", points)
                 for name, points in (("A", "1.0"), ("B", "4.0"), ("C", "0.0"))]  # fmt: skip
        for least in ("0", "1.0"):
            question = one("Multiple Choice", self.SHOWN, *rules, least=least)
            assert (self.fractions(question), question.points) == (["0.25", "1", "0"], 4)

    def test_several_may_be_right(self) -> None:
        question = one("Multiple Correct Single Selection", self.SHOWN, *self.rules("AB"))
        assert (question.type, self.fractions(question)) == ("single_choice", ["1", "1", "0"])
        shown = self.SHOWN.replace("Single", "Multiple")
        question = one("Multiple Correct Answer", shown, *self.rules("AB"), mcms_partial_credit="false")
        assert (question.body["scheme"], self.fractions(question), question.points) == (
            "all_or_nothing",
            ["1", "1", "0"],
            4,
        )
        question = one("Multiple Correct Answer", shown, *self.rules("AB"))
        assert (question.body["scheme"], self.fractions(question)) == ("sum", ["0.5", "0.5", "-0.5"])

    def test_true_or_false(self) -> None:
        shown = material("So?") + lid(labels(A="True", B="False"), "L")
        question = one("True False", shown, *[when(equal(name, "L"), show, "1.0") for name, show in
                                              (("A", "InCorrect"), ("B", "Correct"))])  # fmt: skip
        assert (question.type, question.body["correct"]) == ("true_false", False)


def pairs(after: str = "") -> bytes:
    sources = {"MS-1": "one", "MS-2": "two", "MS-3": "three"}
    targets = {"MT-a": "eins", "MT-b": "zwei"}
    listed = "".join(f'<response_label ident="{name}" match_max="1">{material(text)}</response_label>'
                     for name, text in sources.items())  # fmt: skip
    listed += "".join(
        f'<response_label ident="{name}">{material(text)}</response_label>' for name, text in targets.items()
    )
    shown = f'{material("Match.")}<response_grp ident="G"><render_choice>{listed}</render_choice></response_grp>'
    right = [("MS-1", "MT-a"), ("MS-2", "MT-b")]
    rules = [when(equal(source, target), "CorrectMatch" if (source, target) in right else "InCorrectMatch")
             for source in sources for target in targets]  # fmt: skip
    return asked("Matching", shown, *rules, after=after)


def test_pairs_stand_in_one_list() -> None:
    after = feedback("Correct", "Yes.") + feedback("InCorrect", "No.")
    (question,) = read(pairs(after)).questions
    texts = {choice["key"]: choice["text"] for choice in question.body["choices"]}
    assert [(stem["text"], texts[stem["choice"]]) for stem in question.body["stems"]] == [
        ("one", "eins"),
        ("two", "zwei"),
    ]
    assert (question.body["right_feedback"], question.body["wrong_feedback"]) == ("Yes.", "No.")
    assert (question.points, told(question)) == (4, ['"three" has no right partner in the file and is left out.'])


def test_what_is_said_of_a_pair_is_told() -> None:
    (question,) = read(
        pairs().replace(b'linkrefid="CorrectMatch"/>', b'linkrefid="CorrectMatch">Well done.</displayfeedback>')
    ).questions
    assert told(question)[1:] == [
        f'The feedback "CorrectMatch{number}" is shown under conditions that cannot be kept; it is left out.'
        for number in (0, 6)
    ]


class TestGaps:
    FIELD = '<response_str ident="{}" rcardinality="Ordered"><render_fib fibtype="String"/></response_str>'

    def rules(self, **answers: str) -> list[str]:
        return [
            f'<respcondition continue="Yes"><conditionvar><or>{equal(text, name)}</or></conditionvar>'
            '<setvar action="Add" varname="SCORE">0</setvar></respcondition>'
            for name, text in answers.items()
        ]

    def test_answers_are_parted_by_strokes(self) -> None:
        first, second = (self.FIELD.format(name) for name in ("F0", "F1"))
        shown = f"<flow>{material('Roses are', 'plain')}{first}{material('or', 'plain')}{second}</flow>"
        question = one("Fill In the Blank", shown, *self.rules(F0="red|crimson", F1="wh*"), CASE_SENSITIVE="true")
        assert question.body["prompt"] == "Roses are {#1} or {#2}"
        roses, others = question.body["gaps"]
        assert [(answer["text"], answer["fraction"]) for answer in roses["answers"]] == [("red", "1"), ("crimson", "1")]
        assert [(answer["text"], answer["pattern"]) for answer in others["answers"]] == [("wh.*", True)]
        assert (roses["case_sensitive"], question.points, told(question)) == (True, 4, [])

    @pytest.mark.parametrize("points", ["0", "2.0"])
    def test_an_answer_that_fits_twice_counts_once(self, points: str) -> None:
        shown = f"{self.FIELD.format('F0')}{material('or', 'plain')}{self.FIELD.format('F1')}"
        rules = [rule.replace(">0<", f">{points}<") for rule in self.rules(F0="red|Red|r*", F1="blue")]
        question = one("Fill In the Blank", shown, *rules)
        first, second = question.body["gaps"]
        assert [(answer["text"], answer["fraction"]) for answer in first["answers"]] == [
            ("red", "1"), ("Red", "1"), ("r.*", "1"),
        ]  # fmt: skip
        assert (first["weight"], second["weight"], first["case_sensitive"], question.points) == (1, 1, False, 4)

    def test_feedback_on_other_answers_is_not_for_everybody(self) -> None:
        rules = [*self.rules(F0="red"), when("<other/>", "InCorrect")]
        question = one("Fill In the Blank", self.FIELD.format("F0"), *rules, after=feedback("InCorrect", "No."))
        assert (question.body["feedback"], question.body["wrong_feedback"]) == ("", "No.")

    def test_numbers_may_be_ranges(self) -> None:
        field = self.FIELD.replace("fib", "fin")
        shown = f"{material('From', 'plain')}{field.format('N0')}{material('to', 'plain')}{field.format('N1')}"
        for ends in ("3|4", "4|3"):
            question = one("Numeric Response", shown, *self.rules(N0="1,5", N1=ends))
            first, second = (gap["answers"][0] for gap in question.body["gaps"])
            assert (first["value"], second["low"], second["high"]) == ("1.5", "3", "4")
            assert (question.points, told(question)) == (4, [])


def test_texts_and_types_without_counterpart() -> None:
    field = '<response_str ident="T"><render_fib rows="5"/></response_str>'
    question = one("Short Answers/Essay", material("Write.") + field)
    assert (question.type, question.points, question.body["lines"]) == ("essay", 4, 5)
    assert said(read(asked("Audio Recording", material("Say.")))) == [
        'Questions of the type "Audio Recording" have no counterpart here. Leave this one out or ask otherwise.'
    ]
