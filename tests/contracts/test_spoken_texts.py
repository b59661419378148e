"""Nobody is spoken to past the catalogues: rules over templates, Python and scripts; each finds what is planted."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import jinja2
import pytest
from jinja2 import nodes

from examhall import errors
from examhall.settings import PROJECT
from examhall.web.form_texts import COUNTED, TEXTS

PACKAGE = PROJECT / "platform" / "examhall"
TENANTS = PROJECT / "tenants"
TEMPLATES = sorted([*PACKAGE.glob("**/templates/**/*.html"), *TENANTS.glob("*/templates/**/*.html")])
MODULES = sorted(PACKAGE.rglob("*.py"))
SCRIPTS = sorted([*PACKAGE.glob("**/static/**/*.js"), *TENANTS.glob("*/static/**/*.js")])

#: Read by people who write apps, or by those who run the development server; both pages say that they are English.
#: Operators read what the command line says. The door answers where no tenant is known, and so no language either.
ENGLISH = ("theme/templates/api_docs.html", "theme/templates/portals.html", "theme/api_docs.py", "web/openapi.py",
           "cli/", "tenancy/door.py")  # fmt: skip
#: WTForms' own English, by which ours is found.
THEIRS = {*TEXTS, *COUNTED}
Find = Callable[[str], list[str]]
MARKS = {"N_", "_", "gettext", "ngettext", "lazy_gettext"}


def has_letters(text: str) -> bool:
    return re.search(r"[^\W\d_]", text) is not None


def looks_like_words(text: str) -> bool:
    """A word with a capital, or two plain words: no class, no id, no name of a file, a field or a format."""
    return re.search(r"(?<![\w.-])[A-Z][a-z]+(?![\w(-])|(?<![\w-])[a-z]+ [a-z]+(?![\w-])", text) is not None


class Page(HTMLParser):
    """What of a template's own characters reaches a person."""

    spoken = frozenset(
        {"title", "alt", "placeholder", "label", "aria-label", "aria-description", "aria-roledescription"}
    )

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.code = 0  # how deep in code, which is the same in every language

    def handle_data(self, data: str) -> None:
        if has_letters(data) and not self.code:
            self.found.append(" ".join(data.split()))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.code += tag in {"code", "pre"}
        for name, value in attributes:
            spoken = name in self.spoken and has_letters(value or "")
            if spoken or (name.startswith(("value", "data-")) and looks_like_words(value or "")):
                self.found.append(f"{name}={value}")

    def handle_endtag(self, tag: str) -> None:
        self.code -= tag in {"code", "pre"}


def in_template(source: str) -> list[str]:
    """Texts that stand in the page itself, and words among the constants of its expressions."""
    tree = jinja2.Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(source)
    for block in tree.find_all(nodes.Block):
        if block.name == "body_class":  # stands within an attribute of base.html
            block.body = []
    page = Page()
    for output in tree.find_all(nodes.Output):
        page.feed("".join(part.data if isinstance(part, nodes.TemplateData) else "\ufffc" for part in output.nodes))
    page.close()
    return page.found + [text for text in constants(tree) if looks_like_words(text)]


def constants(node: nodes.Node) -> Iterator[str]:
    """The strings of all expressions, without those that are translated, compared or name a template."""
    if isinstance(node, nodes.Compare | nodes.Getitem | nodes.FromImport | nodes.Extends | nodes.Include):
        return
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    marked = isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in MARKS
    for child in node.iter_child_nodes(exclude=("args",) if marked else None):
        yield from constants(child)


#: What is called, and which of its arguments people read. Fields of forms stand beside them in `read_of`.
READ = {
    "flash": (0, "message"),
    "ValidationError": (0, "message"),
    "StopValidation": (0, "message"),
    "DataRequired": (0, "message"),
    "InputRequired": (0, "message"),
    "FieldError": (1, "message"),
}
PROBLEMS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.Problem)}


def in_python(source: str) -> list[str]:
    """Literals where a marked text belongs, written there or under a name of the module; and every other sentence."""
    tree = ast.parse(source)
    named: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            named.setdefault(name_of(node.targets[0]), []).append(node.value)
    read = [text for node in ast.walk(tree) for text in read_of(node)]
    read += [text for name in read if isinstance(name, ast.Name) for text in named.get(name.id, ())]
    return [ast.unparse(text) for text in read if is_literal(text)] + sentences(tree)


