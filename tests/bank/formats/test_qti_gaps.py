"""QTI 2.x: gaps in a text."""

from __future__ import annotations

from bank.formats.qti_files import MAP_RESPONSE, choices, fault, item, losses, one, parts, response, rules, score, when
from bank.formats.test_qti_pairs import full, more, pairs


class TestGaps:
    LIST = (
        '<inlineChoiceInteraction responseIdentifier="R1" shuffle="true">'
        '<inlineChoice identifier="Y">York</inlineChoice>'
        '<inlineChoice identifier="G">Gloucester</inlineChoice></inlineChoiceInteraction>'
    )
    WORD = '<textEntryInteraction responseIdentifier="R2"/>'

    def add(self, *names: str) -> str:
        worths = "".join(f'<mapResponse identifier="{name}"/>' for name in names)
        return rules(f'<setOutcomeValue identifier="SCORE"><sum>{worths}</sum></setOutcomeValue>')

    def test_lists_and_fields_in_a_text(self) -> None:
        declared = response("Y", ":Y=2|G=-1", name="R1") + response("sun", ":sun=1|son=0.5", base="string", name="R2")
        data = item(declared, f"<p>Sun of {self.LIST}, {self.WORD} of ours.</p>", self.add("R1", "R2"))
        body = full("cloze", data)
        assert body["prompt"] == "<p>Sun of {#1}, {#2} of ours.</p>"
        first, second = body["gaps"]
        assert (first["kind"], first["weight"], first["shuffle"]) == ("choice", 2, True)
        assert [(option["text"], option["fraction"]) for option in first["options"]] == [
            ("York", "1"),
            ("Gloucester", "-0.5"),
        ]
        assert (second["kind"], second["weight"]) == ("short_text", 1)
        assert [(answer["text"], answer["fraction"]) for answer in second["answers"]] == [("sun", "1"), ("son", "0.5")]
        assert (one(data).points, losses(data)) == (3, [])

    def test_gaps_that_only_count_together_are_a_loss(self) -> None:
        both = "".join(f'<match><variable identifier="{n}"/><correct identifier="{n}"/></match>' for n in ("R1", "R2"))
        declared = response("G", name="R1") + response("42", base="integer", name="R2")
        data = item(declared, f"<p>{self.LIST} and {self.WORD}.</p>", rules(when(f"<and>{both}</and>", score("1"))))
        body = full("cloze", data)
        assert [gap["kind"] for gap in body["gaps"]] == ["choice", "numeric"]
        assert body["gaps"][0]["options"][1]["fraction"] == "1"
        assert losses(data) == ["In the file only all gaps together earn points; here each earns its share."]

    def test_choices_and_fields_in_one_item(self) -> None:
        declared = response("A|B", ":A=1|B=1", cardinality="multiple") + response("x", ":x=1", base="string", name="R2")
        data = item(declared, choices("a", "b", "c", most=0) + f"<p>{self.WORD}</p>", self.add("RESPONSE", "R2"))
        body = full("cloze", data)
        assert [(gap["kind"], gap["display"]) for gap in body["gaps"]] == [
            ("multiple", "checkbox"),
            ("short_text", "text"),
        ]
        assert [option["fraction"] for option in body["gaps"][0]["options"]] == ["0.5", "0.5", "0"]
        assert "Which?" in body["prompt"]

    def test_words_for_gaps_become_lists(self) -> None:
        body = (
            '<gapMatchInteraction responseIdentifier="RESPONSE"><prompt>Fill.</prompt>'
            '<gapText identifier="W" matchMax="1">winter</gapText><gapText identifier="S" matchMax="1">summer</gapText>'
            '<p>Now is the <gap identifier="G1"/>, glorious <gap identifier="G2"/>.</p></gapMatchInteraction>'
        )
        declared = pairs("W G1|S G2", ":W G1=1|S G2=2")
        found = full("cloze", item(declared, body, MAP_RESPONSE))
        assert "<p>Now is the {#1}, glorious {#2}.</p>" in found["prompt"]
        assert [gap["weight"] for gap in found["gaps"]] == [1, 2]
        assert [option["fraction"] for option in found["gaps"][0]["options"]] == ["1", "0"]

    def test_feedback_beside_a_gap_is_not_shown_with_the_text(self) -> None:
        told = '<feedbackInline outcomeIdentifier="FEEDBACK" identifier="Y" showHide="show">Winter!</feedbackInline>'
        words = (
            '<gapText identifier="W" matchMax="1">winter</gapText><gapText identifier="S" matchMax="1">sun</gapText>'
        )
        body = (
            f'<gapMatchInteraction responseIdentifier="RESPONSE">{words}'
            f'<p>Now is the <gap identifier="G1"/>{told}.</p></gapMatchInteraction>'
        )
        found = full("cloze", item(pairs("W G1", ":W G1=1"), body, MAP_RESPONSE))
        assert found["prompt"] == "<div><p>Now is the {#1}.</p></div>"

    def test_other_interactions_together_are_an_error_that_names_them(self) -> None:
        essay = '<extendedTextInteraction responseIdentifier="R2"/>'
        declared = response("A") + response(base="string", name="R2")
        assert "choiceInteraction, extendedTextInteraction" in fault(item(declared, choices("a", "b") + essay))


