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
        "options": N_("All options, in one cell"),
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

_OPTION = re.compile(
    r"(?:(?:option|answer|choice|opt|response|opcion|respuesta|alternativa|antwort|reponse|resposta|risposta|вариант"
    r"|odpowiedz|optie|secenek|jawaban|pilihan|خيار) ?)?"
    r"([a-z]|[0-9]{1,2})( feedback)?"
)
_UNNAMED = re.compile(r"\([0-9]+\)")
_WRONG = re.compile(
    r"(?:incorrect|wrong|false|distractor|falsch|incorrecta|incorrecte)(?: (?:option|answer|choice|antwort|respuesta))?"
    r" ?([0-9]{1,2})"
)
_ADVICE = re.compile(r"\s[-–—]\s|\s\(")  # "Answer 1 - max 75 characters", "Answer 3 (optional)"
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")  # of "correctAnswer"
_TITLES = 10

#: What other tools call types; "" where the number of right answers tells which one it is.
TYPES: Mapping[str, str] = MappingProxyType(
    {
        "multiple choice": "", "mc": "", "mcq": "", "choice": "", "quiz": "", "opcion multiple": "",
        "seleccion multiple": "", "اختيار من متعدد": "",
        "checkbox": "multiple_choice", "checkboxes": "multiple_choice", "multiple answer": "multiple_choice",
        "multiple answers": "multiple_choice", "multiple response": "multiple_choice", "ms": "multiple_choice",
        "multiple select": "multiple_choice", "multi select": "multiple_choice", "radio": "single_choice",
        "true false": "true_false", "true or false": "true_false", "tf": "true_false", "t f": "true_false",
        "verdadero falso": "true_false", "verdadero o falso": "true_false", "wahr falsch": "true_false",
        "richtig falsch": "true_false", "صح او خطا": "true_false", "صح وخطا": "true_false",
        "short answer": "short_text", "shortanswer": "short_text", "fill in the blank": "short_text",
        "fill in the blanks": "short_text", "fill in": "short_text", "text": "short_text", "sa": "short_text",
        "respuesta corta": "short_text", "kurzantwort": "short_text", "numerical": "numeric", "number": "numeric",
        "numerica": "numeric", "match": "matching", "order": "ordering", "sequence": "ordering", "kprime": "kprim",
        "multichoice": "", "multi choice": "",
        "multipla escolha": "", "choix multiple": "", "choix multiples": "", "qcm": "", "mr": "multiple_choice",
        "single select": "single_choice", "single": "single_choice", "truefalse": "true_false",
        "vrai faux": "true_false", "vrai ou faux": "true_false", "verdadeiro falso": "true_false",
        "verdadeiro ou falso": "true_false", "vero falso": "true_false", "reponse courte": "short_text",
        "resposta curta": "short_text", "num": "numeric",
        "open ended": "essay", "long answer": "essay", "paragraph": "essay", "ensayo": "essay", "freitext": "essay",
    }
)  # fmt: skip


#: What other tools call the three difficulties.
DIFFICULTIES: Mapping[str, str] = MappingProxyType(
    {
        "easy": "easy", "simple": "easy", "low": "easy", "beginner": "easy", "basic": "easy", "facil": "easy",
        "facile": "easy", "leicht": "easy", "einfach": "easy", "سهل": "easy",
        "medium": "medium", "moderate": "medium", "intermediate": "medium", "average": "medium", "media": "medium",
        "medio": "medium", "intermedio": "medium", "moyen": "medium", "mittel": "medium", "متوسط": "medium",
        "hard": "hard", "difficult": "hard", "high": "hard", "advanced": "hard", "dificil": "hard", "avanzado": "hard",
        "difficile": "hard", "schwer": "hard", "schwierig": "hard", "صعب": "hard",
    }
)  # fmt: skip


def headed(rows: Sequence[Row]) -> Sequence[Row]:
    """A table without what stands above the names of its columns, such as a title; whole where nothing names them."""
    for place, (_, cells) in enumerate(rows[:_TITLES]):
        proposed = {_field(name) for name in _names(cells)}
        if "question" in proposed and len(proposed - {None}) > 1:
            return rows[place:]
    return rows


