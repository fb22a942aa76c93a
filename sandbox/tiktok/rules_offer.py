"""Price, stock and warehouses of SKUs; the shop's own readiness (reference 4.8, 4.9, 11.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from sandbox.tiktok.markets import Market
from sandbox.tiktok.platform import Platform
from sandbox.tiktok.submission import Document, Finding, Submission, part, rows

QUANTITY_MAXIMUM = 99_999
MONEY = {0: re.compile(r"\d{1,12}"), 2: re.compile(r"\d{1,12}(\.\d{1,2})?")}
NEEDS_SALE_PRICE = frozenset({"JP", "US"})


def shop_ready(submission: Submission) -> Iterator[Finding]:
    shop = submission.shop
    if shop["seller_type"] == "CROSS_BORDER" and shop["listing_method"] != "LOCAL_REPLICATION":
        yield 12052701, "A cross-border seller may not create local products here"
    if not submission.platform.warehouses[shop["id"]]:
        yield 12052115, "The shop has no warehouse"
    if not shop["return_warehouse"]:
        yield 12052535, "The shop has no return warehouse"
    if not shop["logistics"]:
        yield 12052420, "The shop has no logistics service"
    if "SHOP_TAX" in shop["failing"]:
        yield 12052419, "The shop has onboarding tasks open"


def prices(submission: Submission) -> Iterator[Finding]:
    for sku in submission.skus:
        if "price" not in sku and submission.product and sku.get("id"):
            continue
        shipped_abroad = any(
            submission.platform.warehouses[submission.shop["id"]].get(str(row.get("warehouse_id")), {}).get("sub_type")
            == "CB_DIRECT_SHIPPING_WAREHOUSE"
            for row in rows(sku, "inventory")
        )
        yield from check_price(submission.shop, submission.market, part(sku, "price"), shipped_abroad)


def check_price(shop: Document, market: Market, price: Document, shipped_abroad: bool = False) -> Iterator[Finding]:
    """One price object: present, in the shop's currency, well formed, inside the market's range."""
    amount, sale_price = price.get("amount"), price.get("sale_price")
    if amount in (None, ""):
        yield 12052571, "The price is missing"
        return
    if price.get("currency") != market.currency:
        yield 12052084, f"The currency must be {market.currency}"
    cross_border = shop["seller_type"] == "CROSS_BORDER"
    if cross_border and market.region in NEEDS_SALE_PRICE and not sale_price:
        yield 12052424, "sale_price is missing"
    shown = sale_price if cross_border and sale_price else amount
    if not all(
        isinstance(value, str) and MONEY[market.decimals].fullmatch(value) for value in (amount, sale_price or amount)
    ):
        yield 12052073, "The price is not a decimal string of this currency"
        return
    low, high = market.price_range
    if shipped_abroad and market.cross_border_maximum is not None:
        high = market.cross_border_maximum
    if not low <= Decimal(str(shown)) <= high:
        yield 12052570, f"The price must be between {low} and {high}"


def stock(submission: Submission) -> Iterator[Finding]:
    lowest = 0 if submission.product or submission.platform.knobs["zero_stock_on_create"] else 1
    for sku in submission.skus:
        if "inventory" not in sku and submission.product and sku.get("id"):
            continue
        inventory = rows(sku, "inventory")
        if not inventory:
            yield 12052055, "A SKU has no stock"
        numbers = [str(row.get("warehouse_id")) for row in inventory]
        assigned = (submission.product or {}).get("stock", {}).get(str(sku.get("id") or ""), {})
        if gone := sorted(set(assigned) - set(numbers)):
            yield 12052534, f"The warehouse {gone[0]} cannot be taken from the SKU"
        if len(set(numbers)) < len(numbers):
            yield 12052555, "A warehouse is named twice"
        elif len(numbers) > 1 and not submission.shop["multi_warehouse"]:
            yield 12052094, "The shop may not use several warehouses"
        for row in inventory:
            if row.get("warehouse_id") or len(inventory) > 1:
                yield from check_warehouse(submission.platform, submission.shop, row.get("warehouse_id"))
            yield from check_quantity(row.get("quantity"), lowest)


def check_warehouse(platform: Platform, shop: Document, number: object) -> Iterator[Finding]:
    place = platform.warehouses[shop["id"]].get(str(number))
    if place is None and str(number) in platform.warehouse_owner:
        yield 12052530, f"The warehouse {number} belongs to another shop"
    elif place is None:
        yield 12052097, f"The warehouse {number} does not exist"
    elif place["type"] == "RETURN_WAREHOUSE":
        yield 12052532, f"The warehouse {number} takes returns only"
    elif place["effect_status"] == "DISABLED":
        yield 12052531, f"The warehouse {number} is disabled"
    elif str(number) in shop.get("unreachable", ()):
        yield 12052364, f"The warehouse {number} cannot reach this market"


def check_quantity(quantity: object, lowest: int) -> Iterator[Finding]:
    if not isinstance(quantity, int) or isinstance(quantity, bool) or not lowest <= quantity <= QUANTITY_MAXIMUM:
        yield 12052055, f"The quantity must be between {lowest} and 99,999"