class TestGapsThatCost:
    """A wrong word of the list costs a point."""

    LIST = (
        '<p>x <inlineChoiceInteraction responseIdentifier="{}"><inlineChoice identifier="A">yes</inlineChoice>'
        '<inlineChoice identifier="B">no</inlineChoice></inlineChoiceInteraction></p>'
    )

    def asked(self, *names: str, rest: str = "") -> bytes:
        declared = "".join(response("A", ":A=1|B=-1", name=name) for name in names)
        total = "".join(f'<mapResponse identifier="{name}"/>' for name in names)
        processing = rules(f'<setOutcomeValue identifier="SCORE"><sum>{total}</sum></setOutcomeValue>{rest}')
        return item(declared, "".join(map(self.LIST.format, names)), processing)

    def test_scores_below_zero_are_the_same_here(self) -> None:
        for names in ("R", "RS"):
            gaps = one(self.asked(*names)).body["gaps"]
            assert [gap["options"][1]["fraction"] for gap in gaps] == ["-1"] * len(names)
            assert losses(self.asked(*names)) == []

    def test_scores_that_never_fall_below_zero_are_not(self) -> None:
        below = '<lt><variable identifier="SCORE"/><baseValue baseType="float">0</baseValue></lt>'
        told = losses(self.asked("R", "S", rest=when(below, score("0"))))
        assert [told[0].partition(":")[0], len(told)] == ["Some gaps count together in the file", 1]


class TestGapsTogether:
    def test_gaps_that_share_their_answers_are_told(self) -> None:
        """Two names, of which each counts once: the same name in both gaps earns more here."""
        written = [f'<match><variable identifier="{gap}"/><baseValue baseType="string">{name}</baseValue></match>'
                   for name in ("Rome", "Oslo") for gap in ("A", "B")]  # fmt: skip
        found = [when(f"<or>{written[0]}{written[1]}</or>", more("1")),
                 when(f"<or>{written[2]}{written[3]}</or>", more("1"))]  # fmt: skip
        gaps = (
            '<p><textEntryInteraction responseIdentifier="A"/> and <textEntryInteraction responseIdentifier="B"/></p>'
        )
        data = item(response(base="string", name="A") + response(base="string", name="B"), gaps, rules(*found))
        assert one(data).points == 2
        assert losses(data) == ["Some gaps count together in the file: of 9 answers tried, 3 earn other points here."]

    def test_a_key_may_stand_in_mappings_alone(self) -> None:
        """All gaps right earn two points, two of them one, as TAO counts them."""
        names = ("A", "B", "C")
        declared = "".join(response("", f":{name.lower()}=1", base="string", name=name) for name in names)
        raw = "".join(f'<mapResponse identifier="{name}"/>' for name in names)
        least = f'<gte><sum>{raw}</sum><baseValue baseType="float">%s</baseValue></gte>'
        scored = when(least % 3, score("2"), otherwise=when(least % 2, score("1")))
        body = "".join(f'<p>x <textEntryInteraction responseIdentifier="{name}"/> y</p>' for name in names)
        data = item(declared, body, rules(scored))
        assert (one(data).points, [gap["weight"] for gap in one(data).body["gaps"]]) == (2, [1, 1, 1])
        assert losses(data) == ["In the file only all gaps together earn points; here each earns its share."]


def test_words_to_drag_may_stand_beside_other_gaps() -> None:
    words = "".join(f'<gapText identifier="{name}" matchMax="1">{name}</gapText>' for name in ("cat", "dog"))
    text = '<p>A <gap identifier="G1"/> and a <gap identifier="G2"/>.</p>'
    body = (
        f'<p>Who <textEntryInteraction responseIdentifier="T"/>?</p><gapMatchInteraction responseIdentifier="G">{words}'
    )
    declared = response("me", ":me=1", base="string", name="T")
    declared += response("cat G1|dog G2", ":cat G1=1|dog G2=1", cardinality="multiple", base="directedPair", name="G")
    total = '<setOutcomeValue identifier="SCORE"><sum><variable identifier="SCORE"/>{}</sum></setOutcomeValue>'
    scored = [total.format(f'<mapResponse identifier="{name}"/>') for name in "TG"]
    question = one(item(declared, f"{body}{text}</gapMatchInteraction>", rules(*scored)))
    assert question.body["prompt"] == "<p>Who {#1}?</p><div><p>A {#2} and a {#3}.</p></div>"
    assert [gap["kind"] for gap in question.body["gaps"]] == ["short_text", "choice", "choice"]
    assert question.points == 3


def test_standard_rules_for_another_response_compare_it_with_its_own_key() -> None:
    data = item(response("B", name="R1"), choices("no", "yes").replace("RESPONSE", "R1"))
    assert parts(data, "text", "fraction") == [("no", "0"), ("yes", "1")]
    assert "give no points" in one(data).warnings[0].text
