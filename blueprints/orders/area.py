"""The blueprint of Orders and what several of its pages say."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, g, request

from blueprints.layout import address
from domain.orders import words
from domain.orders.words import BIGCOMMERCE
from services import settings
from services.orders import pages
from services.orders.pages import Filters

orders = Blueprint("orders", __name__, url_prefix="/s/<store_hash>/orders")
LARGEST = 2**63 - 1


def status_words() -> Mapping[str, str]:
    """Order statuses in the words that the store has chosen; read once a request."""
    if "order_words" not in g:
        g.order_words = words.words(settings.of(g.store).status_words)
    found: Mapping[str, str] = g.order_words
    return found


def bigcommerce_word(status_id: int | None) -> str:
    return "" if status_id is None else BIGCOMMERCE.get(status_id, f"status {status_id}")


def shop_id() -> int | None:
    return g.shop.id if g.shop else None


def read_filters() -> Filters:
    """From the address or a form; what makes no sense is left out."""
    given = {name: request.values.get(name, "").strip()[:200] for name in ("tab", "q", "since", "until", "kind", "sku")}
    if given["tab"] not in pages.TAB_NAMES:
        given["tab"] = ""
    if given["kind"] not in pages.KINDS:
        given["kind"] = ""
    code = request.values.get("code", "").strip()[:60] if given["tab"] == "error" else ""
    return Filters(**given, code=code, shop_id=shop_id())


def list_url(**query: Any) -> str:
    return address("orders.index", **query)
