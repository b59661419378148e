"""A hall behind a real HTTP server, in a thread of this process."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from werkzeug.serving import WSGIRequestHandler, make_server

from hall import Hall

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing: the application has its own log."""


class Live:
    """The hall's platform, answering on a free port of this machine while the context lasts."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self.server = make_server("127.0.0.1", 0, self._whole, threaded=True, request_handler=_Quiet)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def _whole(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        """The answer at once: werkzeug leaves one open whose browser has gone, and an open file fails a later test."""
        answer = self.hall.platform(environ, start_response)
        try:
            return [b"".join(answer)]
        finally:
            answer.close()  # type: ignore[attr-defined]  # as the platform's answers can

    def url(self, slug: str) -> str:
        """The address of a tenant's portal; Chromium leads every name under `localhost` to this machine."""
        return f"http://{slug}.localhost:{self.server.port}"

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
