"""The API describes itself: validly, completely, and in the words of the code."""

from __future__ import annotations

import re
from typing import Any

import pytest
from openapi_spec_validator import validate

from examhall.theme.api_docs import shown
from hall import Hall, MakeHall

BASE = "http://northwind.localhost"


@pytest.fixture
def hall(make_hall: MakeHall) -> Hall:
    return make_hall("sqlite")


@pytest.fixture
def document(hall: Hall) -> dict[str, Any]:
    answer = hall.platform.test_client().get("/api/v1/openapi.json", base_url=BASE)
    assert answer.status_code == 200
    return answer.json


def operation(document: dict[str, Any], verb: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"][f"/api/v1{path}"][verb]
    return found


def names(document: dict[str, Any], operation: dict[str, Any]) -> set[str]:
    """The names of an operation's parameters, with what they refer to looked up."""
    parts = [
        document["components"]["parameters"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part
        for part in operation["parameters"]
    ]
    return {part["name"] for part in parts}


def test_the_document_is_valid_openapi(document: dict[str, Any]) -> None:
    validate(document)
    assert document["openapi"] == "3.1.0"


def test_every_call_of_the_api_is_described_once(hall: Hall, document: dict[str, Any]) -> None:
    described = [
        (verb.upper(), path)
        for path, item in document["paths"].items()
        for verb in item
        if verb in {"get", "post", "put", "patch", "delete"}
    ]
    served = [
        (verb, re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in hall.platform.url_map.iter_rules()
        if rule.rule.startswith("/api/") and rule.endpoint not in {"api_docs", "api_openapi"}
        for verb in rule.methods or ()
        if verb not in {"HEAD", "OPTIONS"}
    ]
    assert sorted(described) == sorted(served)


def test_every_operation_has_its_own_id_and_a_summary(document: dict[str, Any]) -> None:
    operations = [part for item in document["paths"].values() for part in item.values() if "operationId" in part]
    assert len({found["operationId"] for found in operations}) == len(operations)
    assert [found["operationId"] for found in operations if not found["summary"]] == []


def test_the_guards_are_told(document: dict[str, Any]) -> None:
    assert operation(document, "post", "/auth/login")["security"] == []
    assert operation(document, "post", "/auth/refresh")["security"] == [{"refreshToken": []}]
    add = operation(document, "post", "/users")
    assert add["security"] == [{"accessToken": []}]
    assert "`users.write`" in add["description"]
    assert {"401", "403", "429"} <= add["responses"].keys()
    assert "401" not in operation(document, "post", "/auth/login")["responses"]


def test_a_list_tells_how_to_narrow_order_and_page_it(document: dict[str, Any]) -> None:
    people = operation(document, "get", "/users")
    arguments = {part["name"]: part["schema"] for part in people["parameters"]}
    assert arguments.keys() == {"role", "active", "email", "q", "order", "page", "page_size"}
    assert arguments["active"] == {"type": "boolean"}
    assert arguments["order"]["enum"][:2] == ["name", "-name"]
    assert arguments["page_size"]["maximum"] == 100
    answer = people["responses"]["200"]
    assert answer["headers"].keys() == {"Link", "X-Total-Count"}
    assert answer["content"]["application/json"]["schema"] == {
        "type": "array",
        "items": {"$ref": "#/components/schemas/UserOut"},
    }


def test_bodies_and_answers_are_those_of_the_schemas(document: dict[str, Any]) -> None:
    add = operation(document, "post", "/users")
    body = add["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/UserIn"}
    assert document["components"]["schemas"]["UserIn"]["additionalProperties"] is False
    assert add["responses"]["201"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/NewUserOut"
    }
    assert "content" not in operation(document, "post", "/auth/logout")["responses"]["204"]


def test_a_key_against_repeating_is_offered_where_it_is_kept(document: dict[str, Any]) -> None:
    assert "Idempotency-Key" in names(document, operation(document, "post", "/users"))
    assert "Idempotency-Key" not in names(document, operation(document, "post", "/auth/login"))
    assert "Idempotency-Key" not in names(document, operation(document, "post", "/auth/password"))


def test_a_problem_looks_as_described(hall: Hall, document: dict[str, Any]) -> None:
    problem = hall.api().get("/nothing").json
    described = document["components"]["schemas"]["ProblemOut"]
    assert problem.keys() == described["properties"].keys() == set(described["required"])


def test_by_path_the_server_is_the_tenants(hall: Hall) -> None:
    client = hall.platform.test_client()
    answer = client.get("/t/qalam/api/v1/openapi.json", base_url="http://127.0.0.1")
    assert answer.json["servers"] == [{"url": "/t/qalam"}]


def test_who_has_the_document_is_told_so(hall: Hall) -> None:
    client = hall.platform.test_client()
    tag = client.get("/api/v1/openapi.json", base_url=BASE).headers["ETag"]
    answer = client.get("/api/v1/openapi.json", base_url=BASE, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.data) == (304, b"")


def test_the_page_is_open_to_everybody_and_brings_no_foreign_script(hall: Hall, document: dict[str, Any]) -> None:
    page = hall.platform.test_client().get("/api/v1/docs", base_url="http://qalam.localhost")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert 'dir="rtl"' in page.text
    assert '<div class="stack api" lang="en" dir="ltr">' in page.text
    assert all(source.startswith("/") for source in re.findall(r'(?:src|href)="([^"#]+)"', page.text))
    for path in document["paths"]:
        assert path in page.text
    ids = re.findall(r'\bid="([^"]+)"', page.text)
    assert len(set(ids)) == len(ids)
    assert set(re.findall(r'href="#([^"]+)"', page.text)) <= set(ids)


def test_what_a_change_leaves_out_has_no_default(document: dict[str, Any]) -> None:
    for item in document["paths"].values():
        if "patch" in item:
            reference = item["patch"]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
            fields = document["components"]["schemas"][reference.rpartition("/")[2]]["properties"]
            assert [name for name, field in fields.items() if "default" in field] == []


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "boolean", "default": False}, "boolean, usually false"),
        ({"type": "string", "format": "uuid"}, "string uuid"),
        ({"type": "integer", "minimum": 1, "maximum": 9}, "integer, ≥ 1, ≤ 9"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/A"}}, 'list of <a href="#schema-A">A</a>'),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string or null"),
        ({"enum": ["a", "b"]}, "<code>a</code> | <code>b</code>"),
        ({"const": "<b>"}, "<code>&lt;b&gt;</code>"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "object of integer"),
        ({}, "anything"),
    ],
)
def test_the_page_says_a_schema_in_a_few_words(schema: dict[str, Any], words: str) -> None:
    assert shown(schema) == words
