"""The addresses of the bank."""

from __future__ import annotations

from examhall.bank import api
from examhall.web.routes import Route

ROUTES = [
    Route("/api/v1/banks", "api_banks", api.Banks),
    Route("/api/v1/banks/<uuid:id>", "api_bank", api.BankItem),
    Route("/api/v1/banks/<uuid:id>/questions", "api_questions", api.Questions),
    Route("/api/v1/banks/<uuid:id>/imports", "api_imports", api.Imports),
    Route("/api/v1/questions/<uuid:id>", "api_question", api.QuestionItem),
    Route("/api/v1/questions/<uuid:id>/versions", "api_versions", api.Versions),
]
