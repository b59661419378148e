"""Items of QTI for tests, written after the specifications: what differs between cases goes in."""

from __future__ import annotations

from typing import Any

from examhall.bank.formats import Import, Item, archive
from examhall.bank.formats.qti import QTI21

MATCH_CORRECT = '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/>'
MAP_RESPONSE = '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/map_response"/>'
SCORE = '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>'


def response(
    correct: str = "",
    mapping: str = "",
    *,
    cardinality: str = "single",
    base: str = "identifier",
    name: str = "RESPONSE",
) -> str:
    """A response declaration: `correct` lists values between "|", `mapping` says its attributes and "key=points"."""
    values = "".join(f"<value>{value}</value>" for value in correct.split("|")) if correct else ""
    made = f"<correctResponse>{values}</correctResponse>" if correct else ""
    if mapping:
        bounds, _, entries = mapping.rpartition(":")
        pairs = [entry.split("=") for entry in entries.split("|")]
        made += f"<mapping {bounds}>" + "".join(
            f'<mapEntry mapKey="{key}" mappedValue="{points}"/>' for key, points in pairs
        )
        made += "</mapping>"
    attributes = f'identifier="{name}" cardinality="{cardinality}" baseType="{base}"'
    return f"<responseDeclaration {attributes}>{made}</responseDeclaration>"


def item(
    declarations: str,
    body: str,
    rules: str = MATCH_CORRECT,
    *,
    after: str = "",
    outcomes: str = SCORE,
    attributes: str = "",
) -> bytes:
    """An assessmentItem of 2.1."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1"'
        f' identifier="q1" title="A title" adaptive="false" timeDependent="false" {attributes}>\n'
        f"{declarations}{outcomes}\n<itemBody>{body}</itemBody>\n{rules}{after}</assessmentItem>"
    ).encode()


def choices(*texts: str, most: int = 1, more: str = "") -> str:
    """A choiceInteraction with the choices A, B, C …"""
    options = "".join(f'<simpleChoice identifier="{chr(65 + n)}">{text}</simpleChoice>' for n, text in enumerate(texts))
    start = f'<choiceInteraction responseIdentifier="RESPONSE" maxChoices="{most}" {more}>'
    return f"{start}<prompt>Which?</prompt>{options}</choiceInteraction>"


def entry(text: str = "How much? ") -> str:
    """A question with one field to write into."""
    return f'<p>{text}</p><p><textEntryInteraction responseIdentifier="RESPONSE"/></p>'


def rules(*conditions: str) -> str:
    """Response processing of one's own."""
    return f"<responseProcessing>{''.join(conditions)}</responseProcessing>"


def score(points: str) -> str:
    """A rule that sets the score."""
    return f'<setOutcomeValue identifier="SCORE"><baseValue baseType="float">{points}</baseValue></setOutcomeValue>'


def when(test: str, *then: str, otherwise: str = "") -> str:
    """A response condition."""
    otherwise = f"<responseElse>{otherwise}</responseElse>" if otherwise else ""
    return f"<responseCondition><responseIf>{test}{''.join(then)}</responseIf>{otherwise}</responseCondition>"


RESPONSE = '<variable identifier="RESPONSE"/>'
CORRECT = '<correct identifier="RESPONSE"/>'


def read(data: bytes) -> Import:
    """What a file says."""
    assert QTI21.parse is not None
    return QTI21.parse(data)


def one(data: bytes) -> Item:
    """The only question of a file, which has no error."""
    found = read(data)
    assert said(found) == []
    (question,) = found.questions
    return question


def said(found: Import) -> list[str]:
    """The errors of a file."""
    return [error.text % error.params for error in found.errors]


def fault(data: bytes) -> str:
    """The one error of a file without a sound question."""
    found = read(data)
    assert found.questions == []
    (message,) = said(found)
    return message


def losses(data: bytes) -> list[str]:
    """What is lost of the only question of a file."""
    return [loss.text % loss.params for loss in one(data).losses]


def parts(data: bytes, *names: str) -> list[Any]:
    """These fields of each option, or answer, of the only question of a file."""
    body = one(data).body
    found = body.get("options") or body["answers"]
    return [tuple(part[name] for name in names) if len(names) > 1 else part[names[0]] for part in found]


def package(files: dict[str, bytes], resources: str = "", *, before: str = "") -> bytes:
    """A content package of 2.1; its items are named in the manifest where `resources` doesn't say otherwise."""
    listed = resources or "".join(
        f'<resource identifier="r{number}" type="imsqti_item_xmlv2p1" href="{name}"><file href="{name}"/></resource>'
        for number, name in enumerate(files)
        if name.endswith(".xml")
    )
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"'
        f' identifier="m">{before}<organizations/><resources>{listed}</resources></manifest>'
    )
    return archive.write({"imsmanifest.xml": manifest.encode(), **files})
