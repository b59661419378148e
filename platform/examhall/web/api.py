"""The JSON API on Flask-RESTful, kept at arm's length: only this module imports it."""

from __future__ import annotations

from typing import Any

import flask_restful
from flask import Flask, Response, current_app, make_response


class Api(flask_restful.Api):  # type: ignore[misc]  # Flask-RESTful ships no types
    """Flask-RESTful that registers resources and serialises what they return, and leaves errors to Flask.

    Its own error handlers would answer a missing token with 500 in production and break on Flask 3.2.
    """

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        self.representations.clear()
        self.representation("application/json")(to_json)
        app.extensions["api"] = self

    def _init_app(self, app: Flask) -> None:
        for resource, urls, options in self.resources:
            self._register_view(app, resource, *urls, **options)


def to_json(data: Any, code: int, headers: dict[str, str] | None = None) -> Response:
    """Serialise with the app's own provider, which knows dates, decimals and ids; None gives an empty body."""
    response = make_response() if data is None else make_response(current_app.json.response(data))
    response.status_code = code
    response.headers.extend(headers or {})
    return response
