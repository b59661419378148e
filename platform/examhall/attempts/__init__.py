"""Attempts: a candidate's sitting of an exam, from start to grade. The rules are in `engine`, which is pure."""
