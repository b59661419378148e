"""The form in which authors write a question that is rated on a scale."""

from __future__ import annotations

from examhall.bank.authoring.forms.fields import PlainField, WholeField
from examhall.bank.authoring.forms.question import QuestionForm


class ScaleRatingForm(QuestionForm):
    """How long the scale is, what its ends are called, and the experts' step."""

    steps = WholeField("Steps", blank=5, default="5")
    expected = WholeField("The experts' step")
    low_label = PlainField("Called at its beginning")
    high_label = PlainField("Called at its end")
