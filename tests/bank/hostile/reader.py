"""Reads all files of a folder in one confined process, and tells what each cost: `python -P reader.py FOLDER`."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TextIO

from examhall.bank.formats import folder
from examhall.bank.formats.confinement import Bounds, confine
from examhall.bank.formats.worker import work


def main(root: Path) -> None:
    """Leave `told.jsonl` in the folder."""
    places = sorted(path for path in root.iterdir() if path.is_dir())
    with Path("/proc/self/status").open() as memory, (root / "told.jsonl").open("w", encoding="utf-8") as told:
        confine(root, Bounds(cpu=200, clock=600, memory=2**30))
        for place in places:
            began = time.process_time()
            report = work(place)
            line = {
                "name": (place / "name").read_text("utf-8"), "cpu": time.process_time() - began,
                "peak": _peak(memory), "format": report.format,
                "refused": report.refusal and folder.message_out(report.refusal.message),
                "errors": [folder.message_out(message) for message in report.errors[:3]],
                "losses": [folder.message_out(lost.samples[0]) for lost in report.losses[:3]],
                "questions": report.figures.get("questions", 0),
            }  # fmt: skip
            told.write(json.dumps(line) + "\n")
            told.flush()


def _peak(status: TextIO) -> int:
    """MB that this process has had at most. (What `getrusage` says begins with those of whoever started it.)"""
    status.seek(0)
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) // 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]))
