"""Sound files of every format, to be spoilt: a question of each type, as our own exporters write it."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

from examhall.bank.formats import Item
from examhall.bank.formats.registry import FORMATS
from examhall.bank.types import type_named

_OPTIONS = [{"text": "a <b>b</b>", "fraction": "1", "feedback": "<p>yes</p>"}, {"text": "c", "fraction": "-0.5"}]
_BODIES: dict[str, dict[str, Any]] = {
    "single_choice": {"options": _OPTIONS},
    "multiple_choice": {"options": _OPTIONS},
    "true_false": {"correct": False, "feedback_true": "no"},
    "kprim": {"rows": [{"text": text, "correct": text == "a"} for text in "abcd"]},
    "short_text": {"answers": [{"text": "colo*r", "fraction": "1"}, {"text": "hue", "fraction": "0.5"}]},
    "numeric": {"answers": [{"value": "9.81", "tolerance": "0.02", "fraction": "1"}, {"any": True, "fraction": "0"}]},
    "matching": {
        "stems": [{"text": "Spain", "choice": "c1"}, {"text": "Italy", "choice": "c2"}],
        "choices": [{"key": "c1", "text": "Madrid"}, {"key": "c2", "text": "Rome"}, {"key": "c3", "text": "Oslo"}],
    },
    "ordering": {"items": [{"text": "one"}, {"text": "two"}, {"text": "three"}]},
    "cloze": {
        "prompt": "A {#1} and {#2}.",
        "gaps": [
            {"key": "1", "kind": "short_text", "answers": [{"text": "x", "fraction": "1"}]},
            {"key": "2", "kind": "choice", "options": _OPTIONS},
        ],
    },
    "calculated": {
        "prompt": "What is {a} + 1?",
        "variables": [{"name": "a", "low": "1", "high": "9"}],
        "answers": [{"formula": "{a} + 1", "fraction": "1"}],
    },
    "essay": {"template": "Dear", "max_words": 200},
    "upload": {"accept": ["pdf"]},
    "hotspot": {
        "image": "a" * 64, "alt": "A map", "width": 9, "height": 9,
        "regions": [{"label": "x", "shape": "rect", "coords": [0, 0, 5, 5], "fraction": "1"}],
    },
    "description": {},
}  # fmt: skip
_ITEMS = [
    Item(1, f"A {kind}", kind, type_named(kind).validate({"prompt": "Which?", "feedback": "So.", **data}).to_json(),
         category="a/b", tags=["t"], external_id=kind)
    for kind, data in _BODIES.items()
]  # fmt: skip
_BY_HAND: dict[str, list[bytes]] = {
    "gift": [
        b"$CATEGORY: $course$/top/a\n\n// [id:x] [tag:y]\n::N::[plain]*a* {\n~%50%b#c\n~%50%d\n####e\n}\n\nf{#1..2} g",
        b"a{=\\(x^{2}=1\\) ~<b title=\"=\">c</b> ~%-33,3%d}\n\nb{#=3:0.1 =%50%*#z}\n\nc{=a -> b =c -> d}\n\nd{}",
    ],
    "aiken": [b"A. Einstein was born in\nA) 1879\nB. 1880\nANSWER: A\n"],
    "csv": [b"sep=;\nQuestion;A;B;Right\n'=x;1 -> 2;-> 3;A=50%", b'question,type,a,right\n"a\nb",numeric,9 .. 10,\n'],
    "moodle_xml": [
        b'<quiz><question type="multichoice"><name><text>n</text></name><questiontext format="html"><text><![CDATA[<p>'
        b'&nbsp;@@PLUGINFILE@@/a.png</p>]]></text><file name="a.png" encoding="base64">iVBORw0K</file></questiontext>'
        b'<answer fraction="100"><text>a</text></answer><answer fraction="-33.333"><text>b</text></answer></question>'
        b'<question type="cloze"><questiontext><text>a {1:SA:=b~%50%c} {2:NM:=1:0.1}</text></questiontext></question>'
        b"</quiz>"
    ],
    "qti_1.2": [
        b'<questestinterop><assessment ident="a"><section ident="s"><item ident="i" title="t"><presentation><material>'
        b'<mattext texttype="text/html">a</mattext></material><response_lid ident="r" rcardinality="Single">'
        b'<render_choice><response_label ident="x"><material><mattext>b</mattext></material></response_label>'
        b'<response_label ident="y"><material><mattext>c</mattext></material></response_label></render_choice>'
        b'</response_lid></presentation><resprocessing><outcomes><decvar maxvalue="100" varname="SCORE"/></outcomes>'
        b'<respcondition><conditionvar><varequal respident="r">x</varequal></conditionvar><setvar action="Set" '
        b'varname="SCORE">100</setvar></respcondition></resprocessing></item></section></assessment></questestinterop>',
        b'<questestinterop><item><itemmetadata><bbmd_questiontype>Matching</bbmd_questiontype></itemmetadata>'
        b'<presentation><material><mattext>m</mattext></material>'
        b'<flow><response_lid ident="a"><render_choice><response_label ident="x"/><response_label'
        b' ident="y"/></render_choice></response_lid><flow><material><mat_extension><mat_formattedtext type="HTML">s'
        b'</mat_formattedtext></mat_extension></material></flow></flow><flow class="RIGHT_MATCH_BLOCK"><flow><material>'
        b'<mattext>1</mattext></material></flow><flow><material><mattext>2</mattext></material></flow></flow>'
        b'</presentation><resprocessing><respcondition><conditionvar><varequal respident="a">y</varequal>'
        b'</conditionvar><displayfeedback linkrefid="correct"/></respcondition></resprocessing></item>'
        b"</questestinterop>",
    ],
    "qti_2.1": [
        b'<assessmentItem identifier="q" title="t"><responseDeclaration identifier="R" cardinality="single"'
        b' baseType="integer"/><outcomeDeclaration identifier="RAW" cardinality="single" baseType="integer"/>'
        b'<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"><interpolationTable>'
        b'<interpolationTableEntry sourceValue="1" targetValue="8"/></interpolationTable></outcomeDeclaration>'
        b'<templateDeclaration identifier="X" cardinality="single" baseType="integer"/><templateProcessing>'
        b'<setTemplateValue identifier="X"><randomInteger min="1" max="9" step="2"/></setTemplateValue>'
        b'<templateConstraint><gt><variable identifier="X"/><baseValue baseType="integer">3</baseValue></gt>'
        b'</templateConstraint><setCorrectResponse identifier="R"><sum><variable identifier="X"/><baseValue'
        b' baseType="integer">1</baseValue></sum></setCorrectResponse></templateProcessing><itemBody><p>After'
        b' <printedVariable identifier="X"/>? <textEntryInteraction responseIdentifier="R"/></p></itemBody>'
        b'<responseProcessing><responseCondition><responseIf><equal toleranceMode="exact"><variable identifier="R"/>'
        b'<correct identifier="R"/></equal><setOutcomeValue identifier="RAW"><baseValue baseType="integer">1'
        b'</baseValue></setOutcomeValue></responseIf></responseCondition><lookupOutcomeValue'
        b' identifier="SCORE"><variable identifier="RAW"/></lookupOutcomeValue></responseProcessing></assessmentItem>'
    ],
    "qti_3.0": [
        b'<qti-assessment-item identifier="q" title="t"><qti-response-declaration identifier="R" cardinality="multiple"'
        b' base-type="directedPair"><qti-mapping default-value="0"><qti-map-entry map-key="a x" mapped-value="1"/>'
        b'<qti-map-entry map-key="a y" mapped-value="1"/></qti-mapping></qti-response-declaration><qti-item-body>'
        b'<qti-match-interaction response-identifier="R"><qti-prompt>Which?</qti-prompt><qti-simple-match-set>'
        b'<qti-simple-associable-choice identifier="a" match-max="0">a</qti-simple-associable-choice>'
        b'</qti-simple-match-set><qti-simple-match-set><qti-simple-associable-choice identifier="x" match-max="0">x'
        b'</qti-simple-associable-choice><qti-simple-associable-choice identifier="y" match-max="0">y'
        b'</qti-simple-associable-choice></qti-simple-match-set></qti-match-interaction></qti-item-body>'
        b'<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/map_response"/>'
        b'</qti-assessment-item>'
    ],
}  # fmt: skip


def seeds(name: str) -> list[bytes]:
    """Sound files of a format: all types in one, each alone, and what only other systems write."""
    export = FORMATS[name].export
    found = [export(items, {}, "Bank").data for items in [_ITEMS, *([item] for item in _ITEMS)]] if export else []
    found = [data for data in found + _BY_HAND.get(name, []) if data]
    return found + [part for data in found for part in _parts(data)]


def _parts(data: bytes) -> list[bytes]:
    """The files of an archive: what is spoilt within a compressed one is hardly ever read."""
    if not data.startswith(b"PK"):
        return []
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return [archive.read(name) for name in archive.namelist() if name.endswith(".xml")]
