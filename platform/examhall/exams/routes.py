"""The addresses of exams."""

from __future__ import annotations

from examhall.exams import api
from examhall.web.routes import Route

ROUTES = [
    Route("/api/v1/exams", "api_exams", api.Exams),
    Route("/api/v1/exams/<uuid:id>", "api_exam", api.ExamItem),
    Route("/api/v1/exams/<uuid:id>/copies", "api_exam_copies", api.Copies),
    Route("/api/v1/exams/<uuid:exam_id>/sections", "api_sections", api.Sections),
    Route("/api/v1/exams/<uuid:exam_id>/sections/<uuid:id>", "api_section", api.SectionItem),
    Route("/api/v1/exams/<uuid:exam_id>/assignments", "api_assignments", api.Assignments),
    Route("/api/v1/exams/<uuid:exam_id>/assignments/<uuid:id>", "api_assignment", api.AssignmentItem),
]
