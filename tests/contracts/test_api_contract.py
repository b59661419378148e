"""The table of the API, row by row, as an app developer would walk it: statuses, shapes, headers."""

from __future__ import annotations

import io
import re
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from hall import PASSWORD, Api, Hall
from sitting import Exam, body, compose, right_answer, save, started

PROBLEM = {"type", "title", "status", "detail", "code", "errors"}
LISTED = {"id", "title", "state", "opens_at", "closes_at", "time_limit_minutes", "attempts_allowed", "attempts_used",
          "open_attempt"}  # fmt: skip


def problem(answer: Any, status: int, code: str | None = None) -> dict[str, Any]:
    """The problem document of a refusal that has all its members."""
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
    told: dict[str, Any] = answer.json
    assert set(told) >= PROBLEM
    assert told["status"] == status
    assert all(isinstance(told[name], str) and told[name] for name in ("type", "title", "detail", "code"))
    assert all(set(error) == {"field", "message"} for error in told["errors"])
    assert code in (None, told["code"])
    return told


def made(answer: Any) -> dict[str, Any]:
    """What a 201 made."""
    assert (answer.status_code, answer.mimetype) == (201, "application/json"), answer.text
    UUID(answer.json["id"])
    return dict(answer.json)


def listed(answer: Any, total: int) -> list[dict[str, Any]]:
    """A plain array with its paging headers."""
    assert (answer.status_code, answer.mimetype) == (200, "application/json"), answer.text
    assert answer.headers["X-Total-Count"] == str(total)
    assert 'rel="first"' in answer.headers["Link"]
    assert isinstance(answer.json, list)
    return answer.json


def gone(answer: Any) -> None:
    """204 says nothing more."""
    assert (answer.status_code, answer.data) == (204, b"")


def moment(text: str) -> datetime:
    """A moment with its zone."""
    found = datetime.fromisoformat(text)
    assert found.tzinfo is not None
    return found


@pytest.fixture
def exam(hall: Hall) -> Exam:
    return compose(hall, time_limit_minutes=60)


@pytest.fixture
def candidate(hall: Hall, exam: Exam) -> Api:
    person = hall.person("candidate")
    exam.assign(person)
    return hall.api(person)


def test_tenant_tells_a_branded_app_what_it_needs(hall: Hall) -> None:
    answer = hall.api().get("/tenant")
    assert answer.status_code == 200
    assert {"slug", "name", "logo", "colours", "locales", "sign_in"} <= set(answer.json)
    assert answer.json["slug"] == "northwind"
    assert isinstance(answer.json["locales"], list)
    assert hall.api(slug="qalam").get("/tenant").json["slug"] == "qalam"


def test_login_refresh_me_password_logout(hall: Hall) -> None:
    person, api = hall.person("author"), hall.api()
    signed_in = api.post("/auth/login", {"email": person.email, "password": PASSWORD})
    assert signed_in.status_code == 200
    assert set(signed_in.json) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert signed_in.json["token_type"] == "Bearer"
    assert isinstance(signed_in.json["expires_in"], int)
    problem(api.post("/auth/login", {"email": person.email, "password": "wrong"}), 401, "wrong_credentials")
    problem(api.post("/auth/login", {"email": "nobody@x.example", "password": "wrong"}), 401, "wrong_credentials")

    def bearer(token: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token}"}

    problem(api.post("/auth/refresh", headers=bearer(signed_in.json["access_token"])), 401)
    refreshed = api.post("/auth/refresh", headers=bearer(signed_in.json["refresh_token"]))
    assert refreshed.status_code == 200
    assert set(refreshed.json) == set(signed_in.json)
    api.headers |= bearer(refreshed.json["access_token"])

    me = api.get("/me")
    assert me.status_code == 200
    assert {"id", "email", "name", "role", "permissions"} <= set(me.json)
    assert (me.json["id"], me.json["role"]) == (str(person.id), "author")
    assert "exams.write" in me.json["permissions"]
    assert not {"password_hash", "epoch", "tenant_id"} & set(me.json)

    wrong = problem(
        api.post("/auth/password", {"current_password": "wrong", "new_password": "three quiet blue doors"}), 422
    )
    assert [error["field"] for error in wrong["errors"]] == ["current_password"]
    gone(api.post("/auth/password", {"current_password": PASSWORD, "new_password": "three quiet blue doors"}))
    problem(api.get("/me"), 401)
    again = api.post("/auth/login", {"email": person.email, "password": "three quiet blue doors"}, headers={})
    api.headers = bearer(again.json["access_token"])
    gone(api.post("/auth/logout"))
    problem(api.get("/me"), 401)


