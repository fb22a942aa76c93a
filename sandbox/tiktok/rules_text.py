"""Title and description (reference 4.8, 11.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from sandbox.tiktok.submission import Finding, Submission

CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
FORBIDDEN = re.compile(
    r"[\x00-\x1f\x7f\u2600-\u27bf\U0001f000-\U0001faff]|&(?:#\d+|#x[0-9a-f]+|[a-z]+);", re.IGNORECASE
)
LETTER = re.compile(r"\w")
DESCRIPTION_MAXIMUM, IMAGE_MAXIMUM, IMAGE_SIDE = 10_000, 30, 4000
KEPT = frozenset({"p", "img", "ul", "ol", "li", "br", "strong", "b", "i", "em", "u"})
DANGEROUS = frozenset({"script", "style", "iframe", "object", "embed", "form"})
VOID = frozenset({"img", "br", "hr", "input", "meta", "link"})


def title(submission: Submission) -> Iterator[Finding]:
    text = submission.body.get("title")
    low, high = submission.market.title_range
    if not isinstance(text, str) or not text.strip():
        yield 12052261, "The title is missing"
        return
    if len(text) > high:
        yield 12052051, f"The title has more than {high} characters"
    if len(text) < low:
        yield 12052910, f"The title has fewer than {low} characters"
    if CHINESE.search(text):
        yield 12052262, "The title has Chinese characters"
    if FORBIDDEN.search(text) or not LETTER.search(text):
        yield 12052931, "The title has characters that are not allowed"


class _Reader(HTMLParser):
    """Collects what the rules ask of the HTML: open tags, foreign tags, images."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.broken = False
        self.tags: set[str] = set()
        self.images: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "img":
            self.images.append(dict(attrs))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.broken = True


def description(submission: Submission) -> Iterator[Finding]:
    text = submission.body.get("description")
    if not isinstance(text, str) or not text.strip():
        yield 12052015, "The description is missing"
        return
    if len(text) > DESCRIPTION_MAXIMUM:
        yield 12052013, "The description has more than 10,000 characters"
        return
    reader = _Reader()
    reader.feed(text)
    reader.close()
    if reader.broken or reader.open:
        yield 12052344, "The description's HTML is not well formed"
    if reader.tags & DANGEROUS:
        yield 12052345, "The description has tags that are not allowed"
    elif reader.tags - KEPT:
        submission.warnings.append(
            "The description has tags that are not shown: " + ", ".join(sorted(reader.tags - KEPT))
        )
    yield from _images(submission, reader.images)


def _images(submission: Submission, images: list[dict[str, str | None]]) -> Iterator[Finding]:
    if len(images) > IMAGE_MAXIMUM:
        yield 12052056, "The description has more than 30 images"
    for image in images:
        width, height = (image.get(side) or "" for side in ("width", "height"))
        if not image.get("src") or not width.isdigit() or not height.isdigit():
            yield 12052346, "A description image lacks src, width or height"
        elif not str(image["src"]).startswith(submission.platform.media.base_url + "/"):
            yield 12052340, "A description image is not hosted by the platform"
        elif int(width) >= IMAGE_SIDE or int(height) >= IMAGE_SIDE:
            yield 12052342, "A description image is too large"


def shown(text: str) -> str:
    """The description without the tags that the platform drops."""
    return re.sub(
        r"</?([a-zA-Z][a-zA-Z0-9]*)\b[^>]*>", lambda match: match[0] if match[1].lower() in KEPT else "", text
    )
