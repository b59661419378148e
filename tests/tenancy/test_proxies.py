"""Whose word about a client's address is believed: that of as many proxies as the deployment names, no more."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import EnvironBuilder

from hall import MakeHall

CLAIMED = {
    "X-Forwarded-For": "6.6.6.6, 203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "qalam.localhost",
}


@pytest.mark.parametrize(
    ("proxies", "address", "scheme"),
    [(0, "10.0.0.1", "http"), (1, "203.0.113.9", "https")],
)
def test_the_address_is_the_one_that_the_last_trusted_proxy_saw(
    make_hall: MakeHall, proxies: int, address: str, scheme: str
) -> None:
    hall = make_hall("sqlite", trusted_proxies=proxies)
    builder = EnvironBuilder("/api/v1/me", "http://northwind.localhost", headers=CLAIMED)
    environ: dict[str, Any] = builder.get_environ() | {"REMOTE_ADDR": "10.0.0.1"}
    answers: list[str] = []
    for _ in hall.platform.wsgi_app(environ, lambda status, headers, _=None: answers.append(status)):  # type: ignore[arg-type]
        pass
    assert answers == ["401 UNAUTHORIZED"]  # northwind's: the Host that counts is the one of the request itself
    assert (environ["REMOTE_ADDR"], environ["wsgi.url_scheme"]) == (address, scheme)
    assert environ["HTTP_HOST"] == "northwind.localhost"
