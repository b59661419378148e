"""Writes Moodle XML: what can be said of each question, and a loss for what cannot.

Rules: reference semantics §2.5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from itertools import accumulate

from examhall.bank.formats import CategoryInfo, Export, Exporter, Item, Medium, Message
from examhall.bank.formats.moodle_xml.bodies import WRITERS, cloze_text, points_of
from examhall.bank.formats.moodle_xml.markup import Markup, Unsayable
from examhall.bank.formats.moodle_xml.numbers import text_for_moodle
from examhall.errors import N_

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n'


def describing(categories: Sequence[CategoryInfo]) -> Exporter:
    """An exporter that says of these categories what is known of them."""
    return partial(export, categories=categories)


def export(
    items: Sequence[Item], media: Mapping[str, Medium], title: str, categories: Sequence[CategoryInfo] = ()
) -> Export:
    """The questions as a Moodle XML file. Moodle's files have no title: it stays the name of the download."""
    waiting = {info.path: info for info in categories}
    lines: list[str] = []
    losses: list[Message] = []
    here = ""
    for number, item in enumerate(items, start=1):
        markup = Markup(number, media)
        try:
            question = _question(markup, item)
        except Unsayable as reason:
            losses.append(Message(number, reason.message, reason.params))
            losses.append(Message(number, N_('"%(name)s" is left out of the file.'), {"name": item.name}))
            continue
        if item.category != here:
            here = item.category
            lines.extend(_categories(CategoryInfo(here, item.category_external_id), waiting))
        lines.extend(question)
        losses.extend(markup.losses)
    data = _HEAD + "".join(f"{line}\n" for line in lines) + "</quiz>\n"
    return Export(data.encode("utf-8"), "application/xml", "xml", losses)


def _categories(here: CategoryInfo, waiting: dict[str, CategoryInfo]) -> Iterator[str]:
    """The category from here on, after those above it of which there is something to say that was not said yet."""
    for path in accumulate(here.path.split("/")[:-1], "{}/{}".format):
        if path in waiting:
            yield from _category(waiting.pop(path))
    yield from _category(waiting.pop(here.path, here))


def _category(info: CategoryInfo) -> list[str]:
    markup = Markup(0, {})
    markup.open("question", type="category")
    markup.named("category", "$course$/top" + (f"/{info.path}" if info.path else "").replace("\u2044", "//"))
    markup.open("info", format="plain_text")
    markup.text(info.description)
    markup.close("info")
    markup.element("idnumber", info.external_id)
    markup.close("question")
    return markup.lines


def _question(markup: Markup, item: Item) -> list[str]:
    body = item.body
    write = WRITERS.get(item.type)
    if write is None:
        raise Unsayable(N_("Moodle XML cannot say questions of the type %(type)s."), type=item.type)
    prompt = body["prompt"]
    if item.type == "cloze":
        prompt = cloze_text(markup, body)
    elif item.type == "calculated":
        prompt = text_for_moodle(prompt, body)
    markup.named("name", item.name)
    markup.rich("questiontext", prompt)
    markup.rich("generalfeedback", body["feedback"])
    markup.element("defaultgrade", format(item.points, "f"))
    markup.element("penalty", "0")
    markup.element("hidden", int(item.status == "retired"))
    markup.element("idnumber", item.external_id)
    kind = write(markup, body)
    _unsaid(markup, item)
    for hint in body["hints"]:
        markup.rich("hint", hint)
    if item.tags:
        markup.open("tags")
        for tag in item.tags:
            markup.named("tag", tag)
        markup.close("tags")
    return [f'<question type="{kind}">', *markup.lines, "</question>"]


def _unsaid(markup: Markup, item: Item) -> None:
    if item.difficulty:
        markup.lose(N_("Moodle XML has no difficulty (%(value)s)."), value=item.difficulty)
    if item.language:
        markup.lose(N_("Moodle XML has no language (%(value)s)."), value=item.language)
    if item.status not in ("ready", "retired"):
        markup.lose(N_("Moodle XML has no status %(status)s: the question is written as one that is ready."),
                    status=item.status)  # fmt: skip
    points: Decimal | None = points_of(item.body)
    if points is not None and points != item.points:
        message = N_(
            "Moodle gives a question with gaps the sum of their weights, %(sum)s points instead of %(points)s."
        )
        markup.lose(message, sum=str(points), points=format(item.points, "f"))
