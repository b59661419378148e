"""Reads Moodle XML: question after question, so that a wrong one never hides the next.

Rules: reference semantics §2.5. What no rule takes from an element is told as a loss (leftovers.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from html import escape
from typing import Any, get_args

from examhall.bank.content.richtext import plain_text, sanitise
from examhall.bank.content.texts import CATEGORY_LIMIT, DESCRIPTION_LIMIT
from examhall.bank.formats import CategoryInfo, Import, Item, Medium, Message, unreached, xml
from examhall.bank.formats.moodle_xml import choices, gapfill, gaps, markers, rows, written
from examhall.bank.formats.moodle_xml.choices import Draft
from examhall.bank.formats.moodle_xml.files import Files
from examhall.bank.formats.moodle_xml.leftovers import leftovers
from examhall.bank.formats.moodle_xml.node import Fault, Node, shortened
from examhall.bank.formats.moodle_xml.question import Grades, Question
from examhall.bank.formats.moodle_xml.texts import NOT_THERE, UNNAMED, Texts
from examhall.bank.formats.moodle_xml.wild import mended
from examhall.bank.formats.tags import literal
from examhall.errors import N_, FieldError, Invalid

QUESTIONS_LIMIT = 10_000
NAME_LIMIT = 200
TAG_LIMIT = 50
ID_LIMIT = 100
HINTS_LIMIT = 10
POINTS_LIMIT = Decimal(10_000)
_NAME_FROM_STEM = 60
_LONG_ID = N_("An id number has at most %(limit)s characters, so this one is left out.")
# Where Moodle hangs a category, which is of no use elsewhere
_CONTEXT = re.compile(r"\A(?:\$[A-Za-z0-9]+\$(?:/|\Z))?(?:top(?:/(?!/)|\Z))?")
_WORD = re.compile(r"<[A-Za-z/][^<>]*>|&\w+;")

_READERS: dict[str, Callable[[Question], Draft]] = {
    "multichoice": choices.multichoice,
    "multichoiceset": choices.multichoiceset,
    "oumultiresponse": choices.oumultiresponse,
    "truefalse": choices.truefalse,
    "kprime": rows.kprime,
    "mtf": rows.mtf,
    "sc": rows.sc,
    "matching": choices.matching,
    "match": choices.matching,
    "ddmatch": choices.matching,
    "ordering": choices.ordering,
    "shortanswer": written.shortanswer,
    "numerical": written.numerical,
    "calculated": written.calculated,
    "calculatedsimple": written.calculated,
    "essay": written.essay,
    "essayautograde": written.essay,
    "description": written.description,
}
_WITH_PLACES: dict[str, Callable[[Question, str], Draft]] = {
    "cloze": gaps.cloze,
    "multianswer": gaps.cloze,
    "gapselect": gaps.gapselect,
    "ddwtos": gaps.gapselect,
    "gapfill": gapfill.gapfill,
    "ddmarker": markers.ddmarker,
}
_UNKNOWN = {
    "calculatedmulti": N_(
        'Questions of the type "%(type)s" cannot be imported. Make a calculated one of it, with a number to write.'
    ),
    "ddimageortext": N_(
        'Questions of the type "%(type)s" cannot be imported. Make a matching or a hotspot question of it.'
    ),
    "random": N_('Questions of the type "%(type)s" are not kept. Draw questions where you compose the exam.'),
    "randomsamatch": N_('Questions of the type "%(type)s" cannot be imported. Make a matching question of it.'),
    "missingtype": N_("The type of this question was missing when it was exported. Export it from where it was made."),
}
_FEEDBACK = {
    "right_feedback": "correctfeedback",
    "partial_feedback": "partiallycorrectfeedback",
    "wrong_feedback": "incorrectfeedback",
}


def parse(data: bytes, *, grades: Grades = "keep", **settings: Any) -> Import:
    """The questions of a Moodle XML file and what is wrong with it.

    `grades` says what becomes of fractions that Moodle's forms do not offer: keep (33 % stays 33 %), error, nearest.

    Raises Invalid or PayloadTooLarge for what is no XML that we read, and Invalid for an unknown setting.
    """
    if settings or grades not in get_args(Grades):
        raise Invalid(errors=[FieldError("grades", N_("Choose one of: %(known)s."), {"known": "keep, error, nearest"})])
    data, notes = mended(data)
    result = Import([], [], losses=notes)
    elements = xml.children(data)
    root = next(elements)
    if xml.local(root) != "quiz":
        message = N_("This is XML, but its first element is <%(name)s> and not <quiz>. Is it the right file?")
        result.errors.append(Message(root.sourceline or 1, message, {"name": xml.local(root)[:40]}))
        return result
    reading = _Reading(result, grades)
    for element in elements:
        reading.read(element)
    if not reading.count:
        result.errors.append(Message(1, N_("There is no question in this file. Is it the right one?")))
    return result


@dataclass
class _Reading:
    """A file on its way: the questions so far, the category that holds, and where each id number was first seen."""

    result: Import
    grades: Grades
    count: int = 0
    category: CategoryInfo = field(default_factory=lambda: CategoryInfo(""))
    lines_of_ids: dict[str, int] = field(default_factory=dict)

    def read(self, element: Any) -> None:
        """A child of <quiz>: a question, a category or something else, which is told."""
        if xml.local(element) != "question":
            message = N_("<%(name)s> is no question, so it is left out.")
            self.result.losses.append(Message(element.sourceline or 0, message, {"name": xml.local(element)[:40]}))
            return
        self.count += 1
        if self.count > QUESTIONS_LIMIT:
            if self.count == QUESTIONS_LIMIT + 1:
                message = N_("There are more than %(limit)s questions. Split the file and import the parts.")
                self.result.errors.append(Message(element.sourceline or 0, message, {"limit": QUESTIONS_LIMIT}))
            return
        node = Node.of(element, self.count)
        try:
            if node.attributes.get("type") == "category":
                self.category = CategoryInfo("")  # if this one is wrong, the former one is no place for what follows
                self.category = _category(node, self.result)
            else:
                self.result.questions.append(self._question(node))
        except Fault as fault:
            self.result.errors.extend(fault.messages)

    def _question(self, node: Node) -> Item:
        kind = (node.take_attribute("type") or "").lower()
        if kind not in _READERS and kind not in _WITH_PLACES:
            raise _unknown(node, kind)
        media: dict[str, Medium] = {}
        question = Question(node, kind, Texts(Files(node, media)), self.grades)
        name = _name(question)
        prompt = _prompt(question, name)
        shared = {"feedback": question.html("generalfeedback")} | {
            ours: question.html(theirs) for ours, theirs in _FEEDBACK.items()
        }
        hints = _hints(question)
        points, status = _points(question), "retired" if question.yes("hidden", False) else "ready"
        external_id, tags = _external_id(question, self.lines_of_ids), _tags(question)
        if kind in _WITH_PLACES:
            type_name, data = _WITH_PLACES[kind](question, prompt)
        else:
            type_name, data = _READERS[kind](question)
        body = _validated(question, type_name, {"prompt": prompt, **shared, "hints": hints, **data})
        losses = [*question.texts.losses, *leftovers(node, kind), *question.texts.files.unused()]
        self.result.media.update(media)
        if points is None:
            embedded = kind in ("cloze", "multianswer")
            points = Decimal(sum(gap["weight"] for gap in body["gaps"])) if embedded else Decimal(1)
        return Item(
            line=node.line,
            name=name or plain_text(body["prompt"], _NAME_FROM_STEM) or node.path,
            type=type_name,
            body=body,
            category=self.category.path,
            category_external_id=self.category.external_id,
            tags=tags,
            external_id=external_id,
            points=points,
            status=status,
            warnings=question.texts.warnings,
            losses=losses,
            element=node.path,
        )


def _category(node: Node, result: Import) -> CategoryInfo:
    node.take_attribute("type")
    named = node.take("category")
    said = named.take_text() if named else ""
    if _WORD.search(said):  # a name in several languages, in which // stands for / as well
        said = plain_text(sanitise(said.replace("<//", "</")))
    path = "/".join(" ".join(part.split()) for part in _parts(_CONTEXT.sub("", said, count=1)))
    if len(path) > CATEGORY_LIMIT:
        raise node.fault(N_("Shorten the names of this category to %(limit)s characters."), limit=CATEGORY_LIMIT)
    external_id = " ".join(node.setting("idnumber").split())
    if len(external_id) > ID_LIMIT:
        result.losses.append(node.message(_LONG_ID, limit=ID_LIMIT))
        external_id = ""
    texts = Texts(Files(node, {}))
    description = texts.plain(node.take("info"), "moodle_auto_format")
    if len(description) > DESCRIPTION_LIMIT:
        result.losses.append(
            node.message(N_("The description is cut to %(limit)s characters."), limit=DESCRIPTION_LIMIT)
        )
        description = description[: DESCRIPTION_LIMIT - 1].rstrip() + "…"
    category = CategoryInfo(path, external_id, description)
    if path:
        result.categories.append(category)
        result.losses.extend([*texts.losses, *texts.files.unused()])
    if "//" in said:
        message = N_('"%(path)s" has a / within a name. It is written as ⁄ here, as / parts categories.')
        result.losses.append(node.message(message, path=shortened(said)))
    result.losses.extend(leftovers(node, "category"))
    return category


def _parts(path: str) -> list[str]:
    """The names of a path, in which // stands for a / within a name."""
    names = path.replace("//", "\u2044").split("/")
    return [name for name in names if name.strip()]