def columns(rows: Sequence[Row]) -> Columns:
    """The columns of a table, its first rows, and what each column seems to hold."""
    names = _names(rows[0][1])
    proposed: dict[str, str] = {}
    fields = {name: _field(name) for name in names}
    right = [name for name, field in fields.items() if field == "right"]
    for name in right if len(right) > 1 else ():
        if plain_words(name) in _ANSWERS:  # beside a column that names the right ones, one of the options
            fields[name] = "a" if "b" in fields.values() and "a" not in fields.values() else None
    exact = {field for name, field in fields.items() if field == plain_words(name)}
    for name, field in fields.items():
        if field and field not in proposed.values() and (field not in exact or field == plain_words(name)):
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


def plain_words(text: str) -> str:
    """The words of a name in small letters, without accents and signs."""
    plain = unicodedata.normalize("NFKD", _CAPITAL.sub(" ", text.replace("(s)", "s"))).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[\W_]+", " ", plain).split())


_SAME = {plain_words(name): field for name, field in {
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
    "correct option": "right", "correct choice": "right", "answer key": "right", "respuestas correctas": "right",
    "clave": "right", "solucion": "right", "tipo de pregunta": "type", "titulo": "name", "puntaje": "points",
    "puntuacion": "points", "frage": "question", "fragetext": "question", "aufgabe": "question", "typ": "type",
    "fragetyp": "type", "richtig": "right", "richtige antwort": "right", "richtige antworten": "right",
    "korrekte antwort": "right", "losung": "right", "antwort": "right", "titel": "name", "kategorie": "category",
    "thema": "category", "punkte": "points", "erklarung": "feedback", "begrundung": "feedback",
    "ruckmeldung": "feedback",
    "difficulty level": "difficulty", "question id": "id", "answer explanation": "feedback", "intitule": "question",
    "enonce": "question", "bonne reponse": "right", "bonnes reponses": "right", "reponse correcte": "right",
    "reponses correctes": "right", "theme": "category", "categorie": "category", "difficulte": "difficulty",
    "niveau": "difficulty", "titre": "name", "explication": "feedback", "langue": "language", "pergunta": "question",
    "questao": "question", "resposta correta": "right", "respostas corretas": "right", "gabarito": "right",
    "dificuldade": "difficulty", "nivel": "difficulty", "pontos": "points", "explicacao": "feedback",
    "domanda": "question", "risposta corretta": "right", "risposte corrette": "right", "argomento": "category",
    "difficolta": "difficulty", "punti": "points", "spiegazione": "feedback", "schwierigkeit": "difficulty",
    "вопрос": "question", "правильный ответ": "right", "категория": "category", "题目": "question", "问题": "question",
    "正确答案": "right", "答案": "right", "문제": "question", "정답": "right",
    "mcq": "question", "options": "options", "choices": "options", "answer options": "options",
    "answer choices": "options", "opciones": "options", "alternativas": "options", "antwortmoglichkeiten": "options",
    "propositions": "options", "choix": "options", "选项": "options", "보기": "options", "варианты": "options",
    "варианты ответов": "options", "варианты ответа": "options", "الخيارات": "options",
    "pytanie": "question", "poprawna odpowiedz": "right", "kategoria": "category", "soru": "question",
    "dogru cevap": "right", "cevap": "right", "pertanyaan": "question", "soal": "question", "kunci jawaban": "right",
    "jawaban benar": "right", "vraag": "question", "juiste antwoord": "right", "câu hỏi": "question",
    "đáp án": "right", "đáp án đúng": "right", "питання": "question", "правильна відповідь": "right",
    "correct index": "right", "correct answer index": "right", "answer index": "right", "right index": "right",
    "correct option index": "right", "correct option number": "right", "ans": "right", "correct ans": "right",
    "問題": "question", "正解": "right", "選択肢": "options", "答案选项": "options",
}.items()}  # fmt: skip

#: Names that may be of an option as well.
_ANSWERS = frozenset({"answer", "answers", "respuesta", "antwort", "الاجابة", "答案"})


def _field(name: str) -> str | None:
    bare = _ADVICE.split(name.replace("(s)", "s"), maxsplit=1)[0]
    if "#" in bare or _UNNAMED.fullmatch(name):  # the number of a question, as are columns without a name
        return None
    return _named(plain_words(name)) or (_named(plain_words(bare)) if bare != name else None)


def _named(plain: str) -> str | None:
    """The field of a name. A table may name one right and some wrong answers: these are the options from b."""
    if plain in FIELDS and len(plain) > 1:
        return plain
    if plain in _SAME:
        return _SAME[plain]
    if wrong := _WRONG.fullmatch(plain):
        return LETTERS[int(wrong[1])] if 0 < int(wrong[1]) < len(LETTERS) else None
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
