"""What is due, as data: who holds which permission, and what each verb of each route answers to those who may call it.

A new route needs a row here. The guards of the code are held against this page, not this page against the code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

#: Who may everything with an open bank; others find nothing there until it is shared with them.
WORK_IN_BANKS = {"author", "admin"}

#: Permission to the roles that hold it.
MAY = {
    "exams.view": {"candidate", "author", "marker", "invigilator", "admin"},
    "exams.sit": {"candidate"},
    "exams.read": {"author", "marker", "invigilator", "admin"},
    "exams.write": {"author", "admin"},
    "exams.assign": {"admin"},
    "banks.read": {"author", "marker", "invigilator", "admin"},
    "banks.write": {"author", "admin"},
    "attempts.read": {"marker", "invigilator", "admin"},
    "results.read": {"marker", "admin"},
    "users.read": {"admin"},
    "users.write": {"admin"},
}


@dataclass(frozen=True)
class Call:
    """One verb of one route."""

    #: What whoever may do this gets.
    ok: int
    #: None for everybody, "" for everybody signed in, else the permission that is needed.
    needs: str | None = None
    #: The things that the parts of the address name, in their order.
    at: str = ""
    #: The body: JSON under /api, a form elsewhere.
    sends: dict[str, Any] | None = None
    #: The thing whose revision goes along as If-Match.
    tag: str = ""
    #: Among candidates only the one whose it is may; all others find nothing.
    owner: bool = False
    #: What those signed in get, where it is something else.
    known: int | None = None


NOTHING = {"question_id": "00000000-0000-0000-0000-000000000000"}
NOBODYS = NOTHING["question_id"]
ANSWER = {"answers": [{"slot": 1, "response": None, "seq": 9}]}
QUESTION = {"type": "true_false", "name": "New", "body": {"prompt": "Is it?", "correct": True}}
PERSON = {"email": "new@example.org", "name": "New", "role": "author"}

ROWS: dict[str, dict[str, Call]] = {
    # files, looks, the way in
    "home": {"GET": Call(303, "")},
    "static": {"GET": Call(200)},
    "brand_css": {"GET": Call(200)},
    "favicon": {"GET": Call(302)},
    "api_tenant": {"GET": Call(200)},
    "api_openapi": {"GET": Call(200)},
    "api_docs": {"GET": Call(200)},
    "sign_in": {"GET": Call(200, known=303), "POST": Call(403, sends={})},
    "sign_out": {"POST": Call(303, "", sends={})},
    "set_locale": {"POST": Call(303, sends={"locale": "en"})},
    "account": {"GET": Call(200, "")},
    "password": {"GET": Call(200, ""), "POST": Call(422, "", sends={})},
    "api_login": {"POST": Call(401, sends={"email": "nobody@example.org", "password": "wrong"})},
    "api_refresh": {"POST": Call(401, "")},
    "api_logout": {"POST": Call(204, "")},
    "api_password": {"POST": Call(422, "", sends={"current_password": "wrong", "new_password": "another good one"})},
    "api_me": {"GET": Call(200, "")},
    # people
    "user_list": {"GET": Call(200, "users.read")},
    "user_new": {"GET": Call(200, "users.write"), "POST": Call(201, "users.write", sends=PERSON)},
    "user_edit": {"GET": Call(200, "users.read", "user"), "POST": Call(412, "users.write", "user", {"name": "New"})},
    "user_access": {"POST": Call(303, "users.write", "user", {})},
    "user_password": {"GET": Call(303, "users.write", "user"), "POST": Call(200, "users.write", "user", {})},
    "api_users": {"GET": Call(200, "users.read"), "POST": Call(201, "users.write", sends=PERSON)},
    "api_user": {
        "GET": Call(200, "users.read", "user"),
        "PATCH": Call(200, "users.write", "user", {"name": "New"}),
        "DELETE": Call(204, "users.write", "user"),
    },
    "group_list": {"GET": Call(200, "users.read")},
    "group_new": {"GET": Call(200, "users.write"), "POST": Call(303, "users.write", sends={"name": "New"})},
    "group_edit": {"GET": Call(200, "users.read", "group"), "POST": Call(412, "users.write", "group", {})},
    "group_people": {"GET": Call(200, "users.write", "group"), "POST": Call(303, "users.write", "group", {})},
    "group_remove": {"POST": Call(303, "users.write", "group", {})},
    "group_delete": {"POST": Call(412, "users.write", "group", {})},
    "api_groups": {"GET": Call(200, "users.read"), "POST": Call(201, "users.write", sends={"name": "New"})},
    "api_group": {
        "GET": Call(200, "users.read", "group"),
        "PATCH": Call(200, "users.write", "group", {"name": "New"}, tag="group"),
        "DELETE": Call(204, "users.write", "group", tag="group"),
    },
    "api_group_members": {
        "GET": Call(200, "users.read", "group"),
        "POST": Call(422, "users.write", "group", {"user_ids": [NOTHING["question_id"]]}),
    },
    "api_group_member": {"DELETE": Call(204, "users.write", "group member")},
    # banks
    "bank_list": {"GET": Call(200, "banks.read")},
    "bank_new": {"GET": Call(200, "banks.write"), "POST": Call(303, "banks.write", sends={"name": "New"})},
    "bank_edit": {"GET": Call(200, "banks.write", "bank"), "POST": Call(412, "banks.write", "bank", {"name": "New"})},
    "question_differences": {"GET": Call(200, "banks.read", "question")},
    "api_differences": {"GET": Call(200, "banks.read", "question 1")},
    "question_uses": {"GET": Call(200, "banks.read", "question")},
    "api_question_uses": {"GET": Call(200, "banks.read", "question")},
    "bank_duplicates": {"GET": Call(200, "banks.read", "bank"), "POST": Call(404, "banks.write", "bank", {})},
    "api_bank_duplicates": {
        "GET": Call(200, "banks.read", "bank"),
        "POST": Call(422, "banks.write", "bank", {"question_ids": [NOBODYS, NOBODYS]}),
    },
    "bank_sharing": {"GET": Call(200, "banks.write", "bank"), "POST": Call(412, "banks.write", "bank", {})},
    "api_bank_shares": {
        "GET": Call(200, "banks.read", "bank"),
        "PUT": Call(200, "banks.write", "bank", {"open": True, "shares": [{"role": "marker", "access": "read"}]}),
    },
    "question_list": {"GET": Call(200, "banks.read", "bank")},
    "question_new": {"GET": Call(200, "banks.write", "bank"), "POST": Call(404, "banks.write", "bank", {})},
    "question_import": {"GET": Call(200, "banks.write", "bank"), "POST": Call(422, "banks.write", "bank", {})},
    "question_detail": {
        "GET": Call(200, "banks.read", "question"),
        "POST": Call(412, "banks.write", "question", {}),
    },
    "question_edit": {
        "GET": Call(200, "banks.write", "question"),
        "POST": Call(412, "banks.write", "question", {}),
    },
    "question_preview": {"POST": Call(404, "banks.write", sends={})},
    "formula_preview": {"GET": Call(200, "banks.write")},
    "medium": {"GET": Call(200, "", "medium")},
    "api_medium": {"GET": Call(200, "", "medium")},
    "api_media": {"GET": Call(200, "banks.read"), "POST": Call(422, "banks.write")},
    "api_banks": {"GET": Call(200, "banks.read"), "POST": Call(201, "banks.write", sends={"name": "New"})},
    "api_bank": {
        "GET": Call(200, "banks.read", "bank"),
        "PATCH": Call(200, "banks.write", "bank", {"name": "New"}, tag="bank"),
    },
    "api_questions": {
        "GET": Call(200, "banks.read", "bank"),
        "POST": Call(201, "banks.write", "bank", QUESTION),
    },
    # files in and out; "import" is a faulty one that is read
    "question_export": {"GET": Call(200, "banks.read", "bank")},
    "api_export": {"GET": Call(200, "banks.read", "bank")},
    "api_export_check": {"GET": Call(200, "banks.read", "bank")},
    "import_list": {"GET": Call(200, "banks.write", "bank")},
    "import_page": {"GET": Call(200, "banks.write", "import"), "POST": Call(400, "banks.write", "import", {})},
    "import_medium": {"GET": Call(404, "banks.write", "import medium")},
    "api_imports": {"GET": Call(200, "banks.write", "bank"), "POST": Call(422, "banks.write", "bank")},
    "api_import_questions": {"GET": Call(200, "banks.write", "import")},
    "api_import_commit": {"POST": Call(422, "banks.write", "import", {})},
    "api_import_undo": {"POST": Call(409, "banks.write", "import", {})},
    "api_import": {
        "GET": Call(200, "banks.write", "import"),
        "PATCH": Call(200, "banks.write", "import", {"duplicates": "skip"}),
        "DELETE": Call(204, "banks.write", "import"),
    },
    "api_question": {
        "GET": Call(200, "banks.read", "question"),
        "PATCH": Call(200, "banks.write", "question", {"name": "New"}, tag="question"),
    },
    "api_versions": {
        "GET": Call(200, "banks.read", "question"),
        "POST": Call(201, "banks.write", "question", {"body": QUESTION["body"]}),
    },
    # how questions are filed
    "question_bulk": {"POST": Call(303, "banks.write", "bank", {})},
    "question_chosen_export": {"POST": Call(303, "banks.read", "bank", {})},
    "bulk_undo": {"POST": Call(303, "banks.write", "bulk", {})},
    "filter_keep": {"POST": Call(303, "banks.read", "bank", {"name": "New"})},
    "filter_forget": {"POST": Call(404, "banks.read", NOBODYS, {})},
    "category_tree": {
        "GET": Call(200, "banks.read", "bank"),
        "POST": Call(303, "banks.write", "bank", {"name": "New"}),
    },
    "category_edit": {
        "GET": Call(200, "banks.write", "category"),
        "POST": Call(412, "banks.write", "category", {}),
    },
    "category_remove": {"POST": Call(412, "banks.write", "category", {})},
    "comment_add": {"POST": Call(303, "banks.read", "question", {"text": "New"})},
    "comment_remove": {"POST": Call(404, "banks.read", NOBODYS, {})},
    "api_categories": {
        "GET": Call(200, "banks.read", "bank"),
        "POST": Call(201, "banks.write", "bank", {"name": "New"}),
    },
    "api_category": {
        "GET": Call(200, "banks.read", "category"),
        "PATCH": Call(200, "banks.write", "category", {"name": "New"}, tag="category"),
        "DELETE": Call(204, "banks.write", "category", tag="category"),
    },
    "api_tags": {"GET": Call(200, "banks.read", "bank")},
    "api_filters": {
        "GET": Call(200, "banks.read", "bank"),
        "POST": Call(201, "banks.read", "bank", {"name": "New", "query": {"q": "x"}}),
    },
    "api_filter": {"DELETE": Call(404, "banks.read", NOBODYS)},
    "api_comments": {
        "GET": Call(200, "banks.read", "question"),
        "POST": Call(201, "banks.read", "question", {"text": "New"}),
    },
    "api_comment": {"DELETE": Call(404, "banks.read", NOBODYS)},
    "api_bulk": {"POST": Call(201, "banks.write", "bank", {"action": "tag", "tag": "new", "filter": {}})},
    "api_bulk_undo": {"POST": Call(200, "banks.write", "bulk")},
    # exams
    "exam_list": {"GET": Call(200, "exams.sit")},
    "exam_start": {"GET": Call(200, "exams.sit", "exam", owner=True)},
    "exam_manage_list": {"GET": Call(200, "exams.read")},
    "exam_new": {"GET": Call(200, "exams.write"), "POST": Call(303, "exams.write", sends={"title": "New"})},
    "exam_edit": {"GET": Call(200, "exams.read", "draft"), "POST": Call(412, "exams.write", "draft", {})},
    "exam_state": {"POST": Call(412, "exams.write", "draft", {})},
    "exam_copy": {"POST": Call(303, "exams.write", "draft", {})},
    "exam_delete": {"POST": Call(412, "exams.write", "draft", {})},
    "exam_preview": {"GET": Call(200, "exams.read", "draft")},
    "exam_sections": {"GET": Call(200, "exams.read", "draft")},
    "exam_section_new": {"GET": Call(200, "exams.write", "draft"), "POST": Call(422, "exams.write", "draft", {})},
    "exam_section_edit": {
        "GET": Call(200, "exams.write", "draft section"),
        "POST": Call(412, "exams.write", "draft section", {}),
    },
    "exam_section_questions": {
        "GET": Call(200, "exams.write", "draft section"),
        "POST": Call(303, "exams.write", "draft section", {}),
    },
    "exam_section_move": {"POST": Call(303, "exams.write", "draft section", {})},
    "exam_section_remove": {"POST": Call(412, "exams.write", "draft section", {})},
    "exam_assignments": {"GET": Call(200, "exams.read", "draft")},
    "exam_people": {"GET": Call(200, "exams.assign", "draft"), "POST": Call(303, "exams.assign", "draft", {})},
    "exam_assignment_edit": {
        "GET": Call(200, "exams.assign", "draft assignment"),
        "POST": Call(412, "exams.assign", "draft assignment", {}),
    },
    "exam_assignment_remove": {"POST": Call(303, "exams.assign", "draft assignment", {})},
    "api_exams": {
        "GET": Call(200, "exams.view"),
        "POST": Call(201, "exams.write", sends={"title": "New", "description": ""}),
    },
    "api_exam": {
        "GET": Call(200, "exams.view", "exam", owner=True),
        "PATCH": Call(200, "exams.write", "draft", {"title": "New"}, tag="draft"),
        "DELETE": Call(204, "exams.write", "draft", tag="draft"),
    },
    "api_exam_copies": {"POST": Call(201, "exams.write", "exam")},
    "api_sections": {"GET": Call(200, "exams.read", "draft"), "POST": Call(201, "exams.write", "draft", {})},
    "api_section": {
        "GET": Call(200, "exams.read", "draft section"),
        "PATCH": Call(200, "exams.write", "draft section", {"title": "New"}),
        "DELETE": Call(204, "exams.write", "draft section"),
    },
    "api_assignments": {
        "GET": Call(200, "exams.read", "draft"),
        "POST": Call(422, "exams.assign", "draft", {"user_id": NOTHING["question_id"]}),
    },
    "api_assignment": {
        "GET": Call(200, "exams.read", "draft assignment"),
        "PATCH": Call(200, "exams.assign", "draft assignment", {"extra_attempts": 1}),
        "DELETE": Call(204, "exams.assign", "draft assignment"),
    },
    # attempts
    "api_attempt_start": {"POST": Call(200, "exams.sit", "exam", owner=True)},
    "api_exam_attempts": {"GET": Call(200, "attempts.read", "exam")},
    "api_attempts": {"GET": Call(200, "exams.sit")},
    "api_attempt": {"GET": Call(200, "exams.sit", "attempt", owner=True)},
    "api_answers": {"PUT": Call(200, "exams.sit", "attempt", ANSWER, owner=True)},
    "api_attempt_files": {"POST": Call(422, "exams.sit", "attempt", owner=True)},
    "api_attempt_file": {"GET": Call(200, "exams.sit", "attempt file", owner=True)},
    "api_exam_attempt_file": {"GET": Call(200, "attempts.read", "attempt file")},
    "api_submit": {"POST": Call(200, "exams.sit", "attempt", owner=True)},
    "attempt_start": {"POST": Call(303, "exams.sit", "exam", {}, owner=True)},
    "attempt_page": {"GET": Call(200, "exams.sit", "attempt", owner=True)},
    "attempt_submit": {"POST": Call(303, "exams.sit", "attempt", {}, owner=True)},
    "attempt_list": {"GET": Call(200, "exams.sit")},
    "exam_attempts": {"GET": Call(200, "attempts.read", "exam")},
    # results
    "api_result": {"GET": Call(200, "exams.sit", "finished", owner=True)},
    "api_exam_results": {"GET": Call(200, "results.read", "exam")},
    "attempt_result": {"GET": Call(200, "exams.sit", "finished", owner=True)},
    "exam_results": {"GET": Call(200, "results.read", "exam")},
    "exam_results_csv": {"GET": Call(200, "results.read", "exam")},
    "exam_attempt_review": {"GET": Call(200, "results.read", "finished")},
}