def read_of(node: ast.AST) -> list[ast.expr]:
    """The expressions of a call, or of a class of problems, that people read."""
    if isinstance(node, ast.ClassDef) and any(name_of(base) in PROBLEMS for base in node.bases):
        lines = [line for line in node.body if isinstance(line, ast.Assign)]
        return [line.value for line in lines if name_of(line.targets[0]) in {"title", "detail"}]
    if not isinstance(node, ast.Call):
        return []
    name = name_of(node.func)
    given = {word.arg: word.value for word in node.keywords}
    if name.endswith("Field"):  # of a form; pydantic's is called that and nothing more
        pairs = [pair for pair in ast.walk(given.get("choices", node.func)) if isinstance(pair, ast.Tuple)]
        told = [given[word] for word in ("label", "description") if word in given and name != "Field"]
        return [*(node.args[:1] if name != "Field" else []), *told, *(pair.elts[1] for pair in pairs)]
    place, keyword = READ.get(name) or ((0, "detail") if name in PROBLEMS else (len(node.args), "message"))
    return [*node.args[place : place + 1], *([given[keyword]] if keyword in given else [])]


def name_of(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def is_literal(node: ast.expr) -> bool:
    """A text that is written there and then, whole or in parts, and not marked."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and has_letters(node.value)
    parts: list[ast.expr] = []
    if isinstance(node, ast.JoinedStr):
        parts = node.values
    elif isinstance(node, ast.BinOp):
        parts = [node.left, node.right]
    elif isinstance(node, ast.IfExp):
        parts = [node.body, node.orelse]
    return any(is_literal(part) for part in parts)


def sentences(tree: ast.Module) -> list[str]:
    """Whole sentences that are no docstring, not marked, and no description of a field of the API."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        elif isinstance(node, ast.Call):
            unread = node.args if name_of(node.func) in MARKS | {"ConfigurationError"} else []
            api = [word.value for word in node.keywords if word.arg == "description" and name_of(node.func) == "Field"]
            skipped |= {id(part) for argument in [*unread, *api] for part in ast.walk(argument)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in skipped
        and node.value not in THEIRS
        and re.fullmatch(r"[A-Z].* .*[.?!]", node.value.strip(), re.DOTALL)
    ]


def in_script(source: str) -> list[str]:
    """Strings of words, and strings that are written into the page: a script copies texts that stand there."""
    code = re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", source, flags=re.DOTALL)
    quoted = r"\"[^\"\n]*\"|'[^'\n]*'|`[^`]*`"
    strings = [re.sub(r"\$\{[^}]*\}|\[.*?\]", "", text) for text in re.findall(quoted, code)]
    written = r"\b(?:textContent|innerText|innerHTML|title|placeholder|ariaLabel)\s*\+?=\s*"
    said = r"\b(?:alert|confirm|prompt)\(|\bsetAttribute\(\s*[\"'](?:title|alt|placeholder|aria-label)[\"'],\s*"
    told = re.findall(rf"(?:{written}|{said})({quoted})", code)
    return [text for text in told if has_letters(text)] + [text for text in strings if looks_like_words(text)]


def faults(find: Find, files: list[Path]) -> list[str]:
    named = {str(file.relative_to(PROJECT)): file for file in files}
    return [
        f"{name}: {text}"
        for name, file in named.items()
        if not name.removeprefix("platform/examhall/").startswith(ENGLISH)
        for text in find(file.read_text("utf-8"))
    ]


@pytest.mark.parametrize(("find", "files"), [(in_template, TEMPLATES), (in_python, MODULES), (in_script, SCRIPTS)])
def test_every_text_is_marked(find: Find, files: list[Path]) -> None:
    assert files, "nothing is checked"
    assert faults(find, files) == []


@pytest.mark.parametrize(
    ("find", "planted"),
    [
        (in_template, "<p>{{ _('Saved') }} by you</p>"),
        (in_template, "<img src='x' alt='{{ name }} portrait'>"),
        (in_template, "<button data-copied='It is copied'>{{ _('Copy') }}</button>"),
        (in_template, "{{ page_head('People') }}"),
        (in_template, "{{ badge(_('Yes') if done else 'not yet') }}"),
        (in_template, "{% set label = 'not yet' %}"),
        (in_python, "flash('saved', 'success')"),
        (in_python, "raise Conflict(f'no {name}')"),
        (in_python, "message = 'closed'\nraise Conflict(message)"),
        (in_python, "class Closed(Conflict):\n    title = 'closed'"),
        (in_python, "FieldError('name', 'needed')"),
        (in_python, "name = StringField('name', [Length(max=3, message='short')])"),
        (in_python, "kind = SelectField(_('Kind'), choices=[('a', 'first')])"),
        (in_python, "HINT = 'Write a text here.'"),
        (in_script, "status.textContent = 'saved';"),
        (in_script, "alert(`saved ${name}`);"),
        (in_script, "field.setAttribute('title', 'saved');"),
        (in_script, "const text = 'It is not saved';"),
    ],
)
def test_what_is_planted_is_found(find: Find, planted: str) -> None:
    assert find(planted) != []
