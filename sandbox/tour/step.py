"""The form of one step."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from sandbox.state import Document
from sandbox.tour.guide import Finding, Guide

Cause = Callable[[Guide], Document]
Check = Callable[[Guide, Document], Finding]
Link = tuple[str, str]


@dataclass(frozen=True)
class Step:
    """`do` and `see` are sentences. `button` sets what goes wrong (`cause`, which answers what the check needs);
    `same` is the call of the control API that does the same. Without `check` only the reader can tell."""

    code: str
    title: str
    why: str
    do: tuple[str, ...]
    see: tuple[str, ...]
    links: tuple[Link, ...]
    check: Check | None = None
    button: str = ""
    cause: Cause | None = None
    same: str = ""


def in_app(words: str, path: str) -> Link:
    """A link to a page of the app, inside the control panel."""
    return words, f"/manage/app/1?{urlencode({'url': path})}"
