"""The browser that the other tests in this folder drive."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from browser import chromium


@pytest.mark.browser
def test_it_draws_a_page_with_arabic_in_it(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<html lang=ar dir=rtl><title>قلم</title><h1>بوابة الامتحانات</h1>")

    assert page.title() == "قلم"
    assert page.get_by_role("heading").inner_text() == "بوابة الامتحانات"
    page.close()


def test_without_browser_and_apt_it_says_what_to_type(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(SystemExit, match=r"type:\n  sudo apt-get install -y --no-install-recommends chromium"):
        chromium.find_or_install()
