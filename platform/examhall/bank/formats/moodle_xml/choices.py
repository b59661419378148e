"""Questions of Moodle XML in which something is chosen, ticked, matched or brought into order."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from examhall.bank.content.richtext import media_of, plain_text, sanitise
from examhall.bank.formats.attributes import READ_AS_TEXT, listed
from examhall.bank.formats.moodle_xml.node import Node
from examhall.bank.formats.moodle_xml.question import Question
from examhall.bank.formats.tags import TAG, told_apart_by_tags, without_tags
from examhall.bank.types.contract import as_text
from examhall.errors import N_

Draft = tuple[str, dict[str, Any]]
"""A type and what a reader knows of its body, beside what all bodies have."""

_LEFT_EMPTY = frozenset({"", "<br>", "<br/>", "<br />"})
_ROUNDING = Decimal("0.001")
_ORDER_SCHEMES = {
    "ALL_OR_NOTHING": "exact",
    "ABSOLUTE_POSITION": "position",
    "RELATIVE_NEXT_EXCLUDE_LAST": "adjacent",
}
_VERDICTS = {
    "true": True, "yes": True, "1": True, "verdadero": True, "wahr": True, "richtig": True, "vrai": True, "vero": True,
    "verdadeiro": True, "صحيح": True, "صواب": True, "صح": True,
    "false": False, "no": False, "0": False, "falso": False, "falsch": False, "faux": False, "خطأ": False,
}  # fmt: skip
# What codes instead of names mean, in files of the older plug-in.
_ORDER_CODES = {"-1": "ALL_OR_NOTHING", "0": "ABSOLUTE_POSITION", "1": "RELATIVE_NEXT_EXCLUDE_LAST"}


def multichoice(question: Question) -> Draft:
    """One option to choose, or several to tick where <single> is false or empty."""
    single = question.yes("single", True)
    options = _options(question, question.answers())
    fractions = [option["fraction"] for option in options]
    shuffle = {"shuffle": question.yes("shuffleanswers", False)}
    if single and Decimal(1) not in fractions and _whole(fractions):
        message = N_("No option earns the whole mark, but several do together, so these are to be ticked.")
        question.warn(question.node, message)
        single = False
    if single:
        if sum(fraction == 1 for fraction in fractions) > 1:
            message = N_(
                "Several options earn the whole mark, and one of them may be chosen. Is <single> meant to be false?"
            )
            question.warn(question.node, message)
        return "single_choice", {"options": _written(options)} | shuffle
    _share(question, options)
    return "multiple_choice", {"options": _written(options), "scheme": "sum"} | shuffle


def multichoiceset(question: Question) -> Draft:
    """The plug-in "all or nothing": exactly the right options earn the mark."""
    options = _options(question, question.answers())
    shuffle = question.yes("shuffleanswers", False)
    return "multiple_choice", {"options": _written(options), "scheme": "all_or_nothing", "shuffle": shuffle}


def oumultiresponse(question: Question) -> Draft:
    """The Open University's plug-in: what is ticked too much takes away what was right."""
    message = N_(
        "Here each wrong tick takes away the worth of a right one; the plug-in does so for surplus ticks only."
    )
    question.lose(question.node, message)
    options = _options(question, question.answers())
    shuffle = question.yes("shuffleanswers", False)
    return "multiple_choice", {"options": _written(options), "scheme": "right_minus_wrong", "shuffle": shuffle}


def truefalse(question: Question) -> Draft:
    """Two answers called true and false. Where they are called otherwise the first is true, as old files have it."""
    answers = question.answers()
    if not 1 <= len(answers) <= 2:
        raise question.node.fault(N_('A true or false question has two answers, "true" and "false".'))
    earned: dict[bool, Decimal] = {}
    data: dict[str, Any] = {}
    words = [plain_text(sanitise(answer.take_text())).lower() for answer in answers]
    for place, (answer, word) in enumerate(zip(answers, words, strict=True)):
        answer.take_attribute("format")
        value = _VERDICTS.get(word, place == 0)
        if word not in _VERDICTS:
            message = N_('"%(text)s" is neither true nor false. By its place it is read as %(value)s.')
            question.warn(answer, message, text=word[:40], value=str(value).lower())
        if value in earned:
            raise answer.fault(N_('This answer is there twice. Call one "true" and the other "false".'))
        earned[value] = question.fraction(answer)
        data[f"feedback_{str(value).lower()}"] = question.feedback(answer)
    true, false = (earned.get(value, 1 - earned.get(not value, Decimal(0))) for value in (True, False))
    if true == false:
        raise question.node.fault(
            N_("Both answers earn the same. Give the right one the fraction 100, the other one 0.")
        )
    if {true, false} != {0, 1}:
        question.lose(question.node, N_("The right answer earns the whole mark and the wrong one nothing."))
    return "true_false", data | {"correct": true > false}


