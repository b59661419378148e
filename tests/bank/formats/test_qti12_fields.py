"""QTI 1.2 with several fields in a text, as ILIAS and OLAT write it, and other questions of theirs."""

from __future__ import annotations

from bank.formats.qti_files import read, said
from bank.formats.test_qti12 import equal, labels, material
from bank.formats.test_qti12_others import told
from examhall.bank.formats import Item


def asked(shown: str, *conditions: str, outcomes: str = "<decvar/>") -> bytes:
    rules = f"<resprocessing><outcomes>{outcomes}</outcomes>{''.join(conditions)}</resprocessing>"
    presentation = f"<presentation><flow>{shown}</flow></presentation>"
    return f"<questestinterop><item ident='i1' title='T'>{presentation}{rules}</item></questestinterop>".encode()


def one(data: bytes) -> Item:
    found = read(data)
    assert said(found) == []
    (question,) = found.questions
    return question


def adds(test: str, points: str = "1") -> str:
    action = f'<setvar action="Add">{points}</setvar>'
    return f'<respcondition continue="Yes"><conditionvar>{test}</conditionvar>{action}</respcondition>'


FIELD = '<response_str ident="{}"><render_fib fibtype="String"/></response_str>'
LIST = f'<response_str ident="b">{labels(**{"0": "mat", "1": "hat"})}</response_str>'
NUMBER = '<response_num ident="c"><render_fib fibtype="Decimal" minnumber="{}" maxnumber="{}"/></response_num>'


def test_fields_of_all_kinds_stay_where_they_are_in_the_text() -> None:
    shown = material("The", "plain") + FIELD.format("a") + material("sat on a", "plain") + LIST
    shown += material("for", "plain") + NUMBER.format("0", "3") + material("hours.", "plain")
    rules = (adds(equal("cat", "a"), "2"), adds(equal("dog", "a")), adds(equal("mat", "b")), adds(equal("2", "c")))
    question = one(asked(shown, *rules))
    assert question.body["prompt"] == "The {#1} sat on a {#2} for {#3} hours."
    first, second, third = question.body["gaps"]
    assert [(answer["text"], answer["fraction"]) for answer in first["answers"]] == [("cat", "1"), ("dog", "0.5")]
    assert [(option["text"], option["fraction"]) for option in second["options"]] == [("mat", "1"), ("hat", "0")]
    assert (third["answers"][0]["low"], third["answers"][0]["high"]) == ("0", "3")
    assert ([gap["weight"] for gap in question.body["gaps"]], question.points) == ([2, 1, 1], 4)


def test_a_number_without_bounds_is_itself() -> None:
    question = one(asked(FIELD.format("a") + NUMBER.format("0", "0"), adds(equal("x", "a")), adds(equal("2", "c"))))
    assert question.body["gaps"][1]["answers"][0]["value"] == "2"


def test_case_counts_in_the_fields_where_the_file_says_so() -> None:
    cased = equal("x", "a").replace("<varequal", '<varequal case="Yes"')
    fields = FIELD.format("a") + FIELD.format("b")
    question = one(asked(fields, adds(cased), adds(equal("y", "b"))))
    assert [gap["case_sensitive"] for gap in question.body["gaps"]] == [True, False]
    assert told(question) == []
    question = one(asked(fields, adds(cased), adds(equal("z", "a")), adds(equal("y", "b"))))
    assert [gap["case_sensitive"] for gap in question.body["gaps"]] == [False, False]
    assert told(question) == ["Case counts in some answers of the file and not in others."]


def test_a_long_text_is_an_essay_whatever_its_cardinality() -> None:
    field = '<response_str ident="TEXT" rcardinality="Ordered"><render_fib maxchars="500"/></response_str>'
    question = one(asked(material("Write.") + field, outcomes='<decvar varname="WritingScore" maxvalue="5"/>'))
    assert (question.type, question.points) == ("essay", 5)


def test_items_in_order_are_named_by_their_places() -> None:
    options = labels(x="one", y="two", z="three")
    shown = f'{material("Order.")}<response_lid ident="O" rcardinality="Ordered">{options}</response_lid>'
    rules = [adds(equal(name, "O").replace("<varequal", f'<varequal index="{n}"')) for n, name in enumerate("yzx")]
    question = one(asked(shown, *rules))
    assert [item["text"] for item in question.body["items"]] == ["two", "three", "one"]
    assert told(question) == ["Orders that are partly right earn other points in the file; check the scheme."]


