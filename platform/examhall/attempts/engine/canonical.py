"""One text for one JSON value: what is hashed and what is compared must not depend on the order of keys."""

from __future__ import annotations

import json


def canonical(value: object) -> str:
    """The JSON text of `value` with sorted keys, no white space and ASCII only; NaN and Infinity raise ValueError."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