def test_a_wrong_foreign_or_missing_token_is_401_everywhere(hall: Hall, exam: Exam, candidate: Api) -> None:
    foreign = hall.api("admin", "qalam").headers["Authorization"]
    own = candidate.headers["Authorization"]
    for value in (None, "Bearer", "Bearer x.y.z", own[:-4] + "AAAA", foreign, own.replace("Bearer", "Basic"),
                  f"Bearer {candidate.tokens['refresh_token']}"):  # fmt: skip
        api = hall.api()
        api.headers = {} if value is None else {"Authorization": value}
        for path in ("/me", "/exams", f"/exams/{exam.id}", "/attempts", "/users", f"/exams/{exam.id}/results"):
            answer = api.get(path)
            problem(answer, 401)
            assert "Bearer" in answer.headers["WWW-Authenticate"]
        problem(api.post(f"/exams/{exam.id}/attempts"), 401)


def test_exams_from_draft_to_deletion(hall: Hall) -> None:
    author = hall.api("author")
    answer = author.post("/exams", {"title": "Fire safety", "description": "What to do first"})
    draft = made(answer)
    assert {"id", "title", "description", "state"} <= set(draft)
    assert (draft["title"], draft["state"]) == ("Fire safety", "draft")
    assert "What to do first" in draft["description"]
    path = f"/exams/{draft['id']}"
    assert answer.headers["Location"] == f"/api/v1{path}"
    read = author.get(path)
    assert (read.status_code, read.json) == (200, draft)
    assert author.get(path, headers={"If-None-Match": read.headers["ETag"]}).status_code == 304
    assert [item["id"] for item in listed(author.get("/exams"), 1)] == [draft["id"]]

    problem(author.patch(path, {"title": "New"}, headers={}), 428, "precondition_required")
    changed = author.patch(path, {"title": "New", "pass_mark": "62.5"})
    assert (changed.status_code, changed.json["title"], changed.json["pass_mark"]) == (200, "New", "62.5")
    stale = {"If-Match": read.headers["ETag"]}
    problem(author.patch(path, {"title": "Newer"}, headers=stale), 412, "precondition_failed")
    problem(author.delete(path, headers=stale), 412)
    problem(author.delete(path, headers={}), 428)
    gone(author.delete(path))
    problem(author.get(path), 404)
    listed(author.get("/exams"), 0)
    assert problem(author.post("/exams", {"description": "no title"}), 422)["errors"][0]["field"] == "title"


def test_an_exam_with_attempts_is_kept(exam: Exam, candidate: Api) -> None:
    started(exam, candidate)
    problem(exam.admin.delete(f"/exams/{exam.id}"), 409, "exam_has_attempts")


def test_a_candidate_sees_the_published_exams_assigned_and_open_to_them(hall: Hall, exam: Exam, candidate: Api) -> None:
    admin = exam.admin
    draft = made(admin.post("/exams", {"title": "Draft", "description": ""}))
    unassigned, later = compose(hall), compose(hall, opens_at="2199-01-01T00:00:00Z")
    later.assign(candidate.person)
    admin.post(f"/exams/{draft['id']}/assignments", {"user_id": str(candidate.person.id)})
    rows = listed(candidate.get("/exams"), 1)
    assert [(row["id"], set(row)) for row in rows] == [(exam.id, LISTED)]
    shown = candidate.get(f"/exams/{exam.id}")
    assert shown.status_code == 200
    assert {"description", "attempts_left", "access_code_required", "question_count", "total_points"} <= set(shown.json)
    assert shown.json["total_points"] == "5"
    assert "access_code" not in shown.json
    for hidden in (draft["id"], unassigned.id, str(uuid4())):
        problem(candidate.get(f"/exams/{hidden}"), 404)
        problem(candidate.post(f"/exams/{hidden}/attempts"), 404)
    problem(candidate.post(f"/exams/{later.id}/attempts"), 409, "exam_not_open")
    problem(candidate.post("/exams", {"title": "Mine", "description": ""}), 403)


