"""What an app learns of an organization before anybody signs in."""

from __future__ import annotations

from hall import MakeHall


def test_an_app_can_dress_itself_in_the_organizations_brand(make_hall: MakeHall) -> None:
    hall = make_hall()
    answer = hall.api(slug="qalam").get("/tenant", headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    assert answer.json == {
        "slug": "qalam",
        "name": "Qalam University",
        "logo": answer.json["logo"],
        "colours": {"primary": "#14532d", "on_primary": "#ffffff", "accent": "#7f1d3f"},
        "locales": ["ar", "en"],
        "time_zone": "Asia/Amman",
        "sign_in": {"methods": ["password"]},
    }
    assert answer.json["logo"].startswith("http://qalam.localhost/static/logo.svg")
    assert hall.api(slug="qalam").get("/tenant").json["name"] == "جامعة القلم"
