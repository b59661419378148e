"""The addresses of attempts."""

from __future__ import annotations

from examhall.attempts import api, views
from examhall.web.routes import Route

ROUTES = [
    Route("/api/v1/exams/<uuid:exam_id>/attempts", "api_attempt_start", api.Start),
    Route("/api/v1/exams/<uuid:exam_id>/attempts", "api_exam_attempts", api.ExamAttempts),
    Route("/api/v1/attempts", "api_attempts", api.OwnAttempts),
    Route("/api/v1/attempts/<uuid:id>", "api_attempt", api.OwnAttempt),
    Route("/api/v1/attempts/<uuid:id>/answers", "api_answers", api.Answers),
    Route("/api/v1/attempts/<uuid:id>/files", "api_attempt_files", api.Files),
    Route("/api/v1/attempts/<uuid:id>/files/<string(length=32):file_id>", "api_attempt_file", api.OwnFile),
    Route("/api/v1/exam-attempts/<uuid:id>/files/<string(length=32):file_id>", "api_exam_attempt_file", api.AnyFile),
    Route("/api/v1/attempts/<uuid:id>/submit", "api_submit", api.Submit),
    Route("/exams/<uuid:exam_id>/start", "attempt_start", views.Start),
    Route("/attempts/<uuid:id>", "attempt_page", views.Sitting),
    Route("/attempts/<uuid:id>/submit", "attempt_submit", views.Submit),
    Route("/manage/exams/<uuid:exam_id>/attempts", "exam_attempts", views.ExamAttempts),
]
