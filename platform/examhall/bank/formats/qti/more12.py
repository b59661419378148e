"""More kinds of questions of QTI 1.2: orders, several fields to write into, things to sort into categories."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from html import escape
from typing import Any

from examhall.bank.content.richtext import plain_text
from examhall.bank.formats.qti import tree
from examhall.bank.formats.qti.gaps import weights
from examhall.bank.formats.qti.presentation12 import Presentation, Response, joined
from examhall.bank.formats.qti.rules12 import Rules
from examhall.bank.formats.qti.scoring import fraction, rounded_points
from examhall.bank.formats.qti.subject import Draft, keys
from examhall.bank.formats.qti.types12 import case_counts, texts_of, written
from examhall.bank.types.cloze import GAPS_LIMIT
from examhall.bank.types.contract import as_text, exact
from examhall.bank.types.ordering import ITEMS_LIMIT
from examhall.errors import N_


def ordering(shown: Presentation, rules: Rules) -> Draft:
    """Items in the order in which the rules name them; only the whole order earns points."""
    order: list[str] = []
    for condition in rules.earning():
        named = [found for found in condition.iter("varequal") if next(found.iterancestors("not"), None) is None]
        order = max(order, [tree.words(found) for found in named], key=len)
    placed = {found.get("index"): tree.words(found) for found in shown.item.iter("varequal") if found.get("index")}
    if len(placed) > len(order) and all(place.isascii() and place.isdigit() for place in placed):  # as ILIAS has it
        order = [placed[place] for place in sorted(placed, key=int)]
        shown.notes.loss(
            shown.item, N_("Orders that are partly right earn other points in the file; check the scheme.")
        )
    if len(order) > ITEMS_LIMIT:
        raise shown.notes.fault(shown.item, N_("Give at most %(max_length)s entries here."), max_length=ITEMS_LIMIT)
    if len(shown.responses) != 1 or len(order) < 2 or sorted(order) != sorted(shown.responses[0].choices):
        raise shown.notes.fault(shown.item, N_("The right order (correctResponse) has to name each choice once."))
    (response,) = shown.responses
    whole = {response.name: frozenset(order)}
    best = rules.outcome(whole).score
    items = [{"key": key, "text": response.choices[name]} for name, key in zip(order, keys(order), strict=True)]
    texts = texts_of(shown, rules, [whole, {}], best)
    ends = {found.get("position"): shown.material(found) for found in response.element.iter("material")}
    labels = [f"{arrow} {ends[end]}" for end, arrow in (("top", "↑"), ("bottom", "↓")) if ends.get(end)]
    prompt = joined(shown.prompt, response.text, *labels)
    return Draft("ordering", {"items": items, "scheme": "exact"}, texts, rounded_points(best), prompt)


def entries(shown: Presentation, rules: Rules) -> Draft:
    """A text or number to write for each response, or one of a list: all of them earn the points together."""
    if len(shown.responses) > GAPS_LIMIT:
        raise shown.notes.fault(shown.item, N_("Give at most %(max_length)s entries here."), max_length=GAPS_LIMIT)
    foreseen = {response.name: _foreseen(shown.item, response) for response in shown.responses}
    whole = {name: frozenset(list(texts)[:1]) for name, texts in foreseen.items()}
    best = rules.outcome(whole).score if all(foreseen.values()) else Decimal(0)
    if best <= 0:
        raise shown.notes.fault(shown.item, N_("No answer earns anything. Name the right one in the file."))
    alone = [rules.outcome({one.name: whole[one.name]}).score for one in shown.responses]
    apart = abs(sum(alone, Decimal(0)) - best) <= Decimal("0.002") * best and min(alone) > 0
    if not apart:
        message = N_("In the file only all gaps together earn points; here each earns its share.")
        shown.notes.loss(shown.item, message)
    marks = {response.element: f"{{#{number}}}" for number, response in enumerate(shown.responses, start=1)}
    prompt = shown.prompt
    for response in shown.responses:
        prompt = prompt.replace(f"[{escape(response.name, quote=False)}]", marks[response.element], 1)
    if any(mark not in prompt for mark in marks.values()):
        prompt = shown.passage({one.element: f"{one.text} {marks[one.element]}".strip() for one in shown.responses})
    gaps: list[dict[str, Any]] = []
    for number, (response, weight) in enumerate(
        zip(shown.responses, weights(alone, shown.notes) if apart else [1] * len(alone), strict=True), start=1
    ):
        earned = {
            text: score for text in foreseen[response.name] if (score := _score(rules, whole, response.name, text)) > 0
        }
        cased = case_counts(shown, response, _compared(shown.item, response))
        gaps.append({"key": str(number), "weight": weight, **_gap(response, foreseen[response.name], earned, cased)})
    return Draft("cloze", {"gaps": gaps}, texts_of(shown, rules, [whole, {}], best), rounded_points(best), prompt)


def _score(rules: Rules, whole: Mapping[str, frozenset[str]], name: str, text: str) -> Decimal:
    """What a text in one gap adds to what the right ones in the others earn."""
    others = {**whole, name: frozenset[str]()}
    return rules.outcome({**others, name: frozenset([text])}).score - rules.outcome(others).score


def _gap(
    response: Response, foreseen: Mapping[str, dict[str, Any]], earned: Mapping[str, Decimal], cased: bool
) -> dict[str, Any]:
    """A gap of the kind that its response has, in which these texts earn something."""
    most = max(earned.values(), default=Decimal(1))
    fractions = {text: as_text(fraction(score, most)) for text, score in earned.items()}
    if response.choices:  # which the rules call by their text or by their identifier
        options = [
            {"text": html, "fraction": fractions.get(plain_text(html), fractions.get(name, "0"))}
            for name, html in response.choices.items()
        ]
        return {"kind": "choice", "display": "dropdown", "options": options}
    if response.element.tag == "response_num":
        field = next(response.element.iter("render_fib"), response.element)
        low, high = exact(field.get("minnumber", "")), exact(field.get("maxnumber", ""))
        between = {}
        if low is not None and high is not None and low != high:
            low, high = sorted((low, high))
            between = {"tolerance_type": "range", "low": as_text(low), "high": as_text(high)}
        answers = [{**(between or {"value": text}), "fraction": worth} for text, worth in fractions.items()]
        return {"kind": "numeric", "answers": answers[:1] if between else answers}
    answers = [{**foreseen[text], "fraction": worth} for text, worth in fractions.items()]
    return {"kind": "short_text", "answers": answers, "case_sensitive": cased}


def categories(shown: Presentation, rules: Rules) -> Draft:
    """Things to sort into categories: each thing is a stem, each category a choice."""
    right: dict[str, str] = {}
    texts: dict[str, str] = {}
    for response in shown.responses:
        texts |= response.choices
        for found in (one for condition in rules.earning() for one in condition.iter("varequal")):
            if found.get("respident") == response.name:
                right[tree.words(found)] = response.name
    stems = [name for name in texts if name in right]
    if left := [plain_text(texts[name], 40) for name in texts if name not in right]:
        message = N_('"%(name)s" has no right partner in the file and is left out.')
        shown.notes.loss(shown.item, message, name=", ".join(left)[:100])
    whole = {one.name: frozenset(name for name in stems if right[name] == one.name) for one in shown.responses}
    best = rules.outcome(whole).score
    if best <= 0:
        raise shown.notes.fault(shown.item, N_("No pair earns anything. Name the right ones in the file."))
    if len(stems) > len(rules.earning()):
        message = N_("The pairs earn different points in the file; here each earns the same share.")
        shown.notes.loss(shown.item, message)
    names = {response.name: f"c{place}" for place, response in enumerate(shown.responses, start=1)}
    data: dict[str, Any] = {
        "stems": [{"text": texts[name], "choice": names[right[name]]} for name in stems],
        "choices": [{"key": names[response.name], "text": response.text} for response in shown.responses],
        "shuffle": True,
    }
    return Draft("matching", data, texts_of(shown, rules, [whole, {}], best), rounded_points(best))


def _foreseen(item: Any, response: Response) -> dict[str, dict[str, Any]]:
    """The texts with which a response is compared, each with the answer that it makes."""
    return {text: written(one) for one in _compared(item, response) if (text := tree.words(one))}


def _compared(item: Any, response: Response) -> list[Any]:
    found = item.iter("varequal", "varsubset", "varsubstring")
    return [one for one in found if one.get("respident") == response.name]
