"""Writing response processing: the standard templates where they say all, rules of one's own where they don't."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from examhall.bank.formats.qti.elements import element
from examhall.bank.formats.qti.feedback import VERDICT
from examhall.bank.formats.qti.scoring import ROUNDING
from examhall.bank.types.contract import as_text

_TEMPLATES = {
    "2.1": "http://www.imsglobal.org/question/qti_v2p1/rptemplates/{}",
    "3.0": "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/{}.xml",
}
_PLACES = Decimal("1e-20")
RESPONSE = "RESPONSE"


def worth(points: Decimal) -> str:
    """Points as a file says them."""
    return as_text(points.quantize(_PLACES).normalize())


def template(name: str, version: str) -> Any:
    """A standard template by its address."""
    return element("responseProcessing", template=_TEMPLATES[version].format(name))


def base(text: str, kind: str = "identifier") -> Any:
    """A constant."""
    return element("baseValue", text, baseType=kind)


def variable(name: str = RESPONSE) -> Any:
    """The value of a variable."""
    return element("variable", identifier=name)


def set_(name: str, value: Any) -> Any:
    """A rule that gives an outcome a value."""
    return element("setOutcomeValue", value, identifier=name)


def add(points: Decimal | Any, name: str = "SCORE") -> Any:
    """A rule that adds points, or what an expression gives, to an outcome."""
    amount = base(worth(points), "float") if isinstance(points, Decimal) else points
    return set_(name, element("sum", variable(name), amount))


def note(feedback: str) -> Any:
    """A rule that shows a feedback beside those that are shown already."""
    return set_("FEEDBACK", element("multiple", variable("FEEDBACK"), base(feedback)))


def when(*branches: tuple[Any, Sequence[Any]], otherwise: Sequence[Any] = ()) -> Any:
    """A condition: tests with the rules that they lead to, in order, and the rules for everything else."""
    names = ["responseIf", *["responseElseIf"] * (len(branches) - 1)]
    made = element(
        "responseCondition", *(element(name, test, *rules) for name, (test, rules) in zip(names, branches, strict=True))
    )
    if otherwise:
        made.append(element("responseElse", *otherwise))
    return made


def given(name: str = RESPONSE) -> Any:
    """Whether there is a response."""
    return element("not", element("isNull", variable(name)))


def mapped(name: str = RESPONSE) -> Any:
    """A rule that adds what the mapping of a response gives, if there is a response."""
    return when((given(name), [add(element("mapResponse", identifier=name))]))


def matched(points: Decimal, name: str = RESPONSE) -> Any:
    """A rule that adds points if the response is the right one."""
    return when((element("match", variable(name), element("correct", identifier=name)), [add(points)]))


def contains(member: str, kind: str = "identifier", name: str = RESPONSE) -> Any:
    """Whether a response has a member."""
    return element("member", base(member, kind), variable(name))


def verdict(points: Decimal) -> Any:
    """A rule that says right, partial or wrong of the score, so that feedback by outcome can be shown."""
    full = base(worth(points * (1 - ROUNDING)), "float")
    return when(
        (element("gte", variable("SCORE"), full), [set_(VERDICT, base("right"))]),
        (element("gt", variable("SCORE"), base("0", "float")), [set_(VERDICT, base("partial"))]),
        otherwise=[set_(VERDICT, base("wrong"))],
    )
