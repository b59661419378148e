"""The texts of one question: their formats, the files that they show, and what of them is not kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape, unescape
from pathlib import PurePosixPath
from urllib.parse import unquote

from examhall.bank.content.richtext import MARKDOWN_LIMIT, render
from examhall.bank.formats import Message
from examhall.bank.formats.attributes import settled
from examhall.bank.formats.mathml import with_latex
from examhall.bank.formats.moodle_xml.files import Files
from examhall.bank.formats.moodle_xml.node import Node, shortened
from examhall.bank.types.contract import PROMPT_LIMIT
from examhall.bank.types.nesting import DEPTH_LIMIT, too_deep
from examhall.errors import N_

NOT_THERE = N_(
    'The file "%(name)s" is missing, damaged or no picture, sound or film. Add it to the question afterwards.'
)
UNNAMED = N_('A picture had no alternative text. It is "%(name)s" now; say what the picture shows.')
_FORMATS = {
    "html": "html",
    "moodle_auto_format": "moodle",
    "plain_text": "plain",
    "markdown": "markdown",
    "wiki_like": "moodle",
}
_SOURCE = re.compile(r"""\ssrc\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'<>]+))""", re.IGNORECASE)
_LINK = re.compile(r"""<a\b[^<>]*?\shref\s*=\s*"(?P<address>[^"<>]*)"[^<>]*>(?P<words>[^<>]*)</a\s*>""", re.IGNORECASE)
#: A picture of a formula, as an editor for formulas stores it: the formula itself stands beside it.
_DRAWN_FORMULA = re.compile(r"""<img\b[^<>]*?\sdata-mathml\s*=\s*"(?P<formula>«math[^"<>]*)"[^<>]*>""", re.IGNORECASE)
_PLUGIN_FILE = re.compile(r"@@PLUGINFILE@@/|%40%40PLUGINFILE%40%40/", re.IGNORECASE)
_DATA = re.compile(r"data:(?P<type>(?:image|audio|video)/[\w.+-]{1,40});base64,(?P<data>[A-Za-z0-9+/=%\s]+)", re.ASCII)
_PUT_BY = re.compile(r"embedded:([0-9]{1,6})")
_IMAGE = re.compile(r"<img\b[^<>]*>", re.IGNORECASE)
_ALT = re.compile(r"""\salt\s*=\s*("\s*[^"\s][^"]*"|'\s*[^'\s][^']*'|[^\s"'<>]+)""", re.IGNORECASE)
_EMPTY_ALT = re.compile(r"""\salt(?:\s*=\s*(?:"\s*"|'\s*'))?(?=[\s/>])""", re.IGNORECASE)
_PLAYER = re.compile(r"<(?P<tag>audio|video)\b(?P<own>[^<>]*)>(?P<inner>.*?)</(?P=tag)\s*>", re.IGNORECASE | re.DOTALL)
_TITLE = re.compile(r"""\s(?:title|aria-label)\s*=\s*("[^"]*\S[^"]*"|'[^']*\S[^']*')""", re.IGNORECASE)
_NAMED = re.compile(r' data-name="([^"]*)"')
_MARKDOWN_IMAGE = re.compile(r"!\[(?P<alt>[^\]\n]{0,300})\]\((?P<source>@@PLUGINFILE@@/[^)\s]{1,300})\)")
_BREAK = re.compile(r"\s*(?:<br\s*/?>|</(?:p|div|li|h[1-6]|tr)>)\s*", re.IGNORECASE)
_PARAGRAPH = re.compile(r"""<(?:p|div)(?:\s+dir=["'](?:ltr|auto)["'])?>""", re.IGNORECASE)
#: How Moodle's filters mark what only those who read a language see.
_LANGUAGES = re.compile(r"""\bclass\s*=\s*["']?multilang\b|\{mlang\s""", re.IGNORECASE)
_ANY_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


