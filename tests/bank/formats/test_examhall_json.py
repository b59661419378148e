"""Examhall JSON loses nothing, and says what is wrong with a file that somebody wrote by hand."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bank.examples import EXAMPLES, cases, words
from examhall.bank.content.richtext import media_of
from examhall.bank.formats import CategoryInfo, Item, Medium, archive
from examhall.bank.formats.examhall_json import FORMAT, export, parse, recognises
from examhall.bank.types import TYPES
from examhall.errors import Invalid

DOT = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00"
    b"\x01\x00\x00\x02\x02D\x01\x00;"
)
DIGEST = hashlib.sha256(DOT).hexdigest()


@st.composite
def items(draw: st.DrawFn) -> Item:
    case = draw(cases)
    return Item(
        line=0, name=draw(words), type=case.kind.name, body=_pictured(case.body.to_json()),
        category=draw(st.sampled_from(["", "a", "a/b"])), tags=draw(st.lists(words, max_size=3, unique=True)),
        external_id=draw(words), difficulty=draw(st.sampled_from(["", "easy", "hard"])),
        language=draw(st.sampled_from(["", "en", "es-MX"])), points=draw(st.sampled_from([Decimal(1), Decimal("2.5")])),
        status=draw(st.sampled_from(["ready", "draft", "retired"])),
    )  # fmt: skip


def plain(found: list[Item]) -> list[Item]:
    return [replace(item, element="") for item in found]


@given(st.lists(items(), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_what_goes_out_comes_in_the_same(given: list[Item]) -> None:
    media = {DIGEST: Medium("dot.gif", "image/gif", DOT)}
    out = export(given, media, "Bank")
    assert recognises(out.data)
    found = parse(out.data)
    assert (found.errors, found.losses, out.losses) == ([], [], [])
    assert plain(found.questions) == given


def _pictured(body: dict[str, Any]) -> dict[str, Any]:
    """The body with a picture that there is, in place of those that were made up."""
    text = json.dumps(body)
    for digest in media_of(text) | {body.get("image", DIGEST)}:
        text = text.replace(digest, DIGEST)
    pictured: dict[str, Any] = json.loads(text)
    return pictured


def question(**more: Any) -> dict[str, Any]:
    return {"name": "One", "type": "true_false", "body": {"prompt": "Is it?", "correct": True}, **more}


def file(*questions: Any, **more: Any) -> bytes:
    return json.dumps({"examhall": 1, "questions": list(questions), **more}).encode()


def test_pictures_travel_in_an_archive() -> None:
    kept = parse(file(question(body={"prompt": "Is it?", "correct": True}))).questions[0]
    item = replace(
        kept, body=kept.body | {"prompt": f'<p>Is it? <img src="media:{DIGEST}" alt="A dot"></p>'}, element=""
    )
    out = export([item], {DIGEST: Medium("dot.GIF", "image/gif", DOT)}, "Bank")
    assert (out.extension, recognises(out.data)) == ("zip", True)
    assert list(archive.read(out.data)) == ["questions.json", f"media/{DIGEST}.gif"]
    found = parse(out.data)
    assert plain(found.questions) == [item]
    assert found.media == {DIGEST: Medium("dot.GIF", "image/gif", DOT)}
    torn = archive.write({"questions.json": archive.read(out.data)["questions.json"]})
    assert [error.element for error in parse(torn).errors] == ["media[1]", "questions[1]"]
    assert export([item], {}, "Bank").losses[0].element == DIGEST


def test_all_types_are_among_the_examples() -> None:
    assert set(EXAMPLES) == set(TYPES)


def test_what_it_does_not_know_is_a_loss_and_what_is_wrong_an_error() -> None:
    found = parse(file(
        question(colour="red"), question(points="many"), question(tags="x"), question(type="riddle"),
        question(body={"prompt": "", "correct": True}), "no object", question(name=7),
    ))  # fmt: skip
    assert [item.name for item in found.questions] == ["One"]
    assert [loss.element for loss in found.losses] == ["questions[1]/colour"]
    assert [error.element for error in found.errors] == [
        "questions[2]/points", "questions[3]/tags", "questions[4]/type", "questions[5]/body/prompt", "questions[6]",
        "questions[7]/name",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [
        b'{"examhall": 2, "questions": []}',
        b'{"examhall": true, "questions": []}',
        b'{"examhall": 1, "examhall": 1}',
        b'{"examhall": 1, "questions": [NaN]}',
        b'{"examhall": 1, "questions": ' + b"[" * 60_000 + b"]" * 60_000 + b"}",
        b'{"examhall": 1, "x": ' + b"9" * 10_000 + b"}",
        b'{"examhall": 1,',
        b'{"examhall": 1}\xff',
        b"[]",
        archive.write({"other.json": b"{}"}),
    ],
    ids=range(10),
)
def test_what_is_no_such_file_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        FORMAT.parse and parse(data)
    assert refused.value.errors[0].field == "file"


def test_lists_that_are_none_are_told() -> None:
    found = parse(b'{"examhall": 1, "questions": {}, "media": 3, "categories": [{"path": 1}]}')
    assert [error.element for error in found.errors] == ["media", "questions", "categories"]


def test_what_categories_say_of_themselves_comes_back() -> None:
    infos = [CategoryInfo("a", "top-1", "All of it.\n\nAnd more."), CategoryInfo("a/b", "", "Deep")]
    (item,) = parse(json.dumps({"examhall": 1, "questions": [question(category="a/b")]}).encode()).questions
    assert FORMAT.describing is not None
    found = parse(FORMAT.describing(infos)([item], {}, "Bank").data)
    assert (found.errors, found.categories) == ([], infos)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"path": "x" * 201}, "category"),
        ({"external_id": "x" * 201}, "external_id"),
        ({"description": "x" * 2001}, "description"),
    ],
)
def test_a_category_that_no_bank_could_keep_is_told(more: dict[str, str], field: str) -> None:
    found = parse(json.dumps({"examhall": 1, "questions": [], "categories": [{"path": "a"} | more]}).encode())
    assert [error.element.endswith(f"/{field}") for error in found.errors] == [True]
