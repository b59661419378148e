"""`flask demo …`: a hall to look at, with people, questions and exams."""

from __future__ import annotations

from examhall.cli.commands import Commands

demo = Commands("demo", help="Demonstration: people, questions and exams of the example tenants.")