def test_lists_are_paged_and_refuse_what_they_do_not_know(hall: Hall) -> None:
    author = hall.api("author")
    for number in range(3):
        made(author.post("/exams", {"title": f"Exam {number}", "description": ""}))
    page = author.get("/exams?page=2&page_size=1&order=title")
    assert [item["title"] for item in listed(page, 3)] == ["Exam 1"]
    links = re.findall(r'<(/api/v1/exams\?[^>]+)>; rel="(\w+)"', page.headers["Link"])
    assert [relation for _, relation in sorted(links, key=lambda link: link[1])] == ["first", "last", "next", "prev"]
    assert listed(author.get("/exams?page=9"), 3) == []
    for query in ("page=0", "page=-1", "page=abc", "page=1e3", "page_size=0", "page_size=1000000000", "order=tenant_id",
                  "order=-__class__", "nonsense=1", "state=%00", "q=%00"):  # fmt: skip
        problem(author.get(f"/exams?{query}"), 400)
    for words in ("%25", "_", "%5C", "'"):
        listed(author.get(f"/exams?q={words}"), 0)


def test_sections_and_assignments(hall: Hall, exam: Exam) -> None:
    admin = exam.admin
    draft = made(admin.post("/exams", {"title": "Draft", "description": ""}))
    sections = f"/exams/{draft['id']}/sections"
    question = exam.questions["short_text"]
    section = made(admin.post(sections, {"title": "One", "questions": [{"question_id": question, "points": "2.50"}]}))
    assert set(section) == {"id", "title", "position", "shuffle", "questions", "draw"}
    assert section["questions"] == [{"question_id": question, "version_id": None, "points": "2.5"}]
    assert listed(admin.get(sections), 1) == [section]
    path = f"{sections}/{section['id']}"
    assert admin.get(path).json == section
    changed = admin.patch(path, {"title": "First"}, headers={})
    assert (changed.status_code, changed.json["title"]) == (200, "First")
    gone(admin.delete(path, headers={}))
    problem(admin.get(path), 404)

    person = hall.person("candidate")
    assignments = f"/exams/{draft['id']}/assignments"
    assignment = made(admin.post(assignments, {"user_id": str(person.id), "extra_minutes": 15}))
    assert (assignment["user_id"], assignment["extra_minutes"]) == (str(person.id), 15)
    assert listed(admin.get(assignments), 1) == [assignment]
    path = f"{assignments}/{assignment['id']}"
    assert admin.get(path).json == assignment
    changed = admin.patch(path, {"extra_minutes": 20}, headers={})
    assert (changed.status_code, changed.json["extra_minutes"]) == (200, 20)
    problem(admin.patch(path, {"extra_minutes": -1}, headers={}), 422)
    gone(admin.delete(path, headers={}))
    problem(admin.get(path), 404)


def test_users(hall: Hall, exam: Exam, candidate: Api) -> None:
    admin = exam.admin
    user = made(admin.post("/users", {"email": "ada@northwind.example", "name": "Ada", "role": "candidate"}))
    assert {"id", "email", "name", "role", "active"} <= set(user)
    assert user["one_time_password"]
    assert not {"password_hash", "epoch", "tenant_id"} & set(user)
    path = f"/users/{user['id']}"
    read = admin.get(path)
    assert (read.status_code, read.json["email"]) == (200, "ada@northwind.example")
    changed = admin.patch(path, {"name": "Ada L.", "role": "author"}, headers={})
    assert (changed.status_code, changed.json["name"], changed.json["role"]) == (200, "Ada L.", "author")
    everybody = listed(admin.get("/users"), 3)
    assert user["id"] in [item["id"] for item in everybody]
    gone(admin.delete(path, headers={}))
    problem(admin.get(path), 404)
    problem(admin.delete(path, headers={}), 404)
    problem(admin.delete(f"/users/{admin.person.id}", headers={}), 409)
    started(exam, candidate)
    problem(admin.delete(f"/users/{candidate.person.id}", headers={}), 409, "user_has_attempts")
    problem(candidate.delete(f"/users/{admin.person.id}", headers={}), 403)
    problem(hall.api("admin", "qalam").delete(f"/users/{candidate.person.id}", headers={}), 404)


