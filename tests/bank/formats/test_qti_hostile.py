"""QTI from strangers: what is too much of something is refused, or told once, before it takes time."""

from __future__ import annotations

import time

import pytest

from bank.formats.qti_files import choices, fault, item, package, read, response
from examhall.bank.formats import Import
from examhall.errors import Invalid

ESSAY = '<extendedTextInteraction responseIdentifier="RESPONSE"/>'


def quickly(data: bytes) -> Import:
    """The import, which must come quickly."""
    started = time.process_time()
    try:
        return read(data)
    finally:
        assert time.process_time() - started < 2


@pytest.mark.parametrize("unit", ['<img src="{}.png" alt="a"/>', "<x{}/>"])
def test_many_different_losses_cost_no_more_than_their_number(unit: str) -> None:
    found = quickly(item("", f"<p>{''.join(unit.format(n) for n in range(20_000))}</p>{ESSAY}"))
    assert len(found.questions[0].losses) == 20_000


@pytest.mark.parametrize("most", [0, 1])
def test_more_options_than_a_question_has_are_not_tried(most: int) -> None:
    started = time.process_time()
    asked = choices(*"ab", most=most).replace(
        "</choiceInteraction>",
        "".join(f'<simpleChoice identifier="c{n}">{n}</simpleChoice>' for n in range(5_000)) + "</choiceInteraction>",
    )
    assert fault(item(response("A", cardinality="multiple"), asked)) == "Give at most 50 entries here."
    assert time.process_time() - started < 2


def test_more_items_than_an_order_has_are_refused() -> None:
    names = [f"c{n}" for n in range(21)]
    asked = "".join(f'<simpleChoice identifier="{name}">{name}</simpleChoice>' for name in names)
    data = item(
        response("|".join(names), cardinality="ordered"),
        f'<orderInteraction responseIdentifier="RESPONSE">{asked}</orderInteraction>',
    )
    assert fault(data) == "Give at most 20 entries here."


def gap(inner: str, *declared: str) -> bytes:
    return item("".join(declared), f"<p>So {inner} it is.</p>", "")


def listed(*texts: str) -> str:
    options = "".join(f'<inlineChoice identifier="{chr(65 + n)}">{text}</inlineChoice>' for n, text in enumerate(texts))
    return f'<inlineChoiceInteraction responseIdentifier="RESPONSE">{options}</inlineChoiceInteraction>'


ENTRY = '<textEntryInteraction responseIdentifier="RESPONSE"/>'
MANY = "|".join(f"{n}=1" for n in range(101))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (gap(listed("a", "", "c"), response("A")), "Write a text here"),
        (gap(listed("a"), response("A")), "at least 2 entries"),
        (gap(ENTRY, response("a" * 501, base="string")), "at most 500 characters"),
        (gap(ENTRY, response("", f":{MANY}", base="string")), "at most 100 entries"),
        (gap(ENTRY, response("", f":{MANY}", base="float")), "at most 100 entries"),
        (item(response("", f":{MANY}", base="float"), f"<p>{ENTRY}</p>", ""), "at most 100 entries"),
        (
            gap(
                "".join(ENTRY.replace("RESPONSE", f"R{n}") for n in range(101)),
                *(response("a", base="string", name=f"R{n}") for n in range(101)),
            ),
            "at most 100 entries",
        ),
    ],
    ids=["empty", "single", "long", "texts", "numbers", "alone", "gaps"],
)
def test_what_a_type_refuses_is_an_error_and_ends_no_reader(data: bytes, words: str) -> None:
    found = read(data)
    assert (found.questions, len(found.errors)) == ([], 1)
    assert words in found.errors[0].text % found.errors[0].params


def test_many_tags_in_few_bytes_are_refused_before_they_are_held() -> None:
    """Unpacked, 300 items of 8,000 elements each took a reader 700 MB and half a minute."""
    asked = item("", f"{'<p>x</p>' * 8_000}{ESSAY}").decode()
    files = {f"i{n}.xml": asked.replace('"q1"', f'"q{n}"').encode() for n in range(100)}
    started = time.process_time()
    with pytest.raises(Invalid) as refused:
        read(package(files))
    assert "too many elements" in refused.value.errors[0].message
    assert time.process_time() - started < 2


def test_a_text_that_items_share_is_read_once() -> None:
    shared = '<assessmentStimulus identifier="s" title="s"><stimulusBody>{}</stimulusBody></assessmentStimulus>'
    reference = '<assessmentStimulusRef identifier="s" href="s.xml"/>' * 2_000
    asked = item("", ESSAY).replace(b"<itemBody>", f"{reference}<itemBody>".encode())
    found = quickly(package({"s.xml": shared.format("<p>x</p>" * 1_000).encode(), "a.xml": asked}))
    assert found.questions[0].body["prompt"].count("<p>x</p>") == 1_000


def test_conditions_of_version_1_2_are_read_once() -> None:
    names = [f"c{n}" for n in range(50)]
    labels = "".join(f'<response_label ident="{name}"><material><mattext>{name}</mattext></material></response_label>'
                     for name in names)  # fmt: skip
    conditions = "".join(
        f'<respcondition continue="Yes"><conditionvar><varequal respident="R">{name}</varequal></conditionvar>'
        '<setvar action="Add">1</setvar></respcondition>'
        for name in names
    )
    asked = (
        '<item ident="i{}"><presentation><material><mattext>Which?</mattext></material>'
        f'<response_lid ident="R" rcardinality="Multiple"><render_choice>{labels}</render_choice></response_lid>'
        f"</presentation><resprocessing><outcomes><decvar/></outcomes>{conditions}</resprocessing></item>"
    )
    found = quickly(f"<questestinterop>{''.join(asked.format(n) for n in range(10))}</questestinterop>".encode())
    assert [question.points for question in found.questions] == [50] * 10
