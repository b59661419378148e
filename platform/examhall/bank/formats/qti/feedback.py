"""Which feedback of a file belongs to which answer, told from what is shown when each of them is given."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from examhall.bank.formats.qti.notes import Notes
from examhall.bank.formats.qti.scoring import Feedback
from examhall.errors import N_

#: The outcome by which our own files show feedback on a right, a partly right and a wrong response.
VERDICT = "VERDICT"
#: The one by which they show feedback for everybody.
GENERAL = "GENERAL"
_RIGHT = Decimal("0.9995")  # thirds that are written with three digits
# What Canvas shows by these names alone, as no condition leads to them.
_BY_NAME = {"general_fb": ("general",), "correct_fb": ("right",), "general_incorrect_fb": ("partial", "wrong")}
_OUTCOME = re.compile(r"(in)?correct|right|wrong|partial", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Probe:
    """A response that was tried: the answers it holds, the fraction it earns, the places of feedbacks it shows."""

    answers: frozenset[str]
    fraction: Decimal
    shown: frozenset[int]


@dataclass
class Texts:
    """HTML for everybody, by outcome, and by answer."""

    general: list[str] = field(default_factory=list)
    right: list[str] = field(default_factory=list)
    partial: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)

    def body(self) -> dict[str, str]:
        """Those that every body has."""
        named = {"feedback": self.general, "right_feedback": self.right, "partial_feedback": self.partial}
        named["wrong_feedback"] = self.wrong
        return {name: "<br>".join(texts) for name, texts in named.items() if texts}

    def of(self, answer: str) -> str:
        """That of one answer."""
        return "<br>".join(self.answers.get(answer, ()))


def assigned(
    feedbacks: Sequence[Feedback], probes: Sequence[Probe], html: Callable[[Feedback], str], notes: Notes
) -> Texts:
    """Each feedback where our model has it; one that is shown under other conditions is a loss."""
    texts = Texts()
    for place, feedback in enumerate(feedbacks):
        text = html(feedback)
        if text and not _assign(texts, feedback, place, probes, text):
            message = N_('The feedback "%(name)s" is shown under conditions that cannot be kept; it is left out.')
            notes.loss(feedback.element, message, name=feedback.identifier[:100])
    return texts


def _assign(texts: Texts, feedback: Feedback, place: int, probes: Sequence[Probe], text: str) -> bool:
    shown = {number for number, probe in enumerate(probes) if place in probe.shown}
    if feedback.outcome == VERDICT and feedback.identifier in ("right", "partial", "wrong"):
        getattr(texts, feedback.identifier).append(text)
        return True
    if feedback.outcome == GENERAL and shown:
        texts.general.append(text)
        return True
    if not shown:
        known = _BY_NAME.get(feedback.identifier, ()) if not feedback.outcome else ()
        for name in known:
            getattr(texts, name).append(text)
        return bool(known)
    answers = _answers(place, probes, shown)
    outcome = next((held for held, those in _outcomes(texts, probes) if those == shown), None)
    named = _OUTCOME.search(feedback.identifier) or _OUTCOME.search(feedback.outcome)
    if len(shown) == len(probes) > 1:
        texts.general.append(text)
    elif outcome is not None and (named or len(answers) != 1):
        outcome.append(text)
    elif answers:
        for answer in answers:
            texts.answers.setdefault(answer, []).append(text)
    elif len(shown) == len(probes):
        texts.general.append(text)
    else:
        return False
    return True


def _answers(place: int, probes: Sequence[Probe], shown: set[int]) -> list[str]:
    """The answers whose presence alone decides whether the feedback is shown; [] where there are none."""
    silent = frozenset().union(*(probe.answers for number, probe in enumerate(probes) if number not in shown))
    found = list(dict.fromkeys(key for number in sorted(shown) for key in sorted(probes[number].answers - silent)))
    return found if all(probes[number].answers & set(found) for number in shown) else []


def _outcomes(texts: Texts, probes: Sequence[Probe]) -> list[tuple[list[str], set[int]]]:
    right = {number for number, probe in enumerate(probes) if probe.fraction >= _RIGHT}
    wrong = {number for number, probe in enumerate(probes) if probe.fraction <= 0}
    partial = set(range(len(probes))) - right - wrong
    return [(texts.right, right), (texts.wrong, wrong), (texts.partial, partial)]
