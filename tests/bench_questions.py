"""A part of `make bench`: what reading a large file and grading cost, and that no body is parsed twice."""

from __future__ import annotations

import json
import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from examhall.bank.formats import gift
from examhall.bank.types import type_named
from examhall.bank.types.contract import QuestionType

QUESTIONS = 10_000
IMPORT_SECONDS, IMPORT_MB = 10, 300
RESPONSES = 1_000
GRADING_MS = 5


def read_gift() -> tuple[float, float]:
    """CPU seconds and peak MB of a process that reads 10,000 questions as Moodle exports them."""
    text = "".join(
        f"// [id:q{number}] [tag:odd]\n::Question {number}::[html]<p>Is <b>{number}</b> odd\\? See p. {number}.</p>{{\n"
        f"\t=<p>yes {number}</p>#<p>It \\= 2n + 1.</p>\n\t~%-50%<p>no {number}</p>#<p>It is.</p>\n"
        f"\t~<p>neither {number}</p>\n\t~<p>both {number}</p>\n\t####<p>See chapter {number}.</p>\n}}\n\n"
        for number in range(QUESTIONS)
    ).encode()
    began = time.process_time()
    assert len(gift.parse(text).questions) == QUESTIONS
    took = time.process_time() - began
    # Not the peak that getrusage tells: that is inherited from whoever started this process
    status = Path("/proc/self/status").read_text()
    return took, next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def grade() -> float:
    """CPU milliseconds in which 1,000 responses to a single choice are graded: the best of five rounds."""
    kind = type_named("single_choice")
    options = [{"text": text, "fraction": str(int(text == "a"))} for text in "abcd"]
    body = kind.validate({"prompt": "Which?", "options": options})
    responses = [f"o{1 + number % 4}" for number in range(RESPONSES)]
    rounds = []
    for _ in range(5):
        began = time.process_time()
        for response in responses:
            kind.grade(body, response)
        rounds.append(time.process_time() - began)
    return min(rounds) * 1000


def readers_and_graders() -> bool:
    """Print both; False where a promise is missed."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as alone:
        seconds, megabytes = alone.submit(read_gift).result()
    graded = grade()
    kept = seconds <= IMPORT_SECONDS and megabytes <= IMPORT_MB and graded <= GRADING_MS
    print(
        f"\n{QUESTIONS} GIFT questions: {seconds:.1f} s CPU (≤ {IMPORT_SECONDS}), {megabytes:.0f} MB (≤ {IMPORT_MB});"
        f" {RESPONSES} single choices graded: {graded:.2f} ms (≤ {GRADING_MS})" + ("" if kept else "   ← over")
    )
    return kept


@contextmanager
def parsed_bodies() -> Iterator[list[str]]:
    """Lists the bodies that are parsed meanwhile, by type and content."""
    parsed: list[str] = []
    load = QuestionType.load

    def counted(kind: QuestionType, data: Any) -> Any:
        parsed.append(kind.name + json.dumps(data, sort_keys=True))
        return load(kind, data)

    QuestionType.load = counted  # type: ignore[method-assign]
    try:
        yield parsed
    finally:
        QuestionType.load = load  # type: ignore[method-assign]
