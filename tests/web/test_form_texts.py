"""What WTForms would say by itself is said in our words."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from functools import cache

import wtforms
from wtforms.fields.core import UnboundField

import examhall.app  # noqa: F401  # imports every form
from examhall.web.form_texts import COUNTED, TEXTS, Worded
from hall import MakeHall
from portal import Portal

THEIR_MODULES = ("wtforms", "flask_wtf")


def form_classes(kind: type = wtforms.Form) -> list[type]:
    """Every form of ours."""
    below = [found for child in kind.__subclasses__() for found in form_classes(child)]
    return [*below, *([kind] if kind.__module__.startswith("examhall") else [])]


def parts(field: UnboundField) -> Iterator[type]:
    """The classes of a field, of what it holds and of its validators."""
    yield field.field_class
    for value in [*field.args, *field.kwargs.values()]:
        if isinstance(value, UnboundField):
            yield from parts(value)
        elif isinstance(value, list | tuple):
            yield from (type(validator) for validator in value if type(validator).__module__.startswith(THEIR_MODULES))


@cache
def texts_of(kind: type) -> set[str]:
    """The English that a class of WTForms may answer with."""
    found: set[str] = set()
    for ancestor in kind.__mro__:
        if ancestor.__module__.startswith(THEIR_MODULES):
            for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(ancestor)))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("gettext"):
                    found |= {str(text.value) for text in node.args[:1] if isinstance(text, ast.Constant)}
    return found


def test_every_text_of_wtforms_has_one_of_ours() -> None:
    fields = [field for form in form_classes() for field in vars(form).values() if isinstance(field, UnboundField)]
    theirs = {text for field in fields for kind in parts(field) for text in texts_of(kind)}
    for_programmers = {"Choices cannot be None."}
    assert theirs - TEXTS.keys() - COUNTED.keys() == for_programmers, "say it in examhall.web.form_texts"


def test_every_form_uses_them() -> None:
    """`Meta` is merged from all classes of a form; the first hook that is found is the one that is asked."""
    for form in form_classes():
        metas = [base for kind in form.__mro__ if "Meta" in vars(kind) for base in vars(kind)["Meta"].__mro__]
        assert next(meta for meta in metas if "get_translations" in vars(meta)) is Worded, form


def test_a_form_says_what_is_wrong_in_the_readers_language(make_hall: MakeHall) -> None:
    """WTForms' own Arabic would answer in English here."""
    page = Portal(make_hall(), slug="qalam").submit("/sign-in", {"email": "x" * 321, "password": "x"})
    assert page.status_code == 422
    assert "أدخل 320 حرفًا على الأكثر." in page.text
    assert "بيان واحد يحتاج إلى تصحيح:" in page.text
