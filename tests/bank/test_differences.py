"""What one version says otherwise than another."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bank.factories import PRIMES
from examhall.bank.comparison.differences import Difference, Kind, Op, Words, differences, words_between
from hall import Api, Hall
from portal import Portal

PLANETS: dict[str, Any] = {
    "prompt": "<p>The largest planet?</p>",
    "options": [{"key": "o1", "text": "Jupiter", "fraction": "1"}, {"key": "o2", "text": "Mars", "fraction": "0"}],
    "answers": [{"text": "Lima", "fraction": "1"}],
    "shuffle": True,
}

texts = st.text(st.sampled_from("ab <>p/&;é\u0661\u0627 \n"), max_size=40)
bodies = st.recursive(
    st.none() | st.booleans() | texts | st.integers(),
    lambda parts: (
        st.lists(parts, max_size=4)
        | st.dictionaries(st.sampled_from(["key", "text", "options", "prompt", "name"]), parts, max_size=4)
    ),
    max_leaves=12,
)


def changed(**changes: Any) -> dict[str, Any]:
    return deepcopy(PLANETS) | changes


def test_equal_bodies_differ_in_nothing() -> None:
    assert differences(PLANETS, changed()) == []


def test_texts_are_compared_word_by_word_as_they_are_read() -> None:
    [found] = differences(PLANETS, changed(prompt="<p>The <b>smallest</b> planet?</p>"))
    assert (found.path, found.kind) == (("prompt",), Kind.CHANGED)
    assert found.words == (
        Words(Op.SAME, "The "), Words(Op.REMOVED, "largest"), Words(Op.ADDED, "smallest"), Words(Op.SAME, " planet?"),
    )  # fmt: skip


def test_markup_shows_where_nothing_else_differs() -> None:
    [found] = differences(PLANETS, changed(prompt="<p>The largest <b>planet</b>?</p>"))
    assert [words.text for words in found.words if words.op is Op.ADDED] == ["<b>", "</b>"]


def test_options_are_matched_by_key_and_an_order_is_told_once() -> None:
    options = [
        {"key": "o2", "text": "Mars", "fraction": "0"}, {"key": "o3", "text": "Earth", "fraction": "0"},
        {"key": "o1", "text": "Jupiter", "fraction": "0.5"},
    ]  # fmt: skip
    assert [(each.path, each.kind) for each in differences(PLANETS, changed(options=options))] == [
        (("options", "o1", "fraction"), Kind.CHANGED),
        (("options", "o3"), Kind.ADDED),
        (("options",), Kind.MOVED),
    ]


def test_what_has_no_key_is_matched_by_place() -> None:
    found = differences(
        PLANETS, changed(answers=[{"text": "Lima", "fraction": "0.5"}, {"text": "Peru"}], shuffle=False)
    )
    assert [each.path for each in found] == [("answers", "1", "fraction"), ("answers", "2"), ("shuffle",)]
    assert found[1] == Difference(("answers", "2"), Kind.ADDED, None, {"text": "Peru"})


@given(bodies, bodies)
def test_whatever_differs_is_told_and_nothing_else(one: Any, other: Any) -> None:
    before, after = {"part": one}, {"part": other}
    assert bool(differences(before, after)) == (repr(one) != repr(other))


@given(texts, texts)
def test_the_words_of_a_difference_make_up_both_texts(one: str, other: str) -> None:
    if "<" in one + other or "&" in one + other:
        return
    found = words_between(one, other)
    sides = ["".join(each.text for each in found if each.op is not gone) for gone in (Op.ADDED, Op.REMOVED)]
    as_read = [" ".join(one.split()), " ".join(other.split())]
    assert sides == ([one, other] if as_read[0] == as_read[1] else as_read)


def question_with_versions(api: Api) -> str:
    bank: Any = api.post("/banks", {"name": "Maths"}).json
    made: Any = api.post(f"/banks/{bank['id']}/questions", {"type": "single_choice", "name": "A", "body": PRIMES}).json
    for prompt in ("<p>Which of these is a prime?</p>", "<p>Which one is a prime?</p>"):
        answer = api.post(f"/questions/{made['id']}/versions", {"body": PRIMES | {"prompt": prompt}, "name": "B"})
        assert answer.status_code == 201
    return str(made["id"])


def test_the_api_compares_any_two_versions(hall: Hall) -> None:
    author = hall.api("author")
    question = question_with_versions(author)

    def compare(number: int, query: str = "") -> Any:
        return author.get(f"/questions/{question}/versions/{number}/differences{query}")

    told = compare(3).json
    assert (told["from"], told["to"]) == (2, 3)
    assert [each["path"] for each in told["differences"]] == [["prompt"]]
    assert {each["path"][0] for each in compare(3, "?from=1").json["differences"]} == {"name", "prompt"}
    assert compare(1).json["differences"] == []
    assert compare(1, "?from=3").json["differences"][0]["words"][0] == {"op": "removed", "text": "B"}
    for query, status in (("?from=9", 404), ("?from=x", 400), ("?from=0", 400), (f"?from={'9' * 12}", 400)):
        assert compare(1, query).status_code == status
    assert compare(9).status_code == 404
    assert compare(10**20).status_code == 404


def test_the_page_shows_both_sides_and_marks_words_in_text(hall: Hall) -> None:
    author = hall.api("author")
    question = question_with_versions(author)
    portal = Portal(hall, author.person)
    page = portal.get(f"/manage/questions/{question}/differences").text
    assert '<del><span class="visually-hidden">[removed: </span>of these' in page
    assert '<ins><span class="visually-hidden">[added: </span>one' in page
    assert "Compare versions" in portal.get(f"/manage/questions/{question}").text
    assert "No difference" in portal.get(f"/manage/questions/{question}/differences?from=2&to=2").text
    assert portal.get(f"/manage/questions/{question}/differences?from=7").status_code == 404
