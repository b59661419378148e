"""The addresses of the bank."""

from __future__ import annotations

from examhall.bank import api, views
from examhall.bank.authoring import views as authoring_views
from examhall.bank.comparison import difference_views, repeat_views
from examhall.bank.content import views as media_views
from examhall.bank.exchange import api as import_api
from examhall.bank.exchange import export_views
from examhall.bank.exchange import pages as import_pages
from examhall.bank.filing import api as filing_api
from examhall.bank.filing import category_pages, list_pages
from examhall.bank.sharing import views as sharing_views
from examhall.web.routes import Route

ROUTES = [
    Route("/manage/banks", "bank_list", views.BankListPage),
    Route("/manage/banks/new", "bank_new", views.BankNewPage),
    Route("/manage/banks/<uuid:id>/edit", "bank_edit", views.BankEditPage),
    Route("/manage/banks/<uuid:id>/duplicates", "bank_duplicates", repeat_views.RepeatsPage),
    Route("/manage/banks/<uuid:id>/sharing", "bank_sharing", sharing_views.BankSharingPage),
    Route("/manage/banks/<uuid:id>/questions", "question_list", list_pages.QuestionListPage),
    Route("/manage/banks/<uuid:id>/questions/new", "question_new", authoring_views.QuestionNewPage),
    Route("/manage/banks/<uuid:id>/import", "question_import", import_pages.QuestionImportPage),
    Route("/manage/banks/<uuid:id>/export", "question_export", export_views.QuestionExportPage),
    Route("/manage/banks/<uuid:id>/imports", "import_list", import_pages.ImportListPage),
    Route("/manage/imports/<uuid:id>", "import_page", import_pages.ImportPage),
    Route("/manage/imports/<uuid:id>/media/<digest>", "import_medium", import_pages.ImportMedium),
    Route("/manage/questions/<uuid:id>", "question_detail", views.QuestionDetailPage),
    Route("/manage/questions/<uuid:id>/differences", "question_differences", difference_views.DifferencesPage),
    Route("/manage/questions/<uuid:id>/edit", "question_edit", authoring_views.QuestionEditPage),
    Route("/manage/questions/preview", "question_preview", authoring_views.QuestionPreview),
    Route("/manage/formulas/preview", "formula_preview", authoring_views.FormulaPreview),
    Route("/media/<digest>", "medium", media_views.MediumFile),
    Route("/api/v1/media", "api_media", media_views.Media),
    Route("/api/v1/media/<digest>", "api_medium", media_views.MediumFile),
    Route("/api/v1/banks", "api_banks", api.Banks),
    Route("/api/v1/banks/<uuid:id>", "api_bank", api.BankItem),
    Route("/api/v1/banks/<uuid:id>/duplicates", "api_bank_duplicates", repeat_views.BankRepeats),
    Route("/api/v1/banks/<uuid:id>/shares", "api_bank_shares", sharing_views.BankShares),
    Route("/api/v1/banks/<uuid:id>/questions", "api_questions", api.Questions),
    Route("/api/v1/banks/<uuid:id>/imports", "api_imports", import_api.Imports),
    Route("/api/v1/banks/<uuid:id>/export", "api_export", export_views.ExportFile),
    Route("/api/v1/banks/<uuid:id>/export/check", "api_export_check", export_views.ExportCheck),
    Route("/api/v1/imports/<uuid:id>", "api_import", import_api.ImportItem),
    Route("/api/v1/imports/<uuid:id>/questions", "api_import_questions", import_api.ImportQuestions),
    Route("/api/v1/imports/<uuid:id>/commit", "api_import_commit", import_api.ImportCommit),
    Route("/api/v1/imports/<uuid:id>/undo", "api_import_undo", import_api.ImportUndo),
    Route("/api/v1/questions/<uuid:id>", "api_question", api.QuestionItem),
    Route("/api/v1/questions/<uuid:id>/versions", "api_versions", api.Versions),
    Route(
        "/api/v1/questions/<uuid:id>/versions/<int:number>/differences",
        "api_differences",
        difference_views.VersionDifferences,
    ),
    Route("/api/v1/banks/<uuid:id>/categories", "api_categories", filing_api.Categories),
    Route("/api/v1/categories/<uuid:id>", "api_category", filing_api.CategoryItem),
    Route("/api/v1/banks/<uuid:id>/tags", "api_tags", filing_api.TagWords),
    Route("/api/v1/banks/<uuid:id>/filters", "api_filters", filing_api.Filters),
    Route("/api/v1/filters/<uuid:id>", "api_filter", filing_api.FilterItem),
    Route("/api/v1/banks/<uuid:id>/bulk", "api_bulk", filing_api.BulkActions),
    Route("/api/v1/bulk/<uuid:id>/undo", "api_bulk_undo", filing_api.BulkUndo),
    Route("/api/v1/questions/<uuid:id>/comments", "api_comments", filing_api.Comments),
    Route("/api/v1/comments/<uuid:id>", "api_comment", filing_api.CommentItem),
    Route("/manage/banks/<uuid:id>/bulk", "question_bulk", list_pages.BulkPage),
    Route("/manage/banks/<uuid:id>/chosen", "question_chosen_export", list_pages.ChosenExport),
    Route("/manage/bulk/<uuid:id>/undo", "bulk_undo", list_pages.BulkUndoPage),
    Route("/manage/banks/<uuid:id>/filters", "filter_keep", list_pages.FilterKeep),
    Route("/manage/filters/<uuid:id>/remove", "filter_forget", list_pages.FilterForget),
    Route("/manage/banks/<uuid:id>/categories", "category_tree", category_pages.CategoryTree),
    Route("/manage/categories/<uuid:id>", "category_edit", category_pages.CategoryEdit),
    Route("/manage/categories/<uuid:id>/remove", "category_remove", category_pages.CategoryRemove),
    Route("/manage/questions/<uuid:id>/comments", "comment_add", views.CommentAdd),
    Route("/manage/comments/<uuid:id>/remove", "comment_remove", views.CommentRemove),
]
