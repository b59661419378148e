"""The two faces of exports: what a format can't say is told before the download."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import request, send_file
from flask.typing import ResponseReturnValue

from examhall.bank.exchange.api import losses_out
from examhall.bank.exchange.exporting import Chosen, Exported, export
from examhall.bank.exchange.forms import ExportForm
from examhall.bank.exchange.schemas import ExportArguments, ExportCheckOut
from examhall.bank.filing import criteria
from examhall.bank.formats.registry import FORMATS, WRITTEN
from examhall.bank.models import Bank
from examhall.bank.reading import load_bank
from examhall.errors import N_, BadRequest, FieldError
from examhall.web.guards import permitted, throttled
from examhall.web.views import MethodView


@permitted("banks.read")
@throttled("export")
class ExportFile(MethodView):
    """Questions of a bank as a file."""

    arguments = {"GET": ExportArguments}

    def get(self, id: UUID) -> ResponseReturnValue:
        """Download the latest versions of a bank's questions, or of those that the arguments narrow to.

        Look at `export/check` first: it tells what the format can't say of them.
        """
        bank = load_bank(id)
        file = _exported(bank, WRITTEN[0]).file
        return send_file(
            io.BytesIO(file.data), file.media_type, as_attachment=True, download_name=f"{bank.name}.{file.extension}"
        )


@permitted("banks.read")
@throttled("export")
class ExportCheck(MethodView):
    """What an export would lose."""

    schema = ExportCheckOut
    arguments = {"GET": ExportArguments}

    def get(self, id: UUID) -> ResponseReturnValue:
        """Tell what a format can't say of these questions, without the file."""
        found = _exported(load_bank(id), WRITTEN[0])
        out = ExportCheckOut(
            format=_format(WRITTEN[0]), questions=found.questions, losses=losses_out(found.losses)
        )  # fmt: skip
        return out.model_dump(mode="json")


@permitted("banks.read")
@throttled("export")
class QuestionExportPage(MethodView):
    """Choose a format, see what it can't say, download."""

    template = "bank/question_export.html"

    def get(self, id: UUID) -> ResponseReturnValue:
        """The form, and what the chosen format would lose."""
        bank = load_bank(id)
        kept = {name: value for name, value in request.args.items() if value and name in (*criteria.NAMES, "ids")}
        form = ExportForm(formdata=request.args if "format" in request.args else None)
        found = _exported(bank, "") if "format" in request.args and form.validate() else None
        return self.respond(bank=bank, form=form, kept=kept, found=found, formats=FORMATS)


def _exported(bank: Bank, usual: str) -> Exported:
    return export(bank, _format(usual), _chosen(request.args))


def _format(usual: str) -> str:
    return request.args.get("format") or usual


def _chosen(args: Mapping[str, Any]) -> Chosen:
    """Which questions the address asks for. Raises `BadRequest`."""
    try:
        ids = frozenset(UUID(id) for id in args.get("ids", "").split(",") if id)
    except ValueError:
        message = N_("Give an id as it stands in other answers.")
        raise BadRequest(message, errors=[FieldError("ids", message)]) from None
    return Chosen(ids, criteria.read(args))
