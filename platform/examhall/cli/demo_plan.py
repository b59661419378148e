"""What the demonstration holds: the people and the exams of the two example tenants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from examhall.identity.roles import Role

#: Published, so production refuses to start where it was used.
PASSWORD = "open-the-exam-hall"  # noqa: S105  # the one that everybody may know

EVERYTHING = ["grade", "responses", "correctness", "solutions", "feedback"]


@dataclass(frozen=True)
class Draw:
    """`count` questions of a category, each worth `points`."""

    title: str
    category: str
    count: int
    points: int = 1


@dataclass(frozen=True)
class ExamPlan:
    """An exam over one bank: all of it where it is taken `whole`, `choices` fixed single-choice questions, then a
    section for each draw.

    `opens` is counted from the moment of preparing. The candidate's lists are ordered by title or by opening: the exam
    that a visitor tries first comes first in both.
    """

    title: str
    description: str
    bank: str
    opens: timedelta
    choices: int = 0
    whole: bool = False
    draws: tuple[Draw, ...] = ()
    published: bool = True
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TenantPlan:
    """Names by the first part of their address, and exams. `slower` has a quarter of an hour more in timed exams."""

    staff: Mapping[Role, str]
    candidates: Mapping[str, str]
    slower: str
    exams: tuple[ExamPlan, ...]


TRY = {"attempts_allowed": 5, "pass_mark": Decimal(60), "review": {"immediately": EVERYTHING, "closed": EVERYTHING}}
TIMED = {"time_limit_minutes": 45, "attempts_allowed": 2, "pass_mark": Decimal(60)}

NORTHWIND = TenantPlan(
    staff={
        Role.ADMIN: "Alma Reyes", Role.AUTHOR: "Theo Lindqvist", Role.MARKER: "Iris Novak",
        Role.INVIGILATOR: "Samuel Osei",
    },
    candidates={
        "candidate": "Nia Walker", "bram": "Bram de Vries", "chidi": "Chidi Okafor", "elif": "Elif Kaya",
        "lucia": "Lucía Ferrer",
    },
    slower="bram",
    exams=(
        ExamPlan(
            "A first look: ten questions",
            "Ten questions from all our certifications, to see how an exam works here.\n\n"
            "You may try it five times and see every answer explained at once.",
            "certification-en", timedelta(days=-30), choices=10, settings=TRY,
        ),
        ExamPlan(
            "Every type of question",
            "One question of each type. An essay and a drawing wait for a marker.",
            "every-type", timedelta(days=-14), whole=True, settings=TRY,
        ),
        ExamPlan(
            "Information security, level 1",
            "Access, protection and incidents. Everybody gets other questions, drawn from the same topics.",
            "certification-en", timedelta(days=-7),
            draws=(
                Draw("Access", "security/access", 4), Draw("Protection", "security/protection", 3),
                Draw("Incidents", "security/incidents", 3, points=2),
            ),
            settings=TIMED,
        ),
        ExamPlan(
            "Project management, supervised",
            "Sat in the test centre. The invigilator tells you the access code.",
            "certification-en", timedelta(days=-3),
            draws=(Draw("Planning", "projects/planning", 6), Draw("Control and risk", "projects/control", 5)),
            settings={**TIMED, "time_limit_minutes": 60, "attempts_allowed": 1, "access_code": "north-hall"},
        ),
        ExamPlan(
            "Seguridad en el trabajo",
            "Examen de práctica en español, con preguntas de todos los temas.",
            "certification-es", timedelta(days=-2), draws=(Draw("", "", 8),), settings={**TIMED, "attempts_allowed": 3},
        ),
        ExamPlan(
            "Workplace safety, level 2",
            "Opens next week for everybody who is registered.",
            "certification-en", timedelta(days=7),
            draws=(Draw("Hazards", "safety/hazards", 8), Draw("Fire", "safety/fire", 4)), settings=TIMED,
        ),
        ExamPlan(
            "Workplace safety, level 3", "A draft: not yet shown to candidates.", "certification-en",
            timedelta(days=60), draws=(Draw("Hazards", "safety/hazards", 10),), published=False, settings=TIMED,
        ),
    ),
)  # fmt: skip

QALAM = TenantPlan(
    staff={
        Role.ADMIN: "هدى الخطيب", Role.AUTHOR: "سامر حداد", Role.MARKER: "ريم قاسم", Role.INVIGILATOR: "يوسف عمران",
    },
    candidates={
        "candidate": "ليلى منصور", "omar": "عمر السالم", "salma": "سلمى زيدان", "karim": "كريم درويش",
        "noor": "نور عبد الهادي",
    },
    slower="salma",
    exams=(
        ExamPlan(
            "أول اختبار: عشرة أسئلة",
            "عشرة أسئلة من مواد السنة التحضيرية، لتتعرف إلى طريقة الاختبار هنا.\n\n"
            "لك خمس محاولات، وترى شرح كل إجابة فور التسليم.",
            "foundation-ar", timedelta(days=-30), choices=10, settings=TRY,
        ),
        ExamPlan(
            "كل أنواع الأسئلة",
            "سؤال من كل نوع. المقال والرسم ينتظران المصحّح.",
            "every-type", timedelta(days=-14), whole=True, settings=TRY,
        ),
        ExamPlan(
            "الإحصاء: اختبار نصف الفصل",
            "يُسحب لكل طالب عدد من الأسئلة في كل باب.",
            "foundation-ar", timedelta(days=-7),
            draws=(
                Draw("الإحصاء الوصفي", "إحصاء/وصفي", 5), Draw("الاحتمال", "إحصاء/احتمال", 3),
                Draw("الاستدلال", "إحصاء/استدلال", 2, points=2),
            ),
            settings=TIMED,
        ),
        ExamPlan(
            "اللغة العربية: اختبار القاعة",
            "يُعقد في قاعة الاختبارات، ويعطيك المراقب رمز الدخول.",
            "foundation-ar", timedelta(days=-3),
            draws=(Draw("النحو والصرف", "لغة/نحو وصرف", 8), Draw("الأدب والبلاغة", "لغة/أدب وبلاغة", 4)),
            settings={**TIMED, "time_limit_minutes": 60, "attempts_allowed": 1, "access_code": "qalam-hall"},
        ),
        ExamPlan(
            "مواد تُدرَّس بالإنجليزية: تدريب",
            "Statistics, science and study skills, for students of the courses taught in English.",
            "foundation-en", timedelta(days=-2), draws=(Draw("", "", 8),), settings={**TIMED, "attempts_allowed": 3},
        ),
        ExamPlan(
            "العلوم: الاختبار النهائي",
            "يُفتح الأسبوع القادم لجميع المسجلين.",
            "foundation-ar", timedelta(days=7),
            draws=(Draw("العلوم", "علوم", 10), Draw("تاريخ العلوم", "تاريخ العلوم", 4)),
            settings=TIMED,
        ),
        ExamPlan(
            "تاريخ العلوم: مسودة", "مسودة لا يراها الطلاب بعد.", "foundation-ar", timedelta(days=60),
            draws=(Draw("تاريخ العلوم", "تاريخ العلوم", 6),), published=False, settings=TIMED,
        ),
    ),
)  # fmt: skip

#: Any other tenant of a developer's own: people only.
PLAIN = TenantPlan(
    {role: role.value.title() for role in Role if role is not Role.CANDIDATE}, {"candidate": "Candidate"}, "", ()
)

PLANS = {"northwind": NORTHWIND, "qalam": QALAM}
