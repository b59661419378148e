"""Fuzzing of the readers of files: `make fuzz SECONDS=60`, and a little of it in the ordinary tests."""
