"""What files from elsewhere write beside, or against, Moodle's own way: written after their habits by ourselves."""

from __future__ import annotations

import pytest

from bank.formats.moodle_files import answer, body, losses, one, parse, question, said
from examhall.bank.formats.moodle_xml import FORMAT
from examhall.errors import Invalid

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


class TestSigns:
    @pytest.mark.parametrize(
        ("written", "prompt"),
        [("R & D", "R &amp; D"), ("AT&T", "AT&amp;T"), ("1 < 2", "1 &lt; 2"), ("i<=n", "i&lt;=n"), ("&", "&amp;")],
    )
    def test_signs_that_stand_for_themselves_are_read_and_told(self, written: str, prompt: str) -> None:
        text = question("multichoice", CHOICES, "#").replace("<![CDATA[#]]>", written)
        found = parse(text)
        assert [item.body["prompt"] for item in found.questions] == [prompt]
        assert [(loss.line, "& or <" in loss.text) for loss in found.losses] == [(3, True)]

    def test_they_are_nothing_new_in_cdata_and_comments(self) -> None:
        found = parse("<!-- R & D -->", question("multichoice", CHOICES, "1 &lt; 2 & 3 < 4"))
        assert (found.losses, found.questions[0].body["prompt"]) == ([], "1 &lt; 2 &amp; 3 &lt; 4")

    def test_an_entity_that_nobody_knows_is_named_by_its_line(self) -> None:
        with pytest.raises(Invalid) as caught:
            parse(question("multichoice", CHOICES, "#").replace("<![CDATA[#]]>", "R & &foo;"), question("description"))
        assert caught.value.errors[0].params["line"] == 3

    def test_a_document_type_is_no_reason_not_to_know_the_format(self) -> None:
        assert FORMAT.recognises(b'<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY nbsp "&#160;">]>\n<quiz>')
        assert FORMAT.parse is not None
        with pytest.raises(Invalid) as caught:
            FORMAT.parse(b'<!DOCTYPE quiz [<!ENTITY nbsp "&#160;">]>\n<quiz/>')
        assert "document type" in caught.value.errors[0].message


class TestQuestionsAlone:
    def test_questions_need_no_quiz_around_them(self) -> None:
        text = '<?xml version="1.0" encoding="UTF-8"?>\n<!-- two -->\n' + question("multichoice", CHOICES) + "\n"
        assert FORMAT.recognises(text.encode())
        assert FORMAT.parse is not None
        found = FORMAT.parse((text + question("foo") + "\n").encode())
        assert [(item.element, item.line) for item in found.questions] == [("question[1]", 3)]
        assert [(error.element, error.line) for error in found.errors] == [("question[2]", 4)]


class TestFormulas:
    def test_a_formula_that_an_editor_drew_is_latex(self) -> None:
        drawn = (
            '<p>Is <img class="Wirisformula" src="data:image/svg+xml;charset=utf8,%3Csvg%3E" alt="1 over x" '
            'data-mathml="«math xmlns=¨http://www.w3.org/1998/Math/MathML¨»«mfrac»«mn»1«/mn»«mi»x«/mi»«/mfrac»«/math»">?</p>'
        )
        found = one(question("multichoice", CHOICES, drawn))
        assert (found.body["prompt"], found.losses) == (r"<p>Is \(\frac{1}{x}\)?</p>", [])


class TestUploads:
    @pytest.mark.parametrize(
        ("size", "kept", "told"), [("-1", 10 * 2**20, 0), ("0", 10 * 2**20, 0), ("99999999999", 20 * 2**20, 1)]
    )
    def test_any_size_is_read(self, size: str, kept: int, told: int) -> None:
        inner = f"<responseformat>noinline</responseformat><attachments>1</attachments><maxbytes>{size}</maxbytes>"
        found = one(question("essay", inner))
        assert (found.body["max_bytes"], len(found.losses)) == (kept, told)


class TestWhatEditorsLeaveBehind:
    @pytest.mark.parametrize("empty", ["<p></p>", "<p><br></p>", "<p dir='ltr'>&nbsp;</p>"])
    def test_stems_without_words_are_distractors(self, empty: str) -> None:
        def pair(stem: str, words: str) -> str:
            return f"<subquestion><text><![CDATA[{stem}]]></text><answer><text>{words}</text></answer></subquestion>"

        made = body("matching", pair("<p>a</p>", "1") + pair("<p>b</p>", "2") + pair(empty, "3"))
        assert [stem["text"] for stem in made["stems"]] == ["<p>a</p>", "<p>b</p>"]
        assert [choice["text"] for choice in made["choices"]] == ["1", "2", "3"]

    def test_an_answer_in_a_gap_that_is_never_reached_is_left_out(self) -> None:
        found = one(question("cloze", text="{1:SA:=Paris~%50%paris~%20%Rome} {1:NM:=5:1~%50%5}"))
        gaps = [[answer["fraction"] for answer in gap["answers"]] for gap in found.body["gaps"]]
        assert gaps == [["1", "0.2"], ["1"]]
        assert said(found.losses) == ["Answer 1 already matches all that this one does, so this one is left out."] * 2
        assert [loss.element for loss in found.losses] == [f"question[1]/questiontext/gap[{n}]" for n in (1, 2)]

    def test_limits_of_words_are_nothing_to_an_upload(self) -> None:
        inner = "<responseformat>noinline</responseformat><attachments>3</attachments>"
        inner += (
            "<minwordlimit></minwordlimit><maxwordlimit></maxwordlimit><attachmentsrequired>{}</attachmentsrequired>"
        )
        assert one(question("essay", inner.format(1))).losses == []
        assert said(one(question("essay", inner.format(2))).losses) == ["How many files are required is not kept: 2."]

    def test_an_option_whose_picture_is_missing_says_so(self) -> None:
        picture = '&lt;img src="@@PLUGINFILE@@/a.png"&gt;'
        found = parse(question("multichoice", answer("100", picture) + answer("0", "b")))
        assert '"a.png" is missing' in said(found.errors)[-1]
        described = picture.replace("src", 'alt="A cat" src')
        options = body("multichoice", answer("100", described) + answer("0", "b"))["options"]
        assert [option["text"] for option in options] == ["A cat", "b"]

    def test_a_question_without_text_asks_what_its_name_says(self) -> None:
        found = one(question("multichoice", answer("100", "a") + answer("0", "b"), "", "Is 1 &lt; 2?"))
        assert (found.name, found.body["prompt"]) == ("Is 1 < 2?", "Is 1 &lt; 2?")
        assert said(found.warnings) == ["This question has no text. It asks what its name says."]

    def test_tags_may_stand_without_an_element_around_them(self) -> None:
        found = one(question("essay", "<tag><text>a</text></tag><tag><text>b</text></tag>"))
        assert (found.tags, found.losses) == (["a", "b"], [])

    def test_an_essay_that_a_plug_in_marks_is_an_essay(self) -> None:
        found = one(question("essayautograde", "<enableautograde>1</enableautograde><itemcount>150</itemcount>"))
        assert found.type == "essay"
        assert said(found.losses) == ['<enableautograde> is not kept: "1".', '<itemcount> is not kept: "150".']

    @pytest.mark.parametrize("text", ['<span class="multilang" lang="en">a</span>', "{mlang en}a{mlang}"])
    def test_several_languages_in_a_text_are_told(self, text: str) -> None:
        assert "several languages" in said(one(question("essay", text=text)).warnings)[0]
