"""QTI 1.2 as New Quizzes and Blackboard write it."""

from __future__ import annotations

import re
from decimal import Decimal

from bank.formats.qti_files import read, said
from bank.formats.test_qti12 import equal, fault, item, labels, lid, material, one, quiz, when
from examhall.bank.formats import Item, archive
from examhall.bank.formats.qti import QTI12
from examhall.bank.formats.registry import format_of


def told(question: Item) -> list[str]:
    return [loss.text % loss.params for loss in question.losses]


def blank(name: str, how: str, *texts: str) -> str:
    made = "".join(
        f'<response_label ident="{name}{n}" {how}>{material(text, "plain")}</response_label>'
        for n, text in enumerate(texts)
    )
    return lid(f"<render_choice>{made}</render_choice>", name=f"response_{name}", text=texts[0])


class TestNewQuizzes:
    def blanks(self, *responses: str) -> Item:
        names = "abcdef"[: len(responses)]
        rules = [when(equal(f"{name}0", f"response_{name}"), str(100 // len(responses)), "Add") for name in names]
        prompt = " ".join(f"[{name}]" for name in names)
        return one("fill_in_multiple_blanks_question", prompt, "".join(responses), *rules)

    def test_gaps_say_how_they_are_answered(self) -> None:
        question = self.blanks(
            blank("a", 'answer_type="dropdown"', "black", "grey"), blank("b", 'answer_type="wordbank"', "one", "two")
        )
        assert [gap["kind"] for gap in question.body["gaps"]] == ["choice", "choice"]
        assert [option["fraction"] for option in question.body["gaps"][0]["options"]] == ["1", "0"]

    def test_written_answers_say_how_they_are_compared(self) -> None:
        question = self.blanks(
            blank("a", 'scoring_algorithm="TextContainsAnswer"', "red"),
            blank("b", 'scoring_algorithm="TextInChoices"', "yellow", "teal"),
            blank("c", 'scoring_algorithm="TextRegex"', "^oranges?$"),
            blank("d", 'scoring_algorithm="TextCloseEnough" levenshtein_distance="1"', "blue"),
        )
        answers = [[(one["text"], one["pattern"]) for one in gap["answers"]] for gap in question.body["gaps"]]
        assert answers == [
            [("*red*", False)], [("yellow", False), ("teal", False)], [("oranges?", True)], [("blue", False)],
        ]  # fmt: skip
        assert told(question) == ["Misspellings that the file forgives count as wrong here."]

    def test_categories_are_choices_for_what_is_sorted_into_them(self) -> None:
        things = labels(x="whale", y="trout", z="stone")
        held = lid(things, "m", "Mammals", "Multiple") + lid(things, "f", "Fish", "Multiple")
        question = one(
            "categorization_question",
            "Sort",
            held,
            when(equal("x", "m"), "50", "Add"),
            when(equal("y", "f"), "50", "Add"),
        )
        stems = [(stem["text"], stem["choice"]) for stem in question.body["stems"]]
        assert (question.type, stems) == ("matching", [("whale", "c1"), ("trout", "c2")])
        assert [choice["text"] for choice in question.body["choices"]] == ["Mammals", "Fish"]
        assert told(question) == ['"stone" has no right partner in the file and is left out.']

    def test_an_order_is_that_of_the_rules(self) -> None:
        held = lid(labels(a="Monday", b="Sunday", c="Tuesday"), cardinality="Ordered")
        question = one("ordering_question", "Sort", held, when(equal("a") + equal("c") + equal("b")))
        assert [part["text"] for part in question.body["items"]] == ["Monday", "Tuesday", "Sunday"]
        assert (question.type, question.body["scheme"]) == ("ordering", "exact")

    def test_what_stands_above_and_below_an_order_stays(self) -> None:
        ends = '<material position="{}"><mattext>{}</mattext></material>'
        held = lid(labels(a="Monday", b="Sunday"), cardinality="Ordered")
        held = held.replace("<response_label", ends.format("top", "First &lt; last") + "<response_label", 1)
        held = held.replace("</render_choice>", ends.format("bottom", "Last") + "</render_choice>")
        question = one("ordering_question", "Sort", held, when(equal("a") + equal("b")))
        assert question.body["prompt"] == "<div>Sort</div><div>↑ First &lt; last</div><div>↓ Last</div>"
        bare = held.replace("First &lt; last", "").replace("Last", "")
        assert one("ordering_question", "Sort", bare, when(equal("a") + equal("b"))).body["prompt"] == "Sort"

    def test_an_order_that_does_not_name_all_is_a_fault(self) -> None:
        held = lid(labels(a="Monday", b="Sunday", c="Tuesday"), cardinality="Ordered")
        assert "name each choice once" in fault("ordering_question", "Sort", held, when(equal("a") + equal("c")))

    def test_a_stimulus_stands_before_its_questions(self) -> None:
        stimulus = item("text_only_question", "<p>A story.</p>", "").replace('ident="i1"', 'ident="s1"')
        field = "<qtimetadatafield><fieldlabel>parent_stimulus_item_ident</fieldlabel><fieldentry>s1</fieldentry>"
        child = item("multiple_choice_question", "Who?", lid(labels(a="He", b="She")), when(equal("a")))
        child = child.replace("<qtimetadata>", f"<qtimetadata>{field}</qtimetadatafield>")
        found = read(quiz(child, stimulus))
        assert said(found) == []
        assert [question.body["prompt"] for question in found.questions] == [
            "<div><p>A story.</p></div><div>Who?</div>"
        ]
        titled = stimulus.replace('ident="s1"', 'ident="s1" instructions="Read &amp;lt; first."')
        titled = re.sub(' title="[^"]*"', ' title="The fox &amp; I"', titled)
        (question,) = read(quiz(child, titled)).questions
        assert question.body["prompt"] == (
            "<div><div><b>The fox &amp; I</b></div><div>Read &lt; first.</div><div><p>A story.</p></div></div>"
            "<div>Who?</div>"
        )

    def test_files_to_hand_in_have_types_and_a_number(self) -> None:
        shown = item("file_upload_question", "Hand in", "")
        shown = shown.replace("<presentation>", '<presentation allowed_types="png,jpeg,xyz" files_count="2">')
        (question,) = read(quiz(shown)).questions
        assert (question.body["accept"], question.body["max_files"]) == (["png", "jpg"], 2)
        assert "xyz" in told(question)[0]


def text(html: str) -> str:
    escaped = html.replace("&", "&amp;").replace("<", "&lt;")
    held = f'<mat_extension><mat_formattedtext type="SMART_TEXT">{escaped}</mat_formattedtext></mat_extension>'
    return f'<flow class="Block"><flow class="FORMATTED_TEXT_BLOCK"><material>{held}</material></flow></flow>'


def right(test: str) -> str:
    shown = '<displayfeedback linkrefid="correct" feedbacktype="Response"/>'
    return f"<respcondition><conditionvar>{test}</conditionvar>{shown}</respcondition>"


def of_blackboard(kind: str, prompt: str, answer: str, *conditions: str, most: str = "2.0") -> bytes:
    wrong = '<respcondition title="incorrect"><conditionvar><other/></conditionvar><setvar variablename="SCORE"'
    wrong += ' action="Set">0</setvar><displayfeedback linkrefid="incorrect" feedbacktype="Response"/></respcondition>'
    outcomes = f'<outcomes><decvar varname="SCORE" vartype="Decimal" defaultval="0" maxvalue="{most}"/></outcomes>'
    return (
        '<?xml version="1.0" encoding="UTF-8"?><questestinterop><assessment title="Pool"><section>'
        f"<item><itemmetadata><bbmd_questiontype>{kind}</bbmd_questiontype></itemmetadata><presentation>"
        f'<flow class="Block"><flow class="QUESTION_BLOCK">{text(prompt)}</flow><flow class="RESPONSE_BLOCK">{answer}'
        f"</flow></flow></presentation><resprocessing>{outcomes}{''.join(conditions)}{wrong}</resprocessing></item>"
        "</section></assessment></questestinterop>"
    ).encode()


class TestBlackboard:
    def test_a_right_condition_without_points_earns_them_all(self) -> None:
        field = '<response_str ident="response"><render_fib fibtype="String"/></response_str>'
        data = of_blackboard(
            "Fill in the Blank",
            "<b>Capital</b>?",
            field,
            right(equal("Paris", "response")),
            right(equal("PARIS", "response")),
        )
        (question,) = read(data).questions
        assert (question.type, question.points, question.category) == ("short_text", 2, "Pool")
        assert question.body["prompt"] == "<b>Capital</b>?"
        assert [answer["text"] for answer in question.body["answers"]] == ["Paris", "PARIS"]

    def test_stems_and_choices_of_pairs_stand_apart(self) -> None:
        def response(name: str) -> str:
            ids = "".join(f'<response_label ident="{name}{n}"/>' for n in range(2))
            made = lid(f"<render_choice><flow_label>{ids}</flow_label></render_choice>", name=name)
            return f'<flow class="Block">{made}{text(f"stem {name}")}</flow>'

        block = f'</flow><flow class="RIGHT_MATCH_BLOCK">{text("left")}{text("right")}'
        rules = [right(equal("a1", "a")), right(equal("b0", "b"))]
        data = of_blackboard("Matching", "Match", response("a") + response("b") + block, *rules)
        (question,) = read(data).questions
        assert (question.type, question.points, question.body["prompt"]) == ("matching", 2, "Match")
        assert [(stem["text"], stem["choice"]) for stem in question.body["stems"]] == [
            ("stem a", "c2"),
            ("stem b", "c1"),
        ]
        assert [choice["text"] for choice in question.body["choices"]] == ["left", "right"]

    def test_several_fields_are_gaps(self) -> None:
        fields = "".join(f'<response_str ident="{n}"><render_fib/></response_str>' for n in ("x", "y"))
        test = f"<and><or>{equal('red', 'x')}{equal('ruby', 'x')}</or>{equal('blue', 'y')}</and>"
        data = of_blackboard("Fill in the Blank Plus", "Roses [x], violets [y]", fields, when(test, "SCORE.max"))
        (question,) = read(data).questions
        assert (question.type, question.body["prompt"]) == ("cloze", "Roses {#1}, violets {#2}")
        assert [[answer["text"] for answer in gap["answers"]] for gap in question.body["gaps"]] == [
            ["red", "ruby"],
            ["blue"],
        ]
        assert told(question) == ["In the file only all gaps together earn points; here each earns its share."]

    def test_a_pool_is_found_by_what_its_files_hold(self) -> None:
        field = '<response_str ident="response"><render_fib/></response_str>'
        pool = of_blackboard("Essay", "Why?", field)
        space = "http://www.blackboard.com/content-packaging/"
        manifest = f'<manifest xmlns:bb="{space}"><organizations/><resources><resource bb:file="res1.dat" type="a"/>'
        manifest += '<resource bb:file="res2.dat" type="assessment/x-bb-qti-pool"/></resources></manifest>'
        files = {"imsmanifest.xml": manifest.encode(), "res1.dat": b"<COURSE/>", "res2.dat": pool}
        data = archive.write(files)
        assert format_of(data) is QTI12
        assert [(question.type, question.element) for question in read(data).questions] == [
            ("essay", "res2.dat: item[1]")
        ]


def test_what_counts_right_answers_is_the_score() -> None:
    """As Respondus writes pairs: wrong ones are counted first, and how both make the score is never reached."""

    def counts(name: str, response: str, variable: str) -> str:
        return when(equal(name, response), "1", "Add", more="Yes").replace('"SCORE"', f'"Respondus_{variable}"')

    pairs = {"A": "y", "B": "z"}
    shown = "".join(lid(labels(x="one", y="two", z="three"), name, text) for name, text in (("A", "2"), ("B", "3")))
    rules = [counts(name, response, "Correct" if pairs[response] == name else "Incorrect")
             for response in pairs for name in "xyz"]  # fmt: skip
    last = when("<and><other/><not><other/></not></and>", "Respondus_Correct").replace('"SCORE"', '"que_score"')
    question = one("", "Match.", shown, *rules, last)
    texts = {choice["key"]: choice["text"] for choice in question.body["choices"]}
    assert [(stem["text"], texts[stem["choice"]]) for stem in question.body["stems"]] == [("2", "two"), ("3", "three")]
    assert (question.points, told(question)) == (1, [])
    alone = [counts(name, "A", "Correct").replace(">1<", ">2.5<") for name in "y"]  # as ATutor has points
    assert one("", "Which?", lid(labels(x="one", y="two"), "A"), *alone).points == Decimal("2.5")
