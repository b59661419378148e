"""The hammer: many threads on many tenants behind a small cache of apps; nobody ever sees anything of somebody else's.

A checker that finds nothing may be blind, so it is also let loose on platforms with a bleed planted in them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import g, request

from examhall.extensions import limiter
from examhall.identity.operations import create_user, open_session
from examhall.identity.roles import Role
from examhall.identity.tokens import issue
from examhall.storage.transactions import writing
from examhall.tenancy.language import TenantDomain
from examhall.theme import views
from examhall.web import guards
from hall import PASSWORD, Hall
from tenancy.folders import standing_hall

TENANTS = 200
LIVE = 20
THREADS = 8


def slug_of(number: int) -> str:
    return f"hall-{number:03}"


#: Every text of a tenant that a page or an answer may show names the tenant in this way.
MARK = re.compile(r"hall-\d{3}")


@dataclass
class Hammer:
    """Asks at random and compares what comes back with whom was asked."""

    hall: Hall
    tokens: dict[str, str]
    bleeds: list[str] = field(default_factory=list)

    def strike(self, times: int) -> None:
        """Let all threads ask, so many times together."""
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(self._work, [(seed, times // THREADS) for seed in range(THREADS)]))

    def _work(self, work: tuple[int, int]) -> None:
        seed, times = work
        chance = random.Random(seed)
        for _ in range(times):
            own, other = (slug_of(number) for number in chance.sample(range(TENANTS), 2))
            getattr(self, chance.choice(CASES))(own, other)

    def ask(self, slug: str, path: str, **told: Any) -> Any:
        client = self.hall.platform.test_client(use_cookies=False)
        return client.get(path, base_url=f"http://{slug}.localhost", **told)

    def expect(self, answer: Any, status: int, own: str, what: str) -> None:
        """A bleed is another status than due, or anything in head or body that names another tenant."""
        text = f"{answer.headers}\n{answer.get_data(as_text=True)}"
        named = set(MARK.findall(text))
        if answer.status_code != status or named - {own}:
            self.bleeds.append(f"{what} at {own}: {answer.status_code} naming {sorted(named)}")

    def own_token(self, own: str, other: str) -> None:
        answer = self.ask(own, "/api/v1/me", headers={"Authorization": f"Bearer {self.tokens[own]}"})
        self.expect(answer, 200, own, "own token")
        if answer.status_code == 200 and answer.json["email"] != f"candidate@{own}.example":
            self.bleeds.append(f"own token at {own}: {answer.json['email']}")

    def foreign_token(self, own: str, other: str) -> None:
        answer = self.ask(own, "/api/v1/me", headers={"Authorization": f"Bearer {self.tokens[other]}"})
        self.expect(answer, 401, own, "foreign token")

    def own_cookie(self, own: str, other: str) -> None:
        answer = self.ask(own, "/account", headers={"Cookie": f"{own}-access={self.tokens[own]}"})
        self.expect(answer, 200, own, "own cookie")
        if f"candidate@{own}.example" not in answer.text:
            self.bleeds.append(f"own cookie at {own}: another's page")

    def foreign_cookie(self, own: str, other: str) -> None:
        told = f"{own}-access={self.tokens[other]}; {other}-access={self.tokens[other]}"
        self.expect(self.ask(own, "/account", headers={"Cookie": told}), 303, own, "foreign cookie")

    def visitor(self, own: str, other: str) -> None:
        answer = self.ask(own, "/sign-in")
        self.expect(answer, 200, own, "visitor")
        for due in (f"Name of {own}", f"Enter {own}"):
            if due not in answer.text:
                self.bleeds.append(f"visitor at {own}: {due!r} is missing")

    def colours(self, own: str, other: str) -> None:
        answer = self.ask(own, "/brand.css")
        if colour(int(own[-3:])) not in answer.text:
            self.bleeds.append(f"colours at {own}: another's")


CASES = ("own_token", "foreign_token", "own_cookie", "foreign_cookie", "visitor", "colours")


def colour(number: int) -> str:
    """A dark colour of each tenant's own."""
    return f"#{number:02x}0040"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[tuple[Hall, dict[str, str]]]:
    """A hall of 200 tenants, and the token of one candidate of each."""
    tenants = {
        slug_of(number): {
            "names": {"en": f"Name of {slug_of(number)}"},
            "wording": {"en": {"Sign in": f"Enter {slug_of(number)}"}},
            "brand": {"primary": colour(number), "accent": "#a8480f"},
        }
        for number in range(TENANTS)
    }
    settings = {"live_tenants": LIVE, "database_pool": 1, "address_limit": "1000000/minute", "log_level": "ERROR"}
    hall = standing_hall(tmp_path_factory.mktemp("hammer"), sqlite_template, tenants, **settings)
    tokens = {}
    for slug in tenants:
        with hall.inside(slug):
            user, _ = create_user(f"candidate@{slug}.example", "Somebody", Role.CANDIDATE, PASSWORD)
            with writing():
                session = open_session(user.id, "portal")
            tokens[slug] = issue(session, 1).access_token
    yield hall, tokens
    hall.dispose()


@pytest.fixture
def hammer(many: tuple[Hall, dict[str, str]]) -> Hammer:
    limiter.reset()
    hall, tokens = many
    for slug in tokens:
        hall.platform.live.evict(slug)
    return Hammer(hall, tokens)


def test_no_tenant_sees_anything_of_another(hammer: Hammer) -> None:
    hammer.strike(1_600)
    assert hammer.bleeds == []
    assert len(hammer.hall.platform.live) == LIVE


def one_cache_for_all_wording(patch: pytest.MonkeyPatch) -> None:
    """As if translations were cached by language only, as Flask-Babel does by itself."""
    shared: dict[Any, Any] = {}
    patch.setattr(TenantDomain, "cache", property(lambda domain: shared, lambda domain, value: None), raising=False)


def one_memory_of_tokens(patch: pytest.MonkeyPatch) -> None:
    """As if a token that was found good once were remembered for the process and not for the tenant."""
    remembered: dict[str, guards.Principal] = {}
    careful: Callable[..., guards.Principal] = guards.authenticate

    def authenticate(refresh: bool = False) -> guards.Principal:
        token = request.headers.get("Authorization")
        if token is None:
            return careful(refresh)
        if token not in remembered:
            remembered[token] = careful(refresh)
        g.principal = remembered[token]
        return remembered[token]

    patch.setattr(guards, "authenticate", authenticate)


def one_sheet_of_colours(patch: pytest.MonkeyPatch) -> None:
    """As if a page's part were kept from the first tenant that asked."""
    kept: list[tuple[str, str]] = []
    careful = views.brand_sheet

    def brand_sheet() -> tuple[str, str]:
        kept.append(careful())
        return kept[0]

    patch.setattr(views, "brand_sheet", brand_sheet)


@pytest.mark.parametrize("plant", [one_cache_for_all_wording, one_memory_of_tokens, one_sheet_of_colours])
def test_a_planted_bleed_is_found(
    hammer: Hammer, monkeypatch: pytest.MonkeyPatch, plant: Callable[[pytest.MonkeyPatch], None]
) -> None:
    plant(monkeypatch)
    hammer.strike(480)
    assert hammer.bleeds != []
