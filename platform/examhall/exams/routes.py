"""The addresses of exams."""

from __future__ import annotations

from examhall.exams import api, assignment_pages, managing, section_pages, views
from examhall.web.routes import Route

ROUTES = [
    Route("/exams", "exam_list", views.ExamList),
    Route("/exams/<uuid:id>", "exam_start", views.ExamStart),
    Route("/manage/exams", "exam_manage_list", managing.ExamManageList),
    Route("/manage/exams/new", "exam_new", managing.ExamNew),
    Route("/manage/exams/<uuid:id>", "exam_edit", managing.ExamEdit),
    Route("/manage/exams/<uuid:id>/state", "exam_state", managing.ExamStateChange),
    Route("/manage/exams/<uuid:id>/copy", "exam_copy", managing.ExamCopy),
    Route("/manage/exams/<uuid:id>/delete", "exam_delete", managing.ExamDelete),
    Route("/manage/exams/<uuid:id>/preview", "exam_preview", managing.ExamPreview),
    Route("/manage/exams/<uuid:id>/sections", "exam_sections", section_pages.ExamSections),
    Route("/manage/exams/<uuid:id>/sections/new", "exam_section_new", section_pages.SectionNew),
    Route("/manage/exams/<uuid:exam_id>/sections/<uuid:id>", "exam_section_edit", section_pages.SectionEdit),
    Route(
        "/manage/exams/<uuid:exam_id>/sections/<uuid:id>/questions",
        "exam_section_questions",
        section_pages.SectionQuestions,
    ),
    Route("/manage/exams/<uuid:exam_id>/sections/<uuid:id>/move", "exam_section_move", section_pages.SectionMove),
    Route("/manage/exams/<uuid:exam_id>/sections/<uuid:id>/remove", "exam_section_remove", section_pages.SectionRemove),
    Route("/manage/exams/<uuid:exam_id>/people", "exam_assignments", assignment_pages.ExamAssignments),
    Route("/manage/exams/<uuid:exam_id>/people/add", "exam_people", assignment_pages.ExamPeople),
    Route("/manage/exams/<uuid:exam_id>/people/<uuid:id>", "exam_assignment_edit", assignment_pages.AssignmentEdit),
    Route(
        "/manage/exams/<uuid:exam_id>/people/<uuid:id>/remove",
        "exam_assignment_remove",
        assignment_pages.AssignmentRemove,
    ),
    Route("/api/v1/exams", "api_exams", api.Exams),
    Route("/api/v1/exams/<uuid:id>", "api_exam", api.ExamItem),
    Route("/api/v1/exams/<uuid:id>/copies", "api_exam_copies", api.Copies),
    Route("/api/v1/exams/<uuid:exam_id>/sections", "api_sections", api.Sections),
    Route("/api/v1/exams/<uuid:exam_id>/sections/<uuid:id>", "api_section", api.SectionItem),
    Route("/api/v1/exams/<uuid:exam_id>/assignments", "api_assignments", api.Assignments),
    Route("/api/v1/exams/<uuid:exam_id>/assignments/<uuid:id>", "api_assignment", api.AssignmentItem),
]
