"""What plain formats can't say of a question is told by each of them."""

from __future__ import annotations

import pytest

from examhall.bank.formats import Item
from examhall.bank.formats.registry import FORMATS
from examhall.bank.types import type_named

CHOICE = {"prompt": "Which?", "options": [{"text": "a", "fraction": "1"}, {"text": "b", "fraction": "0"}]}


@pytest.mark.parametrize("name", ["aiken", "gift", "csv", "xlsx"])
def test_the_id_of_a_category_is_lost_and_told(name: str) -> None:
    export = FORMATS[name].export
    assert export is not None
    item = Item(1, "Name", "single_choice", type_named("single_choice").validate(CHOICE).to_json(), "a/b", "cat-1")
    told = [loss.text % loss.params for loss in export([item], {}, "Bank").losses]
    assert [message for message in told if message.startswith("The id of a category can't be said in")]
