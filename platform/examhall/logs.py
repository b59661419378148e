"""Logging: one line an event, on standard error, with the request's id."""

from __future__ import annotations

import logging

from flask import has_request_context

from examhall.web.scope import request_id


class RequestIds(logging.Filter):
    """Gives every record the id of the request that it belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Never drops a record."""
        record.request_id = request_id() if has_request_context() else "-"
        return True


def init_logs(level: str) -> None:
    """Let the loggers of the package write; an embedding program's own handlers stay as they are."""
    logger = logging.getLogger("examhall")
    logger.setLevel(level)
    if not logger.handlers:
        handler = logging.StreamHandler()
        handler.addFilter(RequestIds())
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s"))
        logger.addHandler(handler)
