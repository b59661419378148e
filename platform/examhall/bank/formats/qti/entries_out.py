"""Written answers as interactions and rules: alone, or as gaps of a text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Context, Decimal
from typing import Any

from examhall.bank.formats.qti import rules
from examhall.bank.formats.qti.elements import element
from examhall.bank.formats.qti.rules import RESPONSE
from examhall.bank.formats.qti.writing import Draft, mapping
from examhall.bank.types.contract import as_text
from examhall.errors import N_

_BOUND = Context(prec=30)
_STAR = re.compile(r"(?<!\\)\*+")
_SIGNS = re.compile(r"([\\.*+?()\[\]{}|^$-])")


def short_text(draft: Draft) -> None:
    """A textEntryInteraction: a mapping where plain texts say all, else rules."""
    feedback = _feedback(draft, draft.body.answers)
    draft.template = text(draft, draft.body.answers, draft.body.case_sensitive, RESPONSE, draft.points, feedback)
    draft.interactions.append(element("div", element("textEntryInteraction", responseIdentifier=RESPONSE)))


def numeric(draft: Draft) -> None:
    """A textEntryInteraction whose response is a number."""
    body = draft.body
    if body.units:
        draft.loss(N_("Units are left out: only the number counts."))
    numbers(draft, body.answers, RESPONSE, draft.points, _feedback(draft, body.answers))
    draft.interactions.append(element("div", element("textEntryInteraction", responseIdentifier=RESPONSE)))


def text(draft: Draft, answers: Sequence[Any], cases: bool, name: str, points: Decimal, feedback: Sequence[str]) -> str:
    """Declaration and rules of a text; the template that says the same, "" where none does."""
    patterns = [_pattern(answer) for answer in answers]
    plain = [answer.text.replace("\\*", "*") for answer in answers]
    full = [
        text
        for text, pattern, answer in zip(plain, patterns, answers, strict=True)
        if answer.fraction == 1 and not pattern
    ]
    if any(patterns) and not cases:
        draft.loss(N_("Patterns and answers with a star count case in the file."))
    if not any(patterns) and not any(feedback):
        worths = {one: points * answer.fraction for one, answer in zip(plain, answers, strict=True)}
        draft.respond("single", "string", name=name, correct=full[:1], mapping=mapping(worths, cases=cases))
        draft.rules.append(rules.mapped(name))
        return "map_response"
    draft.respond("single", "string", name=name, correct=full[:1])
    branches = []
    for answer, pattern, one, said in zip(answers, patterns, plain, feedback, strict=True):
        test = (
            element("patternMatch", rules.variable(name), pattern=pattern)
            if pattern
            else element(
                "stringMatch",
                rules.variable(name),
                rules.base(one, "string"),
                caseSensitive="true" if cases else "false",
            )
        )
        branches.append((test, _earned(points * answer.fraction, said)))
    draft.rules.append(rules.when((rules.given(name), [rules.when(*branches)])))
    return ""


def numbers(draft: Draft, answers: Sequence[Any], name: str, points: Decimal, feedback: Sequence[str]) -> None:
    """Declaration and rules of a number."""
    full = next((answer for answer in answers if answer.fraction == 1 and answer.value is not None), None)
    draft.respond("single", "float", name=name, correct=[as_text(full.value)] if full else [])
    branches = [
        (_number(draft, answer, name), _earned(points * answer.fraction, said))
        for answer, said in zip(answers, feedback, strict=True)
    ]
    draft.rules.append(rules.when(*branches))


def _earned(points: Decimal, said: str) -> list[Any]:
    return [rules.add(points), *([rules.note(said)] if said else [])]


def _feedback(draft: Draft, answers: Sequence[Any]) -> list[str]:
    """The identifiers of the feedback of answers, "" where there is none."""
    names = [f"a{place}" if answer.feedback else "" for place, answer in enumerate(answers, start=1)]
    draft.feedback |= {name: answer.feedback for name, answer in zip(names, answers, strict=True) if name}
    return names


def _pattern(answer: Any) -> str:
    """The pattern that an answer is, "" for a plain text."""
    if answer.pattern:
        return str(answer.text)
    pieces = _STAR.split(answer.text)
    if len(pieces) == 1:
        return ""
    return ".*".join(_SIGNS.sub(r"\\\1", piece.replace("\\*", "*")) for piece in pieces)


def _number(draft: Draft, answer: Any, name: str) -> Any:
    """The test whether a number is this answer."""
    response = rules.variable(name)
    if answer.any:
        return rules.given(name)
    if answer.tolerance_type in ("range", "geometric"):
        if answer.tolerance_type == "geometric":
            draft.loss(N_("A geometric tolerance becomes a range."))
        low, high = (as_text(_BOUND.plus(bound)) for bound in answer.interval())
        lower = element("gte", response, rules.base(low, "float"))
        return element("and", lower, element("lte", rules.variable(name), rules.base(high, "float")))
    value = rules.base(as_text(answer.value), "float")
    if answer.tolerance_type == "significant":
        mode = {"roundingMode": "significantFigures", "figures": str(answer.digits)}
        return element("equalRounded", value, response, **mode)
    if not answer.tolerance:
        return element("equal", value, response, toleranceMode="exact")
    relative = answer.tolerance_type == "relative"
    reach = as_text(answer.tolerance * 100 if relative else answer.tolerance)
    mode = {"toleranceMode": "relative" if relative else "absolute", "tolerance": f"{reach} {reach}"}
    return element("equal", value, response, **mode)
