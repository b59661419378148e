"""Administrators look after people, by page and by API."""

from __future__ import annotations

import re

import sqlalchemy as sa

from examhall.extensions import db
from examhall.identity.roles import Role
from examhall.storage.idempotency import Receipt
from examhall.storage.records import tenant_id
from hall import PASSWORD, Hall
from identity.factories import UserFactory
from portal import Portal

ONE_TIME = re.compile(r'<code id="one-time-password">([a-z]+(?:-[a-z]+){3}-\d{6})</code>')


def test_a_person_is_added_and_signs_in_with_the_password_that_is_shown_once(hall: Hall) -> None:
    admin = Portal(hall, hall.person("admin"))
    new = {"name": " Ana Molina ", "email": "Ana.Molina@Northwind.Example", "role": "marker"}
    added = admin.submit("/manage/users/new", new)
    assert added.status_code == 201
    assert added.headers["Cache-Control"] == "no-store"
    one_time = ONE_TIME.search(added.text).group(1)
    row = admin.get("/manage/users?q=ana").text
    assert "ana.molina@northwind.example" in row
    assert "One-time password" in row
    assert one_time not in row
    assert Portal(hall).sign_in("ana.molina@northwind.example", one_time).status_code == 303


def test_an_address_that_is_taken_or_none_is_told_at_its_field(hall: Hall) -> None:
    person, admin = hall.person("candidate"), Portal(hall, hall.person("admin"))
    for email, said in ((person.email, "Somebody has this e-mail address already."), ("ana", "name@example.org")):
        answer = admin.submit("/manage/users/new", {"name": "Ana", "email": email, "role": "candidate"})
        assert answer.status_code == 422
        assert 'id="email-error"' in answer.text
        assert said in answer.text


def test_the_list_is_searched_narrowed_ordered_and_paged(hall: Hall) -> None:
    with hall.inside():
        UserFactory.create_batch(25, role=Role.MARKER)
        UserFactory(name="Zoë Ångström", email="zoe@people.example", role=Role.AUTHOR)
    admin = Portal(hall, hall.person("admin"))

    def names(query: str) -> list[str]:
        return re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a>', admin.get(f"/manage/users?{query}").text)

    assert names("q=ångs&role=&active=") == ["Zoë Ångström"]
    assert names("role=author") == ["Zoë Ångström"]
    assert len(names("role=marker")) == 20
    assert len(names("role=marker&page=2")) == 5
    assert names("order=-name") == sorted(names("order=-name"), reverse=True)
    assert names("active=false") == []
    assert admin.get("/manage/users?colour=red").status_code == 400


def test_a_tenant_may_set_how_long_the_page_is(hall: Hall) -> None:
    with hall.inside("qalam"):
        UserFactory.create_batch(30)
    page = Portal(hall, hall.person("admin", "qalam")).get("/manage/users").text
    assert page.count('<th scope="row">') == 31


def test_name_and_role_are_changed_and_a_stale_form_is_refused(hall: Hall) -> None:
    person, admin = hall.person("candidate"), Portal(hall, hall.person("admin"))
    address = f"/manage/users/{person.id}"
    assert admin.submit(address, {"name": "Noor Haddad", "role": "invigilator"}).location == address
    page = admin.get(address).text
    assert "Noor Haddad" in page
    assert '<option selected value="invigilator">' in page
    assert admin.submit(address, {"name": "Somebody else", "revision": "1"}).status_code == 412
    assert admin.submit(address, {"name": " ", "role": "wizard"}).status_code == 422
    assert "Noor Haddad" in admin.get(address).text


def test_nobody_takes_their_own_access_away(hall: Hall) -> None:
    person = hall.person("admin")
    admin = Portal(hall, person)
    address = f"/manage/users/{person.id}"
    page = admin.get(address).text
    assert "change-access" not in page
    token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
    assert admin.post(f"{address}/access", {"csrf_token": token, "active": "false"}).status_code == 409
    assert admin.submit(address, {"role": "candidate"}).status_code == 409
    assert admin.submit(address, {"name": "A new name"}).status_code == 303
    assert admin.get("/manage/users").status_code == 200


