"""Changing push rules: checked, looked at first, saved with the digest of what was looked at, then pushed."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from models import Listing, Location, Product, PushRule, Shop, Warehouse, db
from models.tenancy import tenant_id
from services import clock, readiness
from services.actor import Actor
from services.errors import Invalid, NotFound, Stale
from services.stock import pushes, rules
from services.stock.pushes import DryRun
from services.stock.rules import FIELDS
from services.warehouses import mapping

Key = tuple[int, int]  # our warehouse or 0, our product or 0
Values = dict[str, Any]
RANGES = {
    "percent": (0, 1000, "Share of stock"),
    "add_on": (-99_999, 99_999, "Add to stock"),
    "cap": (0, 99_999, "At most"),
    "threshold": (0, 99_999, "Threshold"),
    "guard": (0, 99_999, "Low-stock guard"),
}


def read_field(name: str, text: str) -> int | None:
    """A typed number; empty: as the wider rule says."""
    if not text.strip():
        return None
    low, high, label = RANGES[name]
    try:
        value = int(text.strip().removeprefix("+").removesuffix("%").strip())
    except ValueError:
        raise Invalid(f"{label} must be a whole number.") from None
    if not low <= value <= high:
        raise Invalid(f"{label} must be from {low:,} to {high:,}.")
    return value


def current(shop: Shop) -> dict[Key, Values]:
    """The shop's own and its warehouses' rules as saved."""
    return {
        (row.warehouse_id, row.product_id): {name: getattr(row, name) for name in (*FIELDS, "is_on", "location_ids")}
        for row in rules.rows(shop.id, ())
    }


def checked(shop: Shop, wanted: Mapping[Key, Values]) -> dict[Key, Values]:
    """Refuses places that are not there and a location that would feed two warehouses of the shop."""
    warehouses = {row.id: row.name for row in db.session.scalars(select(Warehouse).where(Warehouse.shop_id == shop.id))}
    places = {row.id: row.label for row in db.session.scalars(select(Location).where(Location.is_enabled))}
    homes: dict[int, int] = {}
    mapped = mapping(shop)
    for (warehouse_id, _), values in wanted.items():
        if warehouse_id and warehouse_id not in warehouses:
            raise NotFound("One of the warehouses is not there any more. Look at the rules again.")
        said = values.get("location_ids")
        fed = sorted(mapped.get(warehouse_id, ())) if said is None else said
        for place in fed if values.get("is_on", True) else []:
            if said is not None and place not in places:
                raise Invalid("One of the locations is not enabled in BigCommerce any more. Look at the rules again.")
            if homes.setdefault(place, warehouse_id) != warehouse_id:
                raise Invalid(
                    f"“{places.get(place, 'A location')}” would feed two warehouses, so its pieces would be offered "
                    "twice. Choose it for one of them."
                )
    return {key: {**dict.fromkeys((*FIELDS, "location_ids")), "is_on": True, **said} for key, said in wanted.items()}


def digest(wanted: Mapping[Key, Values]) -> str:
    """Names what was looked at."""
    plain = [[list(key), sorted(values.items())] for key, values in sorted(wanted.items())]
    return hashlib.blake2b(json.dumps(plain).encode(), digest_size=12).hexdigest()


def look(shop: Shop, wanted: Mapping[Key, Values]) -> DryRun:
    """What the shop would be told, differences only. Nothing is saved or sent."""
    return pushes.dry_run(shop, rules.of(shop, None, instead=wanted))


def save(actor: Actor, shop: Shop, wanted: Mapping[Key, Values], seen: str) -> None:
    """Keeps the rules that were looked at; the listings are rechecked."""
    if seen != digest(wanted):
        raise Stale("The rules are not the ones that were looked at. Look at what they would change, then save.")
    for key, values in wanted.items():
        _keep(actor, shop, key, values)
    db.session.flush()
    readiness.mark_stale(Listing.shop_id == shop.id)


def _keep(actor: Actor, shop: Shop, key: Key, values: Values) -> None:
    row = db.session.scalar(
        select(PushRule).where(
            PushRule.shop_id == shop.id, PushRule.warehouse_id == key[0], PushRule.product_id == key[1]
        )
    )
    row = row or PushRule(store_id=tenant_id(), shop_id=shop.id, warehouse_id=key[0], product_id=key[1])
    for name, value in values.items():
        setattr(row, name, value)
    row.changed_by, row.changed_at = actor.name[:255], clock.now()
    db.session.add(row)


def switch(actor: Actor, shop: Shop, on: bool) -> None:
    """Starts or stops the pushing to a shop; its numbers stay."""
    row = rules.shop_row(shop.id)
    values = {name: getattr(row, name) for name in FIELDS} if row is not None else {}
    _keep(actor, shop, (0, 0), {**values, "is_on": on})
    db.session.flush()


def products(shop: Shop) -> list[tuple[PushRule, str]]:
    """Rules of single products, with their titles."""
    query = (
        select(PushRule, Product.title)
        .join(Product, Product.id == PushRule.product_id)
        .where(PushRule.shop_id == shop.id, PushRule.product_id != 0)
        .order_by(Product.title, PushRule.id)
        .limit(200)
    )
    return [(row, title) for row, title in db.session.execute(query)]


def keep_product(actor: Actor, shop: Shop, sku: str, values: Values) -> int:
    """A product's own numbers, by its SKU or one of its variants'; answers the product."""
    from models import Variant

    product_id = db.session.scalar(
        select(Variant.product_id)
        .join(Product, Product.id == Variant.product_id)
        .where((Variant.sku == sku) | (Product.sku == sku), Product.deleted_at.is_(None))
        .limit(1)
    )
    if product_id is None:
        raise Invalid(f"No product has the SKU “{sku}”.")
    _keep(actor, shop, (0, product_id), {"is_on": True, **values})
    db.session.flush()
    _recheck(shop, product_id)
    return product_id


def drop_product(actor: Actor, shop: Shop, rule_id: int) -> int:
    row = db.session.scalar(
        select(PushRule).where(PushRule.id == rule_id, PushRule.shop_id == shop.id, PushRule.product_id != 0)
    )
    if row is None:
        raise NotFound("This rule does not exist any more.", "See push rules", "/stock/rules")
    product_id = row.product_id
    db.session.delete(row)
    db.session.flush()
    _recheck(shop, product_id)
    return product_id


def _recheck(shop: Shop, product_id: int) -> None:
    readiness.mark_stale((Listing.shop_id == shop.id) & (Listing.product_id == product_id))
