"""QTI, the exchange format of 1EdTech: read in 1.2 (as Canvas writes it), 2.0 to 2.2 and 3.0, written in 2.1 and 3.0.

Rules: reference semantics §2.6. One reader serves all versions; which one a file is, it tells by its content.
"""

from __future__ import annotations

from functools import partial

from examhall.bank.formats import Format
from examhall.bank.formats.qti.export import export
from examhall.bank.formats.qti.reading import parse, version
from examhall.errors import N_

_SETTINGS = frozenset({"progress"})

QTI12 = Format("qti_1.2", N_("QTI 1.2 (Canvas)"), lambda data: version(data) == "1", parse, settings=_SETTINGS)
QTI21 = Format(
    "qti_2.1",
    N_("QTI 2.1 and 2.2"),
    lambda data: version(data) == "2",
    parse,
    partial(export, version="2.1"),
    _SETTINGS,
)
QTI30 = Format(
    "qti_3.0", N_("QTI 3.0"), lambda data: version(data) == "3", parse, partial(export, version="3.0"), _SETTINGS
)
FORMATS = (QTI12, QTI21, QTI30)
