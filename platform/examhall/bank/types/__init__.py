"""The question types of Examhall, by name. Each grades a response and does nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from examhall.bank.types.choice import MultipleChoice, SingleChoice
from examhall.bank.types.contract import QuestionType
from examhall.bank.types.numeric import Numeric
from examhall.bank.types.short_text import ShortText
from examhall.bank.types.true_false import TrueFalse
from examhall.errors import N_, FieldError, Invalid

_ALL: tuple[QuestionType, ...] = (SingleChoice(), MultipleChoice(), TrueFalse(), ShortText(), Numeric())
TYPES: Mapping[str, QuestionType] = MappingProxyType({kind.name: kind for kind in _ALL})


def type_named(name: str) -> QuestionType:
    """The question type of this name.

    Raises Invalid, naming the types there are.
    """
    try:
        return TYPES[name]
    except KeyError:
        message = N_("There is no such question type. Choose one of: %(known)s.")
        raise Invalid(errors=[FieldError("type", message, {"known": ", ".join(TYPES)})]) from None