def _unknown(node: Node, kind: str) -> Fault:
    if not kind:
        return node.fault(N_('This question has no type. Write one, such as type="multichoice".'))
    otherwise = N_('Questions of the type "%(type)s" cannot be imported. Ask it in another way, or leave it out.')
    return node.fault(_UNKNOWN.get(kind, otherwise), type=shortened(kind))


def _prompt(question: Question, name: str) -> str:
    node = question.node.take("questiontext")
    if node is None:
        raise question.node.fault(N_("This question has no <questiontext>. Write what it asks."))
    question.places["prompt"] = node
    texts = question.texts
    texts.text_format = texts.format_of(node, "html")
    prompt = texts.html(node) + _old_picture(question)
    if not prompt and name and question.kind != "description":
        question.warn(node, N_("This question has no text. It asks what its name says."))
        return escape(name, quote=False)
    return prompt


def _old_picture(question: Question) -> str:
    """Up to Moodle 1.9 a question had one picture, below its text."""
    node, picture = question.node.take("image"), question.node.take("image_base64")
    name, data = node.take_text() if node else "", picture.take_text() if picture else ""
    if node is None or not name:
        return ""
    digest = question.texts.files.embedded(name, data) if data else None
    if digest is None:
        question.lose(node, NOT_THERE, name=shortened(name))
        return ""
    question.warn(node, UNNAMED, name=name)
    return f'<p><img src="media:{digest}" alt="{escape(name)}"></p>'


