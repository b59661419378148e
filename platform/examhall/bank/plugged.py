"""The templates of question types that other packages bring."""

from __future__ import annotations

from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path

from examhall.bank.authoring.forms import FORMS
from examhall.bank.types import GROUP
from examhall.errors import ConfigurationError

#: What every type shows: the fields in which it is answered, a reviewed answer, and its key for authors.
_NEEDED = ("answer.html", "review.html", "key.html")
#: What a type shows besides where its package brings a form.
_OF_FORMS = ("fields.html",)


def template_folders() -> list[Path]:
    """The `templates` folders of the packages that bring types, in the order of their names.

    Raises ConfigurationError, naming package and remedy, where one lacks `question_types/<type>/answer.html` or another
    template that pages import.
    """
    folders = {}
    for point in entry_points(group=GROUP):
        package = point.module.partition(".")[0]
        folder = folders[package] = Path(str(files(package))) / "templates"
        for name in _NEEDED + (_OF_FORMS if point.name in FORMS else ()):
            file = folder / "question_types" / point.name / name
            if not file.is_file():
                about = point.dist.name if point.dist else package
                raise ConfigurationError(about, f"{GROUP}.{point.name}", f"There is no template {file}. Write it.")
    return [folders[package] for package in sorted(folders)]
