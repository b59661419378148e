"""A browser without scripts: it keeps cookies, reads the forms of a page and sends them as they stand there."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from werkzeug.test import TestResponse

from hall import PASSWORD, Hall, Person


@dataclass
class PageForm:
    """A form of a page with the values that it would send untouched."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[PageForm] = []
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = dict(attributes)
        name, value = told.get("name") or "", told.get("value") or ""
        if tag == "form":
            self.found.append(PageForm(told.get("action") or "", told.get("method") or "get"))
        elif not self.found:
            return
        elif tag == "select":
            self._select = name
        elif tag == "textarea":
            self._area = name
        elif tag == "option" and (self._select not in self.found[-1].values or "selected" in told):
            self.found[-1].values[self._select] = value
        elif tag == "input" and name and (told.get("type") not in {"checkbox", "radio"} or "checked" in told):
            self.found[-1].values[name] = value

    def handle_data(self, data: str) -> None:
        if self._area:
            self.found[-1].values[self._area] = data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""


def forms(page: TestResponse) -> list[PageForm]:
    """The forms of a page, in their order."""
    parser = _Forms()
    parser.feed(page.text)
    return parser.found


class Portal:
    """A visitor of one tenant's portal, signed in as `person` where one is given; `by_path` by the door `/t/<slug>`."""

    def __init__(self, hall: Hall, person: Person | None = None, slug: str = "northwind", *, by_path: bool = False):
        self.slug = person.tenant if person else slug
        self.base_url = "http://127.0.0.1" if by_path else f"http://{self.slug}.localhost"
        self.root = f"/t/{self.slug}" if by_path else ""
        self.client = hall.platform.test_client()
        if person:
            answer = self.sign_in(person.email)
            assert answer.status_code == 303, answer.text

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        """GET an address of the portal, as it stands in a page or without the door's prefix."""
        return self.client.get(self._full(path), base_url=self.base_url, buffered=True, **kwargs)

    def post(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """POST just this, without what a form would bring."""
        return self.client.post(self._full(path), data=data or {}, base_url=self.base_url, buffered=True, **kwargs)

    def _full(self, path: str) -> str:
        return self.root + path.removeprefix(self.root)

    def follow(self, answer: TestResponse) -> TestResponse:
        """Where a redirect leads."""
        assert answer.location, f"{answer.status_code} leads nowhere"
        return self.get(answer.location)

    def submit(self, path: str, data: dict[str, Any] | None = None, action: str = "") -> TestResponse:
        """Open the page at `path` and send its form for `action` (its own address), with `data` filled in."""
        page = self.get(path)
        assert page.status_code == 200, f"{path}: {page.status}"
        wanted = self.root + action if action else ""
        form = next(form for form in forms(page) if form.method == "post" and form.action == wanted)
        return self.post(action or path, form.values | (data or {}))

    def sign_in(self, email: str, password: str = PASSWORD, path: str = "/sign-in") -> TestResponse:
        """Fill in the sign-in form."""
        return self.submit(path, {"email": email, "password": password})
