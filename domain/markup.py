"""Reads any HTML, broken or not, into a flat row of paragraphs, list items and pictures."""

import re
from collections import Counter
from dataclasses import dataclass
from html.parser import HTMLParser

INLINE = ("strong", "b", "i", "em", "u")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_DROPPED = frozenset({"script", "style", "template", "iframe", "object", "svg", "video", "audio", "canvas", "noscript"})
_BREAK_TAGS = """p div section article header footer main aside nav blockquote pre address figure figcaption center form
fieldset dl dt dd hr caption details summary body html head title"""
_BREAKS = _HEADINGS | frozenset(_BREAK_TAGS.split())
_SPACE = re.compile(r"\s+")
_CONTROL = dict.fromkeys((*range(9), *range(14, 28), *range(127, 133), *range(134, 160)))


_COMMENT_ENDS = re.compile(r"--!?\s*>")


def _ended(html: str) -> str:
    """What is opened and never closed becomes text: for each of those the standard parser would read on to the end,
    which takes a minute for a hundred kilobytes of them."""
    comments = max((found.start() for found in _COMMENT_ENDS.finditer(html)), default=0)
    html = html[:comments] + html[comments:].replace("<!--", "")
    tags = html.rfind(">") + 1
    return html[:tags] + html[tags:].replace("<", "&lt;")


@dataclass(frozen=True, slots=True)
class Run:
    """Text with one set of styles, in the order of INLINE."""

    text: str
    styles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LineBreak:
    """A br."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a list item when `list_tag` is "ul" or "ol"; items of one list share `list_number`."""

    parts: tuple[Run | LineBreak, ...]
    list_tag: str = ""
    list_number: int = 0


@dataclass(frozen=True, slots=True)
class Image:
    """A picture; width and height as digits or empty."""

    src: str
    width: str = ""
    height: str = ""


class Reader(HTMLParser):
    """Use once: `read`, then `notes`."""

    def __init__(self) -> None:
        """Nothing read yet."""
        super().__init__(convert_charrefs=True)
        self._blocks: list[Block | Image] = []
        self._parts: list[Run | LineBreak] = []
        self._waiting: list[Image] = []  # pictures met inside a list, placed after it
        self._styles: Counter[str] = Counter()
        self._lists: list[str] = []
        self._list_number = 0
        self._dropping: list[str] = []
        self._cells: list[str] = []  # tags of the cells of the table row being read
        self._counts: Counter[str] = Counter()

    def read(self, html: str) -> list[Block | Image]:
        """All blocks in order; empty ones are gone."""
        self.feed(_ended(html))
        self.close()
        self._end_block()
        self._lists.clear()
        self._release()
        return self._blocks

    def notes(self) -> list[str]:
        """What was changed, in plain words with counts."""
        return [f"{count} {_plural(what, count)}" for what, count in self._counts.items()]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Opens a block, a list, a style; notes what is not allowed."""
        if tag in _DROPPED:
            if not self._dropping:
                self._counts["script, style or embedded object dropped"] += 1
            self._dropping.append(tag)
        elif not self._dropping:
            self._open(tag, dict(attrs))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag that closes itself has no content to drop."""
        if tag not in _DROPPED and not self._dropping:
            self._open(tag, dict(attrs))
            if tag in _HEADINGS or tag in INLINE or tag in ("ul", "ol", "table"):
                self.handle_endtag(tag)

    def _open(self, tag: str, attrs: dict[str, str | None]) -> None:
        if tag in ("ul", "ol", "table"):
            self._open_list("ol" if tag == "ol" else "ul")
            if tag == "table":
                self._counts["table became a list"] += 1
        elif tag in ("li", "tr"):
            if not self._lists:
                self._open_list("ul")
            self._end_block()
            self._cells.clear()
        elif tag in ("td", "th"):
            self._open_cell(tag)
        elif tag == "img":
            self._image(attrs)
        elif tag == "br":
            self._parts.append(LineBreak())
        elif tag in INLINE:
            self._styles[tag] += 1
        elif tag in _BREAKS:
            self._break()
            if tag in _HEADINGS:
                self._styles["b"] += 1
                self._counts["heading became a bold paragraph"] += 1
        elif tag == "a":
            self._counts["link became text"] += 1
        elif tag not in ("span", "font", "tbody", "thead", "tfoot", "colgroup", "col"):
            self._counts["tag that TikTok does not keep was removed"] += 1

    def handle_endtag(self, tag: str) -> None:
        """Closes what is open; a stray end is ignored."""
        if self._dropping:
            if tag in self._dropping:
                while self._dropping.pop() != tag:
                    pass
        elif tag in ("ul", "ol", "table"):
            self._end_block()
            if self._lists:
                self._lists.pop()
                self._release()
        elif tag in ("li", "tr"):
            self._end_block()
        elif tag in INLINE:
            self._styles[tag] = max(0, self._styles[tag] - 1)
        elif tag in _BREAKS:
            self._break()
            if tag in _HEADINGS:
                self._styles["b"] = max(0, self._styles["b"] - 1)

    def handle_data(self, data: str) -> None:
        """Words, with any white space as one blank."""
        if self._dropping:
            return
        text = _SPACE.sub(" ", data.translate(_CONTROL))
        if text:
            styles = tuple(style for style in INLINE if self._styles[style]) if not text.isspace() else ()
            self._parts.append(Run(text, styles))

    def parse_marked_section(self, i: int, report: int = 1) -> int:
        """Word's "<![if ...]>" and anything like it is skipped; the standard parser stops at unknown ones."""
        end = self.rawdata.find(">", i)
        return end + 1 if end >= 0 else -1

    def _open_list(self, tag: str) -> None:
        """A list within a list continues the outer one: TikTok allows no nesting."""
        self._end_block()
        if not self._lists:
            self._list_number += 1
        else:
            self._counts["nested list was made flat"] += 1
        self._lists.append(tag)

    def _open_cell(self, tag: str) -> None:
        before = next((part.text for part in reversed(self._parts) if isinstance(part, Run)), "").rstrip()
        if before and self._cells:
            first = len(self._cells) == 1 and not (tag == "th" and self._cells[0] == "th")
            separator = " " if before[-1] in ":;,.!?" else ": " if first else ", "
            self._parts.append(Run(separator))
        self._cells.append(tag)

    def _break(self) -> None:
        """Ends a paragraph; within a list item it is a line break."""
        if not self._lists or not self._parts:
            self._end_block()
        elif isinstance(next((part for part in reversed(self._parts) if not _is_blank(part)), LineBreak()), Run):
            self._parts.append(LineBreak())

    def _image(self, attrs: dict[str, str | None]) -> None:
        src = (attrs.get("src") or "").strip()
        scheme = src.partition(":")[0].lower() if ":" in src.partition("/")[0] else ""
        if not src or scheme not in ("", "http", "https"):
            self._counts["picture without a usable address was dropped"] += 1
            return
        width, height = (attrs.get("width") or "", attrs.get("height") or "")
        plain = width.isascii() and width.isdigit() and height.isascii() and height.isdigit()
        image = Image(src, width, height) if plain else Image(src)
        if self._lists:
            self._waiting.append(image)
        else:
            self._end_block()
            self._blocks.append(image)

    def _release(self) -> None:
        if not self._lists:
            self._blocks.extend(self._waiting)
            self._waiting.clear()

    def _end_block(self) -> None:
        parts = tidy(self._parts)
        self._parts = []
        if parts:
            number = self._list_number if self._lists else 0
            self._blocks.append(Block(parts, self._lists[0] if self._lists else "", number))


