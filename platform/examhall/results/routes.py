"""The addresses of results."""

from __future__ import annotations

from examhall.results import api
from examhall.web.routes import Route

ROUTES = [
    Route("/api/v1/attempts/<uuid:id>/result", "api_result", api.Result),
    Route("/api/v1/exams/<uuid:exam_id>/results", "api_exam_results", api.ExamResults),
]
