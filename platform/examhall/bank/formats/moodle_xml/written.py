"""Questions of Moodle XML in which something is written: words, numbers, essays; and texts without a question."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from examhall.bank.formats.moodle_xml.choices import Draft
from examhall.bank.formats.moodle_xml.node import Node
from examhall.bank.formats.moodle_xml.question import Question
from examhall.bank.types.contract import as_text
from examhall.bank.types.essay import LINES_LIMIT
from examhall.bank.types.upload import BYTES_LIMIT, FILES_LIMIT
from examhall.errors import N_

_NO_UNITS, _RADIO, _SELECT = "3", "1", "2"
_TOLERANCES = {"1": "relative", "2": "nominal", "3": "geometric"}
_NAME = re.compile(r"[^\W\d_]\w{0,31}")
# Groups of endings that Moodle names, as far as they are files one hands in.
_GROUPS = {
    "document": ("doc", "docx", "odt", "pdf", "rtf", "txt"),
    "image": ("gif", "jpeg", "jpg", "png"),
    "web_image": ("gif", "jpeg", "jpg", "png"),
    "spreadsheet": ("csv", "ods", "xls", "xlsx"),
    "presentation": ("odp", "ppt", "pptx"),
    "archive": ("zip",),
    "audio": ("m4a", "mp3", "ogg", "wav"),
    "video": ("mov", "mp4", "webm"),
}


def shortanswer(question: Question) -> Draft:
    """Words to write. The first answer that matches counts."""
    answers: list[dict[str, Any]] = []
    for answer in question.answers():
        question.places[f"answers.{len(answers)}"] = answer
        fraction = as_text(question.fraction(answer))
        answers.append({"text": question.written(answer), "fraction": fraction, "feedback": question.feedback(answer)})
    return "short_text", {"answers": answers, "case_sensitive": question.yes("usecase", False)}


def numerical(question: Question) -> Draft:
    """A number to write, with a tolerance, perhaps with a unit."""
    answers: list[dict[str, Any]] = []
    for answer in question.answers():
        question.places[f"answers.{len(answers)}"] = answer
        text = question.written(answer)
        earns: dict[str, Any] = {"fraction": as_text(question.fraction(answer)), "feedback": question.feedback(answer)}
        tolerance = answer.take("tolerance")
        if text == "*":
            answers.append(earns | {"any": True})
            continue
        value = {"value": as_text(question.number(answer, text))}
        if tolerance and (said := tolerance.take_text()):
            value["tolerance"] = as_text(abs(question.number(tolerance, said)))
        answers.append(earns | value)
    return "numeric", {"answers": answers} | _units(question)


def calculated(question: Question) -> Draft:
    """A number worked out from values that are drawn: those of the file, or from the ranges where it has none."""
    answers: list[dict[str, Any]] = []
    for answer in question.answers():
        question.places[f"answers.{len(answers)}"] = answer
        formula = question.written(answer)
        kind = _TOLERANCES.get(answer.setting("tolerancetype", "1"), "relative")
        decimals = answer.setting("correctanswerformat", "1") != "2"
        length = int(question.number(answer, answer.setting("correctanswerlength", "2")))
        answers.append({
            "formula": formula,
            "tolerance": as_text(abs(question.number(answer, answer.setting("tolerance", "0")))),
            "tolerance_type": kind,
            "shown": {"digits": length, "kind": "decimals" if decimals else "significant"},
            "fraction": as_text(question.fraction(answer)),
            "feedback": question.feedback(answer),
        })  # fmt: skip
    question.node.discard("single", "shuffleanswers", "answernumbering")  # they matter to calculatedmulti only
    return "calculated", {"answers": answers} | _datasets(question) | _units(question)


def essay(question: Question) -> Draft:
    """A text for a marker to read or, without a field for text, files to hand in."""
    notes = question.html("graderinfo")
    template = question.texts.plain(question.node.take("responsetemplate"))
    form = question.node.take("responseformat")
    name = form.take_text() if form else "editor"
    files = question.whole("attachments", 0)
    if name == "noinline":
        # Without a field for text, files are all that an answer is
        question.node.discard("responserequired", "responsefieldlines", "minwordlimit", "maxwordlimit")
        required = next((child for child in question.node.children if child.tag == "attachmentsrequired"), None)
        if required is not None and required.text in ("", "0", "1"):
            question.node.discard("attachmentsrequired")
        return "upload", {"marking_notes": notes} | _handed_in(question, files)
    if name not in ("editor", "plain", ""):
        message = N_('The answer is plain text here. "%(name)s" is not kept.')
        question.lose(form or question.node, message, name=name[:40])
    if files:
        message = N_("Files cannot be handed in with an essay here. Add a question for the upload.")
        question.lose(question.node, message)
        question.node.discard("attachmentsrequired", "filetypeslist", "maxbytes")
    data: dict[str, Any] = {"template": template, "marking_notes": notes}
    data["lines"] = min(max(question.whole("responsefieldlines", 15), 1), LINES_LIMIT)
    for ours, theirs in (("min_words", "minwordlimit"), ("max_words", "maxwordlimit")):
        data[ours] = question.whole(theirs, 0) or None
    return "essay", data


def description(question: Question) -> Draft:
    """A text without a question."""
    return "description", {}


def _handed_in(question: Question, files: int) -> dict[str, Any]:
    if not 0 < files <= FILES_LIMIT:
        if files > 0 or files == -1:
            message = N_("As many files as one likes are %(limit)s files here.")
            question.lose(question.node, message, limit=FILES_LIMIT)
        files = FILES_LIMIT if files else 1
    data: dict[str, Any] = {"max_files": files}
    if (size := question.whole("maxbytes", 0)) > 0:
        data["max_bytes"] = min(size, BYTES_LIMIT)
        if size > BYTES_LIMIT:
            message = N_("A file may have at most %(limit)s MB here.")
            question.lose(question.node, message, limit=BYTES_LIMIT // 2**20)
    listed = question.node.take("filetypeslist")
    endings: list[str] = []
    for word in re.split(r"[\s,;]+", listed.take_text().lower() if listed else ""):
        ending = word.removeprefix("*").removeprefix(".")
        if re.fullmatch(r"[a-z0-9]{1,10}", ending) and (word.startswith((".", "*.")) or ending not in _GROUPS):
            endings.append(ending)
        elif word in _GROUPS:
            endings.extend(_GROUPS[word])
        elif word and listed:
            question.lose(listed, N_('"%(name)s" is no ending of file names, so it is left out.'), name=word[:40])
    return data | ({"accept": endings} if endings else {})


def _units(question: Question) -> dict[str, Any]:
    listed = question.node.take("units")
    units: list[tuple[str, Decimal, Node]] = []
    for unit in listed.take_all("unit") if listed else []:
        multiplier = question.number(unit, unit.setting("multiplier", "1"))
        if name := unit.setting("unit_name"):
            units.append((name, multiplier, unit))
    grading = question.node.setting("unitgradingtype", "0")
    penalty = question.node.setting("unitpenalty")
    shown = question.node.setting("showunits", "0" if units else _NO_UNITS)
    left = question.node.setting("unitsleft", "0") == "1"
    if not units or shown == _NO_UNITS:
        if units and listed:
            question.lose(listed, N_("The units are left out, as the question asks for none."))
        return {}
    if all(multiplier != 1 for _, multiplier, _ in units):
        raise units[0][2].fault(N_("No unit has the multiplier 1. Give it to the one that the answers are in."))
    units.sort(key=lambda unit: unit[1] != 1)  # the first one is what the answers are in; the rest keep their order
    question.places |= {f"units.{place}": node for place, (_, _, node) in enumerate(units)}
    data: dict[str, Any] = {
        "units": [{"name": name, "multiplier": as_text(multiplier)} for name, multiplier, _ in units],
        "unit_use": "optional" if grading in ("0", "") else "required",
        "unit_input": "choice" if shown in (_RADIO, _SELECT) else "text",
        "units_left": left,
    }
    if data["unit_use"] == "optional":
        return data | {"unit_penalty": "0"}  # there a wrong unit costs nothing
    if penalty:
        data["unit_penalty"] = as_text(question.number(question.node, penalty))
    return data | {"unit_penalty_of": "max" if grading == "2" else "mark"}


def _datasets(question: Question) -> dict[str, Any]:
    """The variables, and variants where every variable has a value for them."""
    outer = question.node.take("dataset_definitions")
    variables: list[dict[str, Any]] = []
    columns: list[dict[str, str]] = []
    for definition in outer.take_all("dataset_definition") if outer else []:
        name = definition.setting("name")
        if not _NAME.fullmatch(name):
            message = N_('A variable cannot be called "%(name)s". Use letters and digits, beginning with a letter.')
            raise definition.fault(message, name=name[:40])
        question.places[f"variables.{len(variables)}"] = definition
        low, high = (question.number(definition, definition.setting(tag, "0")) for tag in ("minimum", "maximum"))
        variables.append({
            "name": name,
            "low": as_text(min(low, high)),
            "high": as_text(max(low, high)),
            "decimals": int(question.number(definition, definition.setting("decimals", "1"))),
            "scale": "log" if definition.setting("distribution", "uniform").startswith("log") else "uniform",
        })  # fmt: skip
        columns.append(_values(question, definition))
        if definition.setting("status", "private") == "shared":
            question.lose(
                definition, N_("The values of %(name)s are this question's own, no longer shared."), name=name
            )
        definition.discard("type", "itemcount", "number_of_items")  # a file counts its own values
    numbers = [number for number in (columns[0] if columns else {}) if all(number in column for column in columns)]
    names = [variable["name"] for variable in variables]
    variants = [dict(zip(names, (column[number] for column in columns), strict=True)) for number in numbers]
    return {"variables": variables, "variants": variants}


def _values(question: Question, definition: Node) -> dict[str, str]:
    outer = definition.take("dataset_items")
    values: dict[str, str] = {}
    for item in outer.take_all("dataset_item") if outer else []:
        value: Decimal = question.number(item, item.setting("value", "0"))
        values[item.setting("number")] = as_text(value)
    return values
