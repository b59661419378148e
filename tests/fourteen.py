"""An exam that asks one question of every type, and the responses that earn all its points."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from PIL import Image, ImageDraw

from hall import Api, Hall
from sitting import SHOW_ALL, Exam


def picture() -> bytes:
    """A PNG of 600 x 400 pixels: a square on the left, a disc on the right."""
    image = Image.new("RGB", (600, 400), "#dfe7ef")
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 120, 220, 280), fill="#8a5a2b")
    draw.ellipse((380, 120, 540, 280), fill="#2b6a8a")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def bodies(digest: str) -> dict[str, dict[str, Any]]:
    """Type to a body that shows what the type can; `digest` names the picture in the store."""
    image = f'<p><img src="media:{digest}" alt="A square and a disc"></p>'
    return {
        "description": {"prompt": f"<h3>Shapes</h3><p>Look at this. All questions speak of it.</p>{image}"},
        "single_choice": {
            "prompt": r"<p>What is \(\sqrt{2}^2\)?</p>",
            "feedback": "<p>A root undoes a square.</p>",
            "options": [
                {"text": r"\(2\)", "fraction": "1"},
                {"text": "<p>One <strong>half</strong></p>", "fraction": "0"},
                {"text": "4", "fraction": "0"},
            ],
        },
        "multiple_choice": {
            "prompt": "<p>Which of these are even?</p>",
            "scheme": "every_decision",
            "options": [
                {"text": "2", "fraction": "0.5"},
                {"text": "4", "fraction": "0.5"},
                {"text": "5", "fraction": "-0.5"},
            ],
        },
        "true_false": {"prompt": "<p>A square has four corners.</p>", "correct": True},
        "kprim": {
            "prompt": "<p>Decide on each.</p>",
            "rows": [
                {"text": "<p>2 is prime.</p>", "correct": True},
                {"text": "4 is prime.", "correct": False},
                {"text": "5 is prime.", "correct": True},
                {"text": "A prime number that is larger than two is always odd.", "correct": True},
            ],
        },
        "short_text": {"prompt": "<p>The capital of Peru?</p>", "answers": [{"text": "Lima", "fraction": "1"}]},
        "numeric": {
            "prompt": "<p>How long is the side of a square of 6.25 m²?</p>",
            "answers": [{"value": "2.5", "fraction": "1"}],
            "units": [{"name": "m", "multiplier": "1"}, {"name": "cm", "multiplier": "100"}],
            "unit_use": "required",
            "unit_input": "choice",
        },
        "matching": {
            "prompt": "<p>Which river flows through which city?</p>",
            "stems": [{"text": "<p>Paris</p>", "choice": "c1"}, {"text": "Cairo", "choice": "c2"}],
            "choices": [{"key": "c1", "text": "Seine"}, {"key": "c2", "text": "Nile"}, {"key": "c3", "text": "Rhine"}],
        },
        "ordering": {
            "prompt": "<p>From the shortest to the longest:</p>",
            "items": [{"text": "A second"}, {"text": "A minute"}, {"text": "An hour"}, {"text": "A day"}],
        },
        "cloze": {
            "prompt": "<p>The capital of Peru is {#1}, with {#2} million people.</p>"
            "<p>It lies in {#3}, by the sea {#4}, and people speak {#5} there.</p>",
            "gaps": [
                {"key": "1", "kind": "short_text", "answers": [{"text": "Lima", "fraction": "1"}]},
                {"key": "2", "kind": "numeric", "answers": [{"value": "10.5", "tolerance": "1", "fraction": "1"}]},
                {"key": "3", "kind": "choice", "options": _options("South America", "Africa")},
                {"key": "4", "kind": "choice", "display": "radio_row", "options": _options("Pacific", "Atlantic")},
                {
                    "key": "5",
                    "kind": "multiple",
                    "display": "checkbox",
                    "options": [*_options("Spanish", "Latin"), {"text": "Quechua", "fraction": "1"}],
                },
            ],
        },
        "calculated": {
            "prompt": r"<p>What is \({a} \cdot {b}\)?</p>",
            "variables": [{"name": name, "low": "1", "high": "9", "decimals": 1} for name in "ab"],
            "variants": [{"a": "2.5", "b": "3.0"}],
            "answers": [{"formula": "{a} * {b}", "fraction": "1"}],
            "units": [{"name": "€", "multiplier": "1"}],
            "unit_use": "optional",
            "units_left": True,
        },
        "essay": {"prompt": "<p>Why is a disc round?</p>", "template": "Because", "min_words": 4, "max_words": 50},
        "upload": {"prompt": "<p>Hand up a text.</p>", "accept": ["txt", "pdf"], "max_files": 2, "max_bytes": 1000},
        "hotspot": {
            "prompt": "<p>Choose the disc.</p>",
            "image": digest,
            "alt": "A square on the left and a disc on the right",
            "width": 600,
            "height": 400,
            "regions": [
                {"label": "Brown, left", "shape": "rect", "coords": [60, 120, 220, 280], "fraction": "0"},
                {"label": "Blue, right", "shape": "circle", "coords": [460, 200, 80], "fraction": "1"},
            ],
        },
    }


def _options(right: str, wrong: str) -> list[dict[str, str]]:
    return [{"text": right, "fraction": "1"}, {"text": wrong, "fraction": "0"}]


def compose_all(hall: Hall, slug: str = "northwind", texts: Mapping[str, str] | None = None) -> Exam:
    """A published exam of all fourteen, one point each; `texts` are put in the place of those of `bodies`."""
    admin = hall.api("admin", slug)
    digest = made(admin, "/media", data={"file": (io.BytesIO(picture()), "shapes.png")})["digest"]
    return compose(admin, {kind: _in(texts or {}, body) for kind, body in bodies(digest).items()})


def compose_one(hall: Hall, kind: str, body: dict[str, Any], slug: str = "northwind") -> Exam:
    """A published exam of one question."""
    return compose(hall.api("admin", slug), {kind: body})


def compose(admin: Api, asked: Mapping[str, dict[str, Any]]) -> Exam:
    """A published exam of one question of each of these types, by their bodies."""
    bank = made(admin, "/banks", {"name": "Bank", "description": ""})["id"]
    questions = {}
    for kind, body in asked.items():
        questions[kind] = made(admin, f"/banks/{bank}/questions", {"type": kind, "name": kind, "body": body})["id"]
    exam = made(admin, "/exams", {"title": "All of it", "description": "As many ways to ask as there are"})["id"]
    picks = [{"question_id": id_, "points": "1"} for id_ in questions.values()]
    made(admin, f"/exams/{exam}/sections", {"title": "All", "questions": picks})
    composed = Exam(exam, admin, questions)
    composed.change(attempts_allowed=3, review=SHOW_ALL, state="published", pass_mark="50")
    return composed


def _in(texts: Mapping[str, str], value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _in(texts, part) for name, part in value.items()}
    if isinstance(value, list):
        return [_in(texts, part) for part in value]
    return texts.get(value, value)


def made(api: Api, path: str, json: Any = None, **kwargs: Any) -> dict[str, Any]:
    """What a POST made; the answer has to be 201."""
    answer = api.post(path, json, **kwargs)
    assert answer.status_code == 201, answer.text
    return answer.json


def right(slot: dict[str, Any]) -> dict[str, Any] | None:
    """The response that earns the whole mark, found by texts; None where a file is asked for, or nothing."""
    kind = slot["type"]
    if kind == "ordering":
        return {"order": [_id(slot["items"], text) for text in ("A second", "A minute", "An hour", "A day")]}
    if kind == "matching":
        rivers = {"Paris": "Seine", "Cairo": "Nile"}
        return {"matches": {_id(slot["stems"], stem): _id(slot["choices"], rivers[stem]) for stem in rivers}}
    if kind == "cloze":
        options = {gap["gap"]: gap.get("options", []) for gap in slot["gaps"]}
        return {
            "gaps": {
                "1": {"text": "Lima"}, "2": {"number": "10.5"}, "3": {"choice": _id(options["3"], "South America")},
                "4": {"choice": _id(options["4"], "Pacific")},
                "5": {"choices": [each["id"] for each in options["5"] if each["text"] != "Latin"]},
            }
        }  # fmt: skip
    plain: dict[str, Any] = {
        "true_false": {"value": True}, "short_text": {"text": "Lima"}, "numeric": {"number": "2.5", "unit": "m"},
        "calculated": {"number": "7.5", "unit": "€"}, "essay": {"text": "Because all of its points are as far away."},
    }  # fmt: skip
    if kind == "single_choice":
        return {
            "choice": next(each["id"] for each in slot["options"] if "half" not in each["text"] and each["text"] != "4")
        }
    if kind == "multiple_choice":
        return {"choices": [each["id"] for each in slot["options"] if each["text"] != "5"]}
    if kind == "kprim":
        return {"rows": {row["id"]: "4" not in row["text"] for row in slot["rows"]}}
    if kind == "hotspot":
        return {"regions": [region["id"] for region in slot["regions"] if region["shape"] == "circle"]}
    return plain.get(kind)


def _id(parts: list[dict[str, str]], text: str) -> str:
    return next(part["id"] for part in parts if text in part["text"])
