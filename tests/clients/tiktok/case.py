"""One call of the client: what it must send and what it must read."""

from collections.abc import Callable
from typing import Any, NamedTuple

from clients.tiktok import TikTok


class Case(NamedTuple):
    name: str
    act: Callable[[TikTok], Any]
    method: str
    path: str
    query: dict[str, str]
    body: Any
    data: Any
    read: Any
    plain: bool = False  # the answer's data holds nothing to read, so nothing in it can be odd