def _name(question: Question) -> str:
    node = question.node.take("name")
    text = node.take_text() if node else ""
    name = plain_text(sanitise(literal(text)[0])) if _WORD.search(text) else " ".join(text.split())
    if not name:
        question.warn(node or question.node, N_("This question has no name. It is called by how it begins."))
    if len(name) > NAME_LIMIT and node:
        question.lose(node, N_("The name is cut to %(limit)s characters."), limit=NAME_LIMIT)
        name = name[: NAME_LIMIT - 1].rstrip() + "…"
    return name


def _hints(question: Question) -> list[str]:
    nodes = question.node.take_all("hint")
    hints = []
    for place, hint in enumerate(nodes):
        content = hint.take("hintcontent")  # up to Moodle 2.0
        question.places[f"hints.{place}"] = hint
        hints.append(question.texts.html(content or hint))
    said = [hint for hint in hints if hint]
    if len(said) > HINTS_LIMIT:
        question.lose(question.node, N_("Only the first %(limit)s hints are kept."), limit=HINTS_LIMIT)
    return said[:HINTS_LIMIT]


def _points(question: Question) -> Decimal | None:
    node = question.node.take("defaultgrade")
    text = node.take_text() if node else ""
    if node is None or not text:
        return None
    points = question.number(node, text)
    if not 0 <= points <= POINTS_LIMIT:
        raise node.fault(N_("A question has from 0 to %(limit)s points. Correct this."), limit=POINTS_LIMIT)
    kept = round(points, 2)
    if kept != points:
        question.lose(node, N_("%(points)s points are %(kept)s here."), points=text, kept=str(kept))
    return Decimal(int(kept)) if kept == int(kept) else kept.normalize()


def _tags(question: Question) -> list[str]:
    tags: list[str] = []
    for tag in ("tags", "coursetags"):
        outer = question.node.take(tag)
        for node in (outer or question.node).take_all("tag"):  # some tools write them without an element around
            text = " ".join(node.take_text().split())
            if len(text) > TAG_LIMIT:
                question.lose(node, N_('The tag "%(tag)s" is cut to %(limit)s characters.'), tag=text, limit=TAG_LIMIT)
            tags.append(text[:TAG_LIMIT].strip())
    return list(dict.fromkeys(tag for tag in tags if tag))


def _external_id(question: Question, lines_of_ids: dict[str, int]) -> str:
    node = question.node.take("idnumber")
    text = " ".join(node.take_text().split()) if node else ""
    if node is None or not text:
        return ""
    if len(text) > ID_LIMIT:
        question.lose(node, _LONG_ID, limit=ID_LIMIT)
        return ""
    first = lines_of_ids.setdefault(text, node.line)
    if first != node.line:
        message = N_('The id number "%(id)s" is used on line %(first)s too, so it is left out here.')
        question.lose(node, message, id=text, first=first)
        return ""
    return text


def _validated(question: Question, type_name: str, data: dict[str, Any]) -> dict[str, Any]:
    """The body as JSON. An answer that is never reached is left out."""
    try:
        body, left_out = unreached.validated(type_name, data)
    except Invalid as invalid:
        raise Fault([
            *(_at(question, error.field, error.message, error.params) for error in invalid.errors),
            *(loss for loss in question.texts.losses if loss.text == NOT_THERE),  # by which a text may be empty
        ]) from None  # fmt: skip
    question.texts.losses.extend(
        _at(question, error.field, unreached.UNREACHED, {"first": error.params["first"]}) for error in left_out
    )
    made: dict[str, Any] = body.to_json()
    return made


def _at(question: Question, field: str, text: str, params: Mapping[str, Any]) -> Message:
    """A message about the element in which a field of the body stands."""
    place = _place(question, field)
    return Message(place.line, text, params, _element(place, field))


def _element(place: Node, field: str) -> str:
    """The path of an element and, of a text with gaps, which of them it is."""
    gap = re.match(r"gaps\.(\d+)", field)
    return f"{place.path}/gap[{int(gap[1]) + 1}]" if gap else place.path


def _place(question: Question, field: str) -> Node:
    """The element of the field at a path such as `options.2.text`, or of the nearest one around it."""
    while field:
        if field in question.places:
            return question.places[field]
        field = field.rpartition(".")[0]
    return question.node
