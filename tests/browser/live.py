"""A hall behind a real HTTP server, in a thread of this process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

from werkzeug.serving import WSGIRequestHandler, make_server

from hall import Hall

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing: the application has its own log."""


class Live:
    """A server on a free port of this machine. It serves one hall after another at the same address, whose styles and
    scripts a browser has then fetched already."""

    hall: Hall

    def __init__(self) -> None:
        self.server = make_server("127.0.0.1", 0, self._whole, threaded=True, request_handler=_Quiet)
        self.open = False
        self.answering = 0
        self.changed = threading.Condition()

    @classmethod
    @contextmanager
    def on_a_port(cls) -> Iterator[Self]:
        """A server that runs while the context lasts."""
        live = cls()
        thread = threading.Thread(target=live.server.serve_forever, daemon=True)
        thread.start()
        yield live
        live.server.shutdown()
        thread.join()
        live.server.server_close()

    @contextmanager
    def serving(self, hall: Hall) -> Iterator[Self]:
        """Serve this hall while the context lasts, and until all that was asked by then is answered."""
        self.hall, self.open = hall, True
        yield self
        with self.changed:
            self.open = False
            self.changed.wait_for(lambda: self.answering == 0)

    def _whole(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        """The answer at once: werkzeug leaves one open whose browser has gone, and an open file fails a later test."""
        with self.changed:
            if not self.open:  # a page that is being left asks on
                start_response("503 Service Unavailable", [("Content-Length", "0")])
                return []
            self.answering += 1
        try:
            answer = self.hall.platform(environ, start_response)
            try:
                return [b"".join(answer)]
            finally:
                answer.close()  # type: ignore[attr-defined]  # as the platform's answers can
        finally:
            with self.changed:
                self.answering -= 1
                self.changed.notify()

    def url(self, slug: str) -> str:
        """The address of a tenant's portal; Chromium leads every name under `localhost` to this machine."""
        return f"http://{slug}.localhost:{self.server.port}"
