"""QTI as packages, in all versions, sound and hostile."""

from __future__ import annotations

import builtins
import io
import os
import re
import socket
import time
import zipfile
from collections.abc import Iterator

import pytest

from bank.formats.qti_files import (
    CORRECT,
    MATCH_CORRECT,
    RESPONSE,
    SCORE,
    choices,
    entry,
    fault,
    item,
    losses,
    one,
    package,
    parts,
    read,
    response,
    rules,
    said,
    score,
    when,
)
from examhall.bank.formats import archive, registry
from examhall.bank.formats.qti import QTI21, QTI30
from examhall.errors import Invalid

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16

ITEM30 = b"""<?xml version="1.0" encoding="UTF-8"?>
<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="three" title="Third"
    adaptive="false" time-dependent="false" xml:lang="de">
  <qti-response-declaration identifier="RESPONSE" cardinality="multiple" base-type="identifier">
    <qti-correct-response><qti-value>A</qti-value><qti-value>C</qti-value></qti-correct-response>
    <qti-mapping lower-bound="0" upper-bound="2" default-value="0">
      <qti-map-entry map-key="A" mapped-value="1"/><qti-map-entry map-key="C" mapped-value="1"/>
      <qti-map-entry map-key="B" mapped-value="-1"/></qti-mapping>
  </qti-response-declaration>
  <qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float" normal-maximum="2"/>
  <qti-item-body>
    <qti-choice-interaction response-identifier="RESPONSE" shuffle="true" max-choices="0">
      <qti-prompt>Welche?</qti-prompt>
      <qti-simple-choice identifier="A" fixed="true">Eins</qti-simple-choice>
      <qti-simple-choice identifier="B">Zwei</qti-simple-choice>
      <qti-simple-choice identifier="C">Drei</qti-simple-choice>
    </qti-choice-interaction>
  </qti-item-body>
  <qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/map_response.xml"/>
</qti-assessment-item>"""


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No file is written, no socket opened, and two seconds are enough."""
    opened, begun = builtins.open, time.process_time()

    def only_reading(file: object, mode: str = "r", *args: object, **named: object) -> object:
        assert not set(mode) & set("wax+"), f"{file} was opened to be written"
        return opened(file, mode, *args, **named)  # type: ignore[call-overload]

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a parser wants out")

    monkeypatch.setattr(builtins, "open", only_reading)
    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(os, "mkdir", refused)
    yield
    assert time.process_time() - begun < 2


def right(name: str = "q1", body: str = "") -> bytes:
    return item(response("A"), body + choices("a", "b")).replace(b'identifier="q1"', f'identifier="{name}"'.encode())


def refusal(data: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        read(data)
    return caught.value.errors[0].message % caught.value.errors[0].params


class TestVersions:
    def test_three(self) -> None:
        question = one(ITEM30)
        assert (question.type, question.external_id, question.language) == ("multiple_choice", "three", "de")
        assert (question.points, question.body["scheme"], question.body["shuffle"]) == (2, "sum", True)
        assert parts(ITEM30, "text", "fraction", "pinned") == [
            ("Eins", "0.5", True), ("Zwei", "-0.5", False), ("Drei", "0.5", False),
        ]  # fmt: skip

    @pytest.mark.parametrize("namespace", ["imsqti_v2p0", "imsqti_v2p1", "imsqti_v2p2"])
    def test_two(self, namespace: str) -> None:
        assert one(right().replace(b"imsqti_v2p1", namespace.encode())).type == "single_choice"

    def test_a_prefix_changes_nothing(self) -> None:
        data = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1q:", right()).replace(b"xmlns=", b"xmlns:q=")
        assert one(data).body == one(right()).body

    @pytest.mark.parametrize("address", [
        "http://www.imsglobal.org/xsd/imsqti_v2p0/rptemplates/match_correct",
        "http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct",
        "http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct.xml",
        "http://www.imsglobal.org/question/qti_v2p2/rptemplates/match_correct",
        "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml",
        "http://www.imsglobal.org/question/qti_v2p1/rptemplates/CC2_match.xml",
    ])  # fmt: skip
    def test_templates_are_known_by_the_end_of_their_addresses(self, address: str) -> None:
        rules = f'<responseProcessing template="{address}"/>'
        assert parts(item(response("B"), choices("a", "b"), rules), "fraction") == ["0", "1"]

    def test_the_address_of_map_response_of_version_two_maps(self) -> None:
        """A known reader takes it for match_correct."""
        address = "http://www.imsglobal.org/xsd/imsqti_v2p0/rptemplates/map_response"
        data = item(response("A", ":A=1|B=0.5"), choices("a", "b"), f'<responseProcessing template="{address}"/>')
        assert parts(data, "fraction") == ["1", "0.5"]

    def test_a_template_may_be_known_by_its_location(self) -> None:
        rules = '<responseProcessing templateLocation="../rptemplates/match_correct.xml"/>'
        assert parts(item(response("B"), choices("a", "b"), rules), "fraction") == ["0", "1"]

    def test_a_template_of_ones_own_is_an_error_that_names_it(self) -> None:
        rules = '<responseProcessing template="http://example.org/mine.xml"/>'
        assert "http://example.org/mine.xml" in fault(item(response("B"), choices("a", "b"), rules))

    @pytest.mark.parametrize(("data", "name"), [
        (right(), "qti_2.1"), (ITEM30, "qti_3.0"), (right().decode().encode("utf-16"), "qti_2.1"),
        (package({"a.xml": right()}), "qti_2.1"), (package({"a.xml": ITEM30}).replace(b"", b""), "qti_2.1"),
        (b'<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2"/>', "qti_1.2"),
    ])  # fmt: skip
    def test_the_version_is_told_by_content(self, data: bytes, name: str) -> None:
        assert registry.format_of(data).name == name

    @pytest.mark.parametrize("data", [b"<quiz/>", b"{=a ~b}", archive.write({"a.txt": b""}), b"PK\3\4", b""])
    def test_other_files_are_not_qti(self, data: bytes) -> None:
        assert not any(registry.FORMATS[name].recognises(data) for name in ("qti_1.2", "qti_2.1", "qti_3.0"))


class TestPackages:
    def test_items_media_tags_and_difficulty(self) -> None:
        body = '<p><img src="../img/a%20b.png" alt="A b"/></p>'
        about = (
            "<metadata><lom><general><keyword><langstring>easy one</langstring></keyword></general>"
            "<educational><difficulty><value><langstring>very difficult</langstring></value></difficulty></educational>"
            "</lom></metadata>"
        )
        resources = f'<resource identifier="r" type="imsqti_item_xmlv2p1" href="items/a.xml">{about}</resource>'
        found = read(package({"items/a.xml": right(body=body), "img/a b.png": PNG}, resources))
        (question,) = found.questions
        (digest,) = found.media
        assert f'<img src="media:{digest}" alt="A b">' in question.body["prompt"]
        assert (found.media[digest].name, found.media[digest].media_type) == ("a b.png", "image/png")
        assert (question.tags, question.difficulty, question.element) == (["easy one"], "hard", "items/a.xml")

    def test_a_test_gives_category_and_order_and_tells_what_is_lost(self) -> None:
        references = "".join(f'<assessmentItemRef identifier="{name}" href="{name}.xml"/>' for name in ("b", "a"))
        test = (
            '<assessmentTest xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="t" title="Unit 1/2">'
            f"<testPart><assessmentSection>{references}</assessmentSection></testPart></assessmentTest>"
        )
        found = read(package({"a.xml": right("a"), "b.xml": right("b"), "c.xml": right("c"), "t.xml": test.encode()}))
        assert [(question.external_id, question.category) for question in found.questions] == [
            ("b", "Unit 1∕2"), ("a", "Unit 1∕2"), ("c", ""),
        ]  # fmt: skip
        assert len(found.losses) == 1

    def test_a_shared_stimulus_has_pictures_of_its_own(self) -> None:
        shown = '<p><img src="b.png" alt="A bird"/> <img src="no.png" alt="No bird"/></p>'
        stimulus = f'<assessmentStimulus identifier="s"><stimulusBody>{shown}</stimulusBody></assessmentStimulus>'
        reference = b'<assessmentStimulusRef identifier="s" href="../texts/s.xml"/><itemBody>'
        data = right().replace(b"<itemBody>", reference)
        found = read(package({"items/a.xml": data, "texts/s.xml": stimulus.encode(), "texts/b.png": PNG}))
        assert 'alt="A bird"' in found.questions[0].body["prompt"]
        assert [(loss.text % loss.params, loss.element) for loss in found.losses] == [
            ('"no.png" is not in the file, or no picture, sound or film; it is left out.', "texts/s.xml")
        ]

    def test_a_shared_stimulus_stands_before_the_question(self) -> None:
        stimulus = (
            '<assessmentStimulus xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="s" title="S">'
            "<stimulusBody><p>Once upon a time.</p></stimulusBody></assessmentStimulus>"
        )
        reference = b'<assessmentStimulusRef identifier="s" href="s.xml"/><itemBody>'
        data = right().replace(b"<itemBody>", reference)
        found = read(package({"a.xml": data, "s.xml": stimulus.encode()}))
        assert found.questions[0].body["prompt"].startswith("<div><p>Once upon a time.</p></div>")

    def test_a_stimulus_that_is_not_there_is_told(self) -> None:
        data = right().replace(b"<itemBody>", b'<assessmentStimulusRef identifier="s" href="no.xml"/><itemBody>')
        for file in (package({"a.xml": data}), data):
            (question,) = read(file).questions
            assert [loss.text % loss.params for loss in question.losses] == [
                'The text "no.xml" that belongs to the question is not in the file.'
            ]

    def test_a_folder_around_the_package_and_a_resource_named_by_its_file(self) -> None:
        manifest = b'<manifest><resources><resource><file href="a.xml"/></resource></resources></manifest>'
        data = archive.write({"out/imsmanifest.xml": manifest, "out/a.xml": right()})
        assert [question.element for question in read(data).questions] == ["out/a.xml"]

    def test_a_wrong_item_never_hides_the_next(self) -> None:
        wrong = item(response("A"), '<drawingInteraction responseIdentifier="RESPONSE"/>')
        found = read(package({"a.xml": right("a"), "b.xml": wrong, "c.xml": b"<assessmentItem>", "d.xml": right("d")}))
        assert [question.external_id for question in found.questions] == ["a", "d"]
        assert sorted(error.element for error in found.errors) == ["b.xml", "c.xml"]

    def test_an_identifier_is_used_once(self) -> None:
        found = read(package({"a.xml": right(), "b.xml": right(body="<p>Other</p>")}))
        assert len(found.questions) == 1
        assert said(found) == ['The identifier "q1" is used in a.xml too. Give each question its own.']

    def test_the_same_question_is_taken_once_with_a_loss(self) -> None:
        found = read(package({"a.xml": right(), "b.xml": right()}))
        assert (len(found.questions), said(found), [loss.element for loss in found.losses]) == (1, [], ["b.xml"])

    def test_an_identifier_that_is_too_long_is_left_out_with_a_warning(self) -> None:
        question = one(right("x" * 10_000))
        assert (question.external_id, len(question.warnings)) == ("", 1)

    def test_a_file_that_the_manifest_does_not_name_is_told(self) -> None:
        resources = '<resource identifier="r" type="imsqti_item_xmlv2p1" href="a.xml"/>'
        found = read(package({"a.xml": right("a"), "b.xml": right("b")}, resources))
        assert ([question.external_id for question in found.questions], [loss.element for loss in found.losses]) == (
            ["a"], ["b.xml"],
        )  # fmt: skip

    @pytest.mark.parametrize("href", ["http://127.0.0.1/a.xml", "file:///etc/a.xml", "../../a.xml", "/a.xml",
                                      "gone.xml", "data:text/xml,a.xml", "a.xml#other.xml"])  # fmt: skip
    def test_a_resource_that_leads_elsewhere_is_an_error(self, href: str) -> None:
        found = read(
            package({"a.xml": right()}, f'<resource identifier="r" type="imsqti_item_xmlv2p1" href="{href}"/>')
        )
        assert found.questions == []
        assert href in said(found)[0]

    @pytest.mark.parametrize("href", ["http://127.0.0.1/a.png", "file:///etc/a.png", "../a.png", "gone.png",
                                      "data:image/png;base64,AAAA", "//host/a.png"])  # fmt: skip
    def test_a_picture_that_leads_elsewhere_is_left_out_with_a_loss(self, href: str) -> None:
        found = read(package({"a.xml": right(body=f'<p>See <img src="{href}" alt="words"/></p>'), "a.png": PNG}))
        (question,) = found.questions
        assert "See words" in question.body["prompt"]
        assert (found.media, len(question.losses)) == ({}, 1)

    def test_resources_that_depend_on_each_other_end(self) -> None:
        resources = "".join(
            f'<resource identifier="{one}" type="imsqti_item_xmlv2p1" href="{one}.xml">'
            f'<dependency identifierref="{other}"/></resource>' for one, other in ("ab", "ba")
        )  # fmt: skip
        assert len(read(package({"a.xml": right("a"), "b.xml": right("b")}, resources)).questions) == 2


class TestHostile:
    def test_packages_that_are_none(self) -> None:
        assert "no imsmanifest.xml" in refusal(archive.write({"a.xml": right()}))
        twice = {"a/imsmanifest.xml": b"<manifest/>", "b/imsmanifest.xml": b"<manifest/>"}
        assert "several imsmanifest.xml" in refusal(archive.write(twice))
        assert "not well-formed" in refusal(archive.write({"imsmanifest.xml": b"<manifest>"}))
        assert said(read(archive.write({"imsmanifest.xml": b"<manifest/>"})))

    def test_an_archive_is_checked_before_the_manifest(self) -> None:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as file:
            file.writestr("imsmanifest.xml", "<manifest/>")
            file.writestr("../../x.xml", right())
        assert "leads elsewhere" in refusal(stream.getvalue())
        assert registry.format_of(stream.getvalue()).name == "qti_2.1"
        assert "200 times" in refusal(package({"a.xml": right() + b" " * 5_000_000}))

    @pytest.mark.parametrize("head", [
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ])  # fmt: skip
    def test_document_types_are_refused(self, head: str) -> None:
        data = right().replace(b"?>\n", b"?>" + head.encode(), 1)
        assert "document type" in refusal(data)
        assert "document type" in said(read(package({"a.xml": data})))[0]

    @pytest.mark.parametrize("named", ["", ' SYSTEM "http://127.0.0.1:9/a.dtd"', ' PUBLIC "-//W3C//DTD" "m.dtd"'])
    def test_a_document_type_without_definitions_is_not_read(self, named: str) -> None:
        """As some German systems write them, for the sake of MathML."""
        data = right().replace(b"?>\n", b"?><!DOCTYPE assessmentItem" + named.encode() + b">\n", 1)
        assert one(data).line == 2

    def test_nothing_is_included(self) -> None:
        include = '<include xmlns="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'
        data = right(body=f"<p>Before {include} after</p>")
        assert "Before  after" in one(data).body["prompt"]
        assert any("include" in str(loss.params) for loss in one(data).losses)

    def test_style_sheets_are_left_out(self) -> None:
        data = right().replace(b"<itemBody>", b'<stylesheet href="http://127.0.0.1/a.css" type="text/css"/><itemBody>')
        data = data.replace(b"?>\n", b'?><?xml-stylesheet href="http://127.0.0.1/a.xsl" type="text/xsl"?>\n', 1)
        assert losses(data) == ["The styles of the file are left out."]

    @pytest.mark.parametrize("rule", ["customOperator", "lookupOutcomeValue", "random", "while", "include"])
    def test_rules_that_are_not_understood_are_named_wherever_they_stand(self, rule: str) -> None:
        never = when("<isNull><null/></isNull>", score("1"), otherwise=f"<{rule} class='x.Y'/>")
        right = when(f"<match>{RESPONSE}{CORRECT}</match>", score("1"))
        assert rule in fault(item(response("A"), choices("a", "b"), rules(right, never)))

    def test_rules_without_end_are_stopped(self) -> None:
        many = rules(*[when(f"<match>{RESPONSE}{CORRECT}</match>", score("1"))] * 4_000)
        data = item(response("A", cardinality="multiple"), choices(*map(str, range(20)), most=0), many)
        assert "too many steps" in fault(data)

    def test_rules_that_are_nested_too_deeply_are_refused(self) -> None:
        deep = "<not>" * 60 + f"<match>{RESPONSE}{CORRECT}</match>" + "</not>" * 60
        assert "nested too deeply" in fault(item(response("A"), choices("a", "b"), rules(when(deep, score("1")))))

    @pytest.mark.parametrize("worth", ["NaN", "INF", "1e400", "many", "", "١"])
    def test_a_worth_that_is_no_number_is_an_error(self, worth: str) -> None:
        assert "is not a number" in fault(item(response("A", f":A={worth}"), choices("a", "b")))

    def test_a_cardinality_that_does_not_fit_is_no_crash(self) -> None:
        for cardinality in ("single", "multiple", "ordered", "record", "none"):
            for base in ("identifier", "string", "float", "pair", "point", "file", "none"):
                read(item(response("A", cardinality=cardinality, base=base), choices("a", "b"), MATCH_CORRECT))
                read(item(response("A", cardinality=cardinality, base=base), entry(), MATCH_CORRECT))

    @pytest.mark.parametrize("rule", [
        "<setOutcomeValue/>",
        '<setOutcomeValue identifier="SCORE"><divide><baseValue baseType="float">1</baseValue>'
        '<baseValue baseType="float">0</baseValue></divide></setOutcomeValue>',
        '<setOutcomeValue identifier="SCORE"><index n="x"><variable identifier="RESPONSE"/></index></setOutcomeValue>',
        '<setOutcomeValue identifier="SCORE"><variable/></setOutcomeValue>', '<setOutcomeValue identifier="SCORE"/>',
        '<setOutcomeValue identifier="SCORE"><mapResponse identifier="RESPONSE"/></setOutcomeValue>',
        '<setOutcomeValue identifier="SCORE"><sum/></setOutcomeValue>',
    ])  # fmt: skip
    def test_broken_rules_are_errors(self, rule: str) -> None:
        assert fault(item(response("A"), choices("a", "b"), rules(rule)))

    @pytest.mark.parametrize("rule", [
        "<responseCondition/>", "<responseCondition><responseIf/></responseCondition>", "<responseIf/>",
        f"<responseCondition><responseIf><match>{RESPONSE}{CORRECT}</match></responseIf></responseCondition>",
    ])  # fmt: skip
    def test_rules_that_give_no_points_leave_it_to_the_key(self, rule: str) -> None:
        """As Blackboard writes them."""
        question = one(item(response("A"), choices("a", "b"), rules(rule)))
        assert [option["fraction"] for option in question.body["options"]] == ["1", "0"]
        assert "give no points" in question.warnings[0].text

    def test_variables_in_a_text_are_refused(self) -> None:
        assert "printedVariable" in fault(right(body='<p><printedVariable identifier="SCORE"/></p>'))

    def test_an_item_without_anything(self) -> None:
        assert "no body" in fault(b"<assessmentItem/>")
        assert "is not declared" in fault(item("", choices("a", "b")))
        assert "with an identifier of its own" in fault(item(response("A"), choices()))
        assert "with an identifier of its own" in fault(item(response("A"), choices("a", "b").replace('"B"', '"A"')))
        assert "says the same" in fault(item(response("A"), choices("same", "same")))
        assert "holds no question" in fault(b'<assessmentTest identifier="t"/>')


class TestTexts:
    def test_what_html_has_no_place_for_is_told(self) -> None:
        body = (
            '<p style="color:red">A <a href="http://127.0.0.1/">link</a>, <script>alert(1)</script>'
            '<unknown>word</unknown></p><iframe src="x"/>'
        )
        data = right(body=body)
        assert "A link, word" in one(data).body["prompt"]
        assert len(losses(data)) == 5

    def test_formulas(self) -> None:
        mathml = '<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>x</mi><mo>+</mo><mn>1</mn>{}</math>'
        tex = '<annotation encoding="application/x-tex">x + 1 &lt; y</annotation>'
        assert "\\(x+1\\)" in one(right(body=f"<p>{mathml.format('')}</p>")).body["prompt"]
        boxed = f"<p>{mathml.format('<menclose><mi>y</mi></menclose>')}</p>"
        assert "x+1y" in one(right(body=boxed)).body["prompt"]
        assert any("MathML" in loss for loss in losses(right(body=boxed)))
        semantics = mathml.format("").replace("<mi>", "<semantics><mi>").replace("</math>", f"{tex}</semantics></math>")
        assert "\\(x + 1 &lt; y\\)" in one(right(body=f"<p>{semantics}</p>")).body["prompt"]

    def test_accessibility_and_adaptive_items_are_losses(self) -> None:
        data = item(response("A"), choices("a", "b"), after="<apipAccessibility/>", attributes="").replace(
            b'adaptive="false"', b'adaptive="true"'
        )
        assert len(losses(data)) == 2

    def test_sounds_and_films(self) -> None:
        sound = '<object data="a.mp3" type="audio/mpeg">A bird</object>'
        body = f'<p>Listen: {sound}<video src="b.mp4" title="B" width="30"/></p>'
        found = read(package({"a.xml": right(body=body), "a.mp3": b"ID3", "b.mp4": b"ftyp"}))
        prompt = found.questions[0].body["prompt"]
        assert re.search(r'<audio src="media:[0-9a-f]{64}" title="A bird"', prompt)
        assert re.search(r'<video src="media:[0-9a-f]{64}" title="B" width="30"', prompt)

    def test_the_outcome_of_another_name_is_the_score_where_it_is_the_only_one(self) -> None:
        other = SCORE.replace("SCORE", "grade")
        own = rules(when(f"<match>{RESPONSE}{CORRECT}</match>", score("3").replace("SCORE", "grade")))
        assert one(item(response("A"), choices("a", "b"), own, outcomes=other)).points == 3


def test_both_formats_read_all_versions() -> None:
    assert QTI30.parse is not None
    assert QTI21.parse is not None
    assert QTI30.parse(right()).questions == QTI21.parse(right()).questions
