"""The Chromium that browser tests drive: found, or installed where that needs no password, or asked for in one line.

As a program (`make test` runs it first) it prints the browser's path.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from playwright.sync_api import Browser, Playwright

#: Debian's Chromium without any window costs a fifth less.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PACKAGES = ("chromium-headless-shell", "fonts-noto-core")  # the fonts draw Arabic
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # The tests reach this machine only, and so shall the browser.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find() -> str | None:
    """The path of a Chromium on PATH, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def find_or_install() -> str:
    """The path of Chromium, installed by apt where there is none and apt works without a password.

    Ends the program with the line to type where that is not possible: browser tests are never skipped.
    """
    path = find()
    if not path and _install():
        path = find()
    if not path:
        command = "sudo apt-get install -y --no-install-recommends " + " ".join(PACKAGES)
        sys.exit(f"The browser tests need Chromium on PATH, and it is not there. On Debian type:\n  {command}")
    return path


def launch(playwright: Playwright) -> Browser:
    """Start the browser without a window; one per run, with a context of its own for each test."""
    no_sandbox = ["--no-sandbox"] if os.getuid() == 0 else []  # Chromium refuses its sandbox to root
    return playwright.chromium.launch(executable_path=find_or_install(), args=[*FLAGS, *no_sandbox])


def _install() -> bool:
    sudo = [] if os.getuid() == 0 else ["sudo", "-n"]  # -n: fail rather than ask for a password
    apt = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    if not all(map(shutil.which, [apt[0], "apt-get"])):
        return False
    print("Installing Chromium with apt-get ...", flush=True)
    commands = [*apt, "update"], [*apt, "install", "-y", "--no-install-recommends", *PACKAGES]
    return all(subprocess.run(command, stdout=subprocess.DEVNULL).returncode == 0 for command in commands)


if __name__ == "__main__":
    print(find_or_install())
