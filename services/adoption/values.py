"""TikTok's values of a product as fields of a listing, and how they differ from what we would send."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from clients.tiktok.models import Product, Sku
from models import Listing, ListingSku, Shop, db
from services import listing_diff
from services.adoption.found import shown_price
from services.errors import ServiceError
from services.listing_diff import Change
from services.listing_fields import IDENTIFIERS, clean, clean_sku
from services.publish_requests import Request

log = logging.getLogger("causeway.adoption")
CHOICES: Mapping[str, str] = {
    "title": "Title",
    "description": "Description",
    "category": "Category and attributes",
    "brand": "Brand",
    "package": "Package weight and size",
    "price": "Prices",
    "sku": "SKUs and identifiers",
}
"""What can be taken over from TikTok, each as a whole. Pictures are files of BigCommerce and cannot."""


def choice_of(field: str) -> str:
    """Which choice a changed field (listing_diff.Change.field) belongs to; empty for what cannot be taken."""
    name = field.rpartition(".")[2] if field.startswith("skus.") else field.partition(".")[0]
    return {"attributes": "category", "weight": "package", "dimensions": "package", "identifier": "sku"}.get(
        name, name if name in CHOICES else ""
    )


def fields_of(product: Product) -> dict[str, Any]:
    """A listing's fields as TikTok has them."""
    found: dict[str, Any] = {"title": product.title, "description": product.description}
    if product.category_chains:
        found["category"] = product.category_chains[-1].id
    found["brand"] = {"id": product.brand.id, "name": product.brand.name} if product.brand else {"id": "", "name": ""}
    weight, size = product.package_weight, product.package_dimensions
    if weight and weight.value:
        found["weight"] = {"value": format(weight.value, "f"), "unit": weight.unit}
    if size and size.length and size.width and size.height:
        sides = {"length": size.length, "width": size.width, "height": size.height}
        found["dimensions"] = {**{name: format(side, "f") for name, side in sides.items()}, "unit": size.unit}
    for one in product.product_attributes:
        found[f"attributes.{one.id}"] = [{"id": value.id, "text": value.name} for value in one.values]
    return found


def sku_fields_of(sku: Sku) -> dict[str, Any]:
    """A variant's fields as TikTok has them."""
    price, code = shown_price(sku), sku.identifier_code
    found: dict[str, Any] = {"sku": sku.seller_sku}
    if price:
        found["price"] = format(price, "f")
    if code and code.code and code.type in IDENTIFIERS:
        found["identifier"] = {"kind": code.type, "code": code.code}
    return found


@dataclass(frozen=True, slots=True)
class Taken:
    """How many fields were set, and those that could not be (a category that is unknown here)."""

    count: int
    left: tuple[str, ...] = ()


def take(shop: Shop, listing: Listing, product: Product, choices: Collection[str]) -> Taken:
    """Sets the chosen fields of a listing and of its variants to what TikTok has. Marks it for a recheck."""
    fields, left, count = dict(listing.fields), [], 0
    if "category" in choices:
        fields = {name: value for name, value in fields.items() if not name.startswith("attributes.")}
    for name, value in fields_of(product).items():
        if choice_of(name) in choices:
            try:
                fields[name] = clean(shop, name, value)
                count += 1
            except ServiceError as refusal:
                left.append(name)
                log.info("Listing %s keeps its %s: %s", listing.id, name, refusal)
    if "category" in left:  # attributes belong to their category
        fields = {name: value for name, value in fields.items() if not name.startswith("attributes.")}
    by_id = {sku.id: sku for sku in product.skus}
    for line in lines(listing):
        sku = by_id.get(line.tiktok_id)
        if sku is not None:
            count += take_sku(line, sku, choices)
    listing.fields = fields
    listing.version += 1
    listing.is_stale = True
    db.session.flush()
    return Taken(count, tuple(left))


def take_sku(line: ListingSku, sku: Sku, choices: Collection[str]) -> int:
    mine = {name: value for name, value in sku_fields_of(sku).items() if choice_of(f"skus.{line.id}.{name}") in choices}
    if "sku" in mine and (not mine["sku"] or (line.variant is not None and line.variant.sku == mine["sku"])):
        del mine["sku"]  # it is what the variant has anyway
    line.fields = {**line.fields, **{name: clean_sku(name, value) for name, value in mine.items()}}
    return len(mine)


def lines(listing: Listing) -> Sequence[ListingSku]:
    query = select(ListingSku).where(ListingSku.listing_id == listing.id).order_by(ListingSku.position, ListingSku.id)
    return db.session.scalars(query).all()


# -- differences ------------------------------------------------------------------------------------------------------


def differences(request: Request, product: Product) -> list[Change]:
    """Quantities left out: they are stock's business."""
    found = listing_diff.changes(request.body, [image.uri for image in request.main_images], product)
    return [one for one in found if one.kind != "stock"]
