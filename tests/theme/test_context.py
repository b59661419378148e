"""What templates may call: dates in the tenant's zone, numbers, the navigation of a role; nothing of another tenant."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import render_template_string

from hall import Hall, MakeHall
from portal import Portal

MOMENT = datetime(2026, 3, 5, 4, 30, tzinfo=UTC)  # still the fourth in New York


@pytest.fixture
def one_hall(make_hall: MakeHall) -> Hall:
    return make_hall()


def rendered(hall: Hall, template: str, slug: str = "northwind", language: str = "en", **values: object) -> str:
    """A template as a visitor of the portal gets it."""
    app = hall.app(slug)
    with app.test_request_context("/sign-in", headers={"Accept-Language": language}):
        app.preprocess_request()
        return render_template_string(template, **values)


@pytest.mark.parametrize(
    ("slug", "language", "shown"),
    [
        ("northwind", "en", "Mar 4, 2026, 11:30\u202fPM"),
        ("northwind", "es", "4 mar 2026, 23:30"),
        ("qalam", "en", "Mar 5, 2026, 7:30\u202fAM"),
        ("qalam", "ar", "05\u200f/03\u200f/2026، 7:30 ص"),
    ],
)
def test_a_moment_is_shown_in_the_zone_and_language(one_hall: Hall, slug: str, language: str, shown: str) -> None:
    assert rendered(one_hall, "{{ moment|dt }}", slug, language, moment=MOMENT) == shown


@pytest.mark.parametrize(
    ("slug", "language", "shown"),
    [("northwind", "es", "Nueva York"), ("qalam", "en", "Amman"), ("qalam", "ar", "عمّان")],
)
def test_the_zone_is_named_in_the_language(one_hall: Hall, slug: str, language: str, shown: str) -> None:
    assert rendered(one_hall, "{{ zone() }}", slug, language) == shown


def test_a_date_is_that_of_the_zone(one_hall: Hall) -> None:
    assert rendered(one_hall, "{{ moment|d }}", moment=MOMENT) == "Mar 4, 2026"
    assert rendered(one_hall, "{{ day|d }}", day=date(2026, 3, 5)) == "Mar 5, 2026"


@pytest.mark.parametrize(
    ("language", "value", "shown"),
    [("en", 1234.5, "1,234.5"), ("es", Decimal("12345.5"), "12.345,5"), ("en", "0.25", "0.25"), ("en", 40, "40")],
)
def test_a_number_is_written_as_the_language_writes_it(
    one_hall: Hall, language: str, value: object, shown: str
) -> None:
    assert rendered(one_hall, "{{ value|number }}", language=language, value=value) == shown


def test_nothing_is_never_less_than_nothing(one_hall: Hall) -> None:
    for value in ("-0", Decimal("-0.00"), -0.0, 0):
        for slug in ("northwind", "qalam"):
            assert rendered(one_hall, "{{ value|number }}", slug, value=value) == "0"


def test_what_is_put_into_a_text_is_escaped_and_a_doubled_sign_is_one(one_hall: Hall) -> None:
    template = "{{ _('Remove the filter %(name)s', name=name) }}"
    assert rendered(one_hall, template, name="<b>50 %</b>") == "Remove the filter &lt;b&gt;50 %&lt;/b&gt;"
    template = "{{ _('All four 100 %%, three of them 50 %%, else nothing') }}"
    assert rendered(one_hall, template) == "All four 100 %, three of them 50 %, else nothing"
    assert "100 %; tres" in rendered(one_hall, template, language="es")
    template = "{{ ngettext('One question was changed.', '%(num)s questions were changed.', count) }}"
    assert rendered(one_hall, template, count=1) == "One question was changed."
    assert rendered(one_hall, template, count=3) == "3 questions were changed."


def test_config_and_tenant_are_those_of_the_request(one_hall: Hall) -> None:
    template = "{{ config['SESSION_COOKIE_NAME'] }} {{ tenant.name_in(locale.language) }}"
    assert rendered(one_hall, template) == "northwind-visit Northwind Certification Institute"
    assert rendered(one_hall, template, "qalam") == "qalam-visit Qalam University"


def test_a_visitor_has_no_token_and_no_navigation(one_hall: Hall) -> None:
    assert rendered(one_hall, "[{{ csrf() }}{{ csrf_token }}{{ navigation }}{{ current_user }}]") == "[[]None]"


def test_the_navigation_is_that_of_the_role_and_says_where_one_is(one_hall: Hall) -> None:
    admin = Portal(one_hall, one_hall.person("admin")).get("/manage/users").text
    assert '<a href="/manage/users" aria-current="page">' in admin
    assert "/manage/users" not in Portal(one_hall, one_hall.person("author")).get("/account").text
    assert '<body class="staff">' in admin
    assert '<body class="">' in Portal(one_hall, one_hall.person("candidate")).get("/account").text


def test_a_failing_page_is_branded_and_still_a_page(one_hall: Hall) -> None:
    page = Portal(one_hall).get("/no/such/page")
    assert page.status_code == 404
    assert "Northwind Certification Institute" in page.text
    assert page.headers["X-Request-ID"] in page.text


def test_each_organization_has_looks_and_words_of_its_own(one_hall: Hall) -> None:
    northwind, qalam = Portal(one_hall), Portal(one_hall, slug="qalam")
    english = northwind.get("/sign-in", headers={"Accept-Language": "en"}).text
    spanish = northwind.get("/sign-in", headers={"Accept-Language": "es"}).text
    arabic = qalam.get("/sign-in", headers={"Accept-Language": "ar"}).text
    assert "Your certification starts here" in english
    assert "Su certificación empieza aquí" in spanish
    assert "اقرأ، وتأمّل، ثم اكتب." in arabic
    assert "welcome.css" not in arabic
    assert "card.css" not in english
    assert "qalam-card" in qalam.get("/no/such/page").text
