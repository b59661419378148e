"""A bank of 20,000 questions for `make bench`: each asks something with words that all, some, few or none have."""

from __future__ import annotations

import random
from uuid import UUID

from examhall.bank.filing import categories
from examhall.bank.operations import create_bank, filed, new_question
from examhall.bank.types import type_named
from examhall.identity.operations import create_user
from examhall.identity.roles import Role
from examhall.storage.transactions import writing

BANK_QUESTIONS = 20_000
AUTHOR = ("bench-author@bench.example", "open-the-exam-hall")


def fill_bank() -> UUID:
    """Make the bank and an author in the current tenant; gives the bank's id.

    "what" stands in every question, "tenth" in every tenth, "rare" in every hundredth; so do the tags.
    """
    create_user(AUTHOR[0], "Author", Role.AUTHOR, AUTHOR[1])
    bank = create_bank("Twenty thousand", "Questions to look for")
    rnd = random.Random(1)  # noqa: S311  # no secret: the same words in every run
    words = ["".join(rnd.choices("abcdefghijklmnopqrstuvwxyz", k=rnd.randint(3, 9))) for _ in range(8_000)]
    choice = type_named("single_choice")
    paths = [f"area {number % 20}/part {number % 200}" for number in range(200)]
    with writing() as session:
        places = categories.place(bank.id, paths)
        pairs = []
        for number in range(BANK_QUESTIONS):
            marks = ["basic", *(["tenth"] if number % 10 == 0 else []), *(["rare"] if number % 100 == 0 else [])]
            prompt = f"What is {' '.join(rnd.choices(words, k=15))} {' '.join(marks[1:])}?"
            options = [{"text": " ".join(rnd.choices(words, k=6)), "fraction": "0"} for _ in range(4)]
            options[0]["fraction"] = "1"
            path = paths[number % 200]
            values = filed({"category": path, "tags": marks, "difficulty": ("easy", "medium", "hard")[number % 3]})
            body = choice.validate({"prompt": prompt, "options": options})
            pairs.append(
                new_question(bank.id, "single_choice", f"Question {number}", body, category_id=places[path], **values)
            )
        session.add_all(question for question, _ in pairs)
        session.flush()
        session.add_all(version for _, version in pairs)
        session.flush()
        session.expunge_all()
    return bank.id
