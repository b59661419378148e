"""What the description makes of each thing that a view can declare."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from openapi_spec_validator import validate
from pydantic import BaseModel, Field

from examhall.web.conditional import require_match
from examhall.web.guards import permitted, public
from examhall.web.openapi import describe
from examhall.web.routes import Route
from examhall.web.views import ListView, MethodView
from web.toy import Toy, ToyIn, ToyOut


class PictureIn(BaseModel):
    """A picture of a toy."""

    file: bytes = Field(json_schema_extra={"contentMediaType": "image/png"})
    caption: str = ""


class Trial(BaseModel):
    """How it is tried."""

    dry_run: bool = Field(default=False, description="Look, but change nothing.")


@permitted(GET="toys.read", POST="toys.write")
class Toys(ListView):
    """All toys. There are many."""

    model, schema = Toy, ToyOut
    filters = ("colour", "weight", "loved", "id")
    bodies = {"POST": ToyIn}
    answers = {"POST": [(201, ToyOut), (200, ToyOut)]}

    def post(self, data: ToyIn) -> Any:
        """Make a toy, or find it. Costs nothing.

        More to tell.
        """

    def csv(self) -> Any:
        """The same as a table."""


@permitted("toys.write")
class OneToy(MethodView):
    """One toy."""

    model, schema = Toy, ToyOut
    bodies = {"PATCH": ToyIn}
    answers = {"DELETE": (204, None)}

    def get(self, id: UUID) -> Any:
        """Show it."""

    def patch(self, id: UUID, data: ToyIn) -> Any:
        """Change it."""
        require_match(self.load(id=id))

    def delete(self, id: UUID) -> Any:
        """Throw it away."""


@public
class Picture(MethodView):
    """Its picture."""

    uploads = {"POST": PictureIn}
    arguments = {"POST": Trial}

    def post(self, id: UUID) -> Any:
        """Send a picture."""


DOCUMENT = describe(
    "Toys",
    "How to play.",
    [
        Route("/api/v1/toys", "api_toys", Toys),
        Route("/api/v1/toys/<uuid:id>", "api_toy", OneToy),
        Route("/api/v1/toys/<uuid:id>/picture", "api_picture", Picture),
        Route("/toys", "toys", Toys, template="toys.html"),
    ],
)
PATHS = DOCUMENT["paths"]


def test_it_is_valid_and_leaves_pages_out() -> None:
    validate(DOCUMENT)
    assert [*PATHS] == ["/api/v1/toys", "/api/v1/toys/{id}", "/api/v1/toys/{id}/picture"]
    assert DOCUMENT["info"] == {"title": "Toys", "version": "1", "description": "How to play."}


def test_the_words_are_those_of_the_docstrings() -> None:
    listing, making = PATHS["/api/v1/toys"]["get"], PATHS["/api/v1/toys"]["post"]
    assert (listing["summary"], listing["description"].split("\n")[0]) == ("All toys", "There are many.")
    assert making["summary"] == "Make a toy, or find it"
    assert making["description"] == "Costs nothing.\n\nMore to tell.\n\nNeeds the permission `toys.write`."


def test_a_verb_may_have_several_answers() -> None:
    answers = PATHS["/api/v1/toys"]["post"]["responses"]
    for status in ("200", "201"):
        assert answers[status]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/ToyOut"}


def test_arguments_have_the_kind_of_their_column() -> None:
    kinds = {part["name"]: part["schema"] for part in PATHS["/api/v1/toys"]["get"]["parameters"]}
    assert kinds["weight"] == {"type": "integer"}
    assert kinds["loved"] == {"type": "boolean"}
    assert kinds["id"] == {"type": "string", "format": "uuid"}
    assert kinds["format"]["enum"] == ["csv"]
    assert "order" not in kinds
    assert PATHS["/api/v1/toys"]["get"]["responses"]["200"]["content"]["text/csv"] == {"schema": {"type": "string"}}


def test_a_write_that_must_match_says_so() -> None:
    patch, delete = PATHS["/api/v1/toys/{id}"]["patch"], PATHS["/api/v1/toys/{id}"]["delete"]
    assert patch["parameters"] == [{"$ref": "#/components/parameters/IfMatch"}]
    assert {"412", "428"} <= patch["responses"].keys()
    assert delete["parameters"] == []
    assert not {"412", "428"} & delete["responses"].keys()
    assert PATHS["/api/v1/toys/{id}"]["get"]["responses"]["200"]["headers"].keys() == {"ETag"}
    assert PATHS["/api/v1/toys/{id}"]["parameters"][0]["schema"] == {"type": "string", "format": "uuid"}


def test_a_file_travels_as_a_form_and_its_arguments_in_the_address() -> None:
    picture = PATHS["/api/v1/toys/{id}/picture"]["post"]
    assert picture["requestBody"]["required"] is True
    assert picture["requestBody"]["content"] == {
        "multipart/form-data": {"schema": {"$ref": "#/components/schemas/PictureIn"}}
    }
    (trial,) = picture["parameters"]
    assert (trial["name"], trial["in"], trial["schema"]["type"]) == ("dry_run", "query", "boolean")
    assert trial["description"] == "Look, but change nothing."
    assert picture["security"] == []