def test_an_attempt_from_start_to_result(exam: Exam, candidate: Api) -> None:
    first = candidate.post(f"/exams/{exam.id}/attempts")
    again = candidate.post(f"/exams/{exam.id}/attempts", {"access_code": None})
    attempt = made(first)
    assert {"id", "state", "number", "started_at", "deadline_at", "server_time", "paper", "answers", "step"} <= set(
        attempt
    )
    assert (attempt["state"], attempt["number"], attempt["answers"], attempt["step"]) == ("open", 1, [], 0)
    assert moment(attempt["deadline_at"]) > moment(attempt["server_time"]) >= moment(attempt["started_at"])
    assert (again.status_code, again.json["id"], again.json["paper"]) == (200, attempt["id"], attempt["paper"])
    for slot in attempt["paper"]:
        by_type = {"options", "none_allowed", "units"}
        assert {"slot", "type", "prompt", "points"} <= set(slot) <= {"slot", "type", "prompt", "points"} | by_type
        assert ("options" in slot) is (slot["type"] in ("single_choice", "multiple_choice"))
        assert slot["points"] == "1"
        assert all(set(option) == {"id", "text"} for option in slot.get("options", []))

    path = f"/attempts/{attempt['id']}"
    answers = [{"slot": slot["slot"], "response": right_answer(slot), "seq": 1, "base": 0} for slot in attempt["paper"]]
    saved = candidate.put(f"{path}/answers", {"answers": answers})
    assert saved.status_code == 200
    assert set(saved.json) == {"accepted", "refused", "server_time", "deadline_at", "step"}
    assert saved.json["accepted"] == [{"slot": number, "seq": 1} for number in range(1, 6)]
    assert (saved.json["refused"], saved.json["step"]) == ([], 5)
    refused = save(candidate, attempt, {"slot": 1, "response": None, "seq": 2, "base": 9})["refused"]
    assert refused == [
        {"slot": 1, "seq": 2, "code": "conflict", "current": {"seq": 1, "response": answers[0]["response"]}}
    ]
    read = candidate.get(path)
    assert (read.status_code, set(read.json)) == (200, set(attempt))
    assert read.json["answers"] == [{"slot": item["slot"], "response": item["response"], "seq": 1} for item in answers]
    early = candidate.get(f"{path}/result")
    assert (early.status_code, early.json) == (200, {"released": False, "grade": None, "slots": []})

    submitted = candidate.post(f"{path}/submit")
    assert (submitted.status_code, set(submitted.json)) == (200, {"state", "submitted_at"})
    assert submitted.json["state"] == "submitted"
    assert candidate.post(f"{path}/submit").json == submitted.json
    ended = candidate.get(path).json
    assert (ended["state"], ended["paper"]) == ("submitted", None)
    assert save(candidate, attempt, {"slot": 1, "response": None, "seq": 2})["refused"][0]["code"] == "closed"
    result = candidate.get(f"{path}/result")
    assert (result.status_code, set(result.json)) == (200, {"released", "grade", "slots"})
    assert result.json["grade"] == {"points": "5", "max": "5", "percent": "100", "passed": None, "pending": 0}
    assert [item["id"] for item in listed(candidate.get("/attempts"), 1)] == [attempt["id"]]


def test_option_ids_differ_from_attempt_to_attempt(hall: Hall, exam: Exam, candidate: Api) -> None:
    other = hall.person("candidate")
    exam.assign(other)
    papers = [started(exam, api)["paper"] for api in (candidate, hall.api(other))]
    ids = [{option["id"] for slot in paper for option in slot.get("options", [])} for paper in papers]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_attempts_and_results_of_an_exam(exam: Exam, candidate: Api) -> None:
    attempt = started(exam, candidate)
    admin, path = exam.admin, f"/exams/{exam.id}"
    [row] = listed(admin.get(f"{path}/attempts"), 1)
    assert (row["id"], row["state"], row["email"]) == (attempt["id"], "open", candidate.person.email)
    assert listed(admin.get(f"{path}/results"), 0) == []
    candidate.post(f"/attempts/{attempt['id']}/submit")
    [row] = listed(admin.get(f"{path}/results"), 1)
    assert (row["attempt_id"], row["points"], row["max_points"], row["percent"]) == (attempt["id"], "0", "5", "0")
    for which in ("attempts", "results"):
        for query, headers in (("?format=csv", {}), ("", {"Accept": "text/csv"})):
            answer = admin.get(f"{path}/{which}{query}", headers=headers)
            assert (answer.status_code, answer.mimetype) == (200, "text/csv")
            header, *rows = answer.text.removeprefix("\ufeff").splitlines()
            assert {"name", "email", "number", "state", "started_at", "submitted_at"} <= set(header.split(","))
            assert len(rows) == 1
            assert candidate.person.email in rows[0]
        problem(admin.get(f"{path}/{which}?format=pdf"), 400)
        problem(candidate.get(f"{path}/{which}"), 403)


