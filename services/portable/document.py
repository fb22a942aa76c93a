"""The whole configuration of a store as plain data and as text. Names and platforms' ids stand in it, never ours, so
that a file means the same in another store; tokens and people do not."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from models import Location, Product, Profile, Role, Shop, Store, Warehouse, db
from models.present import has_table
from services import profile_edits, settings, warehouses
from services.orders import rules as order_rules
from services.places import centers
from services.returns import rules as return_rules
from services.stock import rules as stock_rules
from services.stock.rules import FIELDS

FORMAT = 1
Document = dict[str, Any]


def of_store(store: Store, shops: Sequence[Shop], with_roles: bool = True) -> Document:
    """Everything a person can set, by section; of these shops."""
    return {
        "causeway": {"format": FORMAT, "store": store.hash},
        "configuration": settings.of(store).to_json(),
        "orders": order_rules.of().to_json(),
        "returns": return_rules.of().to_json(),
        **({"roles": _roles(shops)} if with_roles else {}),
        "fulfilment services": {str(_place(number)): name for number, name in sorted(centers.names().items())},
        "shops": {shop.tiktok_id: of_shop(shop) for shop in shops},
    }


def of_shop(shop: Shop) -> Document:
    """A shop's own part: its mapping, push rules and profiles."""
    names = {row.id: row.tiktok_id for row in warehouses.of(shop)}
    mapping: dict[str, list[int]] = {}
    for warehouse_id, location_id in warehouses.pairs(shop):
        mapping.setdefault(names[warehouse_id], []).append(_place(location_id))
    return {
        "name": shop.name,
        "market": shop.market,
        "warehouses": {key: sorted(places) for key, places in sorted(mapping.items())},
        "push rules": _push_rules(shop, names),
        "profiles": {row.name: _profile(row) for row in _profiles(shop)},
    }


def of_rules(shop: Shop) -> Document:
    """The same without what names the shop, to lay two shops beside each other."""
    return {name: value for name, value in of_shop(shop).items() if name not in ("name", "market")}


def text(document: Mapping[str, Any]) -> str:
    """Sorted and indented, so that two files can be laid beside each other."""
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False, default=str) + "\n"


def _roles(known: Sequence[Shop]) -> Document:
    if not has_table(Role):
        return {}
    shops = {shop.id: shop.tiktok_id for shop in known}
    return {
        role.name: {
            "cells": role.grants.get("cells", []),
            "ordinary": role.grants.get("ordinary", True),
            "shops": sorted(shops[number] for number in role.grants.get("shops", ()) if number in shops),
        }
        for role in db.session.scalars(select(Role).order_by(Role.name))
    }


def _push_rules(shop: Shop, names: Mapping[int, str]) -> Document:
    found: Document = {}
    for row in stock_rules.rows(shop.id):
        said = {name: value for name in FIELDS if (value := getattr(row, name)) is not None}
        said["is_on"] = row.is_on
        if row.location_ids is not None:
            said["locations"] = sorted(_place(number) for number in row.location_ids)
        if row.product_id:
            key = f"product {db.session.scalar(select(Product.sku).where(Product.id == row.product_id))}"
        else:
            key = f"warehouse {names.get(row.warehouse_id, '?')}" if row.warehouse_id else "shop"
        found[key] = said
    return found


def _profiles(shop: Shop) -> list[Profile]:
    return list(db.session.scalars(select(Profile).where(Profile.shop_id == shop.id).order_by(Profile.position)))


def _profile(row: Profile) -> Document:
    state = profile_edits.state(row)
    return {name: value for name, value in state.items() if name != "name"} | {"default": row.is_default}


def _place(location_id: int) -> int:
    """BigCommerce's number of a location."""
    return db.session.scalar(select(Location.bigcommerce_id).where(Location.id == location_id)) or 0


def places() -> dict[int, int]:
    """BigCommerce's number -> ours."""
    rows = db.session.execute(select(Location.bigcommerce_id, Location.id))
    return {theirs: ours for theirs, ours in rows}


def warehouse_ids(shop: Shop) -> dict[str, int]:
    """TikTok's id -> ours."""
    rows = db.session.execute(select(Warehouse.tiktok_id, Warehouse.id).where(Warehouse.shop_id == shop.id))
    return {theirs: ours for theirs, ours in rows}
