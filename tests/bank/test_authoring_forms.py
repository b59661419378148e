"""A form says back what a body holds, for every type; what it can't show is kept, and faults stand at their fields."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import Any

import pytest
import wtforms
from flask import Flask
from hypothesis import HealthCheck, given, settings
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, FieldList, FormField

from bank.examples import EXAMPLES, Case
from examhall.bank.authoring.forms import FORMS, GROUP, registered
from examhall.bank.authoring.forms.question import QuestionForm
from examhall.bank.types import TYPES, type_named
from examhall.errors import ConfigurationError, Invalid
from hall import Hall


@pytest.fixture
def app(hall: Hall) -> Flask:
    return hall.app()


def sent(form: wtforms.form.BaseForm) -> MultiDict[str, str]:
    """What a browser sends of a form that nobody touched; it ends lines its own way."""
    data: MultiDict[str, str] = MultiDict()
    for field in form:
        if isinstance(field, FieldList):
            for entry in field:
                data.update(sent(entry.form))
        elif isinstance(field, FormField):
            data.update(sent(field.form))
        elif isinstance(field, BooleanField):
            if field.data:
                data.add(field.name, "y")
        elif field.data is not None:
            data.add(field.name, str(field.data).replace("\r\n", "\n").replace("\n", "\r\n"))
    return data


def again(app: Flask, type_name: str, body: Any) -> QuestionForm:
    """The form of a body, opened and sent back as it was."""
    with app.test_request_context():
        form = FORMS[type_name].for_body(body, name="x")
        form.grow()
        data = sent(form)
    with app.test_request_context(method="POST", data=data):
        return FORMS[type_name].for_body(body)


def test_every_type_has_a_form() -> None:
    assert list(FORMS) == list(TYPES)


@pytest.mark.parametrize("name", TYPES)
def test_opening_a_question_and_saving_it_changes_nothing(name: str, app: Flask) -> None:
    @given(EXAMPLES[name])
    @settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
    def survives(case: Case) -> None:
        form = again(app, name, case.body)
        assert type_named(name).validate(form.body()).to_json() == case.body.to_json()

    survives()


def put(app: Flask, type_name: str, **fields: str) -> QuestionForm:
    """The form of a new question, filled in and sent, with the faults that its type finds."""
    data = {name.replace("__", "-"): value for name, value in fields.items()}
    with app.test_request_context(method="POST", data=data):
        form = FORMS[type_name]()
        with pytest.raises(Invalid) as refused:
            type_named(type_name).validate(form.body())
        form.show(refused.value)
        return form


@pytest.mark.parametrize(
    ("type_name", "fields", "at"),
    [
        ("single_choice", {"options__0__text": "a", "options__3__text": "b", "options__3__fraction": "7"},
         "options-1-fraction"),
        ("matching", {"pairs__0__stem": "a", "pairs__1__choice": "x", "pairs__2__choice": "y"}, "pairs-0-choice"),
        ("kprim", {"rows__0__text": "a"}, "rows"),
        ("numeric", {"answers__0__value": "x", "answers__0__fraction": "1"}, "answers-0-value"),
        ("calculated", {"answers__0__formula": "1", "answers__0__shown_digits": "99"}, "answers-0-shown_digits"),
        ("cloze", {"prompt": "{#1}", "gaps__2__kind": "numeric", "gaps__2__numbers__0__value": "x"},
         "gaps-0-numbers-0-value"),
        ("upload", {"endings": "p?f"}, "endings"),
        ("essay", {"max_words": "many"}, "max_words"),
        ("hotspot", {"regions__0__label": "a", "regions__0__coords": "1, x"}, "regions-0-coords"),
    ],
)  # fmt: skip
def test_a_fault_stands_at_its_field(app: Flask, type_name: str, fields: dict[str, str], at: str) -> None:
    form = put(app, type_name, **({"prompt": "What?"} | fields))
    assert at in [field for field, _, _ in form.faults()]


def test_a_choice_that_two_stems_share_stays_one_and_a_wrong_one_needs_no_stem(app: Flask) -> None:
    data = {
        "prompt": "Match", "pairs-0-stem": "Lisbon", "pairs-0-choice": "Portugal", "pairs-1-stem": "Porto",
        "pairs-1-choice": "Portugal", "pairs-2-choice": "Spain",
    }  # fmt: skip
    with app.test_request_context(method="POST", data=data):
        body = type_named("matching").validate(FORMS["matching"]().body()).to_json()
    assert [choice["text"] for choice in body["choices"]] == ["Portugal", "Spain"]
    assert len({stem["choice"] for stem in body["stems"]}) == 1


def test_rows_keep_their_keys_when_they_are_moved(app: Flask) -> None:
    body = type_named("ordering").validate({"prompt": "Order", "items": [{"text": "a"}, {"text": "b"}]})
    moved = {"prompt": "Order", "scheme": "exact", "items-0-key": "i2", "items-0-text": "b", "items-1-key": "i1",
             "items-1-text": "a"}  # fmt: skip
    with app.test_request_context(method="POST", data=moved):
        said = FORMS["ordering"].for_body(body).body()
    assert [(item["key"], item["text"]) for item in said["items"]] == [("i2", "b"), ("i1", "a")]


def test_what_no_field_shows_is_kept(app: Flask) -> None:
    body = type_named("essay").validate({"prompt": "Why?", "hints": ["Think."]})
    assert again(app, "essay", body).body()["hints"] == ["Think."]


def test_a_form_brought_twice_or_wrongly_stops_the_start() -> None:
    for name, value in (("essay", "x:Y"), ("new", "nowhere:Form"), ("new", "json:JSONDecoder")):
        with pytest.raises(ConfigurationError, match=GROUP):
            registered([EntryPoint(name, value, GROUP)])
