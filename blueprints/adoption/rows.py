"""What the pages of adoption show: both sides of a match, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import select

from blueprints.listings.twins import word
from models import FoundProduct, Product, Variant, db
from services.adoption.adopting import whole
from services.adoption.values import CHOICES

HOW = {"sku": "by SKU", "product_id": "by product id", "identifier": "by identifier", "title": "by title"}
SKUS = 4  # shown at once
SHORT = 160


@dataclass(frozen=True, slots=True)
class Side:
    """A product on one of the two sides."""

    name: str
    title: str
    image_url: str
    skus: str
    price: str
    facts: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One of our products that it may be."""

    product_id: int
    side: Side
    score: int
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """A product found on TikTok Shop and what it may be of ours, best first."""

    id: int
    shop: str
    theirs: Side
    choices: Sequence[Choice]
    how: str
    note: str
    variants: int
    quantity: int
    created_at: datetime | None


def rows_of(found: Sequence[FoundProduct], shops: dict[int, str]) -> list[Row]:
    ids = {one["product"] for row in found for one in row.candidates} | {row.product_id for row in found}
    ours = sides([product_id for product_id in ids if product_id])
    return [_row(row, shops, ours) for row in found]


def _row(row: FoundProduct, shops: dict[int, str], ours: dict[int, Side]) -> Row:
    choices = [
        Choice(one["product"], ours[one["product"]], one["score"], one["reason"])
        for one in row.candidates
        if one["product"] in ours
    ]
    if choices and row.reason != choices[0].reason:  # it was made a proposal after all were seen
        choices[0] = Choice(choices[0].product_id, choices[0].side, row.score, row.reason)
    return Row(
        row.id,
        shops.get(row.shop_id, ""),
        theirs_of(row),
        choices,
        HOW.get(row.how, ""),
        row.note,
        len(row.skus),
        sum(sku["quantity"] for sku in row.skus),
        row.created_at,
    )


def theirs_of(row: FoundProduct) -> Side:
    prices = [(float(sku["price"]), f"{sku['price']} {sku['currency']}") for sku in row.skus if sku["price"]]
    facts = [("Status", word(row.status)), ("Product id", row.tiktok_id)]
    codes = [sku["seller_sku"] for sku in row.skus]
    return Side("TikTok Shop", row.title or row.tiktok_id, row.image_url, shown(codes), _span(prices), facts)


def sides(product_ids: Sequence[int]) -> dict[int, Side]:
    """Products of ours."""
    codes: dict[int, list[str]] = {}
    prices: dict[int, list[tuple[float, str]]] = {}
    query = select(Variant.product_id, Variant.sku, Variant.price).where(Variant.product_id.in_(product_ids))
    for product_id, sku, price in db.session.execute(query.order_by(Variant.product_id, Variant.position)):
        codes.setdefault(product_id, []).append(sku)
        if price is not None:
            prices.setdefault(product_id, []).append((float(price), f"{price:.2f}"))
    found: dict[int, Side] = {}
    for product in db.session.scalars(select(Product).where(Product.id.in_(product_ids))):
        span = _span(prices.get(product.id, []))
        asked = f"{span} {product.currency}".strip() if span else ""
        number = str(product.bigcommerce_id) if product.bigcommerce_id else "not there"
        facts = [("In BigCommerce", number)]
        found[product.id] = Side(
            "Your product", product.title, product.image_url, shown(codes.get(product.id, [])), asked, facts
        )
    return found


def shown(codes: Sequence[str]) -> str:
    known = [code for code in codes if code]
    more = f" and {len(known) - SKUS} more" if len(known) > SKUS else ""
    return f"{', '.join(known[:SKUS])}{more}" if known else "none"


def _span(prices: Sequence[tuple[float, str]]) -> str:
    if not prices:
        return ""
    low, high = min(prices), max(prices)
    return low[1] if low[0] == high[0] else f"{low[1]} to {high[1]}"


def compared(row: FoundProduct, product: Product | None) -> list[tuple[str, str, str, str]]:
    """(choice, label, TikTok's, ours) of what can be taken over, as shown."""
    theirs = whole(row)
    weight, size = theirs.package_weight, theirs.package_dimensions
    attributes = ", ".join(f"{one.name}: {', '.join(v.name for v in one.values)}" for one in theirs.product_attributes)
    path = " > ".join(link.local_name for link in theirs.category_chains)
    package = f"{weight.value} {weight.unit.lower()}" if weight and weight.value else ""
    if size and size.length:
        package = f"{package}, {size.length} × {size.width} × {size.height} {size.unit.lower()}".strip(", ")
    side, mine = theirs_of(row), sides([product.id])[product.id] if product else None
    codes = [sku["identifier"] for sku in row.skus if sku["identifier"]]
    values: dict[str, tuple[str, Any]] = {
        "title": (theirs.title, product and product.title),
        "description": (_brief(theirs.description), product and _brief(product.description)),
        "category": (f"{path}; {attributes}".strip("; "), product and "as its profile says"),
        "brand": (theirs.brand.name if theirs.brand else "", product and product.brand),
        "package": (package, product and _package(product)),
        "price": (side.price, mine and f"{mine.price}, by the price rule"),
        "sku": (f"{side.skus}; {shown(codes)}" if codes else side.skus, mine and mine.skus),
    }
    return [(name, label, values[name][0] or "–", values[name][1] or "–") for name, label in CHOICES.items()]


def _package(product: Product) -> str:
    sides_ = [product.depth, product.width, product.height]
    size = " × ".join(f"{side.normalize():f}" for side in sides_ if side) if all(sides_) else ""
    weight = f"{product.weight.normalize():f}" if product.weight else ""
    return ", ".join(part for part in (weight, size) if part)


def _brief(html: str) -> str:
    text = " ".join(Markup(html).striptags().split())  # noqa: S704 - only to be stripped
    return text if len(text) <= SHORT else f"{text[:SHORT]}…"
