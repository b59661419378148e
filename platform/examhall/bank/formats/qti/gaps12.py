"""Gaps of QTI 1.2 as Canvas writes them: [names] in the text mark them, each has a response with its choices."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from html import escape
from typing import Any

from examhall.bank.content.richtext import plain_text
from examhall.bank.formats.qti.feedback import Probe, Texts, assigned
from examhall.bank.formats.qti.gaps import weights
from examhall.bank.formats.qti.presentation12 import Presentation, Response
from examhall.bank.formats.qti.rules12 import Given, Rules
from examhall.bank.formats.qti.scoring import fraction, rounded_points
from examhall.bank.formats.qti.subject import Draft, keys
from examhall.bank.types.contract import as_text
from examhall.errors import N_

Scores = dict[str, Decimal]
Said = Callable[[str], str]
"""The feedback of a choice."""


def blanks(shown: Presentation, rules: Rules) -> Draft:
    """Words to write into the gaps, or to choose there, as New Quizzes says for each choice."""

    def gap(response: Response, scores: Scores, said: Said) -> dict[str, Any]:
        kinds = {label.get("answer_type", "") for label in response.element.iter("response_label")}
        listed = kinds & {"dropdown", "wordbank"}
        return _listed(response, scores, said) if listed else _written(shown, response, scores, said)

    return _gaps(shown, rules, gap)


def dropdowns(shown: Presentation, rules: Rules) -> Draft:
    """Lists to choose from in the gaps."""
    return _gaps(shown, rules, _listed)


def _gaps(shown: Presentation, rules: Rules, gap: Callable[[Response, Scores, Said], dict[str, Any]]) -> Draft:
    tried: list[tuple[Response, Scores]] = []
    for response in shown.responses:
        scores = {name: rules.outcome({response.name: frozenset([name])}).score for name in response.choices}
        if max(scores.values(), default=Decimal(0)) <= 0:
            raise shown.notes.fault(response.element, N_("No answer earns anything. Name the right one in the file."))
        tried.append((response, scores))
    if not tried:
        message = N_("There is no gap in this question. Write one such as %(example)s.")
        raise shown.notes.fault(shown.item, message, example="[1]")
    parts = [max(scores.values()) for _, scores in tried]
    best = sum(parts, Decimal(0))

    def probe(given: Given) -> Probe:
        outcome = rules.outcome(given)
        answers = frozenset(_both(response, name) for response, members in given.items() for name in members)
        return Probe(answers, fraction(outcome.score, best), outcome.shown)

    whole = {one.name: frozenset([max(scores, key=lambda name: scores[name])]) for one, scores in tried}
    single = [{response.name: frozenset([name])} for response, scores in tried for name in scores]
    texts = assigned(
        rules.feedbacks,
        [probe(given) for given in (whole, {}, *(single if rules.feedbacks else ()))],
        lambda feedback: shown.text(feedback.element),
        shown.notes,
    )
    prompt, gaps = shown.prompt, []
    for place, (response, scores) in enumerate(tried):
        mark, gap_here = next((found for found in _marks(response) if found in prompt), ""), f"{{#{place + 1}}}"
        prompt = prompt.replace(mark, gap_here, 1) if mark else f"{prompt}<div>{gap_here}</div>"
        gaps.append({"key": str(place + 1), **gap(response, scores, partial(_said, texts, response))})
    for made, weight in zip(gaps, weights(parts, shown.notes), strict=True):
        made["weight"] = weight
    return Draft("cloze", {"gaps": gaps}, texts, rounded_points(best), prompt)


def _said(texts: Texts, response: Response, name: str) -> str:
    return texts.of(_both(response.name, name))


def _both(response: str, name: str) -> str:
    """What names a choice among those of all gaps."""
    return f"{response}\n{name}"


def _marks(response: Response) -> list[str]:
    """What may mark the gap in the text: in New Quizzes the response's identifier, in Canvas its own text."""
    names = (response.name.removeprefix("response_"), plain_text(response.text))
    return [f"[{escape(name, quote=False)}]" for name in names if name]


def _written(shown: Presentation, response: Response, scores: Scores, said: Said) -> dict[str, Any]:
    """The answers of a gap; New Quizzes says for each how it is compared."""
    most = max(scores.values())
    labels = {label.get("ident", ""): label for label in response.element.iter("response_label")}
    answers = []
    for name, score in scores.items():
        how = labels[name].get("scoring_algorithm", "")
        text = plain_text(response.choices[name])
        if score <= 0 and how != "TextInChoices":
            continue
        if how == "TextCloseEnough":
            shown.notes.loss(labels[name], N_("Misspellings that the file forgives count as wrong here."))
        plain = text.replace("*", "\\*")
        answer: dict[str, Any] = {"text": f"*{plain}*" if how == "TextContainsAnswer" else plain}
        if how == "TextRegex":
            answer = {"text": text.removeprefix("^").removesuffix("$"), "pattern": True}
        worth = as_text(fraction(score, most)) if score > 0 else "1"
        answers.append({**answer, "fraction": worth, "feedback": said(name)})
    sensitive = shown.metadata.get("case_sensitive", "").lower() == "true"
    return {"kind": "short_text", "answers": answers, "case_sensitive": sensitive}


def _listed(response: Response, scores: Scores, said: Said) -> dict[str, Any]:
    most = max(scores.values())
    options = [
        {
            "key": key,
            "text": response.choices[name],
            "fraction": as_text(max(fraction(score, most), Decimal(-1))),
            "feedback": said(name),
        }
        for (name, score), key in zip(scores.items(), keys(list(scores)), strict=True)
    ]
    return {"kind": "choice", "display": "dropdown", "options": options}
