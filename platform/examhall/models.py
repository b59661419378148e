"""Every table, so that metadata is whole wherever it is asked for."""

from __future__ import annotations

from examhall.attempts.models import Answer, Attempt, StoredPaper, StoredStep
from examhall.bank.models import Bank, Question, QuestionVersion
from examhall.exams.models import Assignment, Exam, Section, SectionQuestion
from examhall.identity.models import User, UserSession
from examhall.storage.idempotency import Receipt

__all__ = [
    "Answer", "Assignment", "Attempt", "Bank", "Exam", "Question", "QuestionVersion", "Receipt", "Section",
    "SectionQuestion", "StoredPaper", "StoredStep", "User", "UserSession",
]  # fmt: skip
