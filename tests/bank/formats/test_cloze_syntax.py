"""The language of embedded answers, rule by rule (reference semantics §2.2), and that what is written is read again."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bank import examples
from examhall.bank.formats.cloze_syntax import read, write
from examhall.bank.types import type_named


def gap(text: str) -> dict[str, Any]:
    """The only gap of a text without faults."""
    cloze = read(text)
    assert cloze.faults == []
    (found,) = cloze.gaps
    return found


def alternatives(text: str) -> list[tuple[str, str, str]]:
    """Text, fraction and feedback of each alternative of the only gap."""
    found = gap(text)
    parts = found.get("options") or found["answers"]
    return [(part.get("text", part.get("value", "*")), part["fraction"], part["feedback"]) for part in parts]


def faults(text: str) -> list[str]:
    return [fault.text % fault.params for fault in read(text).faults]


class TestGap:
    @pytest.mark.parametrize(
        ("name", "kind", "display", "more"),
        [
            ("SHORTANSWER", "short_text", "text", {"case_sensitive": False}),
            ("SA", "short_text", "text", {"case_sensitive": False}),
            ("MW", "short_text", "text", {"case_sensitive": False}),
            ("SHORTANSWER_C", "short_text", "text", {"case_sensitive": True}),
            ("SAC", "short_text", "text", {"case_sensitive": True}),
            ("MWC", "short_text", "text", {"case_sensitive": True}),
            ("MULTICHOICE", "choice", "dropdown", {"shuffle": False}),
            ("MC", "choice", "dropdown", {"shuffle": False}),
            ("MULTICHOICE_V", "choice", "radio", {"shuffle": False}),
            ("MCV", "choice", "radio", {"shuffle": False}),
            ("MULTICHOICE_H", "choice", "radio_row", {"shuffle": False}),
            ("MCH", "choice", "radio_row", {"shuffle": False}),
            ("MULTICHOICE_S", "choice", "dropdown", {"shuffle": True}),
            ("MCS", "choice", "dropdown", {"shuffle": True}),
            ("MULTICHOICE_VS", "choice", "radio", {"shuffle": True}),
            ("MCVS", "choice", "radio", {"shuffle": True}),
            ("MULTICHOICE_HS", "choice", "radio_row", {"shuffle": True}),
            ("MCHS", "choice", "radio_row", {"shuffle": True}),
            ("MULTIRESPONSE", "multiple", "checkbox", {"shuffle": False}),
            ("MR", "multiple", "checkbox", {"shuffle": False}),
            ("MULTIRESPONSE_H", "multiple", "checkbox_row", {"shuffle": False}),
            ("MRH", "multiple", "checkbox_row", {"shuffle": False}),
            ("MULTIRESPONSE_S", "multiple", "checkbox", {"shuffle": True}),
            ("MRS", "multiple", "checkbox", {"shuffle": True}),
            ("MULTIRESPONSE_HS", "multiple", "checkbox_row", {"shuffle": True}),
            ("MRHS", "multiple", "checkbox_row", {"shuffle": True}),
            ("mcvs", "choice", "radio", {"shuffle": True}),
        ],
    )
    def test_a_name_says_kind_and_look(self, name: str, kind: str, display: str, more: dict[str, bool]) -> None:
        found = gap(f"{{1:{name}:=a~b}}")
        assert (found["kind"], found["display"]) == (kind, display)
        assert {key: found[key] for key in more} == more

    @pytest.mark.parametrize("name", ["NUMERICAL", "NM"])
    def test_a_number_has_a_tolerance(self, name: str) -> None:
        found = gap(f"{{1:{name}:=3.5:0.1#Yes~%50%4~*#No}}")
        first, second, third = found["answers"]
        assert (found["kind"], first["value"], first["tolerance"], first["feedback"]) == (
            "numeric",
            "3.5",
            "0.1",
            "Yes",
        )
        assert (second["value"], second["tolerance"], second["fraction"]) == ("4", "0", "0.5")
        assert (third["any"], third["fraction"], third["feedback"]) == (True, "0", "No")

    def test_a_decimal_comma_is_a_point(self) -> None:
        (answer,) = gap("{1:NM:=3,5:0,25}")["answers"]
        assert (answer["value"], answer["tolerance"]) == ("3.5", "0.25")

    @pytest.mark.parametrize(("weight", "expected"), [("", 1), ("1", 1), ("12", 12), ("0", 0)])
    def test_the_weight_stands_first(self, weight: str, expected: int) -> None:
        assert gap(f"{{{weight}:SA:=a}}")["weight"] == expected

    def test_gaps_are_numbered_in_the_text(self) -> None:
        cloze = read("<p>One {1:SA:=a}, two {2:MC:=b~c}.</p>")
        assert cloze.prompt == "<p>One {#1}, two {#2}.</p>"
        assert [found["key"] for found in cloze.gaps] == ["1", "2"]

    @pytest.mark.parametrize("text", ["{1: SA :=a}", "{ 1:SA: =a}", "{&nbsp;1&nbsp;:\n sa&nbsp;:=a}"])
    def test_spaces_may_stand_around_its_parts(self, text: str) -> None:
        cloze = read(f"One {text}, {{1: b :=c}} {{ 2 : 3 }}.")
        assert cloze.prompt == "One {#1}, {1: b :=c} { 2 : 3 }."
        assert [answer["text"] for answer in cloze.gaps[0]["answers"]] == ["a"]

    def test_what_begins_so_with_spaces_and_is_never_closed_is_text(self) -> None:
        cloze = read("One {1:SA:=a}, { 2 : SA : and {3:SA:=c}.")
        assert (cloze.prompt, cloze.faults) == ("One {#1}, { 2 : SA : and {#2}.", [])


class TestAlternatives:
    def test_the_fraction_stands_before_the_text(self) -> None:
        found = alternatives("{1:SA:wrong#f~=right~%50%half~%-25%less~%33,33333%third~%12.5%eighth}")
        assert [(text, fraction) for text, fraction, _ in found] == [
            ("wrong", "0"), ("right", "1"), ("half", "0.5"), ("less", "-0.25"), ("third", "0.3333333"),
            ("eighth", "0.125"),
        ]  # fmt: skip

    def test_a_first_tilde_means_nothing(self) -> None:
        assert alternatives("{1:MC:~a~=b}") == [("a", "0", ""), ("b", "1", "")]

    def test_a_feedback_may_hold_another_number_sign(self) -> None:
        assert alternatives("{1:SA:=a#one # two}") == [("a", "1", "one # two")]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (r"a\}b", "a}b"), (r"a\#b", "a#b"), (r"a\~b", "a~b"), ("a&#125;b", "a}b"), ("a &amp; b", "a & b"),
            ("&lt;b&gt;", "<b>"), ("a&amp;#35;b", "a&#35;b"), (r"C:\dir", r"C:\dir"), ("<span>a</span>", "a"),
        ],
    )  # fmt: skip
    def test_escapes_and_entities_are_undone_in_words(self, text: str, expected: str) -> None:
        assert alternatives(f"{{1:SA:={text}}}") == [(expected, "1", "")]

    def test_options_keep_their_html(self) -> None:
        assert alternatives(r"{1:MC:=<b>a</b> \} &lt;#<i>f\#</i>~b}")[0] == (r"<b>a</b> } &lt;", "1", "<i>f#</i>")

    def test_braces_that_are_balanced_are_text(self) -> None:
        assert alternatives(r"{1:MC:=\(\frac{1}{2~3}\)~b} {x}") == [(r"\(\frac{1}{2~3}\)", "1", ""), ("b", "0", "")]

    def test_a_brace_that_nothing_closes_is_text(self) -> None:
        cloze = read("{1:SA:={} and {1:SA:=b}")
        assert [found["answers"][0]["text"] for found in cloze.gaps] == ["{", "b"]

    def test_without_weights_a_wrong_tick_costs_the_share_of_a_right_one(self) -> None:
        assert [fraction for _, fraction, _ in alternatives("{1:MR:=a~=b~c}")] == ["1", "1", "-0.5"]
        assert [fraction for _, fraction, _ in alternatives("{1:MR:%50%a~%50%b~c}")] == ["0.5", "0.5", "0"]


class TestFaults:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("No gap at all.", "There is no gap"),
            ("{1:MULTICHOICE:=Apple#Right}", "fewer than two options"),
            ("{1:MULTICHOICE}", "fewer than two options"),
            ("{3:NUMERICAL:=zero}", '"zero" is not a number'),
            ("{1:SA:=a", "Gap 1 ({1:SA:…) is not closed"),
            ("{1:SA:=a}" * 101, "more than 100 gaps"),
        ],
    )
    def test_what_is_wrong_is_named(self, text: str, words: str) -> None:
        assert any(words in fault for fault in faults(text)), faults(text)

    def test_every_wrong_gap_is_named(self) -> None:
        assert len(faults("{1:MC:=a} {1:NM:=b} {1:SA:=ok}")) == 2

    def test_another_kind_of_gap_stays_text_and_is_told(self) -> None:
        cloze = read("{1:NOTE: see below} and {1:SA:=b}")
        assert cloze.prompt == "{1:NOTE: see below} and {#1}"
        assert [warning.params for warning in cloze.warnings] == [{"text": "{1:NOTE:"}]

    @pytest.mark.parametrize("gap", ["{1:REGEXP:=a.*}", "{:NUMERIC:~%100%5}", "{2:MULTI: a~=b}"])
    def test_but_as_text_it_must_not_tell_its_answer(self, gap: str) -> None:
        assert any("no kind of gap" in fault for fault in faults("{1:SA:=b} " + gap))


PIECES = ["a", "{", "}", "#", "~", "=", "%", "\\", "&", "50%", ";", ":", "1", "amp", "<", "é", "*"]
nasty = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
answer_texts = nasty.filter(lambda text: text == text.strip() and text)


class TestRoundTrip:
    @settings(deadline=None)  # the machine may be busy
    @given(st.lists(answer_texts, min_size=1, max_size=4), st.lists(nasty, min_size=4, max_size=4))
    @example(["a\\"], ["\\"] * 4)
    @example(["%50%a", "=a", "&#", "&amp;#1;"], ["", "}", "{1:SA:=x}", "a\\#"])
    def test_any_words_are_read_as_they_were_written(self, words: list[str], comments: list[str]) -> None:
        answers = [
            {"text": text, "pattern": False, "fraction": fraction, "feedback": escaped(comment)}
            for text, fraction, comment in zip(words, ["1", "0.5", "0", "0.3333333"], comments, strict=False)
        ]
        gaps = [{"key": "1", "kind": "short_text", "weight": 3, "display": "text", "answers": answers}]
        text, losses = write("x {#1} y", gaps)
        again = read(text)
        assert (losses, again.faults, again.prompt) == ([], [], "x {#1} y")
        assert [answer["text"] for answer in again.gaps[0]["answers"]] == words
        kept = [clean(answer["feedback"]) for answer in again.gaps[0]["answers"]]
        assert kept == [clean(answer["feedback"]) for answer in answers]

    @settings(deadline=None)  # the machine may be busy
    @given(examples.clozes())
    def test_bodies_are_read_as_they_were_written(self, case: examples.Case) -> None:
        body = case.body.to_json()
        for found in body["gaps"]:
            for part in found.get("answers", found.get("options")):
                part.pop("pinned", None)
        text, losses = write(body["prompt"], body["gaps"])
        if losses:
            assert all("left out" in loss.text for loss in losses)
            return
        again = read(text)
        read_body = case.kind.validate({"prompt": again.prompt, "gaps": again.gaps}).to_json()
        expected = case.kind.validate(body).to_json()
        assert without_keys(read_body["gaps"]) == without_keys(case_order(expected))

    def test_the_prompt_may_hold_what_looks_like_a_gap(self) -> None:
        gaps = [{"key": "1", "kind": "short_text", "weight": 1, "display": "text", "answers": [answer("a")]}]
        text, _ = write("Write {1:SA:=x}, { 1 :SA:=x} or {#1}", gaps)
        assert text == "Write &#123;1:SA:=x}, &#123; 1 :SA:=x} or {1:SHORTANSWER:=a}"
        assert len(read(text).gaps) == 1

    def test_what_the_language_cannot_say_is_told(self) -> None:
        gaps = [
            {"key": "1", "kind": "short_text", "weight": 1, "answers": [answer("a"), answer("b+", pattern=True)]},
            {"key": "2", "kind": "numeric", "weight": 1, "answers": [
                {"value": "5", "fraction": "1"}, {"value": "6", "tolerance_type": "relative", "fraction": "0.5"}]},
            {"key": "3", "kind": "choice", "weight": 1, "display": "radio", "options": [
                {"text": "a", "fraction": "1", "pinned": True}, {"text": "b", "fraction": "0"}]},
        ]  # fmt: skip
        text, losses = write("{#1}{#2}{#3}", gaps)
        assert text == "{1:SHORTANSWER:=a}{1:NUMERICAL:=5}{1:MULTICHOICE_V:=a~b}"
        assert [loss.params["gap"] for loss in losses] == ["1", "2", "3"]


class TestHostile:
    @pytest.mark.parametrize("unit", ["{", "}", "{1:SA:=", "{1:MC:a~", "~", "#", "\\", "{1:", "{1:SA:={", "{x}", "&"])
    def test_repetition_costs_no_more_than_its_length(self, unit: str) -> None:
        for head in ("", "{1:SA:=", "{1:MC:=a~b#"):
            started = time.process_time()
            read(head + unit * (50_000 // len(unit)))
            assert time.process_time() - started < 2


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def clean(html: str) -> str:
    """HTML as a body keeps it; a comment without words is none."""
    return type_named("description").validate({"prompt": "x", "feedback": html}).feedback


def answer(text: str, **more: Any) -> dict[str, Any]:
    return {"text": text, "pattern": False, "fraction": "1", "feedback": ""} | more


def case_order(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The gaps in the order of their places."""
    return sorted(body["gaps"], key=lambda found: body["prompt"].index(f"{{#{found['key']}}}"))


def without_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_keys(part) for name, part in value.items() if name != "key"}
    return [without_keys(part) for part in value] if isinstance(value, list) else value
