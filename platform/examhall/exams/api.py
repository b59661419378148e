"""The JSON face of exams: settings, sections, assignments; for candidates what is open to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response, current_app, make_response, request, url_for
from flask.typing import ResponseReturnValue

from examhall.clock import now
from examhall.errors import N_, Conflict, NotFound
from examhall.exams import access, operations
from examhall.exams.composing import picks_of
from examhall.exams.models import Assignment, Exam, ExamState, Section, SectionQuestion
from examhall.exams.reading import AssignmentList, assignments_of, copy_title, find_assignment, find_section
from examhall.exams.schemas import (
    Accommodations,
    AssignmentIn,
    AssignmentOut,
    AssignmentsOut,
    CandidateExamOut,
    CopyIn,
    DrawOut,
    ExamChange,
    ExamIn,
    ExamListed,
    ExamOut,
    ExamSeen,
    SectionIn,
    SectionOut,
    SectionQuestionOut,
)
from examhall.extensions import Statement, db
from examhall.identity.principal import me
from examhall.web.conditional import require_match
from examhall.web.guards import permitted
from examhall.web.views import ListView, MethodView, json_of, paging_headers


@permitted(GET="exams.view", POST="exams.write")
class Exams(ListView):
    """The exams of the organization."""

    model, schema = Exam, ExamListed
    filters, search, ordering = ("state",), ("title",), ("title", "opens_at", "closes_at", "created_at")
    bodies = {"POST": ExamIn}
    answers = {"POST": (201, ExamOut)}

    def get(self) -> ResponseReturnValue:
        """List exams: for staff all, for a candidate those that they may start or continue now."""
        return super().get()

    def query(self) -> Statement:
        """As much as the caller may see."""
        return access.every_exam() if me().may("exams.read") else access.sittable()

    def parameters(self) -> dict[str, Any]:
        """The caller, and now."""
        return access.asked_by(me().id, now())

    def post(self, data: ExamIn) -> ResponseReturnValue:
        """Make a draft. Title and description suffice; questions come with its sections."""
        exam = operations.create_exam(**data.model_dump(exclude_unset=True))
        return _created(exam, exam_out(exam), url_for("api_exam", id=exam.id))


@permitted(GET="exams.view", PATCH="exams.write", DELETE="exams.write")
class ExamItem(MethodView):
    """One exam."""

    model = Exam
    bodies = {"PATCH": ExamChange}
    answers = {"GET": (200, ExamSeen), "PATCH": (200, ExamOut), "DELETE": (204, None)}

    def get(self, id: UUID) -> ResponseReturnValue:
        """Show an exam: all settings to staff, to an assigned candidate what they need to know before they start."""
        if me().may("exams.read"):
            exam = access.find_exam(id)
            return json_of(exam, exam_out(exam))
        response = make_response(current_app.json.response(_facts(id)))
        # What a candidate sees changes with their attempts and accommodations, not only with the exam
        response.add_etag()
        return response.make_conditional(request)

    def patch(self, id: UUID, data: ExamChange) -> ResponseReturnValue:
        """Change what is sent; null takes a limit away. Send the ETag that you read as `If-Match`.

        `state` goes from draft to published (which checks that every candidate can be given a paper), from published to
        closed and back, and from published to draft as long as nobody has started.
        """
        exam = access.find_exam(id)
        require_match(exam)
        operations.update_exam(exam, **data.model_dump(exclude_unset=True))
        return json_of(exam, exam_out(exam))

    def delete(self, id: UUID) -> ResponseReturnValue:
        """Delete an exam that nobody has started. Send the ETag that you read as `If-Match`."""
        exam = access.find_exam(id)
        require_match(exam)
        operations.delete_exam(exam)
        return Response(status=204)


@permitted("exams.write")
class Copies(MethodView):
    """Copies of an exam, to change what can no longer be changed in the exam itself."""

    bodies = {"POST": CopyIn}
    answers = {"POST": (201, ExamOut)}

    def post(self, id: UUID, data: CopyIn) -> ResponseReturnValue:
        """Make a draft with the same settings and sections, without its window and without assignments."""
        exam = access.find_exam(id)
        copy = operations.copy_exam(exam, data.title or copy_title(exam))
        return _created(copy, exam_out(copy), url_for("api_exam", id=copy.id))


@permitted(GET="exams.read", POST="exams.write")
class Sections(ListView):
    """The sections of an exam: fixed questions, and draws from a bank."""

    model, schema = Section, SectionOut
    ordering, page_size = ("position",), 50
    bodies = {"POST": SectionIn}
    answers = {"POST": (201, SectionOut)}

    def get(self, exam_id: UUID) -> ResponseReturnValue:
        """List the sections in their order."""
        access.find_exam(exam_id)
        rows, page = self.page_of(self.query().where(Section.exam_id == exam_id))
        return sections_out(rows), 200, paging_headers(page, {"exam_id": exam_id})

    def post(self, exam_id: UUID, data: SectionIn) -> ResponseReturnValue:
        """Add a section. Once somebody has started the exam its sections stay as they are: change a copy of it."""
        section = operations.add_section(access.find_exam(exam_id), **data.model_dump())
        return _created(section, sections_out([section])[0], url_for("api_section", exam_id=exam_id, id=section.id))


@permitted(GET="exams.read", PATCH="exams.write", DELETE="exams.write")
class SectionItem(MethodView):
    """One section of an exam."""

    model, schema = Section, SectionOut
    bodies = {"PATCH": SectionIn}
    answers = {"DELETE": (204, None)}

    def get(self, exam_id: UUID, id: UUID) -> ResponseReturnValue:
        """Show a section."""
        section = find_section(exam_id, id)
        return json_of(section, sections_out([section])[0])

    def patch(self, exam_id: UUID, id: UUID, data: SectionIn) -> ResponseReturnValue:
        """Change what is sent; `questions` takes the place of all fixed questions, a null `draw` ends the drawing."""
        section = operations.update_section(find_section(exam_id, id), **data.model_dump(exclude_unset=True))
        return json_of(section, sections_out([section])[0])

    def delete(self, exam_id: UUID, id: UUID) -> ResponseReturnValue:
        """Remove a section; its questions stay in their bank."""
        operations.remove_section(find_section(exam_id, id))
        return Response(status=204)


@permitted(GET="exams.read", POST="exams.assign")
class Assignments(AssignmentList):
    """Who may sit an exam, and what they have beside the others."""

    schema = AssignmentOut
    bodies = {"POST": AssignmentIn}
    answers = {"POST": (201, AssignmentsOut)}

    def get(self, exam_id: UUID) -> ResponseReturnValue:
        """List the assignments."""
        access.find_exam(exam_id)
        return super().get(exam_id=exam_id)

    def post(self, exam_id: UUID, data: AssignmentIn) -> ResponseReturnValue:
        """Assign one person (`user_id`), several (`user_ids`) or all active candidates (`all_candidates`: true).

        One person is answered with their assignment, several with the list of the new ones. Where several are named,
        those assigned already are kept as they are.
        """
        if data.all_candidates:
            made = operations.assign_all(exam_id, **data.accommodations)
        else:
            asked = [data.user_id] if data.user_id else data.user_ids or []
            made = operations.assign(exam_id, asked, **data.accommodations)
        new = [self.represent(row) for row in db.session.execute(assignments_of(exam_id)) if row.id in set(made)]
        if data.user_id is None:
            return new, 201
        if not new:
            message = N_("This person is assigned already. Change their assignment instead.")
            raise Conflict(message, code="already_assigned")
        return new[0], 201, {"Location": url_for("api_assignment", exam_id=exam_id, id=new[0]["id"])}


@permitted(GET="exams.read", PATCH="exams.assign", DELETE="exams.assign")
class AssignmentItem(MethodView):
    """One person's assignment."""

    model, schema = Assignment, AssignmentOut
    bodies = {"PATCH": Accommodations}
    answers = {"DELETE": (204, None)}

    def get(self, exam_id: UUID, id: UUID) -> ResponseReturnValue:
        """Show an assignment."""
        return self.answer(find_assignment(exam_id, id))

    def patch(self, exam_id: UUID, id: UUID, data: Accommodations) -> ResponseReturnValue:
        """Change accommodations. They hold for attempts that are started from now on."""
        changes = data.model_dump(exclude_unset=True)
        return self.answer(operations.update_assignment(find_assignment(exam_id, id), **changes))

    def delete(self, exam_id: UUID, id: UUID) -> ResponseReturnValue:
        """Take the person off the exam. An attempt in progress goes on."""
        operations.unassign(find_assignment(exam_id, id))
        return Response(status=204)

    def answer(self, assignment: Assignment) -> Response:
        """The assignment with the person's name, and its ETag."""
        row = db.session.execute(assignments_of(assignment.exam_id).where(Assignment.id == assignment.id)).one()
        return json_of(assignment, self.represent(row))


