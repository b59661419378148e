"""Questions of Moodle XML with rows: the plug-ins of ETH Zürich, "kprime", "mtf" and "sc"."""

from __future__ import annotations

from typing import Any

from examhall.bank.content.richtext import plain_text, sanitise
from examhall.bank.formats.moodle_xml.choices import Draft
from examhall.bank.formats.moodle_xml.question import Question
from examhall.bank.types.kprim import ROWS
from examhall.errors import N_

_SCHEMES = {
    "kprime": "kprim", "kprimeonezero": "all_or_nothing", "subpoints": "every_decision", "mtfonezero": "all_or_nothing"
}  # fmt: skip
#: What the plug-ins call the verdicts by themselves, by the number of the column.
USUAL = {"1": "True", "2": "False"}


def kprime(question: Question) -> Draft:
    """Four rows, true or false."""
    scheme = _scheme(question, "kprime", "kprim")
    rows, labels = _rows(question), _labels(question)
    if len(rows) != ROWS:
        message = N_(
            "A question of this type has 4 rows here, and this one has %(count)s. Make true or false questions of it."
        )
        raise question.node.fault(message, count=len(rows))
    return _kprim(question, rows, labels, scheme)


def mtf(question: Question) -> Draft:
    """Any number of rows and columns. What is no kprim is matched or, where only all of it earns the mark, ticked."""
    question.node.discard("deduction")  # it counts for one scoring, of which more is told
    scheme = _scheme(question, "subpoints", "every_decision")
    rows, labels = _rows(question), _labels(question)
    if set(labels) == {"1", "2"}:
        if len(rows) == ROWS:
            return _kprim(question, rows, labels, scheme)
        if scheme == "all_or_nothing":
            return _ticked(question, rows, labels)
    elif scheme == "all_or_nothing":
        question.lose(question.node, N_("Each right row earns its share, not only all of them together."))
    return _matched(question, rows, labels)


def sc(question: Question) -> Draft:
    """Rows of which one is right."""
    right = question.whole("correctrow", 0)
    options = []
    for place, node in enumerate(question.node.take_all("row"), start=1):
        question.places[f"options.{place - 1}"] = node
        number = node.take_attribute("number") or str(place)
        text, feedback = (question.texts.html(node.take(tag)) for tag in ("optiontext", "feedbacktext"))
        options.append({"text": text, "feedback": feedback, "fraction": "1" if number == str(right) else "0"})
    question.node.discard("numberofrows")
    scoring = question.node.take("scoringmethod")
    if scoring and (method := scoring.take_text()) not in ("sconezero", ""):
        message = N_('The scoring "%(name)s" is not known here. The right row earns the mark, and nothing else does.')
        question.lose(scoring, message, name=method[:40])
    return "single_choice", {"options": options, "shuffle": question.yes("shuffleanswers", True)}


def _kprim(question: Question, rows: list[dict[str, Any]], labels: dict[str, str], scheme: str) -> Draft:
    data = [{"text": row["text"], "correct": row["column"] == "1", "feedback": row["feedback"]} for row in rows]
    own = {"true_label": labels.get("1", ""), "false_label": labels.get("2", "")}
    return "kprim", {"rows": data, "scheme": scheme, "shuffle": question.yes("shuffleanswers", True)} | own


def _ticked(question: Question, rows: list[dict[str, Any]], labels: dict[str, str]) -> Draft:
    message = N_('The rows that are "%(label)s" are ticked here, and the others are not.')
    question.lose(question.node, message, label=labels["1"] or USUAL["1"])
    options = []
    for place, row in enumerate(rows):
        question.places[f"options.{place}"] = row["node"]
        fraction = "1" if row["column"] == "1" else "0"
        options.append({"text": row["text"], "fraction": fraction, "feedback": row["feedback"]})
    shuffle = question.yes("shuffleanswers", True)
    return "multiple_choice", {"options": options, "scheme": "all_or_nothing", "shuffle": shuffle}


def _matched(question: Question, rows: list[dict[str, Any]], labels: dict[str, str]) -> Draft:
    if any(row["feedback"] for row in rows):
        question.lose(question.node, N_("The feedback on single items is not kept."))
    choices = [
        {"key": f"c{number}", "text": label or USUAL.get(number, number)} for number, label in sorted(labels.items())
    ]
    stems = []
    for place, row in enumerate(rows):
        question.places[f"stems.{place}"] = row["node"]
        stems.append({"text": row["text"], "choice": f"c{row['column']}"})
    shuffle = question.yes("shuffleanswers", True)
    return "matching", {"stems": stems, "choices": choices, "shuffle": shuffle}


def _scheme(question: Question, usual: str, otherwise: str) -> str:
    node = question.node.take("scoringmethod")
    method = (node.take_text() if node else "") or usual
    if method not in _SCHEMES:
        message = N_('The scoring "%(name)s" is not known here. All four right earn the mark, three half of it.')
        if otherwise != "kprim":
            message = N_('The scoring "%(name)s" is not known here. Each right row earns its share instead.')
        question.lose(node or question.node, message, name=method[:40])
    return _SCHEMES.get(method, otherwise)


def _rows(question: Question) -> list[dict[str, Any]]:
    """The rows, each with its text, its feedback, its element and the number of the column that is right."""
    right = _right_columns(question)
    rows = []
    for place, node in enumerate(question.node.take_all("row")):
        question.places[f"rows.{place}"] = node
        number = node.take_attribute("number") or str(place + 1)
        if number not in right:
            raise node.fault(N_("No <weight> says whether this row is true. Export the question again."))
        text, feedback = (question.texts.html(node.take(tag)) for tag in ("optiontext", "feedbacktext"))
        rows.append({"text": text, "feedback": feedback, "node": node, "column": right[number]})
    question.node.discard("numberofrows", "numberofcolumns")
    return rows


def _labels(question: Question) -> dict[str, str]:
    """What the columns are called, by their numbers; "" for the portal's own words."""
    labels = {}
    for place, column in enumerate(question.node.take_all("column"), start=1):
        number = column.take_attribute("number") or str(place)
        said = column.take("responsetext")
        own = said is not None and said.attributes.get("format") == "plain_text"
        label = plain_text(sanitise(question.texts.html(said)))
        labels[number] = label if own or label != USUAL.get(number) else ""
    return labels or dict.fromkeys(USUAL, "")


def _right_columns(question: Question) -> dict[str, str]:
    right: dict[str, str] = {}
    for weight in question.node.take_all("weight"):
        row, column = weight.take_attribute("rownumber"), weight.take_attribute("columnnumber")
        value = question.number(weight, weight.setting("value", "0"))
        if row and column and value > 0:
            right[row] = column
    return right


def label_format(label: str) -> str:
    """The format in which a label is written, by which `_labels` tells an own "True" from the portal's word."""
    return "plain_text" if label else "moodle_auto_format"
