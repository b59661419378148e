"""The fields of a table of questions, and how a column's name tells which of them it holds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from string import ascii_lowercase
from types import MappingProxyType

from examhall.bank.formats import Columns
from examhall.bank.formats.tables.sheets import Row
from examhall.errors import N_, FieldError, Invalid

LETTERS = ascii_lowercase

#: Field to its label.
FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "question": N_("Question"),
        "type": N_("Type"),
        "right": N_("Right answers"),
        "name": N_("Name"),
        "id": N_("Id"),
        "category": N_("Category"),
        "tags": N_("Tags"),
        "difficulty": N_("Difficulty"),
        "language": N_("Language"),
        "points": N_("Points"),
        "status": N_("Status"),
        "feedback": N_("General feedback"),
    }
    | dict.fromkeys(LETTERS, N_("Option or answer"))
    | {f"{letter}_feedback": N_("Feedback of an option or answer") for letter in LETTERS}
)

_SAME: dict[str, str] = {
    "prompt": "question", "question text": "question", "questiontext": "question", "stem": "question",
    "item": "question", "text": "question", "pregunta": "question", "enunciado": "question", "السؤال": "question",
    "question type": "type", "kind": "type", "tipo": "type", "النوع": "type",
    "answer": "right", "answers": "right", "correct": "right", "correct answer": "right", "correct answers": "right",
    "right answer": "right", "right answers": "right", "key": "right", "solution": "right", "respuesta": "right",
    "respuesta correcta": "right", "correcta": "right", "الاجابة الصحيحة": "right", "الاجابة": "right",
    "title": "name", "question name": "name", "nombre": "name", "الاسم": "name",
    "external id": "id", "externalid": "id", "idnumber": "id", "code": "id", "identifier": "id",
    "topic": "category", "subject": "category", "categoria": "category", "tema": "category", "التصنيف": "category",
    "tag": "tags", "labels": "tags", "keywords": "tags", "etiquetas": "tags", "وسوم": "tags",
    "level": "difficulty", "dificultad": "difficulty", "lang": "language", "idioma": "language", "locale": "language",
    "mark": "points", "marks": "points", "score": "points", "weight": "points", "puntos": "points", "الدرجة": "points",
    "state": "status", "estado": "status",
    "general feedback": "feedback", "explanation": "feedback", "rationale": "feedback", "comment": "feedback",
    "retroalimentacion": "feedback", "explicacion": "feedback",
}  # fmt: skip
_OPTION = re.compile(r"(?:(?:option|answer|choice|opt|opcion|respuesta|خيار) ?)?([a-z]|[0-9]{1,2})( feedback)?")


def columns(rows: Sequence[Row]) -> Columns:
    """The columns of a table, its first rows, and what each column seems to hold."""
    names = _names(rows[0][1])
    proposed: dict[str, str] = {}
    for name in names:
        field = _field(name)
        if field and field not in proposed.values():
            proposed[name] = field
    shown = [[cell[:200] for cell in cells] for _, cells in rows[1:6]]
    return Columns(names, shown, proposed, FIELDS)


def chosen(rows: Sequence[Row], mapping: Mapping[str, str] | None) -> dict[str, int]:
    """Field to the place of its column: by `mapping` (column to field), else as the columns' names suggest.

    Raises Invalid (field `mapping`) for a column or a field that is not there, for one that is named twice, and where
    no column holds the questions.
    """
    known = columns(rows)
    places = {name: place for place, name in enumerate(known.names)}
    found: dict[str, int] = {}
    for name, field in (known.proposed if mapping is None else mapping).items():
        if not field:
            continue
        if name not in places or field not in FIELDS:
            message = N_("There is no such column or field: %(name)s. Choose among those of the table.")
            raise _refused(message, name=name if name not in places else field)
        if field in found:
            raise _refused(N_("Two columns are to hold “%(field)s”. Choose one of them."), field=field)
        found[field] = places[name]
    if "question" not in found:
        raise _refused(N_("No column holds the questions. Say which one does."))
    return found


def _names(cells: Sequence[str]) -> list[str]:
    """The names in the first row, each once: a second “Option” becomes “Option (2)”."""
    names: list[str] = []
    for place, cell in enumerate(cells, start=1):
        name = " ".join(cell.split())[:100] or f"({place})"
        copies = (f"{name} ({number})" for number in range(2, len(cells) + 2))
        names.append(name if name not in names else next(copy for copy in copies if copy not in names))
    return names


def _field(name: str) -> str | None:
    plain = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    plain = " ".join(re.sub(r"[\W_]+", " ", plain).split())
    if plain in FIELDS and len(plain) > 1:
        return plain
    if plain in _SAME:
        return _SAME[plain]
    if option := _OPTION.fullmatch(plain):
        letter = option[1]
        if letter.isdigit():
            if not 1 <= int(letter) <= len(LETTERS):
                return None
            letter = LETTERS[int(letter) - 1]
        return f"{letter}_feedback" if option[2] else letter
    return None


def _refused(message: str, **params: str) -> Invalid:
    return Invalid(errors=[FieldError("mapping", message, params)])
