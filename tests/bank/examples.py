"""Bodies and responses of every type, at random, for the promises that all types keep."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from examhall.bank.types import type_named
from examhall.bank.types.contract import Body, QuestionType, as_text

SECRET = "SECRET"
"""Stands in every feedback and note and in nothing else, so that a leak is easy to see."""

words = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=8)
feedbacks = st.sampled_from(["", f"<p>{SECRET}</p>"])
parts = st.sampled_from(["0", "0.25", "0.5", "0.3333333"])
texts = words | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)


@dataclass(frozen=True)
class Case:
    """A body, how one candidate sees its options, a response from outside and one that earns the whole mark.

    `twin` is a body that differs from `body` in its key only: in what is right, what earns how much, and what is said
    about it. `full` is None where no response is sure of the whole mark.
    """

    kind: QuestionType
    body: Body
    arrangement: dict[str, str]
    response: dict[str, Any] | None
    full: dict[str, Any] | None
    twin: Body


def common(draw: st.DrawFn) -> dict[str, Any]:
    """What every body has."""
    about = {name: draw(feedbacks) for name in ("feedback", "right_feedback", "partial_feedback", "wrong_feedback")}
    return {"prompt": draw(st.sampled_from(["Which?", "<p>So <em>what</em>?</p>"])), "hints": [SECRET], **about}


def unique_texts(draw: st.DrawFn, count: int) -> list[str]:
    return draw(st.lists(words, min_size=count, max_size=count, unique=True))


def arranged(draw: st.DrawFn, kind: QuestionType, body: Body) -> dict[str, str]:
    """Opaque ids, as an attempt would freeze them."""
    keys = kind.arrange(body, draw(st.randoms(use_true_random=False)), draw(st.booleans()))
    ids = draw(st.lists(st.integers(0, 10**9), min_size=len(keys), max_size=len(keys), unique=True))
    return {key: f"z{number}" for key, number in zip(keys, ids, strict=True)}


def twin_of(kind: QuestionType, body: Body, **changes: Any) -> Body:
    """The body with another key and other feedback."""
    return kind.validate(body.to_json() | {"feedback": "another", "wrong_feedback": "another", "hints": []} | changes)


def rekeyed(parts: Sequence[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    """Parts whose values of these names have each moved on by one."""
    moved = [*parts[1:], parts[0]]
    return [
        part | {name: other[name] for name in names} | ({"feedback": "another"} if "feedback" in part else {})
        for part, other in zip(parts, moved, strict=True)
    ]


def _options(draw: st.DrawFn, fractions: list[str]) -> list[dict[str, Any]]:
    return [
        {"text": text, "fraction": fraction, "feedback": draw(feedbacks), "pinned": draw(st.booleans())}
        for text, fraction in zip(unique_texts(draw, len(fractions)), fractions, strict=True)
    ]


@st.composite
def single_choices(draw: st.DrawFn) -> Case:
    kind = type_named("single_choice")
    others = draw(st.lists(st.sampled_from(["1", "0", "0.5", "-0.25", "-1"]), min_size=1, max_size=6))
    fractions = draw(st.permutations(["1", *others]))
    body = kind.validate(common(draw) | {"options": _options(draw, fractions), "shuffle": draw(st.booleans())})
    arrangement = arranged(draw, kind, body)
    right = next(option.key for option in body.options if option.fraction == 1)
    response = {"choice": draw(st.sampled_from(sorted(arrangement.values())))}
    twin = twin_of(kind, body, options=rekeyed(body.to_json()["options"], "fraction"))
    return Case(kind, body, arrangement, response, {"choice": arrangement[right]}, twin)


@st.composite
def multiple_choices(draw: st.DrawFn) -> Case:
    kind = type_named("multiple_choice")
    right = draw(
        st.sampled_from([["1"], ["0.5", "0.5"], ["0.3333333"] * 3, ["0.1428571"] * 7, ["0.7", "0.3"], ["0.333"] * 3])
    )
    wrong = draw(st.lists(st.sampled_from(["0", "-0.5", "-1", "-0.3333333"]), min_size=1, max_size=4))
    options = _options(draw, draw(st.permutations(right + wrong)))
    schemes = ["sum", "right_minus_wrong", "every_decision", "ticked_unticked", "all_or_nothing"]
    scheme = draw(st.sampled_from(schemes))
    for option in options:
        option["unticked"] = draw(st.sampled_from(["0", "0.25", "1", "-0.5" if option["fraction"] in right else "0.5"]))
    body = kind.validate(common(draw) | {"options": options, "scheme": scheme})
    arrangement = arranged(draw, kind, body)
    ticked = draw(st.lists(st.sampled_from(sorted(arrangement.values())), unique=True))
    least = {option.key: option.unticked if scheme == "ticked_unticked" else 0 for option in body.options}
    full = [arrangement[option.key] for option in body.options if option.fraction > least[option.key]]
    twin = twin_of(kind, body, options=rekeyed(body.to_json()["options"], "fraction", "unticked"))
    return Case(kind, body, arrangement, {"choices": ticked}, {"choices": full}, twin)


@st.composite
def true_falses(draw: st.DrawFn) -> Case:
    kind = type_named("true_false")
    correct = draw(st.booleans())
    about = {"correct": correct, "feedback_true": draw(feedbacks), "feedback_false": draw(feedbacks)}
    body = kind.validate(common(draw) | about)
    twin = twin_of(kind, body, correct=not correct, feedback_true="another")
    return Case(kind, body, {}, {"value": draw(st.booleans())}, {"value": correct}, twin)


@st.composite
def kprims(draw: st.DrawFn) -> Case:
    kind = type_named("kprim")
    rows = [
        {"text": text, "correct": draw(st.booleans()), "feedback": draw(feedbacks), "pinned": draw(st.booleans())}
        for text in unique_texts(draw, 4)
    ]
    scheme = draw(st.sampled_from(["kprim", "every_decision", "all_or_nothing"]))
    labels = draw(st.sampled_from([{}, {"true_label": "Fits", "false_label": "Does not fit"}]))
    body = kind.validate(common(draw) | labels | {"rows": rows, "scheme": scheme, "shuffle": draw(st.booleans())})
    arrangement = arranged(draw, kind, body)
    response = {shown: draw(st.booleans()) for shown in arrangement.values() if draw(st.booleans())}
    full = {arrangement[row.key]: row.correct for row in body.rows}
    twin = twin_of(
        kind,
        body,
        rows=[row | {"correct": not row["correct"], "feedback": "another"} for row in body.to_json()["rows"]],
        scheme=draw(st.sampled_from(["kprim", "every_decision"])),
    )
    return Case(kind, body, arrangement, {"rows": response} if response else None, {"rows": full}, twin)


@st.composite
def short_texts(draw: st.DrawFn) -> Case:
    kind = type_named("short_text")
    expected = draw(st.lists(words, min_size=1, max_size=4, unique_by=lambda text: text.casefold()))
    answers: list[dict[str, Any]] = [
        {"text": text, "fraction": draw(parts), "feedback": draw(feedbacks)} for text in expected
    ]
    answers[0]["fraction"] = "1"
    for pattern in draw(st.lists(st.sampled_from([r"\d+", "[a-f]*g?", "a|b"]), unique=True, max_size=2)):
        answers.append({"text": pattern, "pattern": True, "fraction": draw(parts), "feedback": draw(feedbacks)})
    body = kind.validate(common(draw) | {"answers": answers, "case_sensitive": draw(st.booleans())})
    twin = twin_of(kind, body, answers=[{"text": "another", "fraction": "1"}])
    response = draw(st.sampled_from(expected) | texts)
    return Case(kind, body, {}, {"text": response}, {"text": expected[0]}, twin)


@st.composite
def numerics(draw: st.DrawFn) -> Case:
    kind = type_named("numeric")
    values = draw(st.lists(st.integers(-1000, 1000), min_size=1, max_size=4, unique=True))
    answers: list[dict[str, Any]] = [
        {
            "value": as_text(Decimal(value * 10).scaleb(-1)),
            "tolerance": draw(st.sampled_from(["0", "0.01", "0.4"])),
            "tolerance_type": draw(st.sampled_from(["nominal", "geometric"])) if abs(value) < 2 else "nominal",
            "fraction": draw(parts),
            "feedback": draw(feedbacks),
        }
        for value in values
    ]
    answers[0]["fraction"] = "1"
    if draw(st.booleans()):
        answers.append({"any": True, "fraction": "0", "feedback": draw(feedbacks)})
    number = draw(st.decimals(-2000, 2000, places=2)) if draw(st.booleans()) else Decimal(draw(st.sampled_from(values)))
    body = kind.validate(common(draw) | {"answers": answers})
    twin = twin_of(kind, body, answers=[{"value": "7", "fraction": "1"}])
    return Case(kind, body, {}, {"number": as_text(number)}, {"number": str(values[0])}, twin)


@st.composite
def matchings(draw: st.DrawFn) -> Case:
    kind = type_named("matching")
    choices = [
        {"key": f"k{place}", "text": text} for place, text in enumerate(unique_texts(draw, draw(st.integers(2, 6))))
    ]
    named = st.sampled_from([choice["key"] for choice in choices])
    stems = [{"text": text, "choice": draw(named)} for text in unique_texts(draw, draw(st.integers(1, 5)))]
    body = kind.validate(common(draw) | {"stems": stems, "choices": choices, "shuffle": draw(st.booleans())})
    arrangement = arranged(draw, kind, body)
    shown_choices = [shown for key, shown in arrangement.items() if key.startswith("c.")]
    shown_stems = [shown for key, shown in arrangement.items() if key.startswith("s.")]
    response = {stem: draw(st.sampled_from(shown_choices)) for stem in shown_stems if draw(st.booleans())}
    full = {arrangement[f"s.{stem.key}"]: arrangement[f"c.{stem.choice}"] for stem in body.stems}
    others = [stem | {"choice": draw(named)} for stem in body.to_json()["stems"]]
    twin = twin_of(kind, body, stems=others)
    return Case(kind, body, arrangement, {"matches": response} if response else None, {"matches": full}, twin)


@st.composite
def orderings(draw: st.DrawFn) -> Case:
    kind = type_named("ordering")
    items = [{"text": text} for text in unique_texts(draw, draw(st.integers(2, 7)))]
    scheme = draw(st.sampled_from(["exact", "adjacent", "position"]))
    body = kind.validate(common(draw) | {"items": items, "scheme": scheme})
    arrangement = arranged(draw, kind, body)
    response = {"order": draw(st.permutations(sorted(arrangement.values())))}
    full = {"order": [arrangement[item.key] for item in body.items]}
    twin = twin_of(kind, body, items=draw(st.permutations(body.to_json()["items"])))
    return Case(kind, body, arrangement, response, full, twin)


@st.composite
def essays(draw: st.DrawFn) -> Case:
    kind = type_named("essay")
    least = draw(st.none() | st.integers(1, 100))
    body = kind.validate(
        common(draw)
        | {"template": draw(st.sampled_from(["", "Dear Sir,\n"])), "marking_notes": draw(feedbacks)}
        | {"min_words": least, "max_words": draw(st.none() | st.integers(100, 200)), "lines": draw(st.integers(1, 40))}
    )
    return Case(kind, body, {}, {"text": draw(texts)}, None, twin_of(kind, body, marking_notes="another"))


@st.composite
def uploads(draw: st.DrawFn) -> Case:
    kind = type_named("upload")
    body = kind.validate(
        common(draw)
        | {"max_files": draw(st.integers(1, 10)), "max_bytes": draw(st.integers(1, 20 * 2**20))}
        | {
            "accept": draw(st.lists(st.sampled_from(["pdf", ".DOCX", "png"]), min_size=1, max_size=4)),
            "marking_notes": SECRET,
        }
    )
    files = draw(st.lists(st.uuids(), unique=True, max_size=10))
    response = {"files": [file.hex for file in files]}
    return Case(kind, body, {}, response, None, twin_of(kind, body, marking_notes="another"))


@st.composite
def hotspots(draw: st.DrawFn) -> Case:
    kind = type_named("hotspot")
    multiple = draw(st.booleans())
    right = draw(st.sampled_from([["0.5", "0.5"], ["0.3333333"] * 3])) if multiple else ["1"]
    fractions = draw(st.permutations([*right, *draw(st.lists(st.sampled_from(["0", "-0.5", "-1"]), max_size=4))]))
    outlines = st.sampled_from(
        [("rect", [0, 0, 9, 9]), ("rect", [0, 0, 90, 9]), ("circle", [50, 50, 10]), ("polygon", [1, 1, 9, 1, 5, 9])]
    )
    regions = []
    for label, fraction in zip(unique_texts(draw, len(fractions)), fractions, strict=True):
        shape, coords = draw(outlines)
        about = {"label": label, "fraction": fraction, "feedback": draw(feedbacks)}
        regions.append(about | {"shape": shape, "coords": coords})
    picture = {"image": draw(st.sampled_from("abc")) * 64, "alt": "A map", "width": 100, "height": 100}
    body = kind.validate(common(draw) | picture | {"regions": regions, "multiple": multiple})
    arrangement = arranged(draw, kind, body)
    chosen = draw(st.lists(st.sampled_from(sorted(arrangement.values())), unique=True))
    full = [arrangement[region.key] for region in body.regions if region.fraction > 0]
    twin = twin_of(kind, body, regions=rekeyed(body.to_json()["regions"], "fraction"))
    return Case(kind, body, arrangement, {"regions": chosen}, {"regions": full}, twin)


@st.composite
def descriptions(draw: st.DrawFn) -> Case:
    kind = type_named("description")
    body = kind.validate(common(draw))
    return Case(kind, body, {}, None, None, twin_of(kind, body))


@st.composite
def gaps(draw: st.DrawFn, key: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """A gap, its twin with another key, and a response to it that may be right."""
    weight = draw(st.integers(1, 4))
    kind = draw(st.sampled_from(["short_text", "numeric", "choice", "multiple"]))
    about = {"key": key, "kind": kind, "weight": weight}
    if kind == "short_text":
        word = draw(words)
        answers = [{"text": word, "fraction": "1", "feedback": draw(feedbacks)}]
        response = {"text": draw(st.sampled_from([word, "", "another"]))}
        return about | {"answers": answers}, about | {"answers": [{"text": "twin", "fraction": "1"}]}, response
    if kind == "numeric":
        number = str(draw(st.integers(-99, 99)))
        answers = [{"value": number, "tolerance": draw(parts), "fraction": "1", "feedback": draw(feedbacks)}]
        response = {"number": draw(st.sampled_from([number, "", "0"]))}
        return about | {"answers": answers}, about | {"answers": [{"value": "1e9", "fraction": "1"}]}, response
    fractions = draw(st.permutations(["1", "0", "-0.5"] if kind == "choice" else ["0.3", "0.3", "-0.25"]))
    options = _options(draw, fractions)
    about |= {"shuffle": draw(st.booleans())}
    return about | {"options": options}, about | {"options": rekeyed(options, "fraction")}, {}


@st.composite
def clozes(draw: st.DrawFn) -> Case:
    kind = type_named("cloze")
    keys = draw(st.permutations([str(number) for number in range(1, draw(st.integers(1, 4)) + 1)]))
    drawn = [draw(gaps(key)) for key in keys]
    prompt = {"prompt": " and ".join(f"{{#{key}}}" for key in draw(st.permutations(keys)))}
    body = kind.validate(common(draw) | prompt | {"gaps": [gap for gap, _, _ in drawn]})
    twin = kind.validate(common(draw) | prompt | {"gaps": [other for _, other, _ in drawn]})
    arrangement = arranged(draw, kind, body)
    response: dict[str, Any] = {}
    full: dict[str, Any] = {}
    for gap, (_, _, given) in zip(body.gaps, drawn, strict=True):
        shown = {key.partition(".")[2]: opaque for key, opaque in arrangement.items() if key.split(".")[0] == gap.key}
        if gap.kind == "short_text":
            full[gap.key] = {"text": gap.answers[0].text}
        elif gap.kind == "numeric":
            full[gap.key] = {"number": as_text(gap.answers[0].value)}
        elif gap.kind == "choice":
            given = {"choice": draw(st.sampled_from(sorted(shown.values())))}
            full[gap.key] = {"choice": next(shown[option.key] for option in gap.options if option.fraction == 1)}
        else:
            given = {"choices": draw(st.lists(st.sampled_from(sorted(shown.values())), unique=True))}
            full[gap.key] = {"choices": [shown[option.key] for option in gap.options if option.fraction > 0]}
        if draw(st.booleans()):
            response[gap.key] = given
    return Case(kind, body, arrangement, {"gaps": response}, {"gaps": full}, twin)


@st.composite
def calculateds(draw: st.DrawFn) -> Case:
    kind = type_named("calculated")
    formula, other = draw(st.permutations(["{a} / b", "a ^ 2 - {b}", "sqrt(a * b) + pi", "round(a / 3, 2)", "sin(b)"]))[
        :2
    ]
    shown = draw(st.sampled_from([{"digits": 3}, {"digits": 2, "kind": "significant"}]))
    near = {"tolerance": draw(parts), "tolerance_type": draw(st.sampled_from(["nominal", "relative", "geometric"]))}
    if draw(st.booleans()):
        given: dict[str, Any] = {"variants": [{"a": "2", "b": "0.5"}, {"a": "3", "b": "7.25"}]}
    else:
        scale = draw(st.sampled_from(["uniform", "log"]))
        variable = {"low": "0.5", "high": "90", "decimals": draw(st.integers(0, 4)), "scale": scale}
        given = {"variables": [variable | {"name": name} for name in ("a", "b")]}
    units: dict[str, Any] = {"unit_use": draw(st.sampled_from(["none", "optional", "required"]))}
    units |= {"units": [{"name": "m"}, {"name": "cm", "multiplier": "100"}], "unit_penalty": draw(parts)}
    answer = {"formula": formula, "fraction": "1", "shown": shown, "feedback": draw(feedbacks)} | near
    prompt = {"prompt": r"What of {a} and \({b}\), or {=a + b}?"}
    body = kind.validate(
        common(draw) | prompt | given | units | {"answers": [answer, {"formula": "*", "fraction": "0"}]}
    )
    twin = twin_of(kind, body, answers=[{"formula": other, "fraction": "1"}])
    arrangement = arranged(draw, kind, body)
    values = {name: Decimal(value) for name, _, value in (key.partition("=") for key in arrangement)}
    right = CALCULATED[formula](float(values["a"]), float(values["b"]))
    digits = f"{right:.3f}" if shown == {"digits": 3} else f"{Decimal(f'{right:.1e}'):f}"
    unit = {} if units["unit_use"] == "none" else {"unit": "m"}
    response = {"number": draw(st.sampled_from([digits, "1", "-2.5e3"]))} | draw(st.sampled_from([{}, unit]))
    return Case(kind, body, arrangement, response, {"number": digits} | unit, twin)


#: What the formulas above come to, worked out by Python's own binary numbers.
CALCULATED = {
    "{a} / b": lambda a, b: a / b,
    "a ^ 2 - {b}": lambda a, b: a**2 - b,
    "sqrt(a * b) + pi": lambda a, b: math.sqrt(a * b) + math.pi,
    "round(a / 3, 2)": lambda a, b: round(a / 3, 2),
    "sin(b)": lambda _, b: math.sin(b),
}

EXAMPLES: dict[str, st.SearchStrategy[Case]] = {
    "single_choice": single_choices(),
    "multiple_choice": multiple_choices(),
    "true_false": true_falses(),
    "kprim": kprims(),
    "short_text": short_texts(),
    "numeric": numerics(),
    "matching": matchings(),
    "ordering": orderings(),
    "cloze": clozes(),
    "calculated": calculateds(),
    "essay": essays(),
    "upload": uploads(),
    "hotspot": hotspots(),
    "description": descriptions(),
}
"""A strategy for each type. Who adds a type adds its line."""
cases = st.one_of(*EXAMPLES.values())