@dataclass
class Texts:
    """Turns what the elements of a question say into HTML (to be sanitised by its type), and notes what to tell."""

    files: Files
    text_format: str = "html"
    warnings: list[Message] = field(default_factory=list)
    losses: list[Message] = field(default_factory=list)
    _embedded: list[tuple[str, str]] = field(default_factory=list)

    def html(self, node: Node | None, otherwise: str | None = None) -> str:
        """The HTML of an element with <text>; `otherwise` is the format of one that names none."""
        if node is None:
            return ""
        text_format = self.format_of(node, otherwise)
        text = node.take_text()
        if not text:
            return ""
        if node.bare:
            self.warnings.append(node.message(N_("The tags in this text are read as its HTML. Put it into CDATA.")))
            text_format = "html"
        if "base64," in text:
            text = _DATA.sub(self._put_by, text)
        if len(text) > PROMPT_LIMIT:
            raise node.fault(N_("Shorten this to at most %(limit)s characters."), limit=PROMPT_LIMIT)
        if "data-mathml" in text:
            text = _DRAWN_FORMULA.sub(r"\g<formula>", text)
        html = _shown(text, text_format, node)
        if too_deep(html):
            message = N_("This text has tags within tags, more than %(limit)s deep. Paste it without its formatting.")
            raise node.fault(message, limit=DEPTH_LIMIT)
        html = with_latex(html)
        if _LANGUAGES.search(html):
            message = N_("This text stands here in several languages, and all of them are shown. Keep one of them.")
            self.warnings.append(node.message(message))
        return settled(self._with_media(html, node), node.message, self.warnings, self.losses)

    def format_of(self, node: Node, otherwise: str | None = None) -> str:
        """The format that an element names, in Moodle's words."""
        named = node.take_attribute("format") or otherwise or self.text_format
        if named not in _FORMATS:
            message = N_('The text format "%(name)s" is read as HTML, as there is no such format.')
            self.warnings.append(node.message(message, name=shortened(named)))
            return "html"
        if named == "wiki_like":
            self.warnings.append(node.message(N_("The format of wikis is not known. Look at this text afterwards.")))
        return named

    def plain(self, node: Node | None, otherwise: str = "plain_text") -> str:
        """The plain text of an element with <text>, with its lines; `otherwise` is its format where it names none."""
        if node is None:
            return ""
        text_format = node.take_attribute("format") or otherwise
        text = node.take_text()
        if text_format == "plain_text" or not (_ANY_TAG.search(text) or "&" in text):
            return text
        broken = _BREAK.sub("\n", _PARAGRAPH.sub("", text))
        if _ANY_TAG.search(broken):
            self.losses.append(node.message(N_("This text is kept without its formatting.")))
        return unescape(_ANY_TAG.sub("", broken)).replace("\xa0", " ").strip()

    def _put_by(self, found: re.Match[str]) -> str:
        """A short address for a file that a text holds itself, so that the text is as long as what one reads of it."""
        name = "embedded." + found["type"].partition("/")[2].partition("+")[0]
        self._embedded.append((name, found["data"]))
        return f"embedded:{len(self._embedded) - 1}"

    def _with_media(self, html: str, node: Node) -> str:
        has_link = "href" in html and "PLUGINFILE" in html
        if not has_link and "src" not in html.lower():
            return html
        html = _SOURCE.sub(lambda found: self._source(found, node), html)
        if has_link:
            html = _LINK.sub(lambda found: self._link(found, node), html)
        html = _PLAYER.sub(lambda found: self._player(found, node), html)
        return _IMAGE.sub(lambda found: self._image(found[0], node), html)

    def _link(self, found: re.Match[str], node: Node) -> str:
        """A link to a sound or a film, for which Moodle shows a player."""
        address = unescape(found["address"]).strip()
        place = _PLUGIN_FILE.match(address)
        file = self.files.played(node.path, address[place.end() :]) if place else None
        if file is None:
            return found[0]
        name = escape(PurePosixPath(unquote(address)).name)
        title = found["words"].strip().replace('"', "&quot;") or name
        return f'<{file[0]} src="media:{file[1]}" data-name="{name}" title="{title}"></{file[0]}>'

    def _source(self, found: re.Match[str], node: Node) -> str:
        address = unescape(next(value for value in found.groups() if value is not None)).strip()
        place = _PLUGIN_FILE.match(address)
        embedded = _PUT_BY.fullmatch(address)
        if place:
            digest = self.files.digest(node.path, address[place.end() :])
            name = PurePosixPath(unquote(address[place.end() :].partition("?")[0])).name
        elif embedded:
            name, data = self._embedded[int(embedded[1])]
            digest = self.files.embedded(name, unquote(data))
        else:
            message = N_("%(address)s is not shown, as a question loads nothing from elsewhere. Upload the file here.")
            self.losses.append(node.message(message, address=shortened(address)))
            return ""
        if digest is None:
            self.losses.append(node.message(NOT_THERE, name=shortened(name)))
        return f' src="media:{digest}" data-name="{escape(name)}"' if digest else ""

    def _player(self, found: re.Match[str], node: Node) -> str:
        """A sound or a film with its address on the element itself, and a title."""
        source = re.search(r'\ssrc="media:[0-9a-f]{64}" data-name="([^"]*)"', found["own"] + found["inner"])
        if source is None:
            return ""
        title = _TITLE.search(found["own"])
        if title is None:
            message = N_('A sound or film had no title. It is called "%(name)s" now; say what it is.')
            self.warnings.append(node.message(message, name=unescape(source[1])))
        tag, own = found["tag"].lower(), found["own"].rstrip("/ ")
        if source[0] not in own:
            own = source[0] + own
        titled = "" if title else f' title="{source[1]}"'
        return f"<{tag}{_NAMED.sub('', own)}{titled}></{tag}>"

    def _image(self, tag: str, node: Node) -> str:
        name = _NAMED.search(tag)
        if name is None:
            described = _ALT.search(tag)  # what it showed is not here, and that was told
            return described[1].strip("\"' ") if described else ""
        tag = tag.replace(name[0], "")
        if _ALT.search(tag):
            return tag
        self.warnings.append(node.message(UNNAMED, name=unescape(name[1])))
        return f'<img alt="{name[1]}"' + _EMPTY_ALT.sub("", tag)[len("<img") :]


def _shown(text: str, text_format: str, node: Node) -> str:
    if text_format == "markdown":
        if len(text) > MARKDOWN_LIMIT:
            raise node.fault(N_("Shorten this Markdown text to at most %(limit)s characters."), limit=MARKDOWN_LIMIT)
        images: list[str] = []

        def put_by(found: re.Match[str]) -> str:
            images.append(f'<img src="{escape(found["source"])}" alt="{escape(found["alt"])}">')
            return f"\ue000{len(images) - 1}\ue001"

        html = render(_MARKDOWN_IMAGE.sub(put_by, text), "markdown")
        return re.sub("\ue000([0-9]{1,4})\ue001", lambda place: images[int(place[1])], html)
    return render(text, _FORMATS[text_format])
