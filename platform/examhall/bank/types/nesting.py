"""How deep the tags of a text stand within each other: a parser's time grows with the square of that."""

from __future__ import annotations

import re

DEPTH_LIMIT = 300

# All but those that hold nothing, and those that end where the next one begins.
_NESTING = re.compile(
    r"<(/?)(?!/|(?:area|base|br|col|dd|dt|embed|hr|img|input|li|link|meta|option|p|source|td|th|tr|track|wbr)\b)"
    r"[A-Za-z][^<>]*>",
    re.IGNORECASE,
)


def too_deep(html: str) -> bool:
    """Whether tags stand within tags more than DEPTH_LIMIT deep."""
    if html.count("<") <= DEPTH_LIMIT:
        return False
    depth = 0
    for tag in _NESTING.finditer(html):
        depth = max(depth - 1, 0) if tag[1] else depth + 1
        if depth > DEPTH_LIMIT:
            return True
    return False
