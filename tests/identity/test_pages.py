"""Signing in and out in the portal, the account, the password, the language."""

from __future__ import annotations

import pytest

from hall import PASSWORD, Hall, MakeHall
from portal import Portal, forms

NEW = "a-longer-way-to-the-hall"


@pytest.fixture
def one_hall(make_hall: MakeHall) -> Hall:
    """A hall for what no storage has a part in."""
    return make_hall()


def test_a_visitor_is_led_to_sign_in_and_then_where_they_wanted_to_go(hall: Hall) -> None:
    person, portal = hall.person("admin"), Portal(hall)
    led = portal.get("/manage/users?role=author")
    assert (led.status_code, led.location) == (303, "/sign-in?next=/manage/users?role%3Dauthor")
    signed_in = portal.sign_in(person.email, path=led.location)
    assert (signed_in.status_code, signed_in.location) == (303, "/manage/users?role=author")
    assert person.email in portal.follow(signed_in).text


def test_by_the_path_door_all_addresses_stay_inside_the_portal(one_hall: Hall) -> None:
    person = one_hall.person("admin")
    portal = Portal(one_hall, by_path=True)
    led = portal.get("/manage/users")
    assert led.location == "/t/northwind/sign-in?next=/t/northwind/manage/users"
    assert portal.sign_in(person.email, path=led.location).location == "/t/northwind/manage/users"
    page = portal.get("/manage/users").text
    assert 'href="/t/northwind/brand.css' in page
    assert 'href="/manage' not in page


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/", "//evil.example/", "/\\evil.example", "/\t/evil.example", "\n//evil.example",
        "javascript:alert(1)", "evil.example", "/%2e%2e/t/qalam/", "/t/../..//evil.example", "",
    ],
)  # fmt: skip
def test_next_leads_nowhere_else(one_hall: Hall, elsewhere: str) -> None:
    person, portal = one_hall.person("candidate"), Portal(one_hall)
    page = portal.client.get("/sign-in", query_string={"next": elsewhere}, base_url=portal.base_url)
    answer = portal.client.post(
        "/sign-in",
        query_string={"next": elsewhere},
        base_url=portal.base_url,
        data=forms(page)[-1].values | {"email": person.email, "password": PASSWORD},
    )
    assert (answer.status_code, answer.location) == (303, "/")


def test_by_the_path_door_next_does_not_lead_to_another_tenant(one_hall: Hall) -> None:
    person, portal = one_hall.person("candidate"), Portal(one_hall, by_path=True)
    for elsewhere in ("/t/qalam/", "/t/northwind/../qalam/", "/t/northwind-two/"):
        assert portal.sign_in(person.email, path=f"/sign-in?next={elsewhere}").location == "/t/northwind/"
        portal.client = one_hall.platform.test_client()


def test_the_refusal_does_not_say_which_half_was_wrong(hall: Hall) -> None:
    person, portal = hall.person("candidate"), Portal(hall)
    wrong = portal.sign_in(person.email, "not-the-password")
    unknown = portal.sign_in("nobody@northwind.example")
    assert wrong.status_code == unknown.status_code == 401
    shown = [page.text.replace(person.email, "…").replace("nobody@northwind.example", "…") for page in (wrong, unknown)]
    assert "don't belong together" in shown[0]
    assert _without_token(shown[0]) == _without_token(shown[1])
    assert "northwind-access" not in str(portal.client._cookies)


def _without_token(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if 'name="csrf_token"' not in line)


def test_an_empty_form_names_both_fields(one_hall: Hall) -> None:
    answer = Portal(one_hall).submit("/sign-in")
    assert answer.status_code == 422
    assert "Give your e-mail address." in answer.text
    assert "Give your password." in answer.text


def test_the_sign_in_form_of_another_site_is_refused(one_hall: Hall) -> None:
    person = one_hall.person("candidate")
    answer = Portal(one_hall).post("/sign-in", {"email": person.email, "password": PASSWORD})
    assert answer.status_code == 403
    assert "Please sign in again." in answer.text
    assert not [cookie for cookie in answer.headers.getlist("Set-Cookie") if "access" in cookie]


def test_the_cookies_are_out_of_reach_of_scripts_and_of_other_sites(one_hall: Hall) -> None:
    person, portal = one_hall.person("candidate"), Portal(one_hall)
    cookies = portal.sign_in(person.email).headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} >= {"northwind-access", "northwind-refresh"}
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/;" in cookie + ";"
        assert "Domain" not in cookie


