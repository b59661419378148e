"""The addresses of attempts."""

from __future__ import annotations

from examhall.attempts import api
from examhall.web.routes import Route

ROUTES = [
    Route("/api/v1/exams/<uuid:exam_id>/attempts", "api_attempt_start", api.Start),
    Route("/api/v1/exams/<uuid:exam_id>/attempts", "api_exam_attempts", api.ExamAttempts),
    Route("/api/v1/attempts", "api_attempts", api.OwnAttempts),
    Route("/api/v1/attempts/<uuid:id>", "api_attempt", api.OwnAttempt),
    Route("/api/v1/attempts/<uuid:id>/answers", "api_answers", api.Answers),
    Route("/api/v1/attempts/<uuid:id>/submit", "api_submit", api.Submit),
]
