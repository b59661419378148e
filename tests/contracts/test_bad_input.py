"""Every call of the API is fed what is broken, hostile or absurd: a 4xx problem each time, and nothing written.

On both engines: what SQLite swallows PostgreSQL may choke on. Numbers are those of our bad-input list.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from contracts.expected import ROWS
from contracts.place import Place, on_postgres, on_sqlite
from examhall.web.views import ListView

CALLS = [(name, verb) for name, verbs in ROWS.items() for verb in verbs if name.startswith("api_")]
LOOKS = {"api_docs", "api_openapi"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    root = tmp_path_factory.mktemp("place")
    if request.param == "sqlite":
        with on_sqlite(root, request.getfixturevalue("sqlite_template")) as place:
            yield place
    else:
        cluster = request.getfixturevalue("postgres")
        with on_postgres(root, cluster, request.getfixturevalue("postgres_template")) as place:
            yield place


#: What is refused before a database is asked needs no second one.
read_before_the_database = pytest.mark.parametrize("place", ["sqlite"], indirect=True)


def assert_refused(answer: TestResponse, *statuses: int, why: object = "") -> None:
    """A problem document of one of these statuses that shows nothing of the inside."""
    assert answer.status_code in statuses, (why, answer.status_code, answer.text[:500])
    assert answer.mimetype == "application/problem+json", why
    assert answer.json["status"] == answer.status_code
    assert "Traceback" not in answer.text


NO_JSON = {
    "1: deep": b"[" * 2_000,
    "2: NaN": b'{"title": NaN}',
    "3: overflow": b'{"title": 1e400}',
    "4: key twice": b'{"title": "a", "title": "b"}',
    "5: lone surrogate": b'{"title": "\\ud800"}',
    "6: NUL": b'{"title": "\\u0000"}',
    "7: UTF-16": '{"title": "a"}'.encode("utf-16"),
    "8: byte order mark": b'\xef\xbb\xbf{"title": "a"}',
    "12: no UTF-8": b'{"title": "\xff"}',
    "15: 2^63": b'{"title": 9223372036854775808}',
    "cut off": b'{"title": "a',
    "form": b"title=a",
}
NO_OBJECT = ["null", "[]", '"text"', "7", "true", "[{}]"]


@read_before_the_database
@pytest.mark.parametrize(("endpoint", "verb"), CALLS)
def test_a_body_that_is_no_object_of_json(place: Place, endpoint: str, verb: str) -> None:
    if endpoint in LOOKS or verb not in place.operation(endpoint, verb).view.bodies:
        return
    before = place.rows()
    for name, data in NO_JSON.items():
        assert_refused(place.send(endpoint, verb, data=data, content_type="application/json"), 400, why=name)
    for text in NO_OBJECT:
        assert_refused(place.send(endpoint, verb, data=text, content_type="application/json"), 422, why=text)
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-7", ""):
        assert_refused(place.send(endpoint, verb, data=b"{}", content_type=kind), 415, why=kind)
    packed = {"Content-Encoding": "gzip"}
    assert_refused(place.send(endpoint, verb, data=b"{}", content_type="application/json", headers=packed), 415)
    large = b'{"title": "' + b"x" * place.hall.settings.max_body_bytes + b'"}'
    assert_refused(place.send(endpoint, verb, data=large, content_type="application/json"), 413)
    assert place.rows() == before


@read_before_the_database
@pytest.mark.parametrize(("endpoint", "verb"), CALLS)
def test_a_field_too_many_or_too_few(place: Place, endpoint: str, verb: str) -> None:
    schema = None if endpoint in LOOKS else place.operation(endpoint, verb).view.bodies.get(verb)
    if schema is None:
        return
    before = place.rows()
    sound = ROWS[endpoint][verb].sends or {}
    for extra in ("tenant_id", "id", "__proto__", "$where", "created_at", "revision", "password_hash", "\u202e"):
        answer = place.send(endpoint, verb, json={**sound, extra: str(uuid4())})
        assert_refused(answer, 422, why=extra)
        assert extra in [error["field"] for error in answer.json["errors"]]
    many = place.send(endpoint, verb, json={f"key{number}": 1 for number in range(20_000)})
    assert_refused(many, 422)
    assert len(many.data) < 10_000
    for name, field in schema.model_fields.items():
        if field.is_required():
            answer = place.send(endpoint, verb, json={key: value for key, value in sound.items() if key != name})
            assert_refused(answer, 422, why=name)
            assert name in [error["field"] for error in answer.json["errors"]]
    assert place.rows() == before


ABSURD: list[Any] = [
    None, True, 0, -1, 2**31, 2**63 - 1, 1.5, 1e308, "", " ", "٢", "1e999", "9" * 400, "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z", "\u202eabc\u200b", "e\u0301" * 60, "x" * 100_000, "' OR 1=1 --",
    "{{ config }} %(x)s", "00000000-0000-0000-0000-000000000000", [None], [[]] * 50, {"a": {"b": []}},
]  # fmt: skip


def twisted(body: Any, names: list[str]) -> Iterator[tuple[str, Any]]:
    """The sound body with one thing in it, however deep, replaced by something absurd; and what the path to it is."""
    for path in [*paths(body), *([name] for name in names if name not in body)]:
        for value in ABSURD:
            changed = deepcopy(body)
            inner = changed
            for step in path[:-1]:
                inner = inner[step]
            inner[path[-1]] = value
            yield f"{path} = {value!r:.60}", changed


def paths(value: Any) -> Iterator[list[Any]]:
    """The way to everything inside."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield [key]
        yield from ([key, *rest] for rest in paths(inner))


