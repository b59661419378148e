"""Searching: what is typed finds the same questions on both engines, whatever it is, and nobody else's."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bank.factories import BODIES, BankFactory, QuestionFactory
from examhall.bank import operations
from examhall.bank.content.wording import words_in
from examhall.bank.filing import search
from examhall.bank.models import Question
from examhall.bank.reading import load_question
from examhall.clock import now
from examhall.extensions import db
from examhall.storage.records import tenant_id
from examhall.storage.statements import table
from examhall.storage.transactions import writing
from hall import Hall

TEXTS = {
    "fire": "Which extinguisher puts out a burning pan? Never use water on burning oil!",
    "paris": "¿Cuál es la capital de Francia? París está a orillas del Sena.",
    "straße": "Wie heißt die Straße, die durch den ÄRMELKANAL führt?",
    "arabic": "ما هي عاصمةُ مِصرَ؟ القاهرة أَم الإسكندريّة",
    "pi": "What is 3.14 rounded? Give x_1 and x² as co-operating numbers.",
    "nothing": "∫ → ∞ ?",
    "plan": "Never plan water works without a plan of the pan.",
}
TAGS = {"fire": ["basic", "hands on"], "paris": ["Básico"], "pi": ["C++", "++", "it's"], "plan": ["Basic", "hands"]}
SIGNS = list("\"'-*():^|&!<>\\ _{}+~,.;%$=@#aé1²")
FOUND = {
    "": set(TEXTS), "   ": set(TEXTS), "water": {"fire", "plan"}, "WATER": {"fire", "plan"}, "wat": {"fire", "plan"},
    "wat ": set(), "water burning": {"fire"}, "burning water pan": {"fire"}, '"burning pan"': {"fire"},
    '"pan burning"': set(), '"burning pa': {"fire"}, '"burning pa"': set(), "water -plan": {"fire"},
    "-water": {*TEXTS} - {"fire", "plan"}, '-"burning oil" water': {"plan"},
    '-"water burning" water': {"fire", "plan"}, "paris": {"paris"}, "París": {"paris"},
    "cual frances": set(), "cual franci": {"paris"}, "strasse": {"straße"},
    "STRASSE": {"straße"}, "ärmelkanal": {"straße"}, "armelkanal": {"straße"}, "عاصمة": {"arabic"},
    "عَاصِمَة مصر": {"arabic"}, "الاسكندرية": {"arabic"}, "القـــاهرة": {"arabic"}, "3.14": {"pi"}, "314": set(),
    "14.3": set(), "x2": {"pi"}, "x_1": {"pi"}, "cooperating": set(), "co-operating": {"pi"}, "co-op": {"pi"},
    "∫": {"nothing"}, "→ ∞": {"nothing"}, "NOT": {"nothing"}, "water AND burning": set(), "water OR": set(),
    "NEAR(": set(), "words:water": set(), "water*": {"fire", "plan"}, "question_id": set(), "basic": set(),
    "'": set(), "-": {"pi"},
}  # fmt: skip


@pytest.fixture
def bank(hall: Hall) -> UUID:
    """The corpus, and the same again in another bank and at another organization."""
    banks = []
    for slug, _ in (("northwind", 0), ("northwind", 1), ("qalam", 0)):
        with hall.inside(slug):
            banks.append(BankFactory().id)
            for name, text in TEXTS.items():
                body = BODIES["true_false"] | {"prompt": text, "feedback_false": ""}
                QuestionFactory(bank_id=banks[-1], type="true_false", name=name, body=body, tags=TAGS.get(name, []))
    return banks[0]


def found(bank: UUID | None, text: str = "", tag: str = "") -> list[str]:
    statement = sa.select(Question.name).where(Question.tenant_id == tenant_id())
    if bank:
        statement = statement.where(Question.bank_id == bank)
    given = search.values(bank, text, tag)
    narrowed, natural = search.searched(statement, given)
    order = (Question.created_at, Question.id) if natural is None else (natural,)
    return list(db.session.scalars(narrowed.order_by(*order), given))


def test_the_corpus_is_found_by_its_words(hall: Hall, bank: UUID) -> None:
    with hall.inside():
        assert {text: set(found(bank, text)) for text in FOUND} == FOUND
        assert found(bank, "water") == ["fire", "plan"]
        assert found(None, "water") == ["fire", "plan", "fire", "plan"]


def test_a_tag_is_found_as_it_is_written(hall: Hall, bank: UUID) -> None:
    with hall.inside():
        asked = [
            "basic",
            "Basic",
            "BASIC",
            "hands",
            "hands on",
            "on",
            "Básico",
            "básico",
            "C++",
            "++",
            "+",
            "it's",
            "|",
        ]
        held = {tag: {name for name, tags in TAGS.items() if tag in tags} for tag in asked}
        assert {tag: set(found(bank, "", tag)) for tag in asked} == held
        assert found(bank, "water", "hands on") == ["fire"]


def test_what_changes_is_found_as_it_is_now(hall: Hall, bank: UUID) -> None:
    with hall.inside():
        (id_,) = [row for row in ids(bank) if load_question(row).name == "fire"]
        question = load_question(id_)
        operations.add_version(question, BODIES["true_false"] | {"prompt": "Where is the blanket?"})
        operations.update_question(question, tags=["new one"])
        assert (found(bank, "extinguisher"), found(bank, "blanket")) == ([], ["fire"])
        assert (found(bank, "", "basic"), found(bank, "", "new one")) == ([], ["fire"])
        stored = table(Question)
        with writing() as session:
            session.execute(sa.delete(stored).where(stored.c.tenant_id == tenant_id(), stored.c.id == id_))
        assert found(bank, "blanket") == found(bank, "", "new one") == []


def ids(bank: UUID) -> list[UUID]:
    return list(
        db.session.scalars(
            sa.select(Question.id)
            .where(Question.tenant_id == tenant_id(), Question.bank_id == bank)
            .order_by(Question.created_at, Question.id)
        )
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.sampled_from(SIGNS) | st.characters(codec="utf-8", exclude_characters="\0"), max_size=40))
def test_no_text_is_an_error(hall: Hall, bank: UUID, text: str) -> None:
    with hall.inside():
        assert set(found(bank, text)) <= set(TEXTS)
        assert set(found(bank, "", text.replace("|", ""))) <= set(TEXTS)


@given(st.text())
def test_words_are_what_both_engines_take_for_words(text: str) -> None:
    for word in words_in(text):
        assert word == words_in(word)[0]
        assert " " not in word
        assert not any(character.isascii() and not character.isalnum() for character in word)


def test_what_changed_since_a_day_or_a_moment_is_found(hall: Hall, bank: UUID) -> None:
    author = hall.api("author")
    path = f"/banks/{bank}/questions?changed_since="
    tomorrow = (now() + timedelta(days=2)).date().isoformat()
    assert author.get(f"{path}2020-01-01").headers["X-Total-Count"] == str(len(TEXTS))
    assert author.get(f"{path}2020-01-01T00:00:00Z").headers["X-Total-Count"] == str(len(TEXTS))
    assert author.get(f"{path}2020-01-01T00:00:00+02:00").headers["X-Total-Count"] == str(len(TEXTS))
    assert author.get(path + tomorrow).json == []
    for wrong in ("yesterday", "2020-13-01", "2020-01-01T00:00:00", "9999-12-31T23:59:59-12:00"):
        assert author.get(path + wrong).status_code == 400, wrong
