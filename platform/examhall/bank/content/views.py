"""The two faces of the media store: files for pages and apps, and its list and way in for authors."""

from __future__ import annotations

from typing import Any

from flask import request, send_file, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from examhall.bank.content.media import store
from examhall.bank.content.recognition import MEDIA_TYPES
from examhall.bank.models import StoredMedium
from examhall.errors import N_, FieldError, Invalid, NotFound
from examhall.extensions import Statement
from examhall.identity.principal import me
from examhall.identity.roles import Role
from examhall.storage import media
from examhall.web.guards import authenticated, permitted
from examhall.web.views import DetailView, ListView

_YEAR = 365 * 24 * 3600


class MediumIn(BaseModel):
    """A picture, a sound or a film."""

    file: bytes = Field(json_schema_extra={"contentMediaType": "application/octet-stream"})


class MediumOut(BaseModel):
    """A picture, a sound or a film. Texts of questions refer to it as `media:` and its digest."""

    digest: str
    name: str
    media_type: str
    size: int = Field(description="Bytes.")
    width: int | None = Field(description="Pixels; null for sounds and films.")
    height: int | None
    url: str


@authenticated
class MediumFile(DetailView):
    """The file of a picture, a sound or a film that questions show."""

    model, lookup = StoredMedium, "digest"

    def load(self, **url: Any) -> StoredMedium:
        """The medium of a digest."""
        if not media.DIGEST.fullmatch(url["digest"]):
            raise NotFound()
        medium: StoredMedium = super().load(**url)
        return medium

    def get(self, *_: Any, **url: Any) -> ResponseReturnValue:
        """Get the file, or a range of its bytes. It never changes, so it may be kept for ever."""
        medium = self.load(**url)
        if not media.exists(medium.digest):
            raise NotFound()
        response = send_file(
            media.path_of(medium.digest), medium.media_type, as_attachment=medium.media_type not in MEDIA_TYPES,
            download_name=medium.name, conditional=True, etag=medium.digest,
        )  # fmt: skip
        response.headers["Cache-Control"] = f"private, max-age={_YEAR}, immutable"
        # Opened by itself it is nothing but what it is: it runs nothing and loads nothing, whatever it holds.
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response


@permitted(GET="banks.read", POST="banks.write")
class Media(ListView):
    """Pictures, sounds and films that questions may show: those that you added; all for administrators."""

    model, schema = StoredMedium, MediumOut
    search, ordering = ("name",), ("-created_at", "name")
    uploads = {"POST": MediumIn}
    answers = {"POST": (201, MediumOut)}

    def query(self) -> Statement:
        """One's own for all but administrators: a bank that is closed to somebody may show the others."""
        statement: Statement = super().query()
        return statement if me().role is Role.ADMIN else statement.where(StoredMedium.created_by == me().id)

    def post(self) -> ResponseReturnValue:
        """Add a file, as multipart/form-data in the field `file`. One that is here already is not added again.

        PNG, JPEG, GIF and WebP up to 10 MiB and 25 million pixels; MP3, Ogg, WAV and M4A up to 20 MiB; MP4 and WebM up
        to 50 MiB. A picture is kept without what it tells of place, time and camera.
        """
        upload = request.files.get("file")
        if upload is None:
            raise Invalid(errors=[FieldError("file", N_("Send the file as multipart/form-data, in the field “file”."))])
        return self.represent(store(upload.filename or "", upload.read())), 201

    def represent(self, record: StoredMedium) -> dict[str, Any]:
        """The medium and its address."""
        known = {name: getattr(record, name) for name in MediumOut.model_fields if name != "url"}
        return MediumOut(**known, url=url_for("api_medium", digest=record.digest)).model_dump(mode="json")
