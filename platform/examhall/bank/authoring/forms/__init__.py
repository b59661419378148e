"""A form for each type of question: its fields, the body that they say, and where its faults belong.

A package that brings a type brings its form, too: an entry point of the group `examhall.question_forms`, whose name is
that of the type and which loads a subclass of `QuestionForm`. Its fields are drawn by the macro `fields(form)` of
`question_types/<type>/fields.html` in the package's templates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType

from examhall.bank.authoring.forms.arranging import MatchingForm, OrderingForm
from examhall.bank.authoring.forms.choices import KprimForm, MultipleChoiceForm, SingleChoiceForm, TrueFalseForm
from examhall.bank.authoring.forms.gaps import ClozeForm
from examhall.bank.authoring.forms.open import DescriptionForm, EssayForm, HotspotForm, UploadForm
from examhall.bank.authoring.forms.question import QuestionForm
from examhall.bank.authoring.forms.written import CalculatedForm, NumericForm, ShortTextForm
from examhall.errors import ConfigurationError

GROUP = "examhall.question_forms"

_OWN: Mapping[str, type[QuestionForm]] = {
    "single_choice": SingleChoiceForm,
    "multiple_choice": MultipleChoiceForm,
    "true_false": TrueFalseForm,
    "kprim": KprimForm,
    "short_text": ShortTextForm,
    "numeric": NumericForm,
    "matching": MatchingForm,
    "ordering": OrderingForm,
    "cloze": ClozeForm,
    "calculated": CalculatedForm,
    "essay": EssayForm,
    "upload": UploadForm,
    "hotspot": HotspotForm,
    "description": DescriptionForm,
}


def registered(plugged: Iterable[EntryPoint]) -> dict[str, type[QuestionForm]]:
    """Our own forms and those of other packages, by type.

    Raises ConfigurationError, naming package and remedy, for a type that has a form and for what is no form.
    """
    forms = dict(_OWN)
    for point in sorted(plugged, key=lambda point: (point.name, point.value)):
        package, key = point.dist.name if point.dist else point.module, f"{GROUP}.{point.name}"
        if point.name in forms:
            raise ConfigurationError(package, key, "This type has a form already. Rename it or uninstall one.")
        try:
            form = point.load()
        except Exception as error:  # whatever a package of others does wrong
            remedy = f"{point.value} can't be loaded ({error}). Mend the package."
            raise ConfigurationError(package, key, remedy) from error
        if not isinstance(form, type) or not issubclass(form, QuestionForm):
            raise ConfigurationError(package, key, f"{point.value} is no subclass of QuestionForm. Name one that is.")
        forms[point.name] = form
    return forms


FORMS: Mapping[str, type[QuestionForm]] = MappingProxyType(registered(entry_points(group=GROUP)))
