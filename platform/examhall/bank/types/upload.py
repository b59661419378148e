"""Files to hand in, which a person marks."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from examhall.bank.types.contract import (
    ONE,
    ZERO,
    Arrangement,
    Body,
    InvalidResponse,
    QuestionType,
    Revelation,
    RichText,
    at_least,
    only,
    refusal,
)
from examhall.bank.types.parts import whole
from examhall.errors import N_

FILES_LIMIT = 10
BYTES_LIMIT = 20 * 2**20
ENDINGS_LIMIT = 30
_ENDING = re.compile(r"[a-z0-9]{1,10}")
_FILE_ID = re.compile(r"[0-9a-f]{32}")


def _ending(value: object) -> str:
    ending = value.strip().lower().removeprefix(".") if isinstance(value, str) else ""
    if not _ENDING.fullmatch(ending):
        raise refusal(N_('Write the ending of a file name, such as "pdf".'))
    return ending


def _once(endings: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(endings))


Ending = Annotated[str, BeforeValidator(_ending)]


class UploadBody(Body):
    """How many files, of at most how many bytes each, with which endings of their names (small letters, no dot).

    `marking_notes`, HTML, is for markers only.
    """

    max_files: Annotated[int, whole(1, FILES_LIMIT)] = 1
    max_bytes: Annotated[int, whole(1, BYTES_LIMIT)] = BYTES_LIMIT // 2
    accept: Annotated[
        tuple[Ending, ...], Field(max_length=ENDINGS_LIMIT), at_least(1), AfterValidator(_once)
    ] = ("pdf", "docx", "odt", "txt", "jpg", "png")  # fmt: skip
    marking_notes: RichText = ""


class Upload(QuestionType[UploadBody]):
    """A response names the files that were uploaded; whether they are what the body takes is checked at the upload."""

    name = "upload"
    label = N_("File upload")
    Body = UploadBody
    needs_marker = True

    def present(self, body: UploadBody, arrangement: Arrangement) -> dict[str, Any]:
        return {
            "prompt": body.prompt,
            "max_files": body.max_files,
            "max_bytes": body.max_bytes,
            "accept": list(body.accept),
        }

    def read(self, arrangement: Arrangement, response: object) -> list[str] | None:
        if response is None:
            return None
        files = only(response, "files")
        if not isinstance(files, list) or not all(isinstance(file, str) and _FILE_ID.fullmatch(file) for file in files):
            raise InvalidResponse(N_("Send the ids that your uploads were given, as a list."))
        if len(files) > FILES_LIMIT or len(set(files)) < len(files):
            raise InvalidResponse(N_("Send at most 10 files, each once."))
        return files or None

    def grade(self, body: UploadBody, response: list[str] | None) -> Decimal | None:
        return None if response else ZERO

    def files(self, response: list[str] | None) -> tuple[str, ...]:
        return tuple(response or ())

    def reveal(self, body: UploadBody, arrangement: Arrangement, response: list[str] | None) -> Revelation:
        return {"correct": None, "feedback": [], "general_feedback": body.feedback}

    def bounds(self, body: UploadBody) -> tuple[Decimal, Decimal]:
        return ZERO, ONE
