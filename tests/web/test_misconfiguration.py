"""A mistake in a route or a class stops the start, and the message names class or route, option and remedy."""

from __future__ import annotations

from typing import Any

import pytest

from examhall.errors import ConfigurationError
from examhall.web.guards import authenticated, permitted, public, throttled
from examhall.web.options import check_taste
from examhall.web.routes import Route
from examhall.web.views import DetailView, ListView, MethodView, TenantView
from web.toy import Toy, ToyOut, toy_box


@public
class Toys(ListView):
    """A list without a fault."""

    model, schema = Toy, ToyOut
    filters, search, ordering = ("colour",), ("name",), ("name",)


class Bare(MethodView):
    """Nobody has said who may call it."""

    def get(self) -> Any:
        return {}


def refused(*routes: Route) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        toy_box(routes)
    return caught.value


def test_a_route_without_a_fault_is_mounted() -> None:
    app = toy_box([Route("/toys", "toys", Toys, template="toys.html")])
    assert [*app.extensions["routes"]] == ["toys"]


def test_an_option_that_no_view_has() -> None:
    error = refused(Route("/toys", "toys", Toys, tempalte="toys.html"))
    assert (error.file, error.key) == ("route toys", "tempalte")
    assert error.remedy.startswith("Toys has no such option; it takes ")
    assert "template" in error.remedy
    with pytest.raises(ConfigurationError, match="Toys: paginate_by: Toys has no such option"):
        Toys(paginate_by=3)


def test_an_option_that_is_a_method_or_a_hook() -> None:
    assert refused(Route("/toys", "toys", Toys, query=lambda: None)).key == "query"
    assert refused(Route("/toys", "toys", Toys, policy=None)).key == "policy"


def test_a_route_that_nobody_guards() -> None:
    error = refused(Route("/bare", "bare", Bare))
    assert (error.file, error.key) == ("route bare", "guards")
    for remedy in ("@public", "@authenticated", "@permitted", "permission="):
        assert remedy in error.remedy


def test_a_subclass_that_puts_itself_before_the_guards() -> None:
    with pytest.raises(ConfigurationError, match=r"^Sly: dispatch_request: the guards run there; define get\(\)"):

        class Sly(MethodView):
            def dispatch_request(self, **url: Any) -> Any:
                return {}


def test_a_verb_that_the_permissions_forgot() -> None:
    @permitted(GET="toys.read")
    class Forgetful(Bare):
        def delete(self) -> Any:
            return {}

    error = refused(Route("/bare", "bare", Forgetful))
    assert (error.file, error.key) == ("route bare", "permission")
    assert "DELETE" in error.remedy


def test_a_permission_or_limit_of_a_verb_that_is_not_there() -> None:
    assert refused(Route("/bare", "bare", permitted(GET="a", PUT="b")(type("Typo", (Bare,), {})))).key == "permission"
    assert "PUT" in refused(Route("/bare", "bare", throttled(PUT="save")(authenticated(type("T", (Bare,), {}))))).remedy


def test_a_bucket_that_nobody_fills() -> None:
    error = refused(Route("/toys", "toys", Toys, throttle="slow"))
    assert (error.file, error.key) == ("route toys", "throttle")
    assert error.remedy == "'slow' is no bucket: visit, read, write, save, start, import, export"


def test_a_name_that_stands_twice() -> None:
    error = refused(Route("/toys", "toys", Toys), Route("/toys/more", "toys", Toys))
    assert error.key == "name"
    assert "Route('/toys/more', 'toys', Toys)" in str(error)
    assert "Route('/toys', 'toys', Toys) has this name already" in str(error)


@pytest.mark.parametrize("size", [0, -1, 101])
def test_a_page_size_beyond_what_the_list_gives(size: int) -> None:
    error = refused(Route("/toys", "toys", Toys, page_size=size))
    assert (error.key, error.remedy) == ("page_size", "give a whole number from 1 to 100")


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("ordering", ("height",)),
        ("ordering", ("metadata",)),
        ("ordering", "name"),
        ("filters", ("height",)),
        ("filters", ("price",)),
        ("search", ("weight",)),
    ],
)
def test_a_column_that_is_not_there_or_can_not_be_compared(option: str, value: Any) -> None:
    error = refused(Route("/toys", "toys", Toys, **{option: value}))
    assert (error.file, error.key) == ("route toys", option)


def test_a_detail_view_needs_no_list_options() -> None:
    toy_box([Route("/api/v1/toys/<uuid:id>", "api_toy", DetailView, model=Toy, schema=ToyOut, permission="toys.read")])


def test_a_view_without_a_template_cannot_render_a_page() -> None:
    with pytest.raises(ConfigurationError, match="TenantView: template: a view without a template answers JSON"):
        TenantView().respond()


@pytest.mark.parametrize(
    ("taste", "key", "remedy"),
    [
        ({"model": "User"}, "views.toys.model", "a tenant may set ordering, page_size, template only"),
        ({"filters": ["secret"]}, "views.toys.filters", "a tenant may set"),
        ({"permission": "toys.read"}, "views.toys.permission", "a tenant may set"),
        ({"public": True}, "views.toys.public", "a tenant may set"),
        ({"throttle": "read"}, "views.toys.throttle", "a tenant may set"),
        ({"page_size": 0}, "views.toys.page_size", "from 1 to 100"),
        ({"page_size": 101}, "views.toys.page_size", "from 1 to 100"),
        ({"page_size": True}, "views.toys.page_size", "from 1 to 100"),
        ({"page_size": "20"}, "views.toys.page_size", "from 1 to 100"),
        ({"ordering": "name"}, "views.toys.ordering", "give a list of column names"),
        ({"ordering": ["height"]}, "views.toys.ordering", "can't be ordered by 'height'; choose from name"),
        ({"ordering": ["secret"]}, "views.toys.ordering", "can't be ordered by 'secret'; choose from name"),
        ({"ordering": []}, "views.toys.ordering", "name at least one column"),
        ({"ordering": [3]}, "views.toys.ordering", "give a list of column names"),
        ({"template": 3}, "views.toys.template", "give the name of an .html file"),
    ],
)
def test_what_a_tenant_may_not_set(taste: dict[str, Any], key: str, remedy: str) -> None:
    route = Route("/toys", "toys", Toys, template="toys.html")
    with pytest.raises(ConfigurationError) as caught:
        check_taste("tenants/toybox/tenant.toml", "toys", route, taste)
    assert (caught.value.file, caught.value.key) == ("tenants/toybox/tenant.toml", key)
    assert remedy in caught.value.remedy


def test_a_tenant_may_not_give_a_template_to_what_answers_json() -> None:
    with pytest.raises(ConfigurationError, match="only a page has a template"):
        check_taste("tenant.toml", "api_toys", Route("/api/v1/toys", "api_toys", Toys), {"template": "x.html"})


def test_a_view_that_there_is_not() -> None:
    with pytest.raises(ConfigurationError, match=r"tenant\.toml: views\.toyz: there is no such view; `flask routes`"):
        check_taste("tenant.toml", "toyz", None, {"page_size": 3})
