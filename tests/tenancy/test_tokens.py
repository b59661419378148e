"""The token table: whatever is wrong with a token, the answer is 401; never 422, never 500, never somebody's data.

Numbers are those of our bad-input list. A token is what a real sign-in gave, changed in one thing and signed anew with
the tenant's own key, so that the signature alone saves nobody.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask_jwt_extended import jwt_manager

from examhall.extensions import db, limiter
from examhall.identity.models import User
from hall import PASSWORD, Api, Hall
from tenancy.conftest import MakeTenants
from tenancy.folders import standing_hall

Claims = dict[str, Any]


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Hall]:
    """One hall for the whole table: tokens are tried, and nothing else changes."""
    hall = standing_hall(tmp_path_factory.mktemp("tokens"), sqlite_template, {"acme": {}, "bolt": {}})
    yield hall
    hall.dispose()


@pytest.fixture(scope="module")
def candidate(hall: Hall) -> Api:
    return hall.api("candidate", "acme")


@pytest.fixture(autouse=True)
def _no_limit() -> None:
    limiter.reset()


def opened(token: str) -> tuple[Claims, Claims]:
    """Header and claims of a token."""
    header, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")[:2])
    return header, claims


def part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sealed(header: Claims, claims: Claims, key: str, digest: str = "sha256") -> str:
    """A token of these, signed with an HMAC whatever its header says."""
    content = f"{part(json.dumps(header).encode())}.{part(json.dumps(claims).encode())}"
    return f"{content}.{part(hmac.new(key.encode(), content.encode(), digest).digest())}"


def key_of(hall: Hall, slug: str = "acme") -> str:
    key: str = hall.app(slug).config["JWT_SECRET_KEY"]
    return key


def ask(hall: Hall, token: str, path: str = "/me", slug: str = "acme") -> Any:
    return hall.api(slug=slug).get(path, headers={"Authorization": f"Bearer {token}"})


def assert_refused(answer: Any) -> None:
    assert answer.status_code == 401, answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.json["code"] in {"unauthenticated", "token_expired", "session_ended"}
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_changed_in_nothing_and_signed_anew_is_believed(hall: Hall, candidate: Api) -> None:
    header, claims = opened(candidate.tokens["access_token"])
    assert ask(hall, sealed(header, claims, key_of(hall))).status_code == 200


SOON = int(time.time()) + 10**6
FAR = 2**63
CLAIMS: dict[str, Callable[[Claims], Any]] = {
    "38: no typ": lambda claims: claims.pop("typ"),
    "38: neither": lambda claims: (claims.pop("type"), claims.pop("typ")),
    "39: unknown type": lambda claims: claims.update(type="id", typ="id"),
    "39: type in upper case": lambda claims: claims.update(type="ACCESS", typ="ACCESS"),
    "39: type null": lambda claims: claims.update(type=None, typ=None),
    "39: type as list": lambda claims: claims.update(type=["access"], typ=["access"]),
    "40: no exp": lambda claims: claims.pop("exp"),
    "40: exp null": lambda claims: claims.update(exp=None),
    "40: exp past": lambda claims: claims.update(exp=1),
    "40: exp zero": lambda claims: claims.update(exp=0),
    "40: exp negative": lambda claims: claims.update(exp=-1),
    "41: exp 1e300": lambda claims: claims.update(exp=1e300),
    "41: exp infinite": lambda claims: claims.update(exp=float("inf")),
    "41: exp not a number": lambda claims: claims.update(exp=float("nan")),
    "41: exp as text": lambda claims: claims.update(exp=str(SOON)),
    "41: exp as word": lambda claims: claims.update(exp="never"),
    "41: exp as list": lambda claims: claims.update(exp=[SOON]),
    "41: exp with fraction": lambda claims: claims.update(exp=SOON + 0.5),
    "41: exp true": lambda claims: claims.update(exp=True),
    "42: no aud": lambda claims: claims.pop("aud"),
    "42: aud of another tenant": lambda claims: claims.update(aud=str(uuid4())),
    "42: aud the slug": lambda claims: claims.update(aud="acme"),
    "42: aud list that holds it": lambda claims: claims.update(aud=[claims["aud"], "other"]),
    "42: aud null": lambda claims: claims.update(aud=None),
    "42: aud number": lambda claims: claims.update(aud=1),
    "42: aud empty list": lambda claims: claims.update(aud=[]),
    "43: no iss": lambda claims: claims.pop("iss"),
    "43: iss other": lambda claims: claims.update(iss="evil"),
    "43: iss list": lambda claims: claims.update(iss=["examhall"]),
    "43: iss null": lambda claims: claims.update(iss=None),
    "44: no jti": lambda claims: claims.pop("jti"),
    "44: jti null": lambda claims: claims.update(jti=None),
    "44: jti empty": lambda claims: claims.update(jti=""),
    "44: jti number": lambda claims: claims.update(jti=7),
    "45: no sub": lambda claims: claims.pop("sub"),
    "45: sub empty": lambda claims: claims.update(sub=""),
    "45: sub null": lambda claims: claims.update(sub=None),
    "45: sub of nobody": lambda claims: claims.update(sub=str(uuid4())),
    "45: sub with NUL": lambda claims: claims.update(sub="\0"),
    "45: sub a surrogate": lambda claims: claims.update(sub="\ud800"),
    "45: sub SQL": lambda claims: claims.update(sub="' OR 1=1 --"),
    "50: nbf in future": lambda claims: claims.update(nbf=SOON),
    "50: nbf as word": lambda claims: claims.update(nbf="later"),
    "50: nbf 1e300": lambda claims: claims.update(nbf=1e300),
    "50: iat in future": lambda claims: claims.update(iat=SOON),
    "50: no iat": lambda claims: claims.pop("iat"),
    "50: iat as word": lambda claims: claims.update(iat="now"),
    "50: iat infinite": lambda claims: claims.update(iat=float("inf")),
    "51: sub a number": lambda claims: claims.update(sub=7),
    "51: sub a list": lambda claims: claims.update(sub=[claims["sub"]]),
    "51: sub an object": lambda claims: claims.update(sub={"id": claims["sub"]}),
    "no sid": lambda claims: claims.pop("sid"),
    "sid of nobody": lambda claims: claims.update(sid=uuid4().hex),
    "sid a word": lambda claims: claims.update(sid="mine"),
    "sid a number": lambda claims: claims.update(sid=7),
    "no epoch": lambda claims: claims.pop("epoch"),
    "epoch later": lambda claims: claims.update(epoch=claims["epoch"] + 1),
    "epoch earlier": lambda claims: claims.update(epoch=claims["epoch"] - 1),
    "epoch true": lambda claims: claims.update(epoch=True),
    "epoch with fraction": lambda claims: claims.update(epoch=1.0),
    "epoch 2^63": lambda claims: claims.update(epoch=FAR),
    "epoch as text": lambda claims: claims.update(epoch="1"),
}


@pytest.mark.parametrize("change", CLAIMS.values(), ids=CLAIMS)
@pytest.mark.parametrize("kind", ["access", "refresh"])
def test_38_to_45_50_51_a_claim_that_is_wrong(
    hall: Hall, candidate: Api, kind: str, change: Callable[[Claims], Any]
) -> None:
    header, claims = opened(candidate.tokens[f"{kind}_token"])
    change(claims)
    token = sealed(header, claims, key_of(hall))
    assert_refused(ask(hall, token))
    assert_refused(hall.api(slug="acme").post("/auth/refresh", headers={"Authorization": f"Bearer {token}"}))
    by_cookie = hall.api(slug="acme")
    by_cookie.client.set_cookie("acme-access", token, domain="acme.localhost")
    assert_refused(by_cookie.get("/me"))


HEADERS: dict[str, Callable[[Claims], Any]] = {
    "46: alg none": lambda header: header.update(alg="none"),
    "46: alg None": lambda header: header.update(alg="None"),
    "46: no alg": lambda header: header.pop("alg"),
    "46: alg null": lambda header: header.update(alg=None),
    "46: alg a list": lambda header: header.update(alg=["HS256"]),
    "47: alg RS256": lambda header: header.update(alg="RS256"),
    "47: alg ES256": lambda header: header.update(alg="ES256"),
    "47: alg HS512": lambda header: header.update(alg="HS512"),
    "48: no kid": lambda header: header.pop("kid"),
    "48: kid a path": lambda header: header.update(kid="../../../dev/null"),
    "48: kid SQL": lambda header: header.update(kid="' UNION SELECT 'key"),
    "48: kid empty": lambda header: header.update(kid=""),
    "48: kid a number": lambda header: header.update(kid=7),
    "crit that nobody knows": lambda header: header.update(crit=["exp"], exp=1),
}


@pytest.mark.parametrize("change", HEADERS.values(), ids=HEADERS)
def test_46_to_48_a_header_that_is_wrong(hall: Hall, candidate: Api, change: Callable[[Claims], Any]) -> None:
    header, claims = opened(candidate.tokens["access_token"])
    change(header)
    assert_refused(ask(hall, sealed(header, claims, key_of(hall))))


def test_46_an_unsigned_token(hall: Hall, candidate: Api) -> None:
    header, claims = opened(candidate.tokens["access_token"])
    content = f"{part(json.dumps(header | {'alg': 'none'}).encode())}.{part(json.dumps(claims).encode())}"
    for signature in ("", part(b"x" * 32), candidate.tokens["access_token"].split(".")[2]):
        assert_refused(ask(hall, f"{content}.{signature}"))


@pytest.mark.parametrize("kid", ["own", "other"])
def test_48_the_key_of_another_tenant(hall: Hall, candidate: Api, kid: str) -> None:
    header, claims = opened(candidate.tokens["access_token"])
    foreign, _ = opened(hall.api("candidate", "bolt").tokens["access_token"])
    assert_refused(ask(hall, sealed(header if kid == "own" else foreign, claims, key_of(hall, "bolt"))))
    assert_refused(ask(hall, sealed(foreign, claims, key_of(hall))))


@pytest.mark.parametrize(
    "brought",
    [
        {"jku": "https://evil.test/keys"},
        {"x5u": "https://evil.test/certificate"},
        {"jwk": {"kty": "oct", "k": part(b"e" * 32)}},
        {"x5c": ["MIIB"]},
    ],
    ids=lambda brought: next(iter(brought)),
)
def test_49_a_token_that_brings_its_own_key(hall: Hall, candidate: Api, brought: Claims) -> None:
    header, claims = opened(candidate.tokens["access_token"])
    assert_refused(ask(hall, sealed(header | brought, claims, "e" * 32)))


def test_the_wrong_key_or_digest(hall: Hall, candidate: Api) -> None:
    header, claims = opened(candidate.tokens["access_token"])
    assert_refused(ask(hall, sealed(header, claims, "x" * 64)))
    assert_refused(ask(hall, sealed(header, claims, "")))
    assert_refused(ask(hall, sealed(header, claims, key_of(hall), "sha512")))
    assert_refused(ask(hall, sealed(header, claims, hall.app("acme").config["SECRET_KEY"])))


@pytest.mark.parametrize(
    "value",
    ["Bearer", "Bearer ", "Bearer a b", "bearer {token}", "BEARER {token}", "Token {token}", "Bearer {token} x",
     "Bearer {token},Bearer {token}", "Bearer " + "x" * 9_000, "Bearer ..", "Bearer a.b", "Bearer {token}.x",
     "Bearer \xff", "{token}", "Basic YTpi"],
)  # fmt: skip
def test_52_a_header_that_is_no_bearer_token(hall: Hall, candidate: Api, value: str) -> None:
    told = value.replace("{token}", candidate.tokens["access_token"])
    assert_refused(hall.api(slug="acme").get("/me", headers={"Authorization": told}))


def test_52_a_token_of_nine_kilobytes(hall: Hall, candidate: Api) -> None:
    header, claims = opened(candidate.tokens["access_token"])
    assert_refused(ask(hall, sealed(header, claims | {"sub": "x" * 9_000}, key_of(hall))))


def test_53_each_kind_of_token_opens_its_own_door_alone(hall: Hall, candidate: Api) -> None:
    assert_refused(ask(hall, candidate.tokens["refresh_token"]))
    as_refresh = {"Authorization": f"Bearer {candidate.tokens['access_token']}"}
    assert_refused(hall.api(slug="acme").post("/auth/refresh", headers=as_refresh))
    assert candidate.get("/me").status_code == 200, "trying ended nothing"


def test_54_after_a_change_of_password_suspension_or_role(hall: Hall) -> None:
    changed = hall.api("candidate", "acme")
    answer = changed.post("/auth/password", {"current_password": PASSWORD, "new_password": "another good password"})
    assert answer.status_code == 204
    assert_refused(changed.get("/me"))
    for change in ({"active": False}, {"role": "author"}):
        person = hall.api("candidate", "acme")
        admin = hall.api("admin", "acme")
        assert person.person is not None
        assert admin.patch(f"/users/{person.person.id}", change).status_code == 200
        assert_refused(person.get("/me"))
        renewal = {"Authorization": f"Bearer {person.tokens['refresh_token']}"}
        assert_refused(person.post("/auth/refresh", headers=renewal))


def test_54_after_signing_out(hall: Hall) -> None:
    candidate = hall.api("candidate", "acme")
    assert candidate.post("/auth/logout").status_code == 204
    assert_refused(candidate.get("/me"))
    assert_refused(
        candidate.post("/auth/refresh", headers={"Authorization": f"Bearer {candidate.tokens['refresh_token']}"})
    )


def test_55_a_refresh_token_that_comes_again_after_31_seconds(hall: Hall) -> None:
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        candidate = hall.api("candidate", "acme")
        first = {"Authorization": f"Bearer {candidate.tokens['refresh_token']}"}
        successor = candidate.post("/auth/refresh", headers=first).json
        clock.shift(timedelta(seconds=31))
        assert_refused(candidate.post("/auth/refresh", headers=first))
        assert_refused(ask(hall, successor["access_token"]))
        assert_refused(ask(hall, candidate.tokens["access_token"]))


def test_55_an_access_token_that_has_run_out_says_so(hall: Hall) -> None:
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        candidate = hall.api("candidate", "acme")
        clock.shift(timedelta(seconds=candidate.tokens["expires_in"] - 1))
        assert candidate.get("/me").status_code == 200
        clock.shift(timedelta(seconds=2))
        answer = candidate.get("/me")
    assert_refused(answer)
    assert answer.json["code"] == "token_expired"


def test_a_signature_that_was_found_right_is_not_checked_again(
    hall: Hall, candidate: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    check = jwt_manager._decode_jwt

    def noted(**values: Any) -> Any:
        checked.append(values["encoded_token"])
        return check(**values)

    monkeypatch.setattr(jwt_manager, "_decode_jwt", noted)
    own = hall.api("candidate", "acme")
    assert [own.get("/me").status_code for _ in range(3)] == [200] * 3
    assert checked == [own.tokens["access_token"]]
    start = own.tokens["access_token"].rpartition(".")[0]
    foreign = candidate.tokens["access_token"].rpartition(".")[2]
    assert_refused(ask(hall, f"{start}.{foreign}"))
    assert_refused(ask(hall, own.tokens["access_token"], slug="bolt"))
    assert own.post("/auth/logout").status_code == 204
    assert_refused(own.get("/me"))


@pytest.mark.parametrize("secret", ["derived", "kept in the instance folder"])
def test_56_a_slug_that_is_used_again_is_another_tenant(make_tenants: MakeTenants, secret: str) -> None:
    settings = {} if secret == "derived" else {"secret_key": None}
    before = make_tenants({"acme": {"id": str(UUID(int=1))}}, **settings)
    token = before.api("candidate", "acme").tokens["access_token"]
    after = make_tenants(
        {"acme": {"id": str(UUID(int=2))}}, instance_folder=before.settings.instance_folder, **settings
    )
    if secret != "derived":
        assert key_of(after) == key_of(before), "the same key, so that only the audience tells them apart"
    assert_refused(ask(after, token))
    assert ask(before, token).status_code == 200


ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
SPELLINGS: dict[str, Callable[[str], str]] = {
    "padding": lambda token: token + "=",
    "two paddings": lambda token: token + "==",
    "padding within": lambda token: token.replace(".", "=.", 1),
    "line break": lambda token: token.replace(".", ".\t", 1),
    "other bits at the end": lambda token: token[:-1] + ALPHABET[ALPHABET.index(token[-1]) ^ 1],
    "a sign outside the alphabet": lambda token: token + "!",
    "percent": lambda token: token + "%3D",
    "a sign within": lambda token: token[:40] + "*" + token[40:],
}


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
def test_57_another_spelling_of_the_same_bytes(hall: Hall, candidate: Api, spell: Callable[[str], str]) -> None:
    assert_refused(ask(hall, spell(candidate.tokens["access_token"])))


def test_57_json_that_says_a_claim_twice_or_nonsense(hall: Hall, candidate: Api) -> None:
    header, claims = opened(candidate.tokens["access_token"])
    twice = json.dumps(claims)[:-1] + f', "sub": "{uuid4()}"}}'
    for content in (twice.encode(), b"[]", b"null", b"7", b"{", b"\xff\xfe", b"[" * 5_000):
        sealing = f"{part(json.dumps(header).encode())}.{part(content)}"
        signature = part(hmac.new(key_of(hall).encode(), sealing.encode(), hashlib.sha256).digest())
        assert_refused(ask(hall, f"{sealing}.{signature}"))
    for content in (b"[]", b"null", b"{", b"[" * 5_000):
        sealing = f"{part(content)}.{part(json.dumps(claims).encode())}"
        signature = part(hmac.new(key_of(hall).encode(), sealing.encode(), hashlib.sha256).digest())
        assert_refused(ask(hall, f"{sealing}.{signature}"))


def test_a_token_of_one_tenant_is_refused_by_the_other_whatever_its_role(hall: Hall) -> None:
    for role in ("candidate", "author", "admin"):
        foreign = hall.api(role, "bolt")
        assert_refused(ask(hall, foreign.tokens["access_token"]))
        header, claims = opened(foreign.tokens["access_token"])
        assert_refused(ask(hall, sealed(header, claims | {"aud": str(hall.app("acme").tenant.id)}, key_of(hall))))


def test_nothing_was_written_by_all_this(hall: Hall, candidate: Api) -> None:
    header, claims = opened(candidate.tokens["access_token"])
    with hall.inside("acme") as app:
        before = db.session.scalars(sa.select(User.revision).where(User.tenant_id == app.tenant.id)).all()
    for change in CLAIMS.values():
        changed = dict(claims)
        change(changed)
        ask(hall, sealed(header, changed, key_of(hall)))
    with hall.inside("acme") as app:
        assert db.session.scalars(sa.select(User.revision).where(User.tenant_id == app.tenant.id)).all() == before
    assert candidate.get("/me").status_code == 200
