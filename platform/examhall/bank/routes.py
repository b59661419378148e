"""The addresses of the bank."""

from __future__ import annotations

from examhall.bank import api, media_views, views
from examhall.web.routes import Route

ROUTES = [
    Route("/manage/banks", "bank_list", views.BankListPage),
    Route("/manage/banks/new", "bank_new", views.BankNewPage),
    Route("/manage/banks/<uuid:id>/edit", "bank_edit", views.BankEditPage),
    Route("/manage/banks/<uuid:id>/questions", "question_list", views.QuestionListPage),
    Route("/manage/banks/<uuid:id>/questions/new", "question_new", views.QuestionNewPage),
    Route("/manage/banks/<uuid:id>/import", "question_import", views.QuestionImportPage),
    Route("/manage/questions/<uuid:id>", "question_detail", views.QuestionDetailPage),
    Route("/manage/questions/<uuid:id>/edit", "question_edit", views.QuestionEditPage),
    Route("/media/<digest>", "medium", media_views.MediumFile),
    Route("/api/v1/media", "api_media", media_views.Media),
    Route("/api/v1/media/<digest>", "api_medium", media_views.MediumFile),
    Route("/api/v1/banks", "api_banks", api.Banks),
    Route("/api/v1/banks/<uuid:id>", "api_bank", api.BankItem),
    Route("/api/v1/banks/<uuid:id>/questions", "api_questions", api.Questions),
    Route("/api/v1/banks/<uuid:id>/imports", "api_imports", api.Imports),
    Route("/api/v1/questions/<uuid:id>", "api_question", api.QuestionItem),
    Route("/api/v1/questions/<uuid:id>/versions", "api_versions", api.Versions),
]
