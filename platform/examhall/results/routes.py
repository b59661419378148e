"""The addresses of results."""

from __future__ import annotations

from examhall.results import api, uses_views, views
from examhall.web.routes import Route

ROUTES = [
    Route("/api/v1/attempts/<uuid:id>/result", "api_result", api.Result),
    Route("/api/v1/exams/<uuid:exam_id>/results", "api_exam_results", api.ExamResults),
    Route("/attempts", "attempt_list", views.AttemptList),
    Route("/attempts/<uuid:id>/result", "attempt_result", views.AttemptResult),
    Route("/manage/exams/<uuid:exam_id>/results", "exam_results", views.ExamResults),
    Route("/manage/exams/<uuid:exam_id>/results.csv", "exam_results_csv", views.ExamResultsCsv),
    Route("/manage/attempts/<uuid:id>", "exam_attempt_review", views.AttemptReview),
    Route("/manage/questions/<uuid:id>/uses", "question_uses", uses_views.QuestionUsesPage),
    Route("/api/v1/questions/<uuid:id>/uses", "api_question_uses", uses_views.QuestionUses),
]