@pytest.mark.parametrize(("endpoint", "verb"), CALLS)
def test_an_absurd_value_in_any_place(place: Place, endpoint: str, verb: str) -> None:
    schema = None if endpoint in LOOKS else place.operation(endpoint, verb).view.bodies.get(verb)
    if schema is None:
        return
    before = place.rows()
    for why, body in twisted(ROWS[endpoint][verb].sends or {}, [*schema.model_fields]):
        answer = place.send(endpoint, verb, json=body)
        assert answer.status_code < 500, (why, answer.text)
        after = place.rows()
        if answer.status_code >= 400:
            assert_refused(answer, 400, 401, 404, 409, 422, 429, why=why)
            assert after == before, why
        before = after


BAD_IDS = ["0", "abc", "-1", "00000000", "' OR 1=1 --", "%00", "..%2f..", "{id}", "x" * 5_000, "١٢٣", "None",
           "00000000-0000-0000-0000-00000000000g", "urn:uuid:00000000-0000-0000-0000-000000000000"]  # fmt: skip


@pytest.mark.parametrize(("endpoint", "verb"), [(name, verb) for name, verb in CALLS if ROWS[name][verb].at])
def test_an_id_that_is_none_or_nobodys(place: Place, endpoint: str, verb: str) -> None:
    before = place.rows()
    body = {"json": ROWS[endpoint][verb].sends or {}} if verb in {"POST", "PUT", "PATCH"} else {}
    names = ROWS[endpoint][verb].at.split()
    for at in range(len(names)):
        for bad in [*BAD_IDS, str(uuid4()), "ffffffff-ffff-ffff-ffff-ffffffffffff"]:
            path = place.path(endpoint, verb, " ".join([*names[:at], "\1", *names[at + 1 :]])).replace("\1", bad)
            assert_refused(place.send(endpoint, verb, path=path, **body), 404, why=path)
    assert place.rows() == before


NO_ARGUMENTS = ["limit=1", "offset=1", "tenant_id=1", "order=-__class__", "order=password_hash", "order=%00", "q=%00",
                "q=" + "x" * 10_000, "sort=name", "format=xml", "format=%00"]  # fmt: skip
NUMBERS = ["0", "-1", "1000000000", "abc", "1.0", "%201", "1_0", "%D9%A2", "%C2%B2", "9" * 40]


