"""A merchant's HTML turned into the small part of HTML that TikTok keeps, word for word (features P-06, I-06)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape

from domain.markup import Block, Image, LineBreak, Reader, Run

ALLOWED_TAGS = frozenset({"p", "img", "ul", "ol", "li", "br", "strong", "b", "i", "em", "u"})


@dataclass(frozen=True, slots=True)
class PlacedImage:
    """A description picture as it stands on the platform (pixels)."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Translated:
    """`html` is well formed and holds only allowed tags; `images` are the sources it refers to, each once, in order."""

    html: str
    notes: tuple[str, ...]
    plain_text: str
    images: tuple[str, ...] = ()


def translate(html: str, placed: Mapping[str, PlacedImage] | None = None) -> Translated:
    """The description as it can be sent.

    With `placed`, pictures are replaced by their uploaded selves and those missing in it are dropped: TikTok takes only
    pictures that it hosts, with width and height (reference 4.8).
    """
    reader = Reader()
    blocks = reader.read(html if "<" in html else _plain_to_html(html))
    notes = list(reader.notes())
    if placed is not None:
        kept = [block for block in map(lambda block: _place(block, placed), blocks) if block is not None]
        if dropped := len(blocks) - len(kept):
            notes.append(f"{dropped} pictures dropped, because they are not on TikTok")
        blocks = kept
    images = dict.fromkeys(block.src for block in blocks if isinstance(block, Image))
    text = "\n".join(_text(block) for block in blocks if isinstance(block, Block))
    return Translated(_render(blocks), tuple(notes), text, tuple(images))


def could_exceed(html: str, limit: int) -> bool:
    """False when the translation cannot be longer than the limit, by a bound that needs no parsing."""
    bound = len(html) + 4 * html.count("&") + 3 * html.count(">") + 7
    if "<" not in html:
        return bound + 6 * (html.count("\n") + html.count("\r")) > limit
    if bound > limit:
        return True
    tags = html.count("<")
    if bound + 70 * tags + 5 * (html.count("'") + html.count('"')) <= limit:
        return False  # short enough whatever the tags are
    lowered = html.lower()
    each = 30  # a paragraph, a list around it, bold: the most that one tag can add
    each += sum(2 * len(tag) + 5 for tag in ("i", "em", "u", "strong") if "<" + tag in lowered)
    quotes = 5 * (html.count("'") + html.count('"')) if "<img" in lowered else 0
    return bound + quotes + each * tags > limit


_STARTS_WITH_WORDS = re.compile(
    r"""\s*(?:<(?:p|div|h[1-6]|span|b|strong|em|i|u|ul|ol|li|br)(?:\s(?:[^<>"']|"[^"<>]*"|'[^'<>]*')*)?/?>\s*){1,8}[A-Za-z0-9]""",
    re.IGNORECASE,
)


def has_content(html: str) -> bool:
    """True when words or a picture are left after translation."""
    if "<" not in html:
        return bool(html.replace("&nbsp;", "").strip())
    if _STARTS_WITH_WORDS.match(html):
        return True  # the usual case, without parsing
    translated = translate(html)
    return bool(translated.plain_text or translated.images)


def _plain_to_html(text: str) -> str:
    """Plain text with line breaks keeps its lines; "<" cannot occur in it."""
    paragraphs = text.replace("\r\n", "\n").replace("\r", "\n").split("\n\n")
    return "".join(f"<p>{paragraph.replace(chr(10), '<br>')}</p>" for paragraph in paragraphs)


def _place(block: Block | Image, placed: Mapping[str, PlacedImage]) -> Block | Image | None:
    if not isinstance(block, Image):
        return block
    found = placed.get(block.src)
    return None if found is None else replace(block, src=found.url, width=str(found.width), height=str(found.height))


def _render(blocks: list[Block | Image]) -> str:
    parts: list[str] = []
    open_list: tuple[str, int] | None = None
    for block in blocks:
        wanted = (block.list_tag, block.list_number) if isinstance(block, Block) and block.list_tag else None
        if wanted != open_list:
            if open_list:
                parts.append(f"</{open_list[0]}>")
            if wanted:
                parts.append(f"<{wanted[0]}>")
            open_list = wanted
        if isinstance(block, Image):
            parts.append(_image(block))
        else:
            tag = "li" if block.list_tag else "p"
            parts.append(f"<{tag}>{''.join(_inline(part) for part in block.parts)}</{tag}>")
    if open_list:
        parts.append(f"</{open_list[0]}>")
    return "".join(parts)


def _image(image: Image) -> str:
    size = "".join(f' {name}="{value}"' for name, value in (("width", image.width), ("height", image.height)) if value)
    return f'<img src="{escape(image.src)}"{size}>'


def _inline(part: Run | LineBreak) -> str:
    if isinstance(part, LineBreak):
        return "<br>"
    opening = "".join(f"<{style}>" for style in part.styles)
    closing = "".join(f"</{style}>" for style in reversed(part.styles))
    return f"{opening}{escape(part.text, quote=False)}{closing}"


def _text(block: Block) -> str:
    return "".join("\n" if isinstance(part, LineBreak) else part.text for part in block.parts)