def matching(question: Question) -> Draft:
    """Stems with an answer each; one without a stem is a distractor, answers of the same words are one choice."""
    stems: list[dict[str, Any]] = []
    choices: dict[str, str] = {}
    pairs: list[tuple[Node, Node]] = []
    for pair in question.node.take_all("subquestion"):
        answer = pair.take("answer")
        if answer is None:
            raise pair.fault(N_("This has no <answer>. Write one, or remove it."))
        answer.attributes.setdefault("format", "html")  # Moodle shows it so, whatever it is called
        pairs.append((pair, answer))
    _keep_tags(question, [pair for pair, _ in pairs if pair.speaker.text not in _LEFT_EMPTY])
    _keep_tags(question, [answer for _, answer in pairs])
    for pair, answer in pairs:
        text = sanitise(question.texts.html(answer))
        stem = question.texts.html(pair)
        stem = stem if says_something(stem) else ""  # such as <p></p>, which editors leave behind
        if not says_something(text):
            if stem:
                raise answer.fault(N_("This answer is empty. Write what belongs to the stem."))
            continue
        key = choices.setdefault(" ".join(text.split()), f"c{len(choices) + 1}")
        question.places.setdefault(f"choices.{int(key[1:]) - 1}", answer)
        if stem:
            question.places[f"stems.{len(stems)}"] = pair
            stems.append({"text": stem, "choice": key})
    shown = [{"key": key, "text": text} for text, key in choices.items()]
    return "matching", {"stems": stems, "choices": shown, "shuffle": question.yes("shuffleanswers", True)}


def says_something(html: str) -> bool:
    """Whether there is something to read, to see or to hear."""
    return bool(plain_text(sanitise(html)) or media_of(html))


def ordering(question: Question) -> Draft:
    """Items whose fraction is their place."""
    answers = question.answers()
    numbers = [answer.take_attribute("fraction") for answer in answers]
    if all(numbers):
        places = [question.number(answer, number or "") for answer, number in zip(answers, numbers, strict=True)]
        answers = [answer for _, answer in sorted(zip(places, answers, strict=True), key=lambda pair: pair[0])]
    items, told = [], False
    for place, answer in enumerate(answers):
        question.places[f"items.{place}"] = answer
        items.append({"text": question.texts.html(answer)})
        told |= bool(plain_text(sanitise(question.feedback(answer))).strip("0123456789"))
    if told:
        question.lose(question.node, N_("The feedback on single items is not kept."))
    grading = question.node.take("gradingtype")
    name = (grading.take_text().upper() if grading else "") or "ABSOLUTE_POSITION"
    name = _ORDER_CODES.get(name, name)
    if name not in _ORDER_SCHEMES:
        message = N_('The grading "%(name)s" is not known here. Each pair of right neighbours earns its share instead.')
        question.lose(grading or question.node, message, name=name[:40])
    _subset(question, len(items))
    return "ordering", {"items": items, "scheme": _ORDER_SCHEMES.get(name, "adjacent")}


def _subset(question: Question, count: int) -> None:
    chosen = question.node.setting("selecttype", "ALL").upper()
    size = question.whole("selectcount", 0)
    if chosen not in ("ALL", "0") and 2 <= size < count:
        message = N_("All %(count)s items are shown, not %(size)s chosen from them.")
        question.lose(question.node, message, count=count, size=size)


def _options(question: Question, answers: list[Node]) -> list[dict[str, Any]]:
    options = []
    _keep_tags(question, answers)
    for place, answer in enumerate(answers):
        question.places[f"options.{place}"] = answer
        fraction = question.fraction(answer)
        options.append(
            {"text": question.texts.html(answer), "fraction": fraction, "feedback": question.feedback(answer)}
        )
    return options


def _keep_tags(question: Question, nodes: list[Node]) -> None:
    """Make text of the tags of options or the like, which nothing but these tell apart: <br>, <lb> and <break>."""
    formats = {node.attributes.get("format", question.texts.text_format) for node in nodes}
    said = [node.speaker for node in nodes]
    if not formats <= {"html", "moodle_auto_format"} or any(node.bare for node in said):
        return
    texts = [node.text for node in said]
    full = [text for text in texts if text not in _LEFT_EMPTY]
    if told_apart_by_tags(full if any("</" in text for text in full) else texts):  # beside <b>x</b> a <br> is no text
        for node, speaker in zip(nodes, said, strict=True):
            if tags := TAG.findall(speaker.text):
                question.warn(node, READ_AS_TEXT, tags=listed(tags))
            speaker.text = without_tags(speaker.text)


def _written(options: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [option | {"fraction": as_text(option["fraction"])} for option in options]


def _whole(fractions: Sequence[Decimal]) -> bool:
    """Whether those above 0 are 1 together, as far as thirds can be written."""
    return abs(sum((fraction for fraction in fractions if fraction > 0), Decimal(0)) - 1) <= _ROUNDING


def _share(question: Question, options: list[dict[str, Any]]) -> None:
    """Right options that do not earn 1 together share it: if all earn the same, that is what files like this mean."""
    right = [option for option in options if option["fraction"] > 0]
    fractions = [option["fraction"] for option in right]
    total = sum(fractions, Decimal(0))
    if not right or _whole(fractions):
        return
    if len(set(fractions)) > 1:
        message = N_(
            "The weights of the right options add up to %(total)s %% and not to 100 %%. They are scaled, so that all"
            " right options together earn the whole mark."
        )
        question.warn(question.node, message, total=as_text(total.scaleb(2)))
        for option in right:
            option["fraction"] = round(option["fraction"] / total, 12)
        return
    share = round(1 / Decimal(len(right)), 12)
    for option in right:
        option["fraction"] = share
    message = N_("The right options earned %(total)s %% together. They share the mark now: %(share)s %% each.")
    shown = as_text(round(share * 100, 5))
    question.warn(question.node, message, total=as_text(total.scaleb(2)), share=shown)
