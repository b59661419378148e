"""What every reader of files keeps, whatever the file: it answers with an import or a refusal, and soon."""

from __future__ import annotations

import json
import time

from examhall.bank.formats import Import
from examhall.bank.formats.registry import FORMATS, format_of
from examhall.bank.types import type_named
from examhall.errors import Invalid, PayloadTooLarge

SECONDS = 5
"""CPU time for a file below 64 KB, many times what an honest one takes."""


def read(name: str, data: bytes) -> Import | None:
    """Read a file in the format of this name; None where it is refused. Any other exception is a crash."""
    parse = FORMATS[name].parse
    assert parse
    started = time.process_time()
    try:
        found = parse(data)
    except (Invalid, PayloadTooLarge) as refusal:
        for error in refusal.errors:
            assert error.message % error.params if error.params else error.message
        return None
    assert time.process_time() - started < SECONDS
    for item in found.questions:
        json.dumps(item.body).encode()
        type_named(item.type).load(item.body)
        item.name.encode()
    notes = [note for item in found.questions for note in [*item.warnings, *item.losses]]
    for message in [*found.errors, *found.losses, *notes]:
        assert message.text % message.params if message.params else message.text
    return found


def recognise(data: bytes) -> str | None:
    """The name of the format that a file seems to have."""
    try:
        return format_of(data).name
    except (Invalid, PayloadTooLarge):
        return None
