"""Essays and files wait for a marker; what candidates hand up is kept, checked, and given out as a download only."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from hall import Api, Hall, MakeHall
from sitting import Exam, compose, right_answer, save, started

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"


def sitting(hall: Hall, *kinds: str, **settings: Any) -> tuple[Exam, Api, dict[str, Any]]:
    """An exam of these types, a candidate of it, and their attempt."""
    exam = compose(hall, kinds=kinds, **settings)
    candidate = hall.api("candidate")
    assert candidate.person is not None
    exam.assign(candidate.person)
    return exam, candidate, started(exam, candidate)


def hand_up(candidate: Api, attempt: dict[str, Any], slot: int | str, name: str, data: bytes) -> Any:
    parts = {"slot": str(slot), "file": (io.BytesIO(data), name)}
    return candidate.post(f"/attempts/{attempt['id']}/files", data=parts, content_type="multipart/form-data")


def submitted(candidate: Api, attempt: dict[str, Any]) -> Any:
    assert candidate.post(f"/attempts/{attempt['id']}/submit").status_code == 200
    return candidate.get(f"/attempts/{attempt['id']}/result").json


def test_an_essay_waits_for_a_marker_and_the_result_says_so(hall: Hall) -> None:
    exam, candidate, attempt = sitting(hall, "single_choice", "essay", pass_mark="40")
    answers = [right_answer(attempt["paper"][0]), {"text": "Air scatters short waves most."}]
    save(candidate, attempt, *[{"slot": n, "response": r, "seq": 1} for n, r in enumerate(answers, start=1)])
    result = submitted(candidate, attempt)
    assert result["grade"] == {"points": "1", "max": "2", "percent": "50", "passed": None, "pending": 1}
    assert [slot["correctness"] for slot in result["slots"]] == ["right", "pending"]
    assert "mark" not in result["slots"][1]
    listed = exam.admin.get(f"/exams/{exam.id}/results").json
    assert [(row["pending"], row["passed"]) for row in listed] == [(1, None)]


def test_a_blank_essay_needs_no_marker(hall: Hall) -> None:
    _, candidate, attempt = sitting(hall, "essay", pass_mark="50")
    save(candidate, attempt, {"slot": 1, "response": {"text": "  "}, "seq": 1})
    result = submitted(candidate, attempt)
    assert result["grade"] == {"points": "0", "max": "1", "percent": "0", "passed": False, "pending": 0}


def test_a_description_asks_nothing_and_is_worth_nothing(hall: Hall) -> None:
    _, candidate, attempt = sitting(hall, "description", "true_false")
    described, asked = attempt["paper"]
    assert (described["answerable"], described["points"]) == (False, "0")
    assert "answerable" not in asked
    saved = save(candidate, attempt, {"slot": 1, "response": {"text": "Hello"}, "seq": 1})
    assert saved["refused"][0]["code"] == "invalid"
    save(candidate, attempt, {"slot": 2, "response": {"value": True}, "seq": 1})
    result = submitted(candidate, attempt)
    assert result["grade"]["percent"] == "100"
    assert "correctness" not in result["slots"][0]


class TestFiles:
    def test_a_file_is_kept_named_by_the_answer_and_downloaded(self, hall: Hall) -> None:
        exam, candidate, attempt = sitting(hall, "upload")
        made = hand_up(candidate, attempt, 1, "../../drawing\u202e.PDF", PDF)
        assert made.status_code == 201, made.text
        file = made.json
        assert (file["name"], file["size"]) == ("drawing.PDF", len(PDF))
        saved = save(candidate, attempt, {"slot": 1, "response": {"files": [file["id"]]}, "seq": 1})
        assert saved["refused"] == []
        again = candidate.get(f"/attempts/{attempt['id']}").json
        url = f"/attempts/{attempt['id']}/files/{file['id']}"
        shown = {"id": file["id"], "name": "drawing.PDF", "size": len(PDF), "url": f"/api/v1{url}"}
        assert again["paper"][0]["files"] == [shown]
        for reader, path in ((candidate, url), (exam.admin, url.replace("/attempts", "/exam-attempts"))):
            got = reader.get(path)
            assert (got.status_code, got.data) == (200, PDF)
            assert got.headers["Content-Disposition"].startswith("attachment")
            assert (got.mimetype, got.headers["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
            got.close()
        result = submitted(candidate, attempt)
        assert result["slots"][0]["correctness"] == "pending"
        assert result["slots"][0]["files"][0]["id"] == file["id"]

    def test_nobody_else_gets_it(self, hall: Hall) -> None:
        _, candidate, attempt = sitting(hall, "upload")
        file = hand_up(candidate, attempt, 1, "a.pdf", PDF).json
        path = f"/attempts/{attempt['id']}/files/{file['id']}"
        assert hall.api("author").get(path).status_code == 403
        for_staff = path.replace("/attempts", "/exam-attempts")
        assert hall.api("candidate").get(for_staff).status_code == 403
        assert hall.api("admin", "qalam").get(for_staff).status_code == 404
        other = hall.api("candidate")
        assert other.get(path).status_code == 404
        assert hand_up(other, attempt, 1, "a.pdf", PDF).status_code == 404

    @pytest.mark.parametrize(
        ("slot", "name", "data", "status", "field"),
        [
            (1, "a.exe", b"MZ", 422, "file"),
            (1, "a.pdf", b"<html><script>", 422, "file"),
            (1, "a.txt", b"caf\xe9", 422, "file"),
            (1, "a.txt", b"", 422, "file"),
            (1, "pdf", b"", 422, "file"),
            (1, "a.txt", b"x" * 100_001, 413, None),
            (2, "a.pdf", PDF, 422, "slot"),
            (9, "a.pdf", PDF, 422, "slot"),
            ("x", "a.pdf", PDF, 422, "slot"),
            ("²", "a.pdf", PDF, 422, "slot"),
        ],
    )
    def test_what_the_question_does_not_take_is_refused(
        self, hall: Hall, slot: int, name: str, data: bytes, status: int, field: str | None
    ) -> None:
        _, candidate, attempt = sitting(hall, "upload", "essay")
        answer = hand_up(candidate, attempt, slot, name, data)
        assert answer.status_code == status, answer.text
        assert [error["field"] for error in answer.json.get("errors", [])] == ([field] if field else [])

    def test_an_answer_names_only_files_of_its_own_slot(self, hall: Hall) -> None:
        _, candidate, attempt = sitting(hall, "upload")
        invented = {"files": ["0" * 32]}
        saved = save(candidate, attempt, {"slot": 1, "response": invented, "seq": 1})
        assert saved["refused"][0]["code"] == "invalid"

    def test_a_part_without_a_name_is_refused_like_any_other_form(self, hall: Hall) -> None:
        _, candidate, attempt = sitting(hall, "upload")
        part = b"--b\r\nContent-Disposition: form-data; filename=x\r\n\r\nx\r\n"
        answer = candidate.post(
            f"/attempts/{attempt['id']}/files",
            data=part * 2 + b'--b\r\nContent-Disposition: form-data; name="slot"; filename=y\r\n\r\n1\r\n--b--\r\n',
            content_type="multipart/form-data; boundary=b",
            headers={"Idempotency-Key": "one"},
        )
        assert answer.status_code == 422

    def test_after_the_end_nothing_is_taken(self, hall: Hall) -> None:
        _, candidate, attempt = sitting(hall, "upload")
        submitted(candidate, attempt)
        assert hand_up(candidate, attempt, 1, "a.pdf", PDF).status_code == 409

    def test_there_is_an_end_to_replacing(self, hall: Hall) -> None:
        _, candidate, attempt = sitting(hall, "upload")
        states = {hand_up(candidate, attempt, 1, "a.txt", b"%d" % n).status_code for n in range(21)}
        assert states == {201, 409}

    @pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
    def test_there_is_an_end_to_what_one_attempt_holds(self, make_hall: MakeHall, engine: str) -> None:
        hall = make_hall(engine, max_attempt_bytes=150_000)
        _, candidate, attempt = sitting(hall, "upload")
        assert hand_up(candidate, attempt, 1, "a.txt", b"a" * 90_000).status_code == 201
        beyond = hand_up(candidate, attempt, 1, "b.txt", b"b" * 90_000)
        assert (beyond.status_code, beyond.json["code"]) == (409, "files_full")
        assert "0.143 MB" in beyond.json["detail"]
        assert hand_up(candidate, attempt, 1, "c.txt", b"c" * 60_000).status_code == 201
        with hall.inside() as app:
            kept = [file.stat().st_size for file in Path(app.instance_path).glob("*.media/*/*")]
        assert sorted(kept) == [60_000, 90_000], "what is refused takes no place on the disk"

    @pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "one"}])
    def test_a_file_that_is_too_large_is_refused_unread(self, hall: Hall, headers: dict[str, str]) -> None:
        _, candidate, attempt = sitting(hall, "upload")

        class Unread(io.BytesIO):
            def read(self, *_: Any) -> bytes:
                raise AssertionError("it was read")

            readinto = readline = read  # type: ignore[assignment]

        answer = candidate.post(
            f"/attempts/{attempt['id']}/files",
            input_stream=Unread(),
            content_type="multipart/form-data; boundary=b",
            environ_overrides={"CONTENT_LENGTH": "10000000"},
            headers=headers,
        )
        assert (answer.status_code, answer.json["code"]) == (413, "payload_too_large")
        assert "0.0954 MB" in answer.json["detail"]


def test_an_app_gets_formulas_as_mathml_and_media_as_addresses(hall: Hall) -> None:
    admin = hall.api("admin")
    picture = io.BytesIO()
    Image.new("RGB", (2, 2)).save(picture, "PNG")
    parts = {"file": (io.BytesIO(picture.getvalue()), "dot.png")}
    digest = admin.post("/media", data=parts, content_type="multipart/form-data").json["digest"]
    prompt = rf'<p>Is \(x^2\) seen?</p><img src="media:{digest}" alt="A dot">'
    exam = compose(hall, kinds=("true_false",), state="draft")
    (question,) = exam.questions.values()
    version = {"body": {"prompt": prompt, "correct": True}}
    assert admin.post(f"/questions/{question}/versions", version).status_code == 201
    exam.change(state="published")
    candidate = hall.api("candidate")
    assert candidate.person is not None
    exam.assign(candidate.person)
    shown = started(exam, candidate)["paper"][0]["prompt"]
    assert "<msup>" in shown
    assert f'src="/api/v1/media/{digest}"' in shown
    got = candidate.get(f"/media/{digest}")
    assert (got.status_code, got.mimetype) == (200, "image/png")
    got.close()


def test_a_file_that_the_disk_has_lost_is_not_there(hall: Hall) -> None:
    _, candidate, attempt = sitting(hall, "upload")
    file = hand_up(candidate, attempt, 1, "a.pdf", PDF).json
    for kept in hall.settings.instance_folder.rglob("*.media/*/*"):
        kept.unlink()
    assert candidate.get(f"/attempts/{attempt['id']}/files/{file['id']}").status_code == 404
