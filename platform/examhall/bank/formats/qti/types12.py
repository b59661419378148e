"""The kinds of questions of QTI 1.2, one by one, as questions of ours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from examhall.bank.content.richtext import plain_text
from examhall.bank.formats.qti import choices, tree
from examhall.bank.formats.qti.feedback import Probe, Texts, assigned
from examhall.bank.formats.qti.presentation12 import Presentation, Response
from examhall.bank.formats.qti.rules12 import Given, Rules
from examhall.bank.formats.qti.scoring import fraction, rounded_points
from examhall.bank.formats.qti.subject import Draft, keys
from examhall.bank.types.contract import as_text, exact
from examhall.bank.types.variables import VARIABLES_LIMIT
from examhall.errors import N_

_VARIANTS_LIMIT = 500
_FORMULA_LIMIT = 10_000  # far beyond what a body holds
_NAME = re.compile(r"[^\W\d_]\w*(?!\w*\s*\()")


def single(shown: Presentation, rules: Rules) -> Draft:
    """One choice: single_choice, or true_false where the choices are True and False."""
    response = _only(shown, "response_lid")
    names = list(response.choices)
    found = choices.single(names, lambda ticked: rules.outcome({response.name: ticked}).score, shown.notes)
    texts = texts_of(shown, rules, [{response.name: frozenset([name])} for name in names], found.best)
    verdicts = {plain_text(text).lower(): name for name, text in response.choices.items()}
    parts = sorted(found.fractions.values())
    if verdicts.keys() == {"true", "false"} and parts == [0, 1]:
        body = {
            "correct": found.fractions[verdicts["true"]] == 1,
            "feedback_true": texts.of(verdicts["true"]),
            "feedback_false": texts.of(verdicts["false"]),
        }
        return Draft("true_false", body, texts, rounded_points(found.best))
    return Draft("single_choice", _options(response, found, texts), texts, rounded_points(found.best))


def several(shown: Presentation, rules: Rules) -> Draft:
    """Choices to tick, scored as the file says."""
    response = _only(shown, "response_lid")
    names = list(response.choices)
    right = [tree.words(found) for condition in rules.earning() for found in _affirmed(condition)]
    found = choices.several(
        names,
        lambda ticked: rules.outcome({response.name: ticked}).score,
        shown.notes,
        right=[name for name in names if name in right],
    )
    rights = frozenset(name for name in names if found.fractions[name] > 0)
    ticks = [frozenset([name]) for name in names]
    ticks += [ticked for ticked in (rights, frozenset(names) - rights) if ticked and ticked not in ticks]
    texts = texts_of(shown, rules, [{response.name: ticked} for ticked in ticks], found.best)
    data = _options(response, found, texts) | {"scheme": found.scheme}
    for option, name in zip(data["options"], names, strict=True):
        option["unticked"] = as_text(found.unticked.get(name, Decimal(0)))
    return Draft("multiple_choice", data, texts, rounded_points(found.best))


def several_in_canvas(shown: Presentation, rules: Rules) -> Draft:
    """Canvas writes all or nothing into its files, but marks right minus wrong."""
    draft = several(shown, rules)
    if draft.data["scheme"] == "all_or_nothing":
        draft.data["scheme"] = "right_minus_wrong"
        draft.texts.partial = draft.texts.partial or list(draft.texts.wrong)  # whatever is not right is wrong there
    return draft


def short_text(shown: Presentation, rules: Rules) -> Draft:
    """A word to write."""
    response = _only(shown, "response_str")
    compared = [found for found in shown.item.iter("varequal", "varsubstring", "varsubset") if _of(found, response)]
    tried: dict[str, tuple[dict[str, Any], Given]] = {}
    for found in compared:
        text = tree.words(found)
        given = {response.name: frozenset([text])}
        if text and (rules.outcome(given).score > 0):
            tried.setdefault(text, (written(found), given))
    case_sensitive = case_counts(shown, response, compared)
    best = max((rules.outcome(given).score for _, given in tried.values()), default=Decimal(0))
    if best <= 0:
        raise shown.notes.fault(shown.item, N_("No answer earns anything. Name the right one in the file."))
    texts = texts_of(shown, rules, [given for _, given in tried.values()], best, response.name)
    answers = [
        {
            **answer,
            "fraction": as_text(max(fraction(rules.outcome(given).score, best), Decimal(0))),
            "feedback": texts.of(text),
        }
        for text, (answer, given) in tried.items()
    ]
    return Draft("short_text", {"answers": answers, "case_sensitive": case_sensitive}, texts, rounded_points(best))


def case_counts(shown: Presentation, response: Response, compared: Sequence[Any]) -> bool:
    """Whether case counts in what is written: where it does so in some answers only, here it counts in none."""
    verdicts = {found.get("case", "No").lower() in ("yes", "true") for found in compared}
    if len(verdicts) > 1:
        shown.notes.loss(response.element, N_("Case counts in some answers of the file and not in others."))
    return verdicts == {True}


def written(compared: Any) -> dict[str, Any]:
    """The answer that a condition compares with: a text, a part of one, or (as Blackboard has it) a pattern."""
    text = tree.words(compared)
    how = "exact" if compared.tag == "varequal" else compared.get("setmatch", "Contains").lower()
    if how == "matches":
        return {"text": text, "pattern": True}
    plain = text.replace("*", "\\*")
    return {"text": plain if how == "exact" else f"*{plain}*"}


def numeric(shown: Presentation, rules: Rules) -> Draft:
    """A number to write: equal to one, or between two."""
    response = _only(shown, "response_str", "response_num")
    answers = []
    scores = []
    for condition in rules.earning():
        interval = _interval(shown, condition)
        middle = interval.get("value") or as_text((Decimal(interval["low"]) + Decimal(interval["high"])) / 2)
        scores.append(rules.outcome({response.name: frozenset([middle])}).score)
        answers.append((interval, middle))
    best = max(scores, default=Decimal(0))
    if best <= 0:
        raise shown.notes.fault(shown.item, N_("No answer earns anything. Name the right one in the file."))
    texts = texts_of(shown, rules, [{response.name: frozenset([middle])} for _, middle in answers], best, response.name)
    data = [
        {**interval, "fraction": as_text(max(fraction(score, best), Decimal(0))), "feedback": texts.of(middle)}
        for (interval, middle), score in zip(answers, scores, strict=True)
    ]
    return Draft("numeric", {"answers": data}, texts, rounded_points(best))


def matching(shown: Presentation, rules: Rules) -> Draft:
    """A choice for each response: its text is the stem."""
    stems, right = [], {}
    texts: dict[str, str] = {}
    nothing = max(rules.outcome({}).score, Decimal(0))
    for response in shown.responses:
        scores = {name: rules.outcome({response.name: frozenset([name])}).score for name in response.choices}
        best = max(scores.values(), default=Decimal(0))
        if not _says(response.text):
            shown.notes.loss(response.element, N_("This answer has no text, so it is left out."))
            continue
        partner = next(name for name, score in scores.items() if score == best) if best > 0 else ""
        if not _says(response.choices.get(partner, "")):
            message = N_('"%(name)s" has no right partner in the file and is left out.')
            shown.notes.loss(response.element, message, name=plain_text(response.text, 60))
            continue
        others = [name for name, score in scores.items() if score > nothing]
        if any(response.choices[name] != response.choices[partner] for name in others):
            message = N_('"%(name)s" has several right partners in the file. The one that earns most is right here.')
            shown.notes.loss(response.element, message, name=plain_text(response.text, 60))
        right[response.name] = partner
        stems.append(response)
        for text in filter(_says, response.choices.values()):
            texts.setdefault(text, f"c{len(texts) + 1}")
    whole = {name: frozenset([choice]) for name, choice in right.items()}
    best = rules.outcome(whole).score if stems else Decimal(0)
    if best <= 0:
        raise shown.notes.fault(shown.item, N_("No pair earns anything. Name the right ones in the file."))
    wrong = {
        response.name: frozenset([name for name in response.choices if name != right[response.name]][:1])
        for response in stems
    }
    data = {
        "stems": [
            {"text": response.text, "choice": texts[response.choices[right[response.name]]]} for response in stems
        ],
        "choices": [{"key": key, "text": text} for text, key in texts.items()],
    }
    return Draft("matching", data, texts_of(shown, rules, [whole, wrong], best), rounded_points(best))


def calculated(shown: Presentation, rules: Rules) -> Draft:
    """A number to be worked out from values that differ between candidates."""
    notes = shown.notes
    definition = next(shown.item.iter("calculated"), None)
    formulas = [] if definition is None else [tree.words(found) for found in definition.iter("formula")]
    if definition is None or not formulas:
        raise notes.fault(shown.item, N_("The formula is missing."))
    holder = next(definition.iter("formulas"), definition)
    allowed = next(definition.iter("answer_tolerance"), None)
    tolerance = tree.words(allowed) or "0"
    percent = tolerance.endswith("%") or (allowed is not None and allowed.get("margin_type") == "percent")
    margin = exact(tolerance.rstrip("%").strip())
    if margin is None:
        raise notes.fault(
            definition, N_('"%(text)s" is not a number. Write digits and a point here.'), text=tolerance[:40]
        )
    digits = tree.whole(holder.get("decimal_places", ""), 2)
    scientific = holder.get("scientific_notation") == "true"  # as `1.23*10^4`, with that many digits after the point
    shown_with = (digits + 1, "significant") if scientific else (digits, "decimals")
    answer = {
        "formula": _as_one(formulas),
        "tolerance": as_text(margin / 100 if percent else margin),
        "tolerance_type": "relative" if percent else "nominal",
        "shown": dict(zip(("digits", "kind"), shown_with, strict=True)),
        "fraction": "1",
    }
    variables = [
        {
            "name": found.get("name", ""),
            "low": tree.words(tree.child(found, "min")),
            "high": tree.words(tree.child(found, "max")),
            "decimals": tree.whole(found.get("scale", "")),
        }
        for found in (tree.child(definition, "vars") if tree.child(definition, "vars") is not None else [])
    ]
    if len(variables) > VARIABLES_LIMIT:
        raise notes.fault(definition, N_("Give at most %(max_length)s entries here."), max_length=VARIABLES_LIMIT)
    sets = list(definition.iter("var_set"))
    if len(sets) > _VARIANTS_LIMIT:
        notes.loss(definition, N_("Only the first %(limit)s sets of values are kept."), limit=_VARIANTS_LIMIT)
    variants = [
        {found.get("name", ""): tree.words(found) for found in tree.children(one, "var")}
        for one in sets[:_VARIANTS_LIMIT]
    ]
    prompt = shown.prompt
    for variable in variables:
        for marked in ("[%s]", "`%s`"):  # as Canvas writes it, and as its New Quizzes do
            prompt = prompt.replace(marked % variable["name"], f"{{{variable['name']}}}")
    data: dict[str, Any] = {"variables": variables, "variants": variants, "answers": [answer]}
    texts = texts_of(shown, rules, [{}, {"": frozenset("?")}], Decimal(1))
    return Draft("calculated", data, texts, Decimal(1), prompt)


def _as_one(formulas: Sequence[str]) -> str:
    """The last of several formulas, with the values in it that those before it give to names (`x = n*x`)."""
    named: dict[str, str] = {}
    formula = ""
    for said in formulas:
        name, is_named, rest = said.rpartition("=")
        formula = _NAME.sub(lambda found: named.get(found[0], found[0]), rest)
        if len(formula) > _FORMULA_LIMIT:
            break
        if is_named:
            named[name.strip()] = f"({formula.strip()})"
    return formula.strip()


def description(shown: Presentation, rules: Rules) -> Draft:
    """A text to read."""
    return Draft("description", {}, texts_of(shown, rules, [{}, {"": frozenset("?")}], Decimal(1)))


def _says(html: str) -> bool:
    """Whether there is something to read or to see."""
    return bool(plain_text(html)) or "<img" in html


def _only(shown: Presentation, *tags: str) -> Response:
    """The one response of an item. Raises Fault."""
    found = [response for response in shown.responses if response.element.tag in tags]
    if len(found) != 1:
        raise shown.notes.fault(
            shown.item, N_("This question needs one response of the kind %(names)s."), names=", ".join(tags)
        )
    return found[0]


def _of(condition: Any, response: Response) -> bool:
    return bool(condition.get("respident", response.name) == response.name)


def _affirmed(condition: Any) -> list[Any]:
    return [found for found in condition.iter("varequal") if next(found.iterancestors("not"), None) is None]


def _options(response: Response, found: choices.Key, texts: Texts) -> dict[str, Any]:
    names = list(response.choices)
    render = next(response.element.iter("render_choice"), None)
    shuffle = render is not None and render.get("shuffle", "No").lower() == "yes"
    pinned = {label.get("ident") for label in response.element.iter("response_label") if label.get("rshuffle") == "No"}
    options = [
        {
            "key": key,
            "text": response.choices[name],
            "fraction": as_text(found.fractions[name]),
            "feedback": texts.of(name),
            "pinned": shuffle and name in pinned,
        }
        for name, key in zip(names, keys(names), strict=True)
    ]
    return {"options": options, "shuffle": shuffle}


def texts_of(shown: Presentation, rules: Rules, tried: Sequence[Given], best: Decimal, other: str = "") -> Texts:
    """The feedback of an item by what is shown for the tried responses, and for one foreseen by none to `other`."""
    responses = [*tried, {other: frozenset(["\ue000"])}] if other else tried
    probes = []
    for given in responses:
        outcome = rules.outcome(given)
        answers = frozenset(name for members in given.values() for name in members)
        probes.append(Probe(answers, fraction(outcome.score, best), outcome.shown))
    return assigned(rules.feedbacks, probes, lambda feedback: shown.text(feedback.element), shown.notes)


def _interval(shown: Presentation, condition: Any) -> dict[str, Any]:
    """The number or the range that a condition takes for right."""
    found: dict[str, Decimal] = {}
    for element in condition.iter("varequal", "vargt", "vargte", "varlt", "varlte"):
        amount = exact(tree.words(element))
        if amount is None:
            message = N_('"%(text)s" is not a number. Write digits and a point here.')
            raise shown.notes.fault(element, message, text=tree.words(element)[:40])
        found[{"varequal": "value", "vargt": "low", "vargte": "low"}.get(element.tag, "high")] = amount
        if element.tag in ("vargt", "varlt"):
            message = N_("%(point)s itself does not count in the file; here the bounds of an answer count, too.")
            shown.notes.loss(element, message, point=as_text(amount))
    value, low, high = found.get("value"), found.get("low"), found.get("high")
    if low is not None and high is not None:
        if value is not None and value - low == high - value >= 0:
            return {"value": as_text(value), "tolerance": as_text(high - value)}
        low, high = sorted((low, high))
        return {"low": as_text(low), "high": as_text(high), "tolerance_type": "range"}
    if value is None:
        raise shown.notes.fault(condition, N_("Name the right number, or the least and the greatest one."))
    return {"value": as_text(value)}
