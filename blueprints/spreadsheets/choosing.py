"""Which shop and which rows a spreadsheet is about, as the form says."""

from dataclasses import asdict
from typing import Any

from flask import g, request

from blueprints.listings import selection
from blueprints.orders import area as order_list
from blueprints.products import routes as products
from models import Shop
from services.errors import NotFound
from services.spreadsheets.kinds.base import Kind

MOST = 5000
PARTS = ("tab", "problem", "search", "category", "tag")  # of the filter of listings


def shop() -> Shop | None:
    """The shop of the form, else the chosen one."""
    named = request.form.get("of_shop", "")
    shops: list[Shop] = g.shops
    chosen_above: Shop | None = g.shop
    return next((one for one in shops if str(one.id) == named), None) or chosen_above


def fits(kind: Kind, source: str) -> bool:
    """Whether a selection of that list can be exported as this kind."""
    if source == "listings":
        return kind.of_shop and kind.name in ("listings", "attributes", "prices")
    if source == "orders" or kind.name == "orders":
        return source == kind.name
    return source == "products" and not kind.of_shop


def given(source: str) -> list[tuple[str, str]]:
    """The selection as fields of a form; refused when nothing is selected."""
    if source == "listings":
        return [("from", source), *selection.read().fields()]
    if source == "products":
        products.selection()
        return [("from", source), *products.selected()]
    raise NotFound("There is no such list.", "See spreadsheets", "/spreadsheets/")


def chosen(kind: Kind) -> dict[str, Any]:
    """The rows that a list's selection names; everything where none is named."""
    source = request.form.get("from", "")
    if not fits(kind, source):
        return {}
    if source == "orders":
        wanted = order_list.read_filters()
        return {"filter": wanted.as_query() | ({"shop_id": wanted.shop_id} if wanted.shop_id else {})}
    return _listings() if source == "listings" else _products()


def _ids() -> list[int]:
    given = request.form.getlist("id")[:MOST]
    return [int(value) for value in dict.fromkeys(given) if value.isascii() and value.isdigit() and len(value) < 19]


def _listings() -> dict[str, Any]:
    if request.form.get("all"):
        wanted = selection.read_filter()
        return {"filter": {name: value for name in PARTS if (value := getattr(wanted, name))}}
    return {"ids": _ids()} if _ids() else {}


def _products() -> dict[str, Any]:
    if request.form.get("all"):
        wanted = asdict(products.read_filters()[1])
        return {"filter": {name: str(value) if name.startswith("price") else value
                           for name, value in wanted.items() if value not in ("", None)}}  # fmt: skip
    return {"ids": _ids()} if _ids() else {}
