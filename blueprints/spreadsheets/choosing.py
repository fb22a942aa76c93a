"""Which shop and which rows a spreadsheet is about, as the form says."""

from dataclasses import asdict
from typing import Any

from flask import g, request

from blueprints.listings import selection
from blueprints.products import routes as products
from models import Shop
from services.spreadsheets.kinds.base import Kind

MOST = 5000


def shop() -> Shop | None:
    """The shop of the form, else the chosen one."""
    named = request.form.get("of_shop", "")
    shops: list[Shop] = g.shops
    chosen_above: Shop | None = g.shop
    return next((one for one in shops if str(one.id) == named), None) or chosen_above


def chosen(kind: Kind) -> dict[str, Any]:
    """The rows that a list's selection names; everything where none is named."""
    source = request.form.get("from", "")
    if source == "listings" and kind.of_shop and kind.name != "mappings":
        return _listings()
    if source == "products" and not kind.of_shop:
        return _products()
    return {}


def _ids() -> list[int]:
    given = request.form.getlist("id")[:MOST]
    return [int(value) for value in dict.fromkeys(given) if value.isascii() and value.isdigit() and len(value) < 19]


def _listings() -> dict[str, Any]:
    if request.form.get("all"):
        wanted = asdict(selection.read_filter())
        return {"filter": {name: value for name, value in wanted.items() if value}}
    return {"ids": _ids()} if _ids() else {}


def _products() -> dict[str, Any]:
    if request.form.get("all"):
        wanted = asdict(products.read_filters()[1])
        return {"filter": {name: str(value) if name.startswith("price") else value
                           for name, value in wanted.items() if value not in ("", None)}}  # fmt: skip
    return {"ids": _ids()} if _ids() else {}