def test_whoever_is_signed_in_does_not_see_the_form_again(one_hall: Hall) -> None:
    portal = Portal(one_hall, one_hall.person("candidate"))
    answer = portal.get("/sign-in?next=/account")
    assert (answer.status_code, answer.location) == (303, "/account")


def test_signing_out_ends_the_session_for_copies_of_its_cookies_too(hall: Hall) -> None:
    portal = Portal(hall, hall.person("candidate"))
    access = portal.client.get_cookie("northwind-access", domain="northwind.localhost")
    refresh = portal.client.get_cookie("northwind-refresh", domain="northwind.localhost")
    assert portal.submit("/account", action="/sign-out").location == "/sign-in"
    assert "You are signed out." in portal.get("/sign-in").text
    thief = Portal(hall)
    for cookie in (access, refresh):
        thief.client.set_cookie(cookie.key, cookie.value, domain="northwind.localhost")
    assert thief.get("/account").location == "/sign-in?next=/account"


def test_signing_out_needs_the_form(one_hall: Hall) -> None:
    portal = Portal(one_hall, one_hall.person("candidate"))
    assert portal.post("/sign-out").status_code == 403
    assert portal.get("/account").status_code == 200


def test_a_changed_password_keeps_this_browser_and_throws_out_the_others(hall: Hall) -> None:
    person = hall.person("candidate")
    here, elsewhere, app = Portal(hall, person), Portal(hall, person), hall.api(person)
    answer = here.submit("/account/password", {"current_password": PASSWORD, "new_password": NEW})
    assert (answer.status_code, answer.location) == (303, "/")
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").location == "/sign-in?next=/account"
    assert app.get("/me").status_code == 401
    assert Portal(hall).sign_in(person.email).status_code == 401
    assert Portal(hall).sign_in(person.email, NEW).status_code == 303


@pytest.mark.parametrize(
    ("current", "new", "said"),
    [
        ("not-my-password", NEW, "This is not your present password."),
        (PASSWORD, "short", "Take at least 15 characters"),
        (PASSWORD, "", "Give a new password."),
    ],
)
def test_a_password_that_will_not_do_says_why_at_its_field(one_hall: Hall, current: str, new: str, said: str) -> None:
    portal = Portal(one_hall, one_hall.person("candidate"))
    answer = portal.submit("/account/password", {"current_password": current, "new_password": new})
    assert answer.status_code == 422
    assert said in answer.text
    assert portal.get("/account").status_code == 200


def test_with_a_one_time_password_there_is_nowhere_to_go_but_to_change_it(hall: Hall) -> None:
    admin = hall.api("admin")
    new = {"email": "new@northwind.example", "name": "Noor New", "role": "admin"}
    one_time = admin.post("/users", new).json["one_time_password"]
    portal = Portal(hall)
    assert portal.sign_in("new@northwind.example", one_time).status_code == 303
    for path in ("/", "/account", "/manage/users"):
        assert portal.get(path).location == "/account/password", path
    page = portal.get("/account/password")
    assert "Choose a password of your own" in page.text
    assert "/manage/users" not in page.text
    portal.submit("/account/password", {"current_password": one_time, "new_password": NEW})
    assert portal.get("/manage/users").status_code == 200


def test_the_language_is_chosen_among_those_of_the_organization(one_hall: Hall) -> None:
    portal = Portal(one_hall)
    answer = portal.submit("/sign-in?next=/account", {"locale": "es"}, action="/language")
    assert answer.location == "/sign-in?next=/account"
    assert '<html lang="es" dir="ltr">' in portal.get("/sign-in").text
    assert portal.post("/language", {"locale": "ar", "next": "/"}).status_code == 400
    assert portal.post("/language", {"locale": "en", "next": "//evil.example"}).location == "/"
    assert '<html lang="ar" dir="rtl">' in Portal(one_hall, slug="qalam").get("/sign-in").text


def test_someone_lost_is_still_known(one_hall: Hall) -> None:
    person = one_hall.person("candidate")
    page = Portal(one_hall, person).get("/no/such/page")
    assert page.status_code == 404
    assert person.email in page.text
    assert person.email not in Portal(one_hall).get("/no/such/page").text


def test_the_start_page_needs_no_next_and_the_language_leads_back_to_a_page(one_hall: Hall) -> None:
    admin = one_hall.person("admin")
    portal = Portal(one_hall, admin)
    assert Portal(one_hall).get("/").location == "/sign-in"
    token = forms(portal.get("/account"))[0].values["csrf_token"]
    conflict = portal.post(f"/manage/users/{admin.id}/access", {"csrf_token": token, "active": "false"})
    assert conflict.status_code == 409
    assert forms(conflict)[0].values["next"] == "/"
