"""`make fuzz`: lets atheris spoil files for each format in turn, for so many seconds each, guided by what they reach.

A file that breaks a reader is kept in tests/bank/formats/crashers, where an ordinary test replays it: mend the reader,
give the file a speaking name and commit both.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

CRASHERS = Path(__file__).resolve().parents[1] / "bank" / "formats" / "crashers"
SIZE_LIMIT = 16 * 1024


def fuzz_one(name: str, arguments: list[str]) -> None:
    """Fuzz one format until libFuzzer ends this process."""
    import atheris

    with atheris.instrument_imports(include=["examhall.bank", "lxml"]):
        from fuzz.oracle import read, recognise

    def target(data: bytes) -> None:
        recognise(data)
        read(name, data)

    atheris.Setup([sys.argv[0], *arguments], target)
    atheris.Fuzz()


def fuzz_all(seconds: int, names: list[str]) -> int:
    """Fuzz these formats, or all, each in a process of its own; 1 where one was broken."""
    from examhall.bank.formats.registry import READ
    from fuzz.seeds import seeds

    broken = []
    CRASHERS.mkdir(exist_ok=True)
    for name in names or READ:
        with tempfile.TemporaryDirectory(prefix="examhall-fuzz-") as corpus:
            for number, data in enumerate(seeds(name)):
                (Path(corpus) / f"seed-{number}").write_bytes(data)
            command = [sys.executable, "-m", "fuzz", "--one", name, f"-max_total_time={seconds}", "-timeout=20"]
            command += [f"-max_len={SIZE_LIMIT}", f"-artifact_prefix={CRASHERS / name}-", "-rss_limit_mb=2000", corpus]
            if subprocess.run(command, check=False).returncode:
                broken.append(name)
    if broken:
        print(f"Broken: {', '.join(broken)}. The files that did it are in {CRASHERS}.")
    return 1 if broken else 0


def main(arguments: list[str]) -> int:
    """`SECONDS [FORMAT…]`, or `--one FORMAT` and what libFuzzer takes."""
    if find_spec("atheris") is None:
        print("Fuzzing needs atheris, which is there for Python 3.12 and newer on Linux: make fuzz PYTHON=python3.12")
        return 1
    if arguments[0] == "--one":
        fuzz_one(arguments[1], arguments[2:])
        return 0
    return fuzz_all(int(arguments[0]), arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
