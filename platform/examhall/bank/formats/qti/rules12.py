"""Response processing of QTI 1.2: conditions in order, each of which may add to the score and show a feedback."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lxml import etree

from examhall.bank.formats.qti import tree
from examhall.bank.formats.qti.notes import Notes
from examhall.bank.formats.qti.scoring import Feedback, Outcome
from examhall.bank.types.contract import exact
from examhall.errors import N_

Given = Mapping[str, frozenset[str]]
"""What is chosen or written for each response, by identifier."""

STEPS_LIMIT = 250_000
_COUNTING = ("_correct", "_incorrect")  # how variables end in which right and wrong answers are counted
_COMPARED = ("varequal", "varlt", "varlte", "vargt", "vargte", "varsubstring", "varsubset")
_CONDITIONS = (*_COMPARED, "and", "or", "not", "other", "unanswered", "conditionvar", "var_extension")


@dataclass(frozen=True, slots=True)
class _Test:
    """A condition, read once: which response it looks at, and the text or the number that it compares with."""

    element: Any
    tag: str
    response: str
    text: str
    amount: Decimal | None
    cased: bool
    inner: tuple[_Test, ...]

    @classmethod
    def of(cls, element: Any) -> _Test:
        """The condition that an element is, and those within it."""
        text, cased = tree.words(element), element.get("case", "No").lower() in ("yes", "true")
        return cls(
            element,
            # A pattern is only tried with itself.
            "varequal" if element.get("setmatch", "").lower() == "matches" else element.tag,
            element.get("respident", ""),
            text if cased else text.casefold(),
            exact(text),
            cased,
            tuple(map(cls.of, element)),
        )

    def compares(self, member: str) -> bool:
        """Whether what was chosen or written is as this says."""
        if self.tag in ("varequal", "varsubstring", "varsubset"):
            member = member if self.cased else member.casefold()
            return member == self.text if self.tag == "varequal" else self.text in member
        bound, found = self.amount, exact(member.strip())
        if bound is None or found is None:
            return False
        return {"varlt": found < bound, "varlte": found <= bound, "vargt": found > bound}.get(self.tag, found >= bound)


@dataclass(frozen=True, slots=True)
class _Condition:
    """A respcondition, read once: its tests, what it does to the score and shows, and whether others follow it."""

    tests: tuple[_Test, ...]
    actions: tuple[Any, ...]
    linked: frozenset[str]
    goes_on: bool

    @classmethod
    def of(cls, element: Any, variables: Any) -> _Condition:
        """The condition that an element is."""
        return cls(
            tuple(map(_Test.of, variables)),
            tuple(tree.children(element, "setvar")),
            frozenset(found.get("linkrefid", "") for found in tree.children(element, "displayfeedback")),
            _goes_on(element),
        )


def _goes_on(element: Any) -> bool:
    """Whether the conditions below one that holds count, too. Canvas does not say so where each adds its share."""
    said = element.get("continue")
    if said is None:
        return all(action.get("action", "Set") in ("Add", "Subtract") for action in tree.children(element, "setvar"))
    return bool(said.lower() == "yes")


def _part_alternatives(variables: Any, single: Container[str]) -> None:
    """Texts with which one entry is compared, side by side as Canvas writes them, are alternatives: it has one."""
    alike: dict[str, list[Any]] = {}
    for found in tree.children(variables, "varequal"):
        alike.setdefault(found.get("respident", ""), []).append(found)
    for name, tests in alike.items():
        if len(tests) > 1 and name in single:
            etree.SubElement(variables, "or").extend(tests)


@dataclass
class Rules:
    """The rules of an item. Raises Fault for conditions that are not understood."""

    item: Any
    notes: Notes

    def __post_init__(self) -> None:
        self.conditions = list(self.item.iter("respcondition"))
        self.steps = 0
        single = {
            entry.get("ident", "")
            for entry in self.item.iter("response_str", "response_num")
            if entry.get("rcardinality", "Single").lower() == "single"
        }
        for element in self.item.iter("conditionvar"):
            for inner in element.iter():
                if inner.tag not in _CONDITIONS:
                    message = N_("The response processing uses %(name)s, which is not understood.")
                    raise self.notes.fault(inner, message, name=inner.tag)
            _part_alternatives(element, single)
        self.feedbacks = [
            Feedback(element, "", element.get("ident", ""), False) for element in self.item.iter("itemfeedback")
        ]
        self.score_name = self._score_name()
        self._least = self._declared("minvalue")
        self._read = [
            _Condition.of(element, variables)
            for element in self.conditions
            if (variables := tree.child(element, "conditionvar")) is not None
        ]

    def outcome(self, given: Given) -> Outcome:
        """What responses earn."""
        score, fired, shown = self._initial(), False, set()
        for condition in self._read:
            if not all(self._holds(test, given, fired) for test in condition.tests):
                continue
            # Only what scores makes "other" untrue: files show feedback under conditions of their own before it.
            fired = fired or bool(condition.actions)
            for action in condition.actions:
                if action.get("varname", "SCORE") == self.score_name:
                    score = self._changed(score, action)
            shown |= {place for place, feedback in enumerate(self.feedbacks) if feedback.identifier in condition.linked}
            if not condition.goes_on:
                break
        return Outcome(score if self._least is None else max(score, self._least), frozenset(shown))

    def earning(self) -> list[Any]:
        """The conditions under which the score grows, in order."""
        return [
            condition
            for condition in self.conditions
            if any(
                action.get("varname", "SCORE") == self.score_name and (self._amount(action) or Decimal(0)) > 0
                for action in tree.children(condition, "setvar")
            )
        ]

    def _score_name(self) -> str:
        """The variable that is the score or, as Respondus and D2L have it, counts what is right."""
        set_, declared = (
            [found.get("varname", "SCORE") for found in self.item.iter(tag)] for tag in ("setvar", "decvar")
        )
        named = set_ or declared
        score = next((name for name in named if name.upper() == "SCORE"), None)
        counts = next((name for name in named if name.lower().endswith(_COUNTING[0])), None)
        return score or counts or (named[0] if named else "SCORE")

    @property
    def counts(self) -> bool:
        """Whether the score is a number of right answers, of which another variable makes points."""
        named = {found.get("varname", "SCORE").lower() for found in self.item.iter("setvar")}
        made = {name for name in named if not name.endswith(_COUNTING)}
        return self.score_name.lower().endswith(_COUNTING) and bool(made)

    def _initial(self) -> Decimal:
        return self._declared("defaultval") or Decimal(0)

    def _declared(self, name: str) -> Decimal | None:
        """A number that the score is declared with."""
        ours = self.score_name.upper()
        declared = (found for found in self.item.iter("decvar") if found.get("varname", "SCORE").upper() == ours)
        return next((exact(found.get(name, "")) for found in declared), None)

    def _changed(self, score: Decimal, action: Any) -> Decimal:
        amount = self._amount(action)
        if amount is None:
            message = N_('"%(text)s" is not a number. Write digits and a point here.')
            raise self.notes.fault(action, message, text=tree.words(action)[:40])
        done = action.get("action", "Set")
        if done == "Divide":
            return score / amount if amount else score
        changes = {"Add": score + amount, "Subtract": score - amount, "Multiply": score * amount}
        return changes.get(done, amount)

    def _amount(self, action: Any) -> Decimal | None:
        """The number that an action sets; Blackboard names the greatest one instead."""
        said = tree.words(action)
        return self._declared("maxvalue") if said == f"{self.score_name}.max" else exact(said)

    def _holds(self, test: _Test, given: Given, fired: bool) -> bool:
        self.steps += 1
        if self.steps > STEPS_LIMIT:
            raise self.notes.fault(test.element, N_("The response processing takes too many steps. Make it simpler."))
        if test.tag in ("and", "conditionvar"):
            return all(self._holds(inner, given, fired) for inner in test.inner)
        if test.tag == "or":
            return any(self._holds(inner, given, fired) for inner in test.inner)
        if test.tag == "not":
            return not any(self._holds(inner, given, fired) for inner in test.inner)
        if test.tag == "other":
            return not fired
        if test.tag == "var_extension":
            return False
        response = given.get(test.response, frozenset())
        return not response if test.tag == "unanswered" else any(map(test.compares, response))
