"""Composing exams: sections, draws, schedule, access, assignments."""