def test_a_lost_password_is_replaced_by_one_that_is_shown_once(hall: Hall) -> None:
    person, admin = hall.person("candidate"), Portal(hall, hall.person("admin"))
    portal = Portal(hall, person)
    address = f"/manage/users/{person.id}"
    shown = admin.submit(address, action=f"{address}/password")
    assert shown.status_code == 200
    one_time = ONE_TIME.search(shown.text).group(1)
    assert portal.get("/account").location == "/sign-in?next=/account"
    assert Portal(hall).sign_in(person.email, PASSWORD).status_code == 401
    assert Portal(hall).sign_in(person.email, one_time).status_code == 303
    assert admin.get(f"{address}/password").location == address


def test_people_of_another_organization_do_not_exist(hall: Hall) -> None:
    stranger, admin = hall.person("candidate", "qalam"), Portal(hall, hall.person("admin"))
    address = f"/manage/users/{stranger.id}"
    token = re.search(r'name="csrf_token" value="([^"]+)"', admin.get("/manage/users").text).group(1)
    assert admin.get(address).status_code == 404
    for action in ("", "/access", "/password"):
        assert admin.post(address + action, {"csrf_token": token, "name": "x", "role": "admin"}).status_code == 404
    assert stranger.email not in admin.get("/manage/users").text
    assert hall.api(stranger).get("/me").status_code == 200


def test_only_administrators_see_these_pages(hall: Hall) -> None:
    person = hall.person("candidate")
    for role in ("candidate", "author", "marker", "invigilator"):
        portal = Portal(hall, hall.person(role))
        for path in ("/manage/users", "/manage/users/new", f"/manage/users/{person.id}"):
            answer = portal.get(path)
            assert answer.status_code == 403
            assert person.email not in answer.text


def test_the_receipt_of_a_new_person_does_not_keep_the_password(hall: Hall) -> None:
    admin = hall.api("admin")
    new = {"email": "new@northwind.example", "name": "Noor", "role": "candidate"}
    first = admin.post("/users", new, headers={"Idempotency-Key": "one"})
    again = admin.post("/users", new, headers={"Idempotency-Key": "one"})
    assert first.json["one_time_password"]
    assert again.status_code == 201
    assert again.json == {**first.json, "one_time_password": None}
    assert again.headers["Idempotency-Replayed"] == "true"
    with hall.inside():
        receipts = db.session.scalars(sa.select(Receipt).where(Receipt.tenant_id == tenant_id())).all()
    assert [receipt.body["one_time_password"] for receipt in receipts] == [None]


def test_tokens_and_passwords_leave_no_receipt(hall: Hall) -> None:
    app = hall.api("candidate")
    key = {"Idempotency-Key": "one"}
    bearer = {"Authorization": f"Bearer {app.tokens['refresh_token']}"}
    pair = app.post("/auth/refresh", headers=key | bearer)
    assert pair.status_code == 200
    app.headers["Authorization"] = f"Bearer {pair.json['access_token']}"
    change = {"current_password": PASSWORD, "new_password": "another-good-password"}
    assert app.post("/auth/password", change, headers=key).status_code == 204
    with hall.inside():
        assert not db.session.scalars(sa.select(Receipt).where(Receipt.tenant_id == tenant_id())).all()


def test_a_page_takes_a_key_for_what_it_is_to_pages_nothing(hall: Hall) -> None:
    admin = Portal(hall, hall.person("admin"))
    token = re.search(r'name="csrf_token" value="([^"]+)"', admin.get("/manage/users/new").text).group(1)
    new = {"csrf_token": token, "name": "Noor", "email": "noor@northwind.example", "role": "candidate"}
    assert admin.post("/manage/users/new", new, headers={"Idempotency-Key": "one"}).status_code == 201
    assert admin.post("/manage/users/new", new, headers={"Idempotency-Key": "one"}).status_code == 422