@read_before_the_database
@pytest.mark.parametrize(("endpoint", "verb"), [(name, verb) for name, verb in CALLS if verb == "GET"])
def test_103_arguments_that_no_list_takes(place: Place, endpoint: str, verb: str) -> None:
    path = place.path(endpoint, verb)
    if endpoint in LOOKS or not isinstance(place.operation(endpoint, verb).view, ListView):
        assert place.send(endpoint, verb, path=f"{path}?page=abc&q=%00").status_code < 500
        return
    for number in NUMBERS:
        assert_refused(place.send(endpoint, verb, path=f"{path}?page={number}"), 400, why=number)
        assert_refused(place.send(endpoint, verb, path=f"{path}?page_size={number}"), 400, why=number)
    for argument in NO_ARGUMENTS:
        assert_refused(place.send(endpoint, verb, path=f"{path}?{argument}"), 400, why=argument)
    beyond = place.send(endpoint, verb, path=f"{path}?page=1000000")
    assert (beyond.status_code, beyond.json) == (200, [])


HOSTILE = ["%00", "%ED%A0%80", "%FF", "%", "_", "%5C", "'", "true", "1", "-1", "9" * 20, "x" * 300, "%F0%9F%98%80",
           "%27%20OR%201%3D1", "2026-01-01", "٢", "NaN", "None", "null",
           "00000000-0000-0000-0000-000000000000"]  # fmt: skip


@pytest.mark.parametrize(("endpoint", "verb"), [(name, verb) for name, verb in CALLS if verb == "GET"])
def test_a_filter_with_any_value_finds_or_is_refused(place: Place, endpoint: str, verb: str) -> None:
    if endpoint in LOOKS or not isinstance(place.operation(endpoint, verb).view, ListView):
        return
    view, path = place.operation(endpoint, verb).view, place.path(endpoint, verb)
    declared = view.arguments[verb].model_fields if verb in view.arguments else ()
    for name in [*view.filters, *declared, *(["q"] if view.search else [])]:
        for value in HOSTILE:
            answer = place.send(endpoint, verb, path=f"{path}?{name}={value}")
            assert answer.status_code in {200, 400}, (name, value, answer.text)
        assert place.send(endpoint, verb, path=f"{path}?{name}=").status_code == 200, "empty counts as absent"
    for name in dict.fromkeys(order.removeprefix("-") for order in view.ordering):
        for order in (name, f"-{name}"):
            assert place.send(endpoint, verb, path=f"{path}?order={order}").status_code == 200


@read_before_the_database
@pytest.mark.parametrize(("endpoint", "verb"), [(name, verb) for name, verb in CALLS if ROWS[name][verb].tag])
def test_a_tag_that_is_none(place: Place, endpoint: str, verb: str) -> None:
    before = place.rows()
    body = {"json": ROWS[endpoint][verb].sends} if ROWS[endpoint][verb].sends else {}
    for tag in ('"0"', "abc", '"', 'W/"1"', "x" * 5_000, "", '"a","b"', "\xff"):
        assert_refused(place.send(endpoint, verb, headers={"If-Match": tag}, **body), 412, why=tag)
    assert place.rows() == before


@read_before_the_database
@pytest.mark.parametrize(("endpoint", "verb"), [(name, verb) for name, verb in CALLS if verb == "POST"])
def test_a_key_that_is_none(place: Place, endpoint: str, verb: str) -> None:
    if not ROWS[endpoint][verb].needs:
        return
    before = place.rows()
    for key in ("", "x" * 201):
        answer = place.send(endpoint, verb, headers={"Idempotency-Key": key}, json=ROWS[endpoint][verb].sends or {})
        assert_refused(answer, 400, 422, why=key)
    assert place.rows() == before


FILES: dict[str, dict[str, Any]] = {
    "no file": {"format": "gift"},
    "another field": {"upload": (io.BytesIO(b"x"), "q.gift")},
    "unknown format": {"file": (io.BytesIO(b"x"), "q.gift"), "format": "word"},
    "no text": {"file": (io.BytesIO(bytes(range(256)) * 20), "q.gift")},
    "UTF-16": {"file": (io.BytesIO("::a:: b {T}".encode("utf-16")), "q.gift")},
    "NUL": {"file": (io.BytesIO(b"::a:: \0 {T}"), "q.gift")},
    "a field of text": {"file": "::a:: b {T}"},
    "35: 1,001 parts": {f"part{number}": "x" for number in range(1_001)},
}


