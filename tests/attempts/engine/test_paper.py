"""Drawing and composing: the same seed gives the same paper, and a paper tells nothing that it should not."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attempts.engine.example import Example
from examhall.attempts.engine import paper as paper_module
from examhall.attempts.engine.paper import (
    Drawn,
    Paper,
    Pick,
    QuestionRef,
    SectionRule,
    compose,
    draw,
    present,
)
from examhall.bank.types import type_named
from examhall.errors import Conflict


def ref(number: int, type_name: str = "single_choice") -> QuestionRef:
    return QuestionRef(UUID(int=number), UUID(int=1000 + number), type_name)


def refs(*numbers: int) -> tuple[QuestionRef, ...]:
    return tuple(ref(number) for number in numbers)


def numbers(drawn: list[Drawn]) -> list[int]:
    return [item.ref.question_id.int for item in drawn]


class TestDraw:
    def test_fixed_questions_come_first_and_in_order_with_their_points(self) -> None:
        rule = SectionRule(fixed=(Pick(ref(3), Decimal(2)), Pick(ref(1), Decimal("0.5"))))
        assert draw([rule], "seed") == [Drawn(0, ref(3), Decimal(2)), Drawn(0, ref(1), Decimal("0.5"))]

    def test_a_pool_gives_as_many_as_are_asked_for(self) -> None:
        drawn = draw([SectionRule(pool=refs(*range(1, 21)), count=5, points_each=Decimal(3))], "seed")
        assert len(set(numbers(drawn))) == 5
        assert {item.points for item in drawn} == {Decimal(3)}

    def test_the_same_seed_draws_the_same_whatever_the_order_of_the_database(self) -> None:
        pool = list(refs(*range(1, 41)))
        first = draw([SectionRule(pool=tuple(pool), count=10)], "seed")
        random.Random(1).shuffle(pool)
        assert draw([SectionRule(pool=tuple(pool), count=10)], "seed") == first

    def test_the_draw_of_a_seed_is_the_same_for_ever(self) -> None:
        """A figure noted once: a change of the algorithm or of Python's generator must not pass unseen."""
        rule = SectionRule(fixed=(Pick(ref(50), Decimal(1)),), pool=refs(*range(1, 13)), count=5, shuffle=True)
        assert numbers(draw([rule], "noted")) == NOTED

    def test_seeds_differ_and_every_question_has_its_chance(self) -> None:
        rule = SectionRule(pool=refs(*range(1, 11)), count=3)
        seen = [number for seed in range(1000) for number in numbers(draw([rule], str(seed)))]
        shares = [seen.count(number) for number in range(1, 11)]
        assert min(shares) > 240
        assert max(shares) < 360

    def test_a_shuffled_section_mixes_fixed_and_drawn_and_stays_a_section(self) -> None:
        fixed = tuple(Pick(question, Decimal(1)) for question in refs(1, 2, 3))
        rules = [
            SectionRule(fixed=fixed, pool=refs(4, 5, 6), count=3, shuffle=True),
            SectionRule(pool=refs(7, 8), count=2),
        ]
        papers = [draw(rules, str(seed)) for seed in range(50)]
        assert len({tuple(numbers(drawn)) for drawn in papers}) > 40
        assert all([item.section for item in drawn] == [0] * 6 + [1] * 2 for drawn in papers)

    def test_a_fixed_question_is_never_drawn_again(self) -> None:
        rules = [SectionRule(pool=refs(1, 2, 3), count=2), SectionRule(fixed=(Pick(ref(2), Decimal(1)),))]
        for seed in range(20):
            assert sorted(numbers(draw(rules, str(seed)))) == [1, 2, 3]

    def test_a_question_that_is_fixed_twice_is_refused_by_the_name_of_the_section(self) -> None:
        rules = [SectionRule(fixed=(Pick(ref(1), Decimal(1)),)) for _ in range(2)]
        with pytest.raises(Conflict, match="Section “2”"):
            draw(rules, "seed")

    def test_a_pool_that_is_too_small_says_what_is_wanted_and_what_is_there(self) -> None:
        rules = [SectionRule(fixed=(Pick(ref(1), Decimal(1)),)), SectionRule(pool=refs(1, 2, 3), count=3, title="Law")]
        with pytest.raises(Conflict, match="Section “Law” asks for 3 questions, but only 2") as refusal:
            draw(rules, "seed")
        assert refusal.value.params == {"section": "Law", "wanted": 3, "have": 2}

    def test_a_question_that_stands_twice_in_a_pool_counts_once(self) -> None:
        with pytest.raises(Conflict):
            draw([SectionRule(pool=refs(1, 1), count=2)], "seed")

    def test_overlapping_pools_suffice_for_every_seed_or_for_none(self) -> None:
        """The first section may not take the only question that the second has."""
        rules = [
            SectionRule(pool=refs(1, 2), count=1),
            SectionRule(pool=refs(2, 3), count=1),
            SectionRule(pool=refs(1), count=1),
        ]
        for seed in range(50):
            assert numbers(draw(rules, str(seed))) == [2, 3, 1]

    @given(
        st.lists(st.tuples(st.frozensets(st.integers(1, 8), max_size=6), st.integers(0, 3)), max_size=4),
        st.lists(st.text(max_size=5), min_size=3, max_size=3),
    )
    def test_a_draw_fits_its_rules_and_its_seed_never_decides_whether_it_can_be_made(
        self, sections: list[tuple[frozenset[int], int]], seeds: list[str]
    ) -> None:
        rules = [SectionRule(pool=refs(*pool), count=count) for pool, count in sections]
        made = 0
        for seed in seeds:
            try:
                drawn = draw(rules, seed)
            except Conflict:
                continue
            made += 1
            assert len(set(numbers(drawn))) == len(drawn)
            for index, (pool, count) in enumerate(sections):
                taken = [item.ref.question_id.int for item in drawn if item.section == index]
                assert len(taken) == count
                assert set(taken) <= pool
        assert made in (0, len(seeds))


