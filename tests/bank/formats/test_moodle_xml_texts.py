"""What all questions of Moodle XML share: texts, files, tags, categories; and that nothing is dropped silently."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bank.formats.moodle_files import (
    answer,
    body,
    described,
    error,
    fails,
    losses,
    one,
    parse,
    question,
    said,
    warnings,
)
from examhall.bank.formats import CategoryInfo
from examhall.bank.formats.moodle_xml import FORMAT, recognises
from examhall.errors import Invalid


class TestFile:
    @pytest.mark.parametrize(
        ("data", "known"),
        [
            (b"<?xml version='1.0'?><quiz>", True),
            (b"\xef\xbb\xbf\n <!-- c --><quiz/>", True),
            ("<quiz >".encode("utf-16"), True),
            (b"<question type='x'>", True),
            (b"<quizzes>", False),
            (b"<questestinterop>", False),
            (b"<assessmentItem/>", False),
            (b"::a::b{T}", False),
            (b"", False),
        ],
    )
    def test_it_is_known_by_its_first_element(self, data: bytes, known: bool) -> None:
        assert recognises(data) is known
        assert FORMAT.name == "moodle_xml"

    def test_a_wrong_question_never_hides_the_next(self) -> None:
        found = parse(question("foo"), described("a"), question("multichoice"), described("b"))
        assert [item.body["prompt"] for item in found.questions] == ["a", "b"]
        assert [(message.line, message.element) for message in found.errors] == [(3, "question[1]"), (5, "question[3]")]

    def test_lines_beyond_65535_are_counted(self) -> None:
        assert error("\n" * 70_000 + question("foo")).line == 70_003

    def test_one_question_may_be_the_whole_file(self) -> None:
        found = FORMAT.parse(described("a").encode())
        assert [(item.element, item.body["prompt"]) for item in found.questions] == [("question[1]", "a")]

    def test_another_root_is_told(self) -> None:
        (message,) = FORMAT.parse(b"\n<html><body/></html>").errors
        assert (message.line, "<html> and not <quiz>" in said([message])[0]) == (2, True)

    def test_an_empty_file_says_so(self) -> None:
        assert said(parse().errors) == ["There is no question in this file. Is it the right one?"]

    def test_what_is_no_question_is_told(self) -> None:
        assert said(parse("<note>hello</note>", described("a")).losses) == ["<note> is no question, so it is left out."]

    def test_an_unknown_setting_is_refused(self) -> None:
        for settings in ({"grades": "some"}, {"other": 1}):
            with pytest.raises(Invalid):
                parse(described("a"), **settings)

    def test_what_is_not_well_formed_is_refused_with_its_line(self) -> None:
        with pytest.raises(Invalid) as refused:
            parse(described("a"), "<question></quiz>")
        assert refused.value.errors[0].params["line"] == 4

    def test_comments_and_instructions_are_nothing(self) -> None:
        assert one("<!-- question: 1  --><?x y?>" + described("a<!-- c -->b")).body["prompt"] == "ab"

    def test_html_entities_outside_cdata_are_read(self) -> None:
        text = (
            "<question type='description'><questiontext><text>caf&eacute;&nbsp;&lt;b&gt;</text>"
            "</questiontext></question>"
        )
        assert one(text).body["prompt"] == "café&nbsp;<b></b>"
        assert one(described("caf&eacute; &amp;nbsp;")).body["prompt"] == "café &amp;nbsp;"

    def test_an_entity_that_nobody_knows_is_refused(self) -> None:
        with pytest.raises(Invalid):
            parse("<question type='description'><questiontext><text>&foo;</text></questiontext></question>")

    def test_space_before_the_declaration_is_forgiven(self) -> None:
        data = f"\n\n <?xml version='1.0' encoding='UTF-8'?><quiz>{question('foo')}</quiz>"
        assert FORMAT.parse(data.encode()).errors[0].line == 3
        assert FORMAT.parse(data.encode("utf-8-sig")).errors[0].line == 3

    def test_control_characters_are_spaces_and_told(self) -> None:
        found = parse(described("a\x0bb"))
        assert found.questions[0].body["prompt"] == "a b"
        assert (found.losses[0].line, "control characters" in said(found.losses)[0]) == (3, True)

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
    def test_other_encodings_are_read_when_they_are_declared(self, encoding: str) -> None:
        declared = "iso-8859-1" if encoding == "iso-8859-1" else "utf-8"
        text = f"<?xml version='1.0' encoding='{declared}'?><quiz>{described('é')}</quiz>"
        assert FORMAT.parse(text.encode(encoding)).questions[0].body["prompt"] == "é"


class TestCommon:
    def test_name_points_id_tags_and_status(self) -> None:
        inner = (
            "<defaultgrade>2.5000000</defaultgrade><hidden>1</hidden><idnumber> q 1 </idnumber>"
            "<tags><tag><text>easy</text></tag><tag><text> a  b </text></tag><tag><text>easy</text></tag></tags>"
            "<coursetags><tag><text>course</text></tag></coursetags>"
        )
        found = one(question("description", inner, name="<![CDATA[R&D <b>1</b>]]>"))
        assert (found.name, found.points, found.status, found.external_id) == (
            "R&D 1",
            Decimal("2.5"),
            "retired",
            "q 1",
        )
        assert found.tags == ["easy", "a b", "course"]

    def test_without_points_there_is_one(self) -> None:
        assert one(described("a")).points == 1

    @pytest.mark.parametrize("points", ["-1", "abc", "1000000"])
    def test_points_are_a_number_from_0(self, points: str) -> None:
        message = error(question("description", f"<defaultgrade>{points}</defaultgrade>"))
        assert message.element == "question[1]/defaultgrade"

    def test_points_beyond_two_decimals_are_rounded_and_told(self) -> None:
        found = one(question("description", "<defaultgrade>0.3333333</defaultgrade>"))
        assert (found.points, said(found.losses)) == (Decimal("0.33"), ["0.3333333 points are 0.33 here."])

    @pytest.mark.parametrize("name", ["", "<name/>", "<name><text/></name>"])
    def test_a_question_without_a_name_is_called_by_its_stem(self, name: str) -> None:
        text = f"<question type='description'>{name}<questiontext><text>What is it?</text></questiontext></question>"
        found = one(text)
        assert (found.name, said(found.warnings)) == (
            "What is it?",
            ["This question has no name. It is called by how it begins."],
        )

    def test_long_names_and_tags_are_cut_and_told(self) -> None:
        found = one(question("description", f"<tags><tag><text>{'t' * 60}</text></tag></tags>", name="n" * 300))
        assert (len(found.name), len(found.tags[0]), len(found.losses)) == (200, 50, 2)

    def test_an_id_that_is_used_twice_counts_once(self) -> None:
        twice = question("description", "<idnumber>x</idnumber>")
        found = parse(twice, twice)
        assert [item.external_id for item in found.questions] == ["x", ""]
        assert "used on line 3 too" in said(found.questions[1].losses)[0]

    def test_hints_are_kept_and_their_flags_told(self) -> None:
        hints = "<hint format='html'><text>one</text><clearwrong/><shownumcorrect/></hint><hint><text>two</text></hint>"
        found = one(question("description", hints))
        assert found.body["hints"] == ["one", "two"]
        assert said(found.losses) == [
            "A hint does not take wrong answers away.", "A hint does not say how many answers are right."]  # fmt: skip
        assert found.losses[0].element == "question[1]/hint[1]/clearwrong"

    def test_hints_of_old_files_are_read(self) -> None:
        hint = (
            "<hint><statenumberofcorrectresponses>0</statenumberofcorrectresponses><hintcontent>"
            "<text>h</text></hintcontent></hint>"
        )
        assert body("description", hint)["hints"] == ["h"]

    def test_a_question_without_text_is_wrong(self) -> None:
        fails("question[1]", "no <questiontext>", "<question type='description'><name><text>N</text></name></question>")
        fails("question[1]/questiontext", "Write a text here", described(" "))


class TestCategories:
    @staticmethod
    def category(path: str, more: str = "") -> str:
        return f"<question type='category'><category><text>{path}</text></category>{more}</question>"

    @pytest.mark.parametrize(
        ("path", "expected"),
        [
            ("$course$/top/Biology/Cells", "Biology/Cells"), ("$course$/Pi", "Pi"), ("$module$/top/A b/ C ", "A b/C"),
            ("tom/dick/harry", "tom/dick/harry"), ("$course$/top", ""), ("$system$/top/", ""), ("", ""),
            ("$course$/top/AC//DC/x", "AC⁄DC/x"), ("topology", "topology"), ("top/Biology", "Biology"),
            ("$course$/a/&lt;span lang='en'&gt;Cats&lt;//span&gt; &amp;amp; co/b", "a/Cats & co/b"),
        ],
    )  # fmt: skip
    def test_a_path_goes_without_its_context(self, path: str, expected: str) -> None:
        assert one(self.category(path), described("a")).category == expected

    def test_a_category_holds_until_the_next(self) -> None:
        found = parse(
            described("a"), self.category("$course$/top/x"), described("b"), self.category("y"), described("c")
        )
        assert [item.category for item in found.questions] == ["", "x", "y"]
        assert [item.element for item in found.questions] == ["question[1]", "question[3]", "question[5]"]

    def test_it_has_an_id_and_a_description(self) -> None:
        more = "<info format='html'><text>&lt;p&gt;All of it&lt;/p&gt;</text></info><idnumber>cat-1</idnumber>"
        found = parse(self.category("$course$/top/x", more), described("a"))
        assert found.categories == [CategoryInfo("x", "cat-1", "All of it")]
        assert (found.questions[0].category_external_id, found.losses) == ("cat-1", [])

    def test_a_description_keeps_its_lines_and_has_no_more_than_a_bank_keeps(self) -> None:
        more = (
            "<info format='html'><text>&lt;p&gt;All&lt;/p&gt;&lt;p&gt;of &lt;b&gt;it&lt;/b&gt;&lt;/p&gt;</text></info>"
        )
        found = parse(self.category("x", more), described("a"))
        assert found.categories[0].description == "All\nof it"
        assert said(found.losses) == ["This text is kept without its formatting."]
        found = parse(self.category("x", f"<info><text>{'x' * 2001}</text></info>"), described("a"))
        assert (len(found.categories[0].description), len(found.losses)) == (2000, 1)

    def test_an_id_that_is_too_long_is_left_out(self) -> None:
        found = parse(self.category("x", f"<idnumber>{'x' * 101}</idnumber>"), described("a"))
        assert (found.categories[0].external_id, len(found.losses)) == ("", 1)

    def test_after_a_wrong_one_no_former_one_holds(self) -> None:
        found = parse(self.category("a"), described("one"), self.category("x" * 201), described("two"))
        assert [item.category for item in found.questions] == ["a", ""]

    def test_a_path_that_is_too_long_is_wrong(self) -> None:
        fails("question[1]", "Shorten the names", self.category("x" * 301))


class TestTexts:
    @pytest.mark.parametrize(
        ("text_format", "text", "expected"),
        [
            ("html", "<p>a\nb</p>", "<p>a\nb</p>"),
            ("moodle_auto_format", "a\nb <b>c</b>", "a<br>b <b>c</b>"),
            ("plain_text", "a < b\n<i>", "a &lt; b<br>&lt;i&gt;"),
            ("markdown", "a **b**", "a <strong>b</strong>"),
        ],
    )
    def test_each_format_is_html_here(self, text_format: str, text: str, expected: str) -> None:
        assert one(described(text, text_format=text_format)).body["prompt"] == expected

    def test_other_texts_inherit_the_format_of_the_question(self) -> None:
        feedback = (
            "<generalfeedback><text>*a*</text></generalfeedback><incorrectfeedback format='html'>"
            "<text>*b*</text></incorrectfeedback>"
        )
        text = described("*c*", text_format="markdown").replace("</question>", feedback + "</question>")
        found = one(text).body
        assert (found["prompt"], found["feedback"], found["wrong_feedback"]) == ("<em>c</em>", "<em>a</em>", "*b*")

    def test_unknown_formats_are_told(self) -> None:
        assert said(one(described("a", text_format="rtf")).warnings) == [
            'The text format "rtf" is read as HTML, as there is no such format.'
        ]
        assert "format of wikis" in said(one(described("a", text_format="wiki_like")).warnings)[0]

    def test_texts_in_texts_and_without_are_read(self) -> None:
        text = (
            "<question type='description'><name>N</name><questiontext><text><text>a</text></text>"
            "</questiontext></question>"
        )
        assert one(text).body["prompt"] == "a"
        assert one(text.replace("<text><text>a</text></text>", "b")).body["prompt"] == "b"

    def test_html_that_was_not_put_into_cdata_is_read(self) -> None:
        text = (
            "<question type='description'><name><text>N</text></name><questiontext><text>a &lt; <b>b</b>"
            "<br/>c</text></questiontext></question>"
        )
        found = one(text)
        assert found.body["prompt"] == "a &lt; <b>b</b><br>c"
        assert "Put it into CDATA" in said(found.warnings)[0]

    def test_two_sections_of_cdata_are_one_text(self) -> None:
        assert one(described("a]]]]><![CDATA[>b")).body["prompt"] == "a]]&gt;b"

    def test_what_a_text_may_not_hold_is_told(self) -> None:
        text = (
            '<p style="color: red" class="x" dir="rtl"><a href="http://x.test">a</a></p><table><tr>'
            '<td colspan="2" width="5">b</td></tr></table><script>c</script>'
        )
        found = one(described(text))
        assert said(found.losses) == [
            "This may not stand in a question and is left out with all that it holds: <script>.",
            "This may not stand in a question: <a>. Its text stays; write &lt; for a less-than sign.",
            "These attributes of HTML are left out: class, href, style, width.",
        ]
        assert 'dir="rtl"' in found.body["prompt"]
        assert 'colspan="2"' in found.body["prompt"]

    def test_formulas_between_dollars_are_latex(self) -> None:
        found = one(described("Let $$x^2$$ be."))
        assert found.body["prompt"] == r"Let \[x^2\] be."
        assert "between $$" in said(found.warnings)[0]


class TestLeftovers:
    def test_a_file_as_moodle_writes_it_loses_nothing(self) -> None:
        usual = (
            "<generalfeedback format='html'><text></text></generalfeedback><defaultgrade>1.0000000</defaultgrade>"
            "<penalty>0.3333333</penalty><hidden>0</hidden><idnumber></idnumber><single>true</single>"
            "<shuffleanswers>true</shuffleanswers><answernumbering>abc</answernumbering>"
            "<showstandardinstruction>0</showstandardinstruction><correctfeedback format='html'>"
            "<text/></correctfeedback>"
            "<partiallycorrectfeedback format='html'><text/></partiallycorrectfeedback>"
            "<incorrectfeedback format='html'><text></text></incorrectfeedback><shownumcorrect/>"
        )
        assert losses("multichoice", usual + answer("100", "a", "f") + answer("0", "b")) == []

    @pytest.mark.parametrize(
        ("inner", "words"),
        [
            ("<penalty>0.5</penalty>", "A further try does not cost 0.5 here"),
            ("<answernumbering>ABCD</answernumbering>", "How options are numbered (ABCD) is not kept."),
            ("<foo>bar</foo>", '<foo> is not kept: "bar".'),
            ("<foo/>", "<foo> is not kept."),
            ("<foo><deep><er a='1'>x</er></deep></foo>", '<er> is not kept: "x".'),
            (
                "<instructions format='html'><text>Write the unit</text></instructions>",
                '<text> is not kept: "Write the unit".',
            ),
            ("<usecase>1</usecase>", '<usecase> is not kept: "1".'),
            ("<defaultgrade>1</defaultgrade><defaultgrade>2</defaultgrade>", '<defaultgrade> is not kept: "2".'),
        ],
    )
    def test_what_no_rule_takes_is_told(self, inner: str, words: str) -> None:
        assert any(words in loss for loss in losses("multichoice", inner + answer("100", "a") + answer("0", "b")))

    def test_attributes_are_told_too(self) -> None:
        text = question("description").replace("<question ", "<question level='7' ")
        assert said(one(text).losses) == ['question@level is not kept: "7".']

    def test_a_flood_of_them_is_cut(self) -> None:
        found = losses("description", "".join(f"<a{number}/>" for number in range(300)))
        assert (len(found), found[-1]) == (51, "There is more that is not kept.")

    def test_warnings_name_their_element(self) -> None:
        found = one(question("numerical", answer("100", "1,5")))
        assert [(message.element, message.line) for message in found.warnings] == [("question[1]/answer", 3)]
        assert warnings("numerical", answer("100", "1,5")) == ["1,5 is read as 1.5."]