def _created(record: Any, data: Any, address: str) -> Response:
    response = json_of(record, data, 201)
    response.headers["Location"] = address
    return response


def exam_out(exam: Exam) -> dict[str, Any]:
    """An exam as staff see it."""
    return ExamOut.model_validate(exam, from_attributes=True).model_dump(mode="json")


def sections_out(sections: Sequence[Section]) -> list[dict[str, Any]]:
    """Sections with their fixed questions."""
    picks = picks_of(section.id for section in sections)
    return [_section_out(section, picks[section.id]) for section in sections]


def _section_out(section: Section, picks: Sequence[SectionQuestion]) -> dict[str, Any]:
    draw = None
    if section.bank_id is not None:
        draw = DrawOut(
            bank_id=section.bank_id, count=section.draw_count, tag=section.draw_tag, category=section.draw_category,
            category_id=section.draw_category_id, points=section.draw_points,
        )  # fmt: skip
    questions = [
        SectionQuestionOut(question_id=pick.question_id, version_id=pick.version_id, points=pick.points)
        for pick in picks
    ]
    return SectionOut(
        id=section.id, title=section.title, position=section.position, shuffle=section.shuffle, questions=questions,
        draw=draw,
    ).model_dump(mode="json")  # fmt: skip


def _facts(exam_id: UUID) -> dict[str, Any]:
    """What a candidate reads before they start. Raises `NotFound` unless the exam is published and assigned to them."""
    found = access.admission(exam_id, me().id, now())
    if found is None or found.state is not ExamState.PUBLISHED:
        raise NotFound()
    question_count, total_points = access.extent(exam_id)
    return CandidateExamOut(
        id=found.exam_id, title=found.title, state=found.state, opens_at=found.opens_at, closes_at=found.closes_at,
        time_limit_minutes=found.minutes, attempts_allowed=found.attempts_allowed, attempts_used=found.attempts_used,
        open_attempt=found.open_attempt_id, description=found.description, attempts_left=found.attempts_left,
        access_code_required=bool(found.access_code), pass_mark=found.pass_mark, question_count=question_count,
        total_points=total_points,
    ).model_dump(mode="json")  # fmt: skip