def test_fields_of_one_name_are_no_crash() -> None:
    found = read(asked(FIELD.format("a") * 2 + FIELD.format("b"), adds(equal("x", "a")), adds(equal("y", "b"))))
    assert len(found.questions) + len(found.errors) == 1


def test_a_choice_without_choices_is_an_error() -> None:
    shown = f'{material("Which?")}<response_lid ident="R" rcardinality="Multiple"><render_choice/></response_lid>'
    assert said(read(asked(shown, adds("<other/>")))) == ["Give the choices here, each with an identifier of its own."]


def test_four_statements_to_judge() -> None:
    """As OLAT writes them: a right verdict adds a quarter, a wrong one costs it, and less than nothing is nothing."""
    shown = f'{material("True?")}<response_lid ident="R" rcardinality="Multiple">{labels(a="A", b="B", c="C", d="D")}'
    key = {"a": "correct", "b": "wrong", "c": "wrong", "d": "correct"}
    rules = []
    for name, verdict in key.items():
        test = equal(f"{name}:{verdict}", "R")
        rules += [adds(test, "0.25"), adds(f"<not>{test}</not>", "-0.25")]
    decvar = '<decvar defaultval="0" minvalue="0.0" maxvalue="1.0"/>'
    question = one(asked(f"{shown}</response_lid>", *rules, outcomes=decvar))
    assert (question.type, question.points, question.body["scheme"]) == ("kprim", 1, "kprim")
    assert [(row["text"], row["correct"]) for row in question.body["rows"]] == [
        ("A", True), ("B", False), ("C", False), ("D", True),
    ]  # fmt: skip
    assert told(question) == []
    quarters = [adds(equal(f"{name}:{verdict}", "R"), "0.4" if name == "a" else "0.2") for name, verdict in key.items()]
    question = one(asked(f"{shown}</response_lid>", *quarters))
    assert question.body["scheme"] == "every_decision"
    assert told(question)[0].startswith("Some answers earn other points than in the file: of 16 that were tried, 14.")


def test_the_score_is_declared_whatever_the_case_of_its_name() -> None:
    shown = f'{material("Which?")}<response_lid ident="R">{labels(a="A", b="B")}</response_lid>'
    rules = [adds(equal("a", "R")), adds("<not><varequal respident='R'>a</varequal></not>", "-2")]
    question = one(asked(shown, *rules, outcomes='<decvar varname="Score" minvalue="-1"/>'))
    assert [option["fraction"] for option in question.body["options"]] == ["1", "-1"]
    assert not any("whole mark" in loss for loss in told(question))


def test_what_is_beyond_reason_is_told_before_it_is_tried() -> None:
    many = 5000
    shown = f'<response_lid ident="R" rcardinality="Ordered">{labels(**{f"l{n}": str(n) for n in range(many)})}'
    order = "".join(equal(f"l{number}", "R") for number in range(many))
    assert said(read(asked(f"{material('Sort.')}{shown}</response_lid>", adds(order)))) == [
        "Give at most 20 entries here."
    ]


def test_a_selection_may_stand_anywhere() -> None:
    question = asked(material("So?") + FIELD.format("a"), adds(equal("x", "a")))
    drawn = b"<questestinterop><selection><selection_number>1</selection_number></selection>"
    found = read(question.replace(b"<questestinterop>", drawn))
    assert len(found.questions) == 1
    assert [loss.params for loss in found.losses] == [{"name": ""}]


def test_what_has_no_counterpart_is_named() -> None:
    shown = f'{material("Match.")}<response_grp ident="M">{labels(a="one")}</response_grp>'
    assert said(read(asked(shown))) == [
        "response_grp has no counterpart here. Leave this question out or ask in another way."
    ]


def test_percents_are_of_the_weight_that_stands_beside_them() -> None:
    """As D2L writes it."""
    options = labels(a="A", b="B")
    shown = f'{material("Which?")}<response_lid ident="R" rcardinality="Single">{options}</response_lid>'
    data = asked(shown, adds(equal("a", "R"), "100")).decode()
    field = "<qti_metadatafield><fieldlabel>qmd_weighting</fieldlabel><fieldentry>{}</fieldentry></qti_metadatafield>"
    for weight, points in (("7.5000000", "7.5"), ("0", "1"), ("", "1")):
        metadata = f"<itemmetadata><qtidata>{field.format(weight)}</qtidata></itemmetadata><presentation>"
        question = one(data.replace("<presentation>", metadata).encode())
        assert f"{question.points.normalize():f}" == points
