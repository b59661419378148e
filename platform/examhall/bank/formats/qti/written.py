"""Which answers say what an item's rules say about a text or a number to write: tried at every place that matters.

A number: the rules compare it with constants, so between two neighbouring constants nothing changes. All of them and
the middles between them are tried, and the answers that result are graded there again by our own type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

from examhall.bank.formats.qti.feedback import Probe
from examhall.bank.formats.qti.notes import Notes
from examhall.bank.formats.qti.operators import pattern_of, tolerances
from examhall.bank.formats.qti.scoring import Outcome, Scorer, fraction
from examhall.bank.formats.qti.trial import drafted
from examhall.bank.formats.qti.values import Declaration, Value, number
from examhall.bank.types import type_named
from examhall.bank.types.contract import as_text, exact
from examhall.errors import N_

Try = Callable[[Value, Mapping[str, bool]], Outcome]

NUMBERS = ("integer", "float")
#: The name of the answer that stands for all that no other one holds.
ANYTHING = "\ue001"
_NOTHING = "\ue000"  # a text that no author foresees
_CANDIDATES_LIMIT = 500
_FARTHEST = Decimal("9e99")
_CLOSE = Decimal("0.0005")
_ANYTHING = (".*", ".+", "(.|\n)*", "[\\s\\S]*")
_MAPPED = ("mapResponse", "mapTolResponse")
_PARSED = re.compile(r"Parse\w*(Decimal|Float|Integer|Number)", re.IGNORECASE)
_LITERAL = re.compile(r"(?:[^\\.*+?()\[\]{}|^$]|\\[^A-Za-z0-9])*")


@dataclass
class Written:
    """Answers in order (as our types hold them, without feedback), what was tried for them, the best score."""

    answers: list[dict[str, Any]]
    probes: list[Probe]
    best: Decimal
    case_sensitive: bool = False
    names: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Interval:
    """Numbers that a rule takes for the same, and how an answer says so."""

    low: Decimal
    high: Decimal
    answer: dict[str, Any]


def is_number(scorer: Scorer, declared: Declaration) -> bool:
    """Whether a response is a number: by its base type, or by the way its rules take a text for one."""
    parsed = [
        variable.get("identifier")
        for operator in scorer.rules.iter("customOperator")
        if _PARSED.search(operator.get("definition", ""))
        for variable in operator.iter("variable")
    ]
    return declared.base in NUMBERS or declared.identifier in parsed


def texts(scorer: Scorer, name: str, trying: Try, notes: Notes) -> Written:
    """The answers of a response that is a text. Raises Fault where none earns anything."""
    foreseen = _foreseen(scorer, name)
    none = {text: False for text, is_pattern in foreseen if is_pattern}
    other = trying(Value((_NOTHING,), "string"), none)
    tried: list[tuple[dict[str, Any], str, Outcome]] = []
    for text, is_pattern in foreseen:
        if is_pattern:
            outcome = trying(Value((_NOTHING,), "string"), {**none, text: True})
            tried.append((_from_pattern(text), text, outcome))
        elif text.strip():
            outcome = trying(Value((text,), "string"), {})
            tried.append(({"text": text.replace("*", "\\*"), "pattern": False}, text, outcome))
    if other.score > 0:
        tried.append(({"text": "*", "pattern": False}, ANYTHING, other))
    best = max((outcome.score for _, _, outcome in tried), default=Decimal(0))
    if best <= 0:
        raise notes.fault(None, N_("No answer earns anything. Name the right one in the file."))
    if any(outcome.score < 0 for _, _, outcome in tried):
        notes.loss(None, N_("A written answer costs points in the file; here it earns 0."))
    found = Written([], [], best, _case_counts(scorer, name, trying, notes))
    for answer, text, outcome in tried:
        part = max(fraction(outcome.score, best), Decimal(0))
        found.answers.append({**answer, "fraction": as_text(part)})
        found.names.append(text)
        found.probes.append(Probe(frozenset([text]), part, outcome.shown))
    if other.score <= 0:
        found.probes.append(Probe(frozenset([ANYTHING]), Decimal(0), other.shown))
    return found


def numbers(scorer: Scorer, name: str, trying: Try, notes: Notes) -> Written:
    """The answers of a response that is a number. Raises Fault where none earns anything or that can't be told."""
    intervals = _intervals(scorer, name, notes)
    edges = sorted({edge for interval in intervals for edge in (interval.low, interval.high)})
    middles = [(low + high) / 2 for low, high in pairwise(edges)]
    ends = [edges[0] - 1, edges[-1] + 1] if edges else [Decimal(0)]
    outcomes = {point: trying(number(point), {}) for point in sorted([*edges, *middles, *ends])}
    best = max(outcome.score for outcome in outcomes.values())
    if best <= 0:
        raise notes.fault(None, N_("No answer earns anything. Name the right one in the file."))
    if any(outcome.score < 0 for outcome in outcomes.values()):
        notes.loss(None, N_("A written answer costs points in the file; here it earns 0."))
    parts = {point: max(fraction(outcome.score, best), Decimal(0)) for point, outcome in outcomes.items()}
    found = Written([], [], best)
    held: set[Decimal] = set()
    for interval in intervals:
        inner = [point for point in outcomes if interval.low <= point <= interval.high and point not in held]
        if not inner:
            continue
        point = inner[len(inner) // 2]
        held.update(inner)
        found.answers.append({**interval.answer, "fraction": as_text(parts[point])})
        found.names.append(str(len(found.names)))
        found.probes.append(Probe(frozenset([found.names[-1]]), parts[point], outcomes[point].shown))
    _add_any(found, outcomes, parts, ends)
    if _wrong(found, parts, edges, notes):
        found = _by_level(parts, edges, best, notes)
    return found


def _add_any(
    found: Written, outcomes: Mapping[Decimal, Outcome], parts: Mapping[Decimal, Decimal], ends: Sequence[Decimal]
) -> None:
    """An answer for every other number, where it earns something; else it is what shows the feedback for wrong ones."""
    low, high = ends[0], ends[-1]
    if parts[low] == parts[high] > 0:
        found.names.append(ANYTHING)
        found.answers.append({"any": True, "fraction": as_text(parts[low])})
    found.probes.append(Probe(frozenset([ANYTHING]), parts[low], outcomes[low].shown))


def _wrong(found: Written, parts: Mapping[Decimal, Decimal], edges: Sequence[Decimal], notes: Notes) -> bool:
    """Whether our type grades something else than the file; a bound that is left out there is a loss."""
    kind, body = type_named("numeric"), drafted("numeric", {"prompt": "?", "answers": found.answers})
    if body is None or any("digits" in answer for answer in found.answers):
        return False
    wrong = [point for point, part in parts.items() if abs((kind.grade(body, format(point, "f")) or 0) - part) > _CLOSE]
    if wrong and all(point in edges for point in wrong):
        message = N_("%(point)s itself does not count in the file; here the bounds of an answer count, too.")
        for point in sorted(wrong):
            notes.loss(None, message, point=as_text(point))
        return False
    return bool(wrong)


def _by_level(parts: Mapping[Decimal, Decimal], edges: Sequence[Decimal], best: Decimal, notes: Notes) -> Written:
    """Ranges that say the same: those of the best answers first, wider ones with less after them."""
    found = Written([], [], best)
    points = sorted(parts)
    for level in sorted({part for part in parts.values() if part > 0}, reverse=True):
        run: list[Decimal] = []
        for point in [*points, None]:
            if point is not None and parts[point] >= level:
                run.append(point)
            elif run:
                low = run[0] if run[0] in edges else -_FARTHEST if run[0] == points[0] else _next(points, run[0], -1)
                high = (
                    run[-1] if run[-1] in edges else _FARTHEST if run[-1] == points[-1] else _next(points, run[-1], 1)
                )
                answer = {
                    "low": as_text(low),
                    "high": as_text(high),
                    "tolerance_type": "range",
                    "fraction": as_text(level),
                }
                if any(parts[at] == level for at in run):
                    found.answers.append(answer)
                    found.names.append(str(len(found.names)))
                run = []
    _wrong(found, parts, edges, notes)
    return found


def _next(points: Sequence[Decimal], point: Decimal, step: int) -> Decimal:
    return points[points.index(point) + step]


def _foreseen(scorer: Scorer, name: str) -> list[tuple[str, bool]]:
    """The texts, and the patterns (True), that declaration and rules hold, each once, in order."""
    declared = scorer.declarations[name]
    found: list[tuple[Any, bool]] = []
    for element in scorer.rules.iter(
        "stringMatch", "match", "equal", "member", "patternMatch", "substring", *_MAPPED, "correct"
    ):
        if element.tag in (*_MAPPED, "correct"):
            if element.get("identifier") == name:
                keys = [key for key, _, _ in declared.mapping.entries] if declared.mapping else []
                correct = declared.correct.items if declared.correct else ()
                found += [(key, False) for key in (keys if element.tag in _MAPPED else correct)]
        elif any(variable.get("identifier") == name for variable in element.iter("variable")):
            pattern = pattern_of(element)
            constants = [("".join(value.itertext()).strip(), False) for value in element.iter("baseValue")]
            found += constants if pattern is None else [(pattern, True)]
    texts = ((as_text(text) if isinstance(text, Decimal) else text, pattern) for text, pattern in found)
    foreseen = list(dict.fromkeys((text, pattern) for text, pattern in texts if isinstance(text, str)))
    if len(foreseen) > _CANDIDATES_LIMIT:
        raise scorer.notes.fault(scorer.rules, N_("The response processing takes too many steps. Make it simpler."))
    return foreseen


def _case_counts(scorer: Scorer, name: str, trying: Try, notes: Notes) -> bool:
    """Whether case counts: told by turning it around, or where that is no help by what the file says."""
    verdicts = set()
    for text in (text for text, is_pattern in _foreseen(scorer, name) if not is_pattern):
        turned = text.swapcase()
        if turned.casefold() == text.casefold() and turned != text and trying(Value((text,), "string"), {}).score > 0:
            same = trying(Value((turned,), "string"), {}) == trying(Value((text,), "string"), {})
            verdicts.add(not same)
    if len(verdicts) == 2:
        notes.loss(None, N_("Case counts in some answers of the file and not in others; here it counts in all."))
    if verdicts:
        return True in verdicts
    declared = scorer.declarations[name].mapping
    ignored = [not counts for _, _, counts in declared.entries] if declared else []
    ignored += [element.get("caseSensitive") in ("false", "0") for element in scorer.rules.iter("stringMatch")]
    return not any(ignored)


def _from_pattern(pattern: str) -> dict[str, Any]:
    """A pattern as an answer: texts with stars where it is nothing more, else the pattern itself."""
    if pattern in _ANYTHING:
        return {"text": "*", "pattern": False}
    pieces = pattern.split(".*")
    if all(_LITERAL.fullmatch(piece) for piece in pieces):
        plain = [re.sub(r"\\(.)", r"\1", piece).replace("*", "\\*") for piece in pieces]
        return {"text": "*".join(plain), "pattern": False}
    return {"text": pattern, "pattern": True}


def _intervals(scorer: Scorer, name: str, notes: Notes) -> list[_Interval]:
    """What the rules compare the response with, in order."""
    declared = scorer.declarations[name]
    found: list[_Interval] = []
    for element in scorer.rules.iter("equal", "equalRounded", "match", "and", "gt", "gte", "lt", "lte", "mapResponse"):
        if element.tag == "mapResponse":
            if element.get("identifier") == name and declared.mapping:
                found += [_point(key) for key, _, _ in declared.mapping.entries if isinstance(key, Decimal)]
        elif element.tag == "and":
            found += _between(element, scorer, name, notes)
        else:
            found += _compared(element, scorer, name, notes)
    if declared.correct:
        found += [_point(key) for key in declared.correct.items if isinstance(key, Decimal)]
    if len(found) > _CANDIDATES_LIMIT:
        raise notes.fault(scorer.rules, N_("The response processing takes too many steps. Make it simpler."))
    first: dict[tuple[Decimal, Decimal], _Interval] = {}
    for interval in found:
        first.setdefault((interval.low, interval.high), interval)
    return list(first.values())


def _point(value: Decimal) -> _Interval:
    return _Interval(value, value, {"value": as_text(value)})


def _constant(element: Any, scorer: Scorer, name: str, notes: Notes) -> Decimal | None:
    """The number that one side of a comparison is; None for the response itself."""
    if element.tag == "variable" and element.get("identifier") == name:
        return None
    if element.tag in ("integerToFloat", "round", "truncate", "customOperator") and len(element):
        return _constant(element[0], scorer, name, notes)
    found = None
    if element.tag == "baseValue":
        found = exact("".join(element.itertext()).strip())
    elif element.tag == "correct" and (correct := scorer.declarations[element.get("identifier", "")].correct):
        found = correct.items[0] if isinstance(correct.items[0], Decimal) else exact(str(correct.items[0]))
    if found is None:
        message = N_("A number is compared with something that is not known beforehand (%(name)s).")
        raise notes.fault(element, message, name=element.tag)
    return found


def _compared(element: Any, scorer: Scorer, name: str, notes: Notes) -> list[_Interval]:
    if len(element) != 2 or not any(variable.get("identifier") == name for variable in element.iter("variable")):
        return []
    sides = [_constant(side, scorer, name, notes) for side in element]
    constant = sides[0] if sides[1] is None else sides[1]
    if constant is None or sides[0] is not None is not sides[1]:
        return []
    if element.tag == "equalRounded":
        digits = exact(element.get("figures", ""))
        if element.get("roundingMode", "significantFigures") == "significantFigures" and digits and 0 < digits <= 30:
            answer = {"value": as_text(constant), "tolerance_type": "significant", "digits": int(digits)}
            return [_Interval(constant, constant, answer)]
        raise notes.fault(
            element, N_("The response processing uses %(name)s, which is not understood."), name="equalRounded"
        )
    mode = element.get("toleranceMode", "exact")
    if element.tag != "equal" or mode == "exact":
        return [_point(constant)]
    below, above = tolerances(element)
    if mode == "absolute" and below == above:
        answer = {"value": as_text(constant), "tolerance": as_text(below)}
        return [_Interval(constant - below, constant + above, answer)]
    if mode == "absolute":
        low, high = (constant - below, constant + above) if sides[1] is None else (constant - above, constant + below)
        return [_ranged(low, high)]
    if sides[1] is None:  # the reach is that of the constant
        reach = abs(constant)
        low, high = constant - below * reach, constant + above * reach
        if below == above:
            return [
                _Interval(
                    low, high, {"value": as_text(constant), "tolerance": as_text(below), "tolerance_type": "relative"}
                )
            ]
        return [_ranged(low, high)]
    if below >= 1:
        raise notes.fault(element, N_("A relative tolerance of 100 percent or more cannot be kept."))
    return [_ranged(*sorted((constant / (1 + above), constant / (1 - below))))]


def _ranged(low: Decimal, high: Decimal) -> _Interval:
    places = Decimal("1e-20")
    low, high = (bound if exact(as_text(bound)) is not None else bound.quantize(places) for bound in (low, high))
    return _Interval(low, high, {"low": as_text(low), "high": as_text(high), "tolerance_type": "range"})


def _between(element: Any, scorer: Scorer, name: str, notes: Notes) -> list[_Interval]:
    """The range of an `and` that holds a lower and an upper bound."""
    low = high = None
    for inner in element:
        if inner.tag in ("gt", "gte", "lt", "lte") and len(inner) == 2 and inner[0].get("identifier") == name:
            constant = _constant(inner[1], scorer, name, notes)
            low, high = (constant, high) if inner.tag in ("gt", "gte") else (low, constant)
    return [_ranged(low, high)] if low is not None and high is not None and low <= high else []
