"""What files from elsewhere write beside, or against, Moodle's own way: written after their habits by ourselves."""

from __future__ import annotations

from bank.formats.moodle_files import answer, losses, one, question, said

CHOICES = answer("100", "Yes") + answer("0", "No")


class TestTextsWithoutTheirElement:
    def test_html_beside_no_text_is_the_text(self) -> None:
        inner = f"<name>N</name><questiontext format='html'>Is <b>it</b> 1 &lt; 2?<br/></questiontext>{CHOICES}"
        found = one(f"<question type='multichoice'>{inner}</question>")
        assert (found.name, found.body["prompt"]) == ("N", "Is <b>it</b> 1 &lt; 2?<br>")
        assert "Put it into CDATA" in said(found.warnings)[0]

    def test_options_may_be_html_as_well(self) -> None:
        found = one(question("multichoice", '<answer fraction="100"><p>A</p></answer><answer fraction="0">B</answer>'))
        assert [option["text"] for option in found.body["options"]] == ["<p>A</p>", "B"]


class TestWhatNoRuleTakes:
    def test_what_stands_within_a_known_element_is_told(self) -> None:
        right = answer("100", "Yes", more="<marks>3</marks>")
        assert losses("multichoice", right + answer("0", "No")) == ['<marks> is not kept: "3".']

    def test_a_second_text_is_told(self) -> None:
        text = question("multichoice", CHOICES).replace("]]></text>", "]]></text><text>And this?</text>", 1)
        assert said(one(text).losses) == ['<text> is not kept: "And this?".']

    def test_what_says_nothing_is_not(self) -> None:
        usual = "<unitgradingtype>0</unitgradingtype><unitpenalty>0.1000000</unitpenalty><showunits>3</showunits>"
        assert losses("numerical", answer("100", "3") + answer("0", "") + usual) == []
