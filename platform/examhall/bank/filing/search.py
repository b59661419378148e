"""Finding questions by their words and tags: FTS5 on SQLite, tsvector on PostgreSQL, the same answers from both.

What is typed is plain text, never a language with errors: every word is looked for, the last one as a beginning while
it is being typed; "quotes" hold words together, a minus before a word or quotes leaves questions out. Both engines
compare words as `wording.words_in` makes them, so that neither's own idea of a word counts. A tag is found as it is
written. SQLite keeps its index by triggers, PostgreSQL by a generated column (migration 0002).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from examhall.bank.content.wording import words_in
from examhall.bank.filing.pools import tagged
from examhall.bank.models import Question
from examhall.extensions import Statement, db
from examhall.storage.records import tenant_id

#: A minus, and then quotes (closed or not) or a run without spaces.
_TERM = re.compile(r'(-?)(?:"([^"]*)("?)|([^\s"]+))')

#: What LIKE reads otherwise than as it stands.
_WILD = re.compile("[/%_]")

#: What SQLite's tokenizer takes for a part of a word; a tag without any is not in its index.
_INDEXED = re.compile(r"[A-Za-z0-9\u0080-\U0010ffff]")

#: SQLite's index: a row for each question. `scope` holds the ids of tenant and bank as two words.
_index = sa.table(
    "question_search", sa.column("rowid", sa.Integer), sa.column("question_id", sa.Uuid), sa.column("question_search")
)
#: PostgreSQL's: words as they are, tags with a bar before them.
_vector: sa.ColumnClause[Any] = sa.column("question_search", _selectable=sa.inspect(Question).local_table)


@dataclass(frozen=True)
class Term:
    """Words that stand one after the other; the last may be the beginning of one."""

    words: tuple[str, ...]
    begins: bool = False

    @property
    def run(self) -> str:
        """They as they stand among the words of a question, with a space on either side."""
        return f" {' '.join(self.words)}" + ("" if self.begins else " ")


@dataclass(frozen=True)
class Sought:
    """What a text asks for."""

    terms: list[Term] = field(default_factory=list)
    without: list[Term] = field(default_factory=list)


def read(text: str) -> Sought:
    """What somebody typed, whatever it is."""
    sought = Sought()
    for match in _TERM.finditer(text):
        minus, quoted, closed, run = match.groups()
        words = tuple(words_in(run if quoted is None else quoted))
        if not words:
            continue
        typing = match.end() == len(text) and not closed and not minus
        (sought.without if minus else sought.terms).append(Term(words, typing))
    return sought


def values(bank_id: UUID | None, text: str = "", tag: str = "") -> dict[str, str]:
    """The parameters of the select that `searched` makes of their names: one for each condition, "" asks for none.

    `bank_id` None looks in all banks; the caller's select holds to them.
    """
    sought = read(text)
    found = {}
    if text.strip() and not sought.terms and not sought.without:
        # Nothing of it is a word: signs alone are looked for as they stand
        found["signs"] = "%" + _WILD.sub(r"/\g<0>", text.strip()) + "%"
    if tag:
        found["tag"] = f"|{tag}|"
    found |= {f"held_{place}": term.run for place, term in enumerate(sought.terms) if len(term.words) > 1}
    found |= {f"without_{place}": term.run for place, term in enumerate(sought.without)}
    sqlite = db.session.get_bind().dialect.name == "sqlite"
    asked = _fts5(bank_id, sought, tag) if sqlite else _tsquery(sought, tag)
    return found | ({"fts5" if sqlite else "tsquery": asked} if asked else {})


def searched(statement: Statement, given: Iterable[str]) -> tuple[Statement, Any]:
    """Narrow a select of questions to those that hold the words and have the tag; to be run with `values`.

    Also gives what to order by where no order was asked for: SQLite's index hands out its rows as they were made, and
    reads no more of them than are taken.
    """
    natural = None
    for name in given:
        value = sa.bindparam(name, type_=sa.String())
        if name == "signs":
            statement = statement.where(
                Question.name.like(value, escape="/") | Question.excerpt.like(value, escape="/")
            )
        elif name == "tag":
            statement = statement.where(tagged(value))
        elif name.startswith("held_"):
            statement = statement.where(_held(value))
        elif name.startswith("without_"):
            statement = statement.where(sa.not_(_held(value)))
        elif name == "fts5":
            statement = statement.join(_index, _index.c.question_id == Question.id)
            statement, natural = statement.where(_index.c.question_search.op("MATCH")(value)), _index.c.rowid
        elif name == "tsquery":
            statement = statement.where(_vector.op("@@")(sa.cast(value, _TSQuery())))
    return statement, natural


def _held(run: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether a question holds words one after the other; LIKE differs between the engines, this does not."""
    text = sa.literal(" ") + Question.words + " "
    return sa.func.replace(text, run, "") != text


def _fts5(bank_id: UUID | None, sought: Sought, tag: str) -> str:
    asked = [f'words : "{word}"{" *" if begins else ""}' for word, begins in _single(sought.terms)]
    if _INDEXED.search(tag):
        quoted = tag.replace('"', '""')
        asked.append(f'tags : "{quoted}"')
    return " AND ".join([*asked, f"scope : {(bank_id or tenant_id()).hex}"]) if asked else ""


def _tsquery(sought: Sought, tag: str) -> str:
    asked = [f"'{word}'{':*' if begins else ''}" for word, begins in _single(sought.terms)]
    if tag:
        quoted = tag.replace("\\", "\\\\").replace("'", "''")
        asked.append(f"'|{quoted}'")
    return " & ".join(asked)


def _single(terms: Iterable[Term]) -> list[tuple[str, bool]]:
    """Each word by itself, and whether it is only the beginning of one."""
    return [
        (word, term.begins and place == len(term.words))
        for term in terms
        for place, word in enumerate(term.words, start=1)
    ]


class _TSQuery(sa.types.UserDefinedType[str]):
    """PostgreSQL's type of a search."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Its name."""
        return "tsquery"
