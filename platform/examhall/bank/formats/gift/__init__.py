"""GIFT, the plain-text format in which teachers write questions.

    // [id:cap-1] [tag:Europe]
    ::Capital of Portugal:: What is the capital of Portugal? {
        =Lisbon #Right.
        ~Porto #The second city.
        ####It lies on the Tagus.
    }

Rules: reference semantics §2.3.
"""

from __future__ import annotations

import re

from examhall.bank.formats import Format
from examhall.bank.formats.gift.reading import parse
from examhall.bank.formats.gift.writing import export

# UTF-16 is recognised as well, so that its author is told to save the file as UTF-8.
_SIGNS = re.compile(
    rb"\{[^{}]*\}|\{[^{}]*\Z|^[ \t]*(?:::|\$CATEGORY:)"
    rb"|^[ \t]*(?:=[^=~\n][^\n]*\n[ \t]*~|~[^=~\n][^\n]*\n[ \t]*=)[^=~\s]",
    re.MULTILINE,
)
# JSON, RTF and HTML have braces as well.
_ELSE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:\{\s*+\"|\[\s*+[\[{\"]|\{\\rtf|<(?:!DOCTYPE|html|\?xml)\b)", re.IGNORECASE
)
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def recognises(data: bytes) -> bool:
    """Whether a file has an answer block, a named question or a category: to be asked after the surer formats."""
    if (b"\0" in data[:64] and not data.startswith(_UTF_16)) or _ELSE.match(data):
        return False
    return _SIGNS.search(data) is not None


FORMAT = Format("gift", "GIFT", recognises, parse, export)
