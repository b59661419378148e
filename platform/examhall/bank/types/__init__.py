"""The question types of Examhall, by name. Each grades a response and does nothing else.

A package of others may bring types: an entry point of the group `examhall.question_types`, whose name is that of the
type and which loads a subclass of `QuestionType`. They are found once, when the program starts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType

from examhall.bank.types.calculated import Calculated
from examhall.bank.types.choice import MultipleChoice, SingleChoice
from examhall.bank.types.cloze import Cloze
from examhall.bank.types.contract import QuestionType
from examhall.bank.types.description import Description
from examhall.bank.types.essay import Essay
from examhall.bank.types.hotspot import Hotspot
from examhall.bank.types.kprim import Kprim
from examhall.bank.types.matching import Matching
from examhall.bank.types.numeric import Numeric
from examhall.bank.types.ordering import Ordering
from examhall.bank.types.short_text import ShortText
from examhall.bank.types.true_false import TrueFalse
from examhall.bank.types.upload import Upload
from examhall.errors import N_, ConfigurationError, FieldError, Invalid

GROUP = "examhall.question_types"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")  # it stands in addresses, names of files and a column

_OWN: tuple[QuestionType, ...] = (
    SingleChoice(),
    MultipleChoice(),
    TrueFalse(),
    Kprim(),
    ShortText(),
    Numeric(),
    Matching(),
    Ordering(),
    Cloze(),
    Calculated(),
    Essay(),
    Upload(),
    Hotspot(),
    Description(),
)


def registered(own: Iterable[QuestionType], plugged: Iterable[EntryPoint]) -> dict[str, QuestionType]:
    """Types by name: our own, then those of other packages, by their names.

    Raises ConfigurationError, naming package and remedy, for a name that is taken and for what is no question type.
    """
    types = {kind.name: kind for kind in own}
    for point in sorted(plugged, key=lambda point: (point.name, point.value)):
        types[point.name] = _plugged(point, types)
    return types


def _plugged(point: EntryPoint, types: Mapping[str, QuestionType]) -> QuestionType:
    package, key = point.dist.name if point.dist else point.module, f"{GROUP}.{point.name}"
    if point.name in types:
        raise ConfigurationError(package, key, "A question type has this name already. Rename it or uninstall one.")
    if not _NAME.fullmatch(point.name):
        raise ConfigurationError(package, key, "Name it with small letters, digits and _, at most 40 of them.")
    try:
        kind = point.load()
    except Exception as error:  # whatever goes wrong in the code of others as it is imported
        raise ConfigurationError(package, key, f"{point.value} can't be loaded ({error}). Mend the package.") from error
    if not isinstance(kind, type) or not issubclass(kind, QuestionType):
        raise ConfigurationError(package, key, f"{point.value} is no subclass of QuestionType. Name one that is.")
    try:
        name, plugged = kind.name, kind()
        _ = kind.label, kind.Body
    except (AttributeError, TypeError) as error:
        raise ConfigurationError(package, key, f"{point.value} lacks a part ({error}). Write it.") from error
    if name != point.name:
        raise ConfigurationError(package, key, f'{point.value} is named "{name}". Give the entry point that name.')
    return plugged


TYPES: Mapping[str, QuestionType] = MappingProxyType(registered(_OWN, entry_points(group=GROUP)))


def type_named(name: str) -> QuestionType:
    """The question type of this name.

    Raises Invalid, naming the types there are.
    """
    try:
        return TYPES[name]
    except KeyError:
        message = N_("There is no such question type. Choose one of: %(known)s.")
        raise Invalid(errors=[FieldError("type", message, {"known": ", ".join(TYPES)})]) from None
