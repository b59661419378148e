"""People are put into groups, by page and by API."""

from __future__ import annotations

from uuid import uuid4

from hall import Hall
from portal import Portal


def test_a_group_is_made_filled_searched_and_emptied_by_page(hall: Hall) -> None:
    ana, ben = hall.person("author"), hall.person("author")
    admin = Portal(hall, hall.person("admin"))
    made = admin.submit("/manage/groups/new", {"name": " Physics department ", "description": "Third floor"})
    assert made.status_code == 303
    people = made.location
    assert ana.email in admin.get(f"{people}?q={ana.email}&role=author").text
    added = admin.submit(people, {"user_id": [str(ana.id), str(ben.id)]})
    assert added.status_code == 303
    page = admin.get(added.location).text
    assert "2 people are added." in page
    assert ana.email in page
    assert ben.email in page
    assert ana.email not in admin.get(people).text
    assert "Physics department" in admin.get("/manage/groups?q=third").text
    group = added.location.rsplit("/", 1)[1]
    gone = admin.submit(f"/manage/groups/{group}", {"user_id": str(ana.id)}, action=f"/manage/groups/{group}/remove")
    assert "One person is taken out." in admin.follow(gone).text
    assert ana.email not in admin.get(f"/manage/groups/{group}").text


def test_two_groups_of_one_name_are_refused_at_the_field(hall: Hall) -> None:
    admin = hall.api("admin")
    assert admin.post("/groups", {"name": "Class 1"}).status_code == 201
    again = admin.post("/groups", {"name": "Class 1"})
    assert (again.status_code, again.json["errors"][0]["field"]) == (422, "name")
    portal = Portal(hall, admin.person)
    assert 'id="name-error"' in portal.submit("/manage/groups/new", {"name": "Class 1"}).text


def test_the_api_adds_and_removes_members_and_names_strangers(hall: Hall) -> None:
    admin, ana = hall.api("admin"), hall.person("candidate")
    group = admin.post("/groups", {"name": "Class 1"}).json["id"]
    assert admin.post(f"/groups/{group}/members", {"user_ids": [str(ana.id)] * 2}).json == {"added": 1}
    assert admin.post(f"/groups/{group}/members", {"user_ids": [str(ana.id)]}).json == {"added": 0}
    elsewhere = hall.person("candidate", "qalam")
    for stranger in (str(uuid4()), str(elsewhere.id)):
        refused = admin.post(f"/groups/{group}/members", {"user_ids": [str(ana.id), stranger]})
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "user_ids.1")
    members = admin.get(f"/groups/{group}/members")
    assert [member["email"] for member in members.json] == [ana.email]
    assert members.headers["X-Total-Count"] == "1"
    assert admin.get(f"/groups/{group}").json["member_count"] == 1
    assert admin.delete(f"/groups/{group}/members/{ana.id}").status_code == 204
    assert admin.delete(f"/groups/{group}/members/{ana.id}").status_code == 404
    assert admin.get("/groups").json[0]["member_count"] == 0


def test_a_group_changes_only_as_its_reader_saw_it(hall: Hall) -> None:
    admin = hall.api("admin")
    group = admin.post("/groups", {"name": "Class 1"}).json["id"]
    assert admin.patch(f"/groups/{group}", {"name": "Class 2"}, headers={}).status_code == 428
    stale = admin.matching(f"/groups/{group}")
    assert admin.patch(f"/groups/{group}", {"name": "Class 2"}).json["name"] == "Class 2"
    assert admin.patch(f"/groups/{group}", {"name": "Class 3"}, headers=stale).status_code == 412
    assert admin.delete(f"/groups/{group}", headers=stale).status_code == 412
    assert admin.delete(f"/groups/{group}").status_code == 204
    assert admin.get(f"/groups/{group}").status_code == 404


def test_a_person_who_is_deleted_leaves_their_groups_and_a_group_leaves_its_people(hall: Hall) -> None:
    admin, ana, ben = hall.api("admin"), hall.person("candidate"), hall.person("candidate")
    group = admin.post("/groups", {"name": "Class 1"}).json["id"]
    admin.post(f"/groups/{group}/members", {"user_ids": [str(ana.id), str(ben.id)]})
    assert admin.delete(f"/users/{ana.id}").status_code == 204
    assert admin.get(f"/groups/{group}").json["member_count"] == 1
    portal = Portal(hall, admin.person)
    page = f"/manage/groups/{group}"
    assert "is deleted" in portal.follow(portal.submit(page, {}, action=f"{page}/delete")).text
    assert admin.get(f"/users/{ben.id}").status_code == 200
