"""What a question says beyond our model: told to its author, unless it is what everybody has and means nothing here."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from examhall.bank.formats import Message
from examhall.bank.formats.moodle_xml.node import Node
from examhall.bank.types.contract import exact
from examhall.errors import N_

# Values that forms fill in by themselves. Numbers are compared as numbers: 0.3333333 is 0.33333330.
_USUAL = {
    "<shuffleanswers>": {"0", "1", "true", "false"},  # of each question in old files, of some twice
    "<penalty>": {"0", "0.1", "0.3333333", "0.33333", "0.333", "0.33"},
    "<answernumbering>": {"abc", ""},
    "<showstandardinstruction>": {"0", "1"},
    "<shownumcorrect>": {"", "1", "true"},
    "<synchronize>": {"0"},
    "<layouttype>": {"VERTICAL", "0"},
    "<numberingstyle>": {"none", "", "abc"},
    "<showgrading>": {"SHOW", "1"},
    "<showmisplaced>": {"", "0"},
    "<responserequired>": {"0", "1"},
    "<attachmentsrequired>": {"0"},
    "<maxbytes>": {"0"},
    "<filetypeslist>": {""},
    "<idnumber>": {""},
    "<instructions>": {""},
    "<dropzonevisibility>": {"", "1"},
    "<disregardcase>": {"0"},
    "<tolerance>": {"0"},
}
# Of these an empty one means nothing, and with a value they are worth more words than the rest.
_SAID = {
    "<penalty>": N_("A further try does not cost %(value)s here: an attempt has one try for each question."),
    "<answernumbering>": N_("How options are numbered (%(value)s) is not kept."),
    "<synchronize>": N_("Values are drawn for this question alone (synchronize %(value)s)."),
    "<layouttype>": N_("Items stand below each other, not as %(value)s."),
    "<clearwrong>": N_("A hint does not take wrong answers away."),
    "<shownumcorrect>": N_("A hint does not say how many answers are right."),
    "<responserequired>": N_("Whether a text is required is not kept."),
    "<attachmentsrequired>": N_("How many files are required is not kept: %(value)s."),
}
_EMPTY_MATTERS = {"<clearwrong>", "<shownumcorrect>"}
_ANYWAY = frozenset({"format", "encoding", "path", "name", "version", "lang", "space"})
_TOLD = 50


def leftovers(question: Node, kind: str) -> Iterator[Message]:
    """What no rule took from a question of this type: a message for each, the first fifty."""
    told = 0
    for rest in question.leftovers():
        name, value = rest.params["name"], rest.params["value"]
        in_hint = "/hint" in rest.element
        if not in_hint and _usual(name, value, kind):
            continue
        if value or (in_hint and name in _EMPTY_MATTERS):
            told += 1
            text = _SAID.get(name)
            if text is None or "%(value)s" not in text:
                yield Message(rest.line, text or N_('%(name)s is not kept: "%(value)s".'), rest.params, rest.element)
            else:
                yield Message(rest.line, text, rest.params, rest.element)
        elif "@" not in name and name not in _USUAL and name.strip("<>") not in _EMPTY:
            told += 1
            yield Message(rest.line, N_("%(name)s is not kept."), rest.params, rest.element)
        if told >= _TOLD:
            yield Message(question.line, N_("There is more that is not kept."), {}, question.path)
            return


# Elements that stand there empty in every file.
_EMPTY = frozenset({
    "text", "feedback", "generalfeedback", "correctfeedback", "partiallycorrectfeedback", "incorrectfeedback", "tags",
    "coursetags", "file", "hint", "graderinfo", "responsetemplate", "answer", "answernumbering", "image",
    "image_base64", "image_uri", "units", "unitpenalty", "unitgradingtype", "showunits", "unitsleft", "subquestion",
})  # fmt: skip


def _usual(name: str, value: str, kind: str) -> bool:
    tag, _, attribute = name.rpartition("@")
    if tag and attribute in _ANYWAY:
        return True
    usual = _USUAL.get(name, set())
    if value in usual:
        return True
    number = exact(value)
    if (name == "<penalty>" and kind == "truefalse" and number == 1) or (name, kind) == ("answer@fraction", "essay"):
        return True
    return number is not None and any(_same(number, other) for other in usual)


def _same(number: Decimal, other: str) -> bool:
    known = exact(other)
    return known is not None and known == number