class TestCompose:
    def compose(self, example: Example, seed: str, shuffle_options: bool = True) -> Paper:
        drawn = [
            Drawn(s.section, QuestionRef(s.question_id, s.version_id, s.type), s.points) for s in example.paper.slots
        ]
        return compose(drawn, example.bodies, seed, shuffle_options)

    def test_slots_are_numbered_from_one_and_keep_what_was_drawn(self, example: Example) -> None:
        paper = example.paper
        assert [slot.number for slot in paper.slots] == [1, 2, 3, 4, 5]
        assert paper.max_points == Decimal(8)
        assert paper.slot(2) is paper.slots[1]
        assert paper.slot(0) is None
        assert paper.slot(6) is None
        assert paper.slot(-1) is None

    def test_the_same_seed_composes_the_same_paper(self, example: Example) -> None:
        assert self.compose(example, "x") == self.compose(example, "x")
        assert self.compose(example, "x").digest == self.compose(example, "x").digest
        assert self.compose(example, "x").digest != self.compose(example, "y").digest

    def test_options_are_shuffled_and_a_pinned_one_keeps_its_place(self, example: Example) -> None:
        orders = {tuple(self.compose(example, str(seed)).slots[0].options) for seed in range(100)}
        assert len(orders) == 6
        assert {order[3] for order in orders} == {"d"}

    def test_without_shuffling_the_authored_order_stands(self, example: Example) -> None:
        assert list(self.compose(example, "x", shuffle_options=False).slots[0].options) == ["a", "b", "c", "d"]

    def test_opaque_ids_are_ten_small_base32_letters_and_unique_in_the_slot(self, example: Example) -> None:
        for seed in range(50):
            ids = list(self.compose(example, str(seed)).slots[0].options.values())
            assert len(set(ids)) == len(ids)
            assert all(len(id_) == 10 and set(id_) <= set("abcdefghijklmnopqrstuvwxyz234567") for id_ in ids)

    def test_opaque_ids_differ_between_seeds_and_slots(self, example: Example) -> None:
        first, second = self.compose(example, "x"), self.compose(example, "y")
        everything = [id_ for paper in (first, second) for slot in paper.slots for id_ in slot.options.values()]
        assert len(set(everything)) == len(everything)

    def test_opaque_ids_do_not_tell_the_authored_order(self, example: Example) -> None:
        """Sorted by id, every option is equally often the first."""
        firsts = []
        for seed in range(1000):
            options = self.compose(example, str(seed), shuffle_options=False).slots[0].options
            firsts.append(min(options, key=lambda key: options[key]))
        shares = [firsts.count(key) for key in "abcd"]
        assert min(shares) > 190
        assert max(shares) < 310

    def test_ids_stay_unique_where_digests_collide(self, example: Example, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(paper_module, "_opaque_id", lambda seed, message: str(message.count("|")))
        assert list(self.compose(example, "x").slots[0].options.values()) == ["1", "2", "3", "4"]

    def test_a_paper_survives_its_json(self, example: Example) -> None:
        text = json.dumps(example.paper.to_json())
        again = Paper.from_json(json.loads(text))
        assert again == example.paper
        assert [list(slot.options.items()) for slot in again.slots] == [
            list(slot.options.items()) for slot in example.paper.slots
        ]
        assert again.digest == example.paper.digest

    def test_forty_slots_of_four_options_are_stored_in_less_than_8_kb(self, example: Example) -> None:
        one = example.paper.slots[0]
        drawn = [Drawn(0, QuestionRef(UUID(int=2**127 + n), one.version_id, one.type), one.points) for n in range(40)]
        stored = json.dumps(compose(drawn, example.bodies, "0" * 32, True).to_json(), separators=(",", ":"))
        assert len(stored) < 8192


class TestPresent:
    def test_a_candidate_sees_prompt_points_and_opaque_options(self, example: Example) -> None:
        first, *_, last = present(example.paper, example.bodies)
        assert first["slot"] == 1
        assert first["type"] == "single_choice"
        assert first["points"] == "2"
        assert "nearest to the sun" in first["prompt"]
        assert [option["id"] for option in first["options"]] == list(example.paper.slots[0].options.values())
        assert "Mercury" in {option["text"] for option in first["options"]}
        assert set(last) == {"slot", "type", "points", "prompt", "units"}

    def test_no_key_and_no_feedback_is_in_it(self) -> None:
        marked = {
            "prompt": "<p>Choose.</p>",
            "feedback": "KEY-GENERAL",
            "options": [
                {"key": "keyright", "text": "one", "fraction": "1", "feedback": "KEY-FEEDBACK"},
                {"key": "keywrong", "text": "two", "fraction": "-0.25"},
            ],
        }
        question = ref(1)
        bodies = {question.version_id: type_named("single_choice").validate(marked)}
        paper = compose([Drawn(0, question, Decimal(1))], bodies, "seed", True)
        text = json.dumps(present(paper, bodies))
        assert "key" not in text.lower()
        assert "fraction" not in text
        assert "0.25" not in text
        assert "seed" not in text


NOTED = [9, 11, 50, 1, 2, 6]
