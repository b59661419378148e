"""An exam that can be sat, composed through the API as an administrator would."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from hall import Api, Hall, Person

BODIES: dict[str, dict[str, Any]] = {
    "single_choice": {
        "prompt": "<p>Which planet is the largest?</p>",
        "feedback": "<p>Jupiter holds more mass than all others together.</p>",
        "options": [
            {"text": "Jupiter", "fraction": "1", "feedback": "Right, by far."},
            {"text": "Saturn", "fraction": "0", "feedback": "The second."},
            {"text": "Earth", "fraction": "0", "feedback": ""},
        ],
    },
    "multiple_choice": {
        "prompt": "<p>Which of these are prime?</p>",
        "options": [
            {"text": "2", "fraction": "0.5"},
            {"text": "7", "fraction": "0.5"},
            {"text": "9", "fraction": "-0.5"},
        ],
    },
    "true_false": {"prompt": "<p>Water boils at a lower temperature on a mountain.</p>", "correct": True},
    "short_text": {"prompt": "<p>The capital of Peru?</p>", "answers": [{"text": "Lima", "fraction": "1"}]},
    "numeric": {"prompt": "<p>12.5 times two?</p>", "answers": [{"value": "25", "tolerance": "0.5", "fraction": "1"}]},
}

#: Types that an exam has only where a test asks for them.
FURTHER: dict[str, dict[str, Any]] = {
    "kprim": {
        "prompt": "<p>Which of these are primes?</p>",
        "rows": [
            {"text": "2", "correct": True},
            {"text": "4", "correct": False},
            {"text": "5", "correct": True},
            {"text": "9", "correct": False},
        ],
    },
    "matching": {
        "prompt": "<p>Which river flows through which city?</p>",
        "stems": [{"text": "Paris", "choice": "c1"}, {"text": "Cairo", "choice": "c2"}],
        "choices": [{"key": "c1", "text": "Seine"}, {"key": "c2", "text": "Nile"}, {"key": "c3", "text": "Rhine"}],
    },
    "ordering": {
        "prompt": "<p>From the shortest to the longest:</p>",
        "items": [{"text": "a second"}, {"text": "a minute"}, {"text": "an hour"}],
    },
    "cloze": {
        "prompt": "<p>The capital of Peru is {#1}; it lies in {#2}.</p>",
        "gaps": [
            {"key": "1", "kind": "short_text", "display": "text", "answers": [{"text": "Lima", "fraction": "1"}]},
            {
                "key": "2",
                "kind": "choice",
                "display": "dropdown",
                "options": [{"text": "South America", "fraction": "1"}, {"text": "Africa", "fraction": "0"}],
            },
        ],
    },
    "calculated": {
        "prompt": "<p>What is {a} plus {b}?</p>",
        "variables": [
            {"name": "a", "low": "1", "high": "9", "decimals": 0},
            {"name": "b", "low": "1", "high": "9", "decimals": 0},
        ],
        "answers": [{"formula": "{a} + {b}", "fraction": "1"}],
    },
    "essay": {"prompt": "<p>Why is the sky blue?</p>", "min_words": 5, "max_words": 300},
    "upload": {
        "prompt": "<p>Hand up a drawing.</p>",
        "accept": ["pdf", "txt"],
        "max_files": 2,
        "max_bytes": 100_000,
    },
    "description": {"prompt": "<p>The next questions are about planets.</p>"},
}


def body(kind: str) -> dict[str, Any]:
    """A fresh copy of a body of this type."""
    return deepcopy((BODIES | FURTHER)[kind])


@dataclass
class Exam:
    """An exam and who set it up."""

    id: str
    admin: Api
    questions: dict[str, str]

    def change(self, **changes: Any) -> dict[str, Any]:
        """PATCH the exam; the answer has to be 200."""
        answer = self.admin.patch(f"/exams/{self.id}", changes)
        assert answer.status_code == 200, answer.text
        return answer.json

    def assign(self, *people: Person, **accommodations: Any) -> None:
        """Let these people sit it."""
        for person in people:
            answer = self.admin.post(f"/exams/{self.id}/assignments", {"user_id": str(person.id), **accommodations})
            assert answer.status_code == 201, answer.text


SHOW_ALL = {"immediately": ["grade", "responses", "correctness", "solutions", "feedback"], "closed": []}


def compose(hall: Hall, slug: str = "northwind", kinds: tuple[str, ...] = tuple(BODIES), **settings: Any) -> Exam:
    """A published exam of one question of each kind, one point each; nobody is assigned yet."""
    admin = hall.api("admin", slug)
    bank = _made(admin.post("/banks", {"name": "Bank", "description": ""}))
    questions = {}
    for kind in kinds:
        made = _made(admin.post(f"/banks/{bank['id']}/questions", {"type": kind, "name": kind, "body": body(kind)}))
        questions[kind] = made["id"]
    exam = _made(admin.post("/exams", {"title": "General knowledge", "description": "Five questions"}))
    section = {"title": "All", "questions": [{"question_id": id_, "points": "1"} for id_ in questions.values()]}
    _made(admin.post(f"/exams/{exam['id']}/sections", section))
    composed = Exam(exam["id"], admin, questions)
    composed.change(**{"attempts_allowed": 3, "review": SHOW_ALL, "state": "published", **settings})
    return composed


def _made(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 201, answer.text
    return answer.json


def right_answer(slot: dict[str, Any]) -> dict[str, Any]:
    """The right response to a question of `BODIES`, found by the texts of its options."""
    kind = slot["type"]
    ids = {option["text"]: option["id"] for option in slot.get("options") or []}
    if kind == "single_choice":
        return {"choice": ids["Jupiter"]}
    if kind == "multiple_choice":
        return {"choices": [ids["2"], ids["7"]]}
    return {"true_false": {"value": True}, "short_text": {"text": "Lima"}, "numeric": {"number": "25.2"}}[kind]


def started(exam: Exam, candidate: Api) -> dict[str, Any]:
    """The candidate's attempt, just begun."""
    answer = candidate.post(f"/exams/{exam.id}/attempts")
    assert answer.status_code == 201, answer.text
    return answer.json


def save(candidate: Api, attempt: dict[str, Any], *answers: dict[str, Any]) -> dict[str, Any]:
    """Save answers; the answer has to be 200."""
    answer = candidate.put(f"/attempts/{attempt['id']}/answers", {"answers": list(answers)})
    assert answer.status_code == 200, answer.text
    return answer.json
