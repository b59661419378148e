"""Bodies are read strictly: plain JSON, in UTF-8, of the schema's shape. Numbers are those of our bad-input list."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from examhall.errors import BadRequest
from examhall.web.body import MAX_DEPTH, MAX_ERRORS, parse
from examhall.web.guards import public
from examhall.web.routes import Route
from examhall.web.views import MethodView
from web.toy import toy_box


class LetterIn(BaseModel):
    """One field of each kind."""

    model_config = ConfigDict(extra="forbid", strict=True)

    to: str = Field(max_length=20)
    pages: int = Field(default=1, ge=1, le=9)
    urgent: bool = False
    weight: Annotated[Decimal, Field(strict=False)] | None = None
    sent_at: Annotated[AwareDatetime, Field(strict=False)] | None = None
    thread: Annotated[UUID, Field(strict=False)] | None = None
    copies: list[str] = Field(default_factory=list, max_length=3)


@public
class Letters(MethodView):
    """Takes letters and gives them back."""

    bodies = {"POST": LetterIn}

    def post(self, data: LetterIn) -> Any:
        return data.model_dump(mode="json")


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return toy_box([Route("/api/v1/letters", "api_letters", Letters)]).test_client()


def send(client: FlaskClient, body: bytes | str, content_type: str = "application/json", **headers: str) -> Any:
    return client.post("/api/v1/letters", data=body, content_type=content_type, headers=headers)


def test_a_letter_arrives(client: FlaskClient) -> None:
    answer = send(client, '{"to": "Zoë \\ud83d\\ude00", "weight": "1.50", "sent_at": "2026-05-01T09:00:00Z"}')
    assert answer.status_code == 200, answer.text
    assert answer.json["to"] == "Zoë 😀"
    assert answer.json["weight"] == "1.50"


NO_JSON = {
    "1: deep": b"[" * 2_000,
    "1: very deep": b"[" * 45_000 + b"]" * 45_000,
    "1: deep objects": b'{"to":' * 40 + b"1" + b"}" * 40,
    "2: NaN": b'{"to": "a", "weight": NaN}',
    "2: Infinity": b'{"to": "a", "weight": -Infinity}',
    "3: overflow": b'{"to": "a", "weight": 1e400}',
    "4: key twice": b'{"to": "a", "to": "b"}',
    "4: key twice, written differently": b'{"to": "a", "\\u0074o": "b"}',
    "5: lone surrogate": b'{"to": "\\ud800"}',
    "5: lone surrogate in a key": b'{"\\udfff": "a"}',
    "5: surrogates in the wrong order": b'{"to": "\\ude00\\ud83d"}',
    "5: surrogate as bytes": b'{"to": "\xed\xa0\x80"}',
    "6: NUL": b'{"to": "a\\u0000b"}',
    "6: NUL in a key": b'{"a\\u0000": 1}',
    "6: NUL as a byte": b'{"to": "a\0b"}',
    "7: UTF-16": '{"to": "a"}'.encode("utf-16"),
    "7: UTF-16 without a mark": '{"to": "a"}'.encode("utf-16-le"),
    "7: UTF-32": '{"to": "a"}'.encode("utf-32"),
    "8: byte order mark": b'\xef\xbb\xbf{"to": "a"}',
    "11: 5,000 digits": b'{"to": "a", "pages": ' + b"9" * 5_000 + b"}",
    "12: no UTF-8": b'{"to": "\xff"}',
    "12: overlong": b'{"to": "\xc0\xaf"}',
    "15: 2^63": b'{"to": "a", "pages": 9223372036854775808}',
    "15: -2^63-1": b'{"to": "a", "pages": -9223372036854775809}',
    "15: 2^64": b'{"to": "a", "pages": 18446744073709551616}',
    "trailing comma": b'{"to": "a",}',
    "comment": b'{"to": "a"} // b',
    "two values": b'{"to": "a"}{"to": "b"}',
    "single quotes": b"{'to': 'a'}",
    "bare word": b"hello",
    "leading zero": b'{"to": "a", "pages": 01}',
    "plus sign": b'{"to": "a", "pages": +1}',
    "control character": b'{"to": "a\nb"}',
    "cut off": b'{"to": "a',
    "form": b"to=a&pages=1",
}


@pytest.mark.parametrize("body", NO_JSON.values(), ids=NO_JSON)
def test_what_is_no_plain_json_is_a_400(client: FlaskClient, body: bytes) -> None:
    answer = send(client, body)
    assert (answer.status_code, answer.json["code"]) == (400, "bad_request"), answer.text


NO_LETTER = {
    "10: null": (b"null", "body"),
    "10: text": (b'"to"', "body"),
    "10: list": (b"[]", "body"),
    "10: number": (b"1", "body"),
    "14: nothing": (b"", "to"),
    "14: spaces": (b" \r\n ", "to"),
    "16: -0": (b'{"to": "a", "pages": -0}', "pages"),
    "16: 1e-400": (b'{"to": "a", "pages": 1e-400}', "pages"),
    "17: digits as text": (b'{"to": "a", "pages": "2"}', "pages"),
    "17: Arabic digits": ('{"to": "a", "pages": "٢"}'.encode(), "pages"),
    "17: spaces": (b'{"to": "a", "pages": " 7 "}', "pages"),
    "17: superscript": ('{"to": "a", "pages": "²"}'.encode(), "pages"),
    "17: underscore": (b'{"to": "a", "pages": "1_0"}', "pages"),
    "17: 2.0": (b'{"to": "a", "pages": 2.0}', "pages"),
    "18: true for 1": (b'{"to": "a", "pages": true}', "pages"),
    "18: 1 for true": (b'{"to": "a", "urgent": 1}', "urgent"),
    "19: false as text": (b'{"to": "a", "urgent": "false"}', "urgent"),
    "20: __proto__": (b'{"to": "a", "__proto__": {}}', "__proto__"),
    "20: $where": (b'{"to": "a", "$where": "1"}', "$where"),
    "22: too long": (b'{"to": "' + b"x" * 90_000 + b'"}', "to"),
    "decimal as word": (b'{"to": "a", "weight": "heavy"}', "weight"),
    "97: naive moment": (b'{"to": "a", "sent_at": "2026-05-01T09:00:00"}', "sent_at"),
    "97: 25 o'clock": (b'{"to": "a", "sent_at": "2026-05-01T25:00:00Z"}', "sent_at"),
    "97: year 10^12": (b'{"to": "a", "sent_at": "1000000000000-05-01T09:00:00Z"}', "sent_at"),
    "no id": (b'{"to": "a", "thread": "17"}', "thread"),
    "too many": (b'{"to": "a", "copies": ["b", "c", "d", "e"]}', "copies"),
    "wrong kind within": (b'{"to": "a", "copies": ["b", 1]}', "copies.1"),
}


@pytest.mark.parametrize(("body", "field"), NO_LETTER.values(), ids=NO_LETTER)
def test_what_is_json_of_another_shape_is_a_422_that_names_the_field(
    client: FlaskClient, body: bytes, field: str
) -> None:
    answer = send(client, body)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid"), answer.text
    assert [error["field"] for error in answer.json["errors"]] == [field]
    assert answer.json["errors"][0]["message"].endswith(".")


def test_every_field_that_is_wrong_is_named_at_once(client: FlaskClient) -> None:
    answer = send(client, b'{"pages": 12, "urgent": null, "reply": 1}')
    assert {error["field"] for error in answer.json["errors"]} == {"to", "pages", "urgent", "reply"}
    assert "Give at most 9." in [error["message"] for error in answer.json["errors"]]


def test_21_a_body_of_nothing_but_mistakes_gets_a_short_answer(client: FlaskClient) -> None:
    keys = {f"k{number}": 1 for number in range(8_000)}
    answer = send(client, json.dumps(keys))
    assert answer.status_code == 422
    assert len(answer.json["errors"]) == MAX_ERRORS
    long = send(client, json.dumps({"to": "a", "k" * 90_000: 1}))
    assert len(long.data) < 2_000


@pytest.mark.parametrize(
    ("content_type", "headers"),
    [
        ("text/plain", {}),
        ("application/x-www-form-urlencoded", {}),
        ("multipart/form-data; boundary=x", {}),
        ("application/json; charset=utf-7", {}),
        ("application/json; charset=latin-1", {}),
        ("", {}),
        ("application/json", {"Content-Encoding": "gzip"}),
        ("application/json", {"Content-Encoding": "identity, gzip"}),
    ],
)
def test_9_13_26_another_kind_of_content_is_a_415(
    client: FlaskClient, content_type: str, headers: dict[str, str]
) -> None:
    body = gzip.compress(b'{"to": "a"}') if headers else b'{"to": "a"}'
    answer = send(client, body, content_type, **headers)
    assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=UTF-8", "Application/JSON"])
def test_json_by_its_usual_names_is_taken(client: FlaskClient, content_type: str) -> None:
    assert send(client, b'{"to": "a"}', content_type).status_code == 200


def test_22_more_than_the_deployment_takes_is_a_413(client: FlaskClient) -> None:
    answer = send(client, b'{"to": "' + b"x" * 200_000 + b'"}')
    assert (answer.status_code, answer.json["code"]) == (413, "payload_too_large")


def test_as_deep_as_allowed_is_allowed() -> None:
    assert parse(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH) is not None
    with pytest.raises(BadRequest, match="nested more than 32 deep"):
        parse(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))


def test_brackets_inside_texts_are_no_nesting() -> None:
    text = '["' + "[" * 100 + '\\"' + "{" * 100 + '"]'
    assert parse(text.encode()) == json.loads(text)


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)


@given(PLAIN, st.booleans())
def test_all_plain_json_is_read_as_it_was_written(value: Any, ascii_only: bool) -> None:
    assert parse(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        value = parse(data)
    except BadRequest:
        return
    assert value == json.loads(data)