@pytest.mark.parametrize("files", FILES.values(), ids=FILES)
def test_35_to_37_a_form_that_is_no_import(place: Place, files: dict[str, Any]) -> None:
    before = place.rows()
    path = place.path("api_imports", "POST")
    fresh = {
        name: (io.BytesIO(value[0].getvalue()), *value[1:]) if isinstance(value, tuple) else value
        for name, value in files.items()
    }
    assert_refused(place.send("api_imports", "POST", path=path, data=fresh), 400, 413, 415, 422)
    assert place.rows() == before


@pytest.mark.parametrize("text", [b"::a:: {" * 2_000, b"{" * 50_000], ids=["broken", "deep"])
def test_a_file_that_is_all_faults_says_so_and_brings_nothing(place: Place, text: bytes) -> None:
    path = place.path("api_imports", "POST")
    made = place.send("api_imports", "POST", path=path, data={"file": (io.BytesIO(text), "q.gift"), "format": "gift"})
    assert made.status_code == 201, made.text
    assert made.json["found"]["questions"] == 0
    assert made.json["errors"] != []


@read_before_the_database
@pytest.mark.parametrize(
    "name", ["../../evil.gift", "a\r\nX-Evil: 1.gift", "x" * 300, "\u202egift.exe", "", "con", "a\0b"]
)
def test_37_the_name_of_a_file_is_never_used(place: Place, name: str) -> None:
    path = place.path("api_imports", "POST") + "?commit=true"
    disposition = json.dumps(name, ensure_ascii=False)[1:-1]
    body = (
        f'--b\r\nContent-Disposition: form-data; name="file"; filename="{disposition}"\r\n'
        "Content-Type: text/plain\r\n\r\n::a:: b {T}\r\n--b--\r\n"
    ).encode()
    answer = place.send("api_imports", "POST", path=path, data=body, content_type="multipart/form-data; boundary=b")
    assert answer.status_code in {201, 400, 422}, answer.text
    assert "X-Evil" not in answer.headers


@read_before_the_database
@pytest.mark.parametrize("value", ["maybe", "1", "TRUE", "%00"])
def test_a_wish_to_commit_that_is_not_plainly_one_writes_nothing(place: Place, value: str) -> None:
    before = place.rows()
    path = place.path("api_imports", "POST") + f"?commit={value}"
    answer = place.send("api_imports", "POST", path=path, data={"file": (io.BytesIO(b"::a:: b {T}"), "q.gift")})
    assert answer.status_code == 400
    assert place.rows() == before


@read_before_the_database
@pytest.mark.parametrize(("endpoint", "verb"), CALLS)
def test_a_token_that_is_none(place: Place, endpoint: str, verb: str) -> None:
    if ROWS[endpoint][verb].needs is None:
        return
    before = place.rows()
    own = place.home.people["candidate"].tokens
    wrong = own["access_token"] if endpoint == "api_refresh" else own["refresh_token"]
    for token in ("x", "a.b.c", "x" * 9_000, wrong, own["access_token"][:-4] + "AAAA", "eyJhbGciOiJub25lIn0.e30."):
        assert_refused(place.send(endpoint, verb, headers={"Authorization": f"Bearer {token}"}), 401, why=token[:20])
    assert place.rows() == before


@read_before_the_database
@pytest.mark.parametrize(
    "language", ["zz-ZZ", "x" * 5_000, "en;q=nan", "en-" * 500, "*", ";;;", "ar\u0662", ",".join(["es"] * 9_000)]
)
def test_33_a_language_that_nobody_speaks(place: Place, language: str) -> None:
    answer = place.send("api_user", "GET", headers={"Accept-Language": language.encode().decode("latin-1")})
    assert answer.status_code == 200
