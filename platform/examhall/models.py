"""Every table, so that metadata is whole wherever it is asked for."""

from __future__ import annotations

from examhall.attempts.models import Answer, Attempt, AttemptFile, StoredPaper, StoredStep
from examhall.bank.models import (
    Bank,
    BankShare,
    BulkAction,
    Category,
    Comment,
    ImportJob,
    KeptPair,
    Question,
    QuestionVersion,
    SavedFilter,
    StoredMedium,
)
from examhall.exams.models import Assignment, Exam, Section, SectionQuestion
from examhall.identity.models import Group, GroupMember, User, UserSession
from examhall.storage.idempotency import Receipt

__all__ = [
    "Answer", "Assignment", "Attempt", "AttemptFile", "Bank", "BankShare", "BulkAction", "Category", "Comment", "Exam",
    "Group", "GroupMember", "ImportJob", "KeptPair", "Question", "QuestionVersion", "Receipt", "SavedFilter", "Section",
    "SectionQuestion", "StoredMedium", "StoredPaper", "StoredStep", "User", "UserSession",
]  # fmt: skip
