"""Questions that ask the same, word for word or nearly."""

from __future__ import annotations

from random import Random

import pytest
from rapidfuzz import fuzz

from examhall.bank.comparison import duplicates
from examhall.bank.comparison.duplicates import exact, near

RIVER = "Which of the long rivers of the old country flows into the cold northern sea"


def nearly(*words: str) -> list[list[tuple[object, int]]]:
    found = near(dict(enumerate(words)), {})
    return [[(one.key, one.similarity) for one in ones] for _, ones in found]


def test_the_same_fingerprint_is_the_same_question() -> None:
    assert exact([("a", "1"), ("b", "2"), ("c", "1"), ("d", ""), ("e", "")]) == {"1": ["a", "c"]}


def test_near_ones_share_most_of_their_words_in_any_order() -> None:
    alone, again, turned, other = nearly(
        RIVER, RIVER + " today", "today " + RIVER.lower(), "Why is the sky so blue now"
    )
    assert alone == other == []
    assert [key for key, _ in again] == [0]
    assert dict(turned)[1] == 100
    assert all(90 <= similarity <= 100 for _, similarity in again)


def test_other_numbers_ask_something_else() -> None:
    text = "How many apples are left when Mary gives {} of her {} apples away to the neighbours"
    assert nearly(text.format(3, 12), text.format(4, 12), text.format("3", "12") + " today")[1:] == [[], [(0, 96)]]


def test_few_words_are_near_to_too_much() -> None:
    assert nearly("True or false", "True or false?") == [[], []]


def test_those_of_the_bank_are_found_and_not_asked() -> None:
    found = list(near({"new": RIVER + " then"}, {"old": RIVER, "older": "Something about the moon and all its stars"}))
    assert [(key, [one.key for one in ones]) for key, ones in found] == [("new", ["old"])]


def test_none_is_lost_among_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """All pairs that a look at every pair finds, however the questions fall into blocks."""
    monkeypatch.setattr(duplicates, "BLOCK", 64)
    chance = Random(3)
    words = ["".join(chance.choices("abcdefgh", k=5)) for _ in range(500)]
    texts = [" ".join(chance.choices(words, k=chance.randint(4, 20))) for _ in range(150)]
    for text in chance.sample(texts, 100):
        changed = text.split()
        changed[chance.randrange(len(changed))] = chance.choice(words)
        texts.append(" ".join(changed))

    def alike(one: str, two: str) -> bool:
        mine, theirs = set(one.split()), set(two.split())
        lines = (" ".join(sorted(text.split())) for text in (one, two))
        enough = len(mine & theirs) >= duplicates.OVERLAP * max(len(mine), len(theirs))
        return enough and len(mine) >= duplicates.WORDS_LEAST and fuzz.ratio(*lines) >= duplicates.SIMILAR

    expected = {(n, m) for n, one in enumerate(texts) for m, two in enumerate(texts[:n]) if alike(one, two)}
    assert len(expected) > 30
    assert {(n, m) for n, found in enumerate(nearly(*texts)) for m, _ in found} == expected