def test_banks_questions_and_versions(hall: Hall) -> None:
    author = hall.api("author")
    bank = made(author.post("/banks", {"name": "Safety", "description": ""}))
    path = f"/banks/{bank['id']}"
    assert [item["id"] for item in listed(author.get("/banks"), 1)] == [bank["id"]]
    problem(author.patch(path, {"name": "Fire"}, headers={}), 428)
    assert author.patch(path, {"name": "Fire"}).json["name"] == "Fire"
    problem(author.patch(path, {"name": "Ice"}, headers={"If-Match": '"nonsense"'}), 412)

    question = made(author.post(f"{path}/questions", {"type": "numeric", "name": "Sum", "body": body("numeric")}))
    assert listed(author.get(f"{path}/questions"), 1)[0]["id"] == question["id"]
    path = f"/questions/{question['id']}"
    assert author.get(path).json == question
    problem(author.patch(path, {"tags": ["sums"]}, headers={}), 428)
    changed = author.patch(path, {"tags": ["sums"], "category": "maths/easy", "status": "retired"})
    assert (changed.status_code, changed.json["tags"]) == (200, ["sums"])
    assert (changed.json["category"], changed.json["status"]) == ("maths/easy", "retired")

    asks = body("numeric") | {"prompt": "<p>Twice 12.5?</p>"}
    version = made(author.post(f"{path}/versions", {"body": asks}))
    assert version["number"] == 2
    rows = listed(author.get(f"{path}/versions"), 2)
    assert [(row["number"], row["body"]["answers"][0]["value"]) for row in rows] == [(2, "25"), (1, "25")]


def test_imports(hall: Hall) -> None:
    author = hall.api("author")
    bank = made(author.post("/banks", {"name": "Safety", "description": ""}))
    path = f"/banks/{bank['id']}/imports"

    def send(text: str, query: str = "") -> Any:
        return author.post(path + query, data={"file": (io.BytesIO(text.encode()), "q.gift"), "format": "gift"})

    members = {
        "id", "bank_id", "state", "format", "file_name", "size", "options", "found", "progress", "failure", "errors",
        "losses", "columns", "created_at", "committed_at",
    }  # fmt: skip
    look = made(send("::One:: Is it? {T}\n"))
    assert (set(look), look["state"], look["errors"], look["committed_at"]) == (members, "read", [], None)
    assert [row["id"] for row in listed(author.get(path), 1)] == [look["id"]]
    (question,) = listed(author.get(f"/imports/{look['id']}/questions"), 1)
    assert (question["place"], question["line"], question["name"], question["choice"]) == (1, 1, "One", None)
    faulty = made(send("::One:: Is it? {T}\n\n::Two:: Which? {~a ~b"))
    assert [set(error) for error in faulty["errors"]] == [{"line", "element", "message"}]
    problem(author.post(f"/imports/{faulty['id']}/commit"), 422)
    problem(send("::Two:: Which? {~a ~b", "?commit=true"), 422)
    assert author.delete(f"/imports/{faulty['id']}").status_code == 204
    listed(author.get(f"/banks/{bank['id']}/questions"), 0)
    done = author.post(f"/imports/{look['id']}/commit")
    assert (done.status_code, done.json["state"], done.json["found"]["added"]) == (200, "committed", 1)
    listed(author.get(f"/banks/{bank['id']}/questions"), 1)
    problem(author.post(f"/imports/{look['id']}/commit"), 409)
    undone = author.post(f"/imports/{look['id']}/undo")
    assert (undone.status_code, undone.json["state"]) == (200, "undone")
    listed(author.get(f"/banks/{bank['id']}/questions"), 0)


def test_exports(hall: Hall) -> None:
    author = hall.api("author")
    bank = made(author.post("/banks", {"name": "Safety", "description": ""}))
    path = f"/banks/{bank['id']}"
    made(author.post(f"{path}/questions", {"type": "numeric", "name": "Sum", "body": body("numeric")}))
    check = author.get(f"{path}/export/check?format=examhall")
    assert (check.status_code, check.json) == (200, {"format": "examhall", "questions": 1, "losses": []})
    file = author.get(f"{path}/export?format=examhall")
    assert (file.status_code, file.mimetype, file.json["examhall"]) == (200, "application/json", 1)
    assert "attachment; filename=Safety.json" in file.headers["Content-Disposition"]
    problem(author.get(f"{path}/export?format=word"), 422)
    problem(author.get(f"{path}/export?ids=x"), 400)