def tidy(parts: list[Run | LineBreak]) -> tuple[Run | LineBreak, ...]:
    """Runs of equal style joined, one blank at most between words, nothing blank at the edges or around line breaks."""
    kept: list[Run | LineBreak] = []
    for part in parts:
        if isinstance(part, LineBreak):
            _strip_end(kept)
            if kept:
                kept.append(part)
            continue
        last = kept[-1] if kept else None
        text = part.text
        if last is None or isinstance(last, LineBreak) or last.text.endswith(" "):
            text = text.lstrip(" ")
        if not text:
            continue
        styles = part.styles if text != " " else ()
        if isinstance(last, Run) and last.styles == styles:
            kept[-1] = Run(last.text + text, styles)
        else:
            kept.append(Run(text, styles))
    while kept and (isinstance(kept[-1], LineBreak) or not kept[-1].text.strip(" ")):
        kept.pop()
    _strip_end(kept)
    return tuple(kept)


def _is_blank(part: Run | LineBreak) -> bool:
    return isinstance(part, Run) and part.text == " "


def _strip_end(kept: list[Run | LineBreak]) -> None:
    while kept:
        last = kept[-1]
        if isinstance(last, LineBreak):
            return
        text = last.text.rstrip(" ")
        if text:
            kept[-1] = Run(text, last.styles)
            return
        kept.pop()


def _plural(what: str, count: int) -> str:
    if count == 1:
        return what
    for one, many in (
        ("heading became a bold paragraph", "headings became bold paragraphs"),
        ("table became a list", "tables became lists"),
        ("link became text", "links became text"),
        ("picture without a usable address was dropped", "pictures without a usable address were dropped"),
        ("nested list was made flat", "nested lists were made flat"),
        ("tag that TikTok does not keep was removed", "tags that TikTok does not keep were removed"),
        ("script, style or embedded object dropped", "scripts, styles or embedded objects dropped"),
    ):
        if what == one:
            return many
    return what
