"""What axe finds on a page."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

#: The HTML of each element that axe looks at would cost more than most rules.
LOAD = f"{AXE_SCRIPT};axe.configure({{ noHtml: true }})"
RUN = """async ([context, options]) => {
    const found = await axe.run(context ?? document, { resultTypes: ["violations"], ...options });
    const places = violation => violation.nodes.map(node => node.target.flat().join(" "));
    return found.violations.map(violation => `${violation.id} (${violation.help}): ${places(violation).join(", ")}`);
}"""


def violations(page: Page, context: Any = None, **options: Any) -> list[str]:
    """Each rule of WCAG and of good practice that the page breaks, and where.

    `context` (parts of the page) and `options` are axe's own. axe stays in the document for the next look.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(LOAD)
    found: list[str] = page.evaluate(RUN, [context, options])
    return found
