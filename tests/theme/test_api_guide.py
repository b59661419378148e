"""What the guide to the API tells about questions holds."""

from __future__ import annotations

import json
import re

import pytest

from examhall.bank.types import TYPES, type_named
from examhall.theme.api_docs import GUIDE

TEXT = GUIDE.read_text()
RESPONSES, BODIES = (
    TEXT[TEXT.index(begin) : TEXT.index(end)]
    for begin, end in (("What a response looks like", "### Write"), ("### Write", "### Bring"))
)
PROMPTS = {"cloze": "{#1} lies in {#2}.", "calculated": "{a} times itself, not {=a+1}?"}


@pytest.mark.parametrize("kind", TYPES)
def test_a_body_as_the_guide_shows_it_is_sound(kind: str) -> None:
    shown = re.search(rf"^- `{kind}`: `(\{{.*\}})`", BODIES, re.MULTILINE)
    assert shown
    body = {"prompt": PROMPTS.get(kind, "Which?")} | json.loads(shown[1].replace("DIGEST", "0" * 64))
    type_named(kind).validate(body)
    assert re.search(rf"^- .*`{kind}`", RESPONSES, re.MULTILINE), "how it is answered"
