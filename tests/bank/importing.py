"""Files on their way into a bank, as an app sends them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from examhall.bank.formats import folder, launch
from hall import Api


def multipart(content: str | bytes | None, **form: str) -> dict[str, Any]:
    """A form with a file as bytes, as a browser sends it; the test client would spool a large one to an open file."""
    parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{form[name]}\r\n'.encode() for name in form]
    if content is not None:
        head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="questions.txt"\r\n\r\n'
        parts.append(head + (content.encode() if isinstance(content, str) else content) + b"\r\n")
    return {"data": b"".join(parts) + b"--x--\r\n", "content_type": "multipart/form-data; boundary=x"}


def send(api: Api, bank: Any, content: str | bytes | None, commit: str | None = None, **form: str) -> Any:
    """Upload a file."""
    query = "" if commit is None else f"?commit={commit}"
    return api.post(f"/banks/{bank}/imports{query}", **multipart(content, **form))


def begun(api: Api, bank: Any, content: str | bytes, **form: str) -> dict[str, Any]:
    """An import that is read."""
    answer = send(api, bank, content, **form)
    assert answer.status_code == 201, answer.text
    assert answer.json["state"] == "read"
    found: dict[str, Any] = answer.json
    return found


def questions(api: Api, job: dict[str, Any], query: str = "page_size=100") -> list[dict[str, Any]]:
    """What an import would bring."""
    answer = api.get(f"/imports/{job['id']}/questions?{query}")
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json
    return rows


def act(api: Api, job: dict[str, Any], verb: str) -> Any:
    """Commit or undo."""
    return api.post(f"/imports/{job['id']}/{verb}")


def listed(api: Api, bank: Any) -> list[Any]:
    """The bank's questions."""
    rows: list[Any] = api.get(f"/banks/{bank}/questions?page_size=100").json
    return rows


@contextmanager
def held_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Readers that are started meanwhile wait for their file, as if it were very long, until they are let go."""
    start, waiting = launch.start, []

    def started(place: Path) -> launch.Reader:
        file = place / folder.FILE
        waiting.append((file, file.rename(place / "whole")))
        os.mkfifo(file)
        return start(place)

    def let_go() -> None:
        while waiting:
            file, whole = waiting.pop()
            file.write_bytes(whole.read_bytes())
            whole.rename(file)

    with monkeypatch.context() as patch:
        patch.setattr(launch, "start", started)
        yield let_go
