"""One API call that passed the gateway, and its paging."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import FileStorage

from sandbox.tiktok.refusal import Refusal, invalid

if TYPE_CHECKING:
    from sandbox.tiktok.platform import Platform

Document = dict[str, Any]


@dataclass
class Call:
    """A call that passed the gateway. `shop` is set on shop-level endpoints, `seller_id` always."""

    platform: Platform
    version: str
    query: dict[str, str]
    body: Document
    params: dict[str, str]
    authorization: Document
    seller_id: str
    shop: Document = field(default_factory=dict)
    files: dict[str, FileStorage] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)

    @property
    def shop_id(self) -> str:
        return str(self.shop["id"])

    def page(self, maximum: int = 100, code: int = 12019109) -> tuple[int, int]:
        """(offset, size) from page_token and page_size; the size is required."""
        try:
            size = int(self.query.get("page_size", ""))
        except ValueError:
            raise Refusal(code, "page_size must be a number") from None
        if not 1 <= size <= maximum:
            raise Refusal(code, f"page_size must be between 1 and {maximum}")
        return decode_page(self.query.get("page_token", "")), size

    def rows(self, name: str, maximum: int, code: int) -> list[Any]:
        """A list from the body of at most `maximum` entries."""
        value = self.body.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise invalid(name, "expected a list")
        if len(value) > maximum:
            raise Refusal(code, f"{name} takes at most {maximum} entries")
        return value


def word(value: object) -> str:
    """A body's value where a word is expected; anything else is a word that nobody knows."""
    return value if isinstance(value, str) else "" if value is None else repr(value)


def encode_page(offset: int) -> str:
    return base64.b64encode(f"offset={offset}".encode()).decode()


def decode_page(token: str) -> int:
    """The offset inside an opaque page token; an unreadable one is refused."""
    if not token:
        return 0
    try:
        name, _, value = base64.b64decode(token, validate=True).decode().partition("=")
        if name == "offset" and int(value) >= 0:
            return int(value)
    except (binascii.Error, ValueError):
        pass
    raise Refusal(12019108, "page_token is not valid")
