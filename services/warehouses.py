"""TikTok's warehouses and the store's locations: which location's stock is sold from which warehouse."""

import re
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import delete, select

from clients.bigcommerce.models import Location as LocationRow
from clients.tiktok.models import Warehouse as WarehouseRow
from domain.capabilities import Capability, allowed
from domain.roles import CHANGE, Page
from models import Listing, Location, Shop, Warehouse, WarehouseMap, db
from services import clock, notices, readiness
from services.actor import Actor
from services.errors import Forbidden, Invalid, NotFound, ServiceError
from services.people.access import asks
from services.places import centers, versions
from services.semi import inherited

SALES, RETURNS = "SALES_WAREHOUSE", "RETURN_WAREHOUSE"
STATES = {
    "ENABLED": ("Enabled", ""),
    "DISABLED": (
        "Disabled",
        "It is switched off in Seller Center, so nothing can be sold from it. Switch it on there and refresh.",
    ),
    "RESTRICTED": (
        "Restricted",
        "It is in holiday mode or has reached its order limit, so nothing is sold from it at the moment. You may map "
        "it; stock starts to count when TikTok lifts the restriction.",
    ),
    "REMOVED": ("Removed", "It no longer exists in Seller Center."),
}
LABELS = {  # features S4-40; the last two as Seller Center calls them for sellers from abroad
    "DOMESTIC_WAREHOUSE": "Local Warehouse",
    "CB_OVERSEA_WAREHOUSE": "Cross-Border Overseas Warehouse",
    "CB_DIRECT_SHIPPING_WAREHOUSE": "Cross-Border Direct Shipping Warehouse",
}
LIKELY = 0.15  # a state's two words among an address are enough
WHY_RETURNS = "Returned parcels go here. TikTok allows no stock to be sold from a returns warehouse, so it is left out."


class Locked(ServiceError):
    """The mapping was confirmed; only additions are possible."""


def record(shop: Shop, rows: Sequence[WarehouseRow]) -> None:
    """Keeps the shop's warehouses as just read; a mapped one that is gone stays, marked as removed."""
    known = {row.tiktok_id: row for row in of(shop)}
    before = _selling(shop)
    for row in rows:
        warehouse = known.pop(row.id, None) or Warehouse(store_id=shop.store_id, shop_id=shop.id, tiktok_id=row.id)
        warehouse.name, warehouse.type, warehouse.sub_type = row.name[:255], row.type[:24], row.sub_type[:40]
        warehouse.effect_status, warehouse.is_default = row.effect_status[:16], row.is_default
        warehouse.address = row.address.full_address if row.address else ""
        db.session.add(warehouse)
    used = {warehouse_id for warehouse_id, _ in pairs(shop)}
    for gone in known.values():
        if gone.id in used:
            gone.effect_status = "REMOVED"
        else:
            db.session.delete(gone)
    db.session.flush()
    if _selling(shop) != before:
        readiness.mark_stale(Listing.shop_id == shop.id)  # their quantity counts or no longer does
    warn(shop)


def _selling(shop: Shop) -> set[tuple[str, str]]:
    return {(row.tiktok_id, row.effect_status) for row in mapped(shop)}


def record_locations(store_id: int, rows: Sequence[LocationRow]) -> None:
    """Keeps the store's locations as just read; one that is gone is switched off, its stock rows stay."""
    known = {row.bigcommerce_id: row for row in db.session.scalars(select(Location))}
    for row in rows:
        location = known.pop(row.id, None) or Location(store_id=store_id, bigcommerce_id=row.id)
        location.code, location.label = row.code[:255], (row.label or row.code)[:255]
        location.is_enabled = row.enabled
        location.address = _address(row)
        db.session.add(location)
    for gone in known.values():
        gone.is_enabled = False
    db.session.flush()


def _address(row: LocationRow) -> str:
    address = row.address
    if address is None:
        return ""
    parts = (address.address1, address.city, address.state, address.zip, address.country_code)
    return ", ".join(part for part in parts if part)


def warn(shop: Shop) -> None:
    """A mapped warehouse that cannot sell is told once and resolved by itself."""
    stuck = [row for row in mapped(shop) if row.effect_status != "ENABLED"]
    key = f"warehouse:{shop.id}"
    if stuck:
        names = ", ".join(
            f"“{row.name}” ({STATES.get(row.effect_status, (row.effect_status, ''))[0].lower()})" for row in stuck
        )
        notices.raise_notice(
            key,
            "warning",
            f"Nothing can be sold from {names} of “{shop.name}” at the moment.",
            "Warehouses",
            "/settings/warehouses",
        )
    else:
        notices.resolve(key)


def of(shop: Shop) -> Sequence[Warehouse]:
    """All warehouses of the shop, the default one first."""
    query = select(Warehouse).where(Warehouse.shop_id == shop.id)
    return db.session.scalars(query.order_by(Warehouse.is_default.desc(), Warehouse.name, Warehouse.id)).all()


def sellable(shop: Shop) -> list[Warehouse]:
    """Sales warehouses from which TikTok sells now."""
    return [row for row in of(shop) if row.type == SALES and row.effect_status == "ENABLED"]


def mapped(shop: Shop) -> list[Warehouse]:
    """Sales warehouses that at least one location feeds, whatever their state."""
    used = {warehouse_id for warehouse_id, _ in pairs(shop)}
    return [row for row in of(shop) if row.type == SALES and row.id in used]


def pairs(shop: Shop) -> list[tuple[int, int]]:
    """(warehouse, location) ids of the shop's mapping."""
    query = (
        select(WarehouseMap.warehouse_id, WarehouseMap.location_id)
        .join(Warehouse, Warehouse.id == WarehouseMap.warehouse_id)
        .where(Warehouse.shop_id == shop.id)
        .order_by(WarehouseMap.id)
    )
    return [(warehouse_id, location_id) for warehouse_id, location_id in db.session.execute(query)]


def mapping(shop: Shop) -> dict[int, set[int]]:
    """Location ids by warehouse id."""
    found: dict[int, set[int]] = {}
    for warehouse_id, location_id in pairs(shop):
        found.setdefault(warehouse_id, set()).add(location_id)
    return found


def locations() -> Sequence[Location]:
    """The store's locations, enabled ones first."""
    return db.session.scalars(select(Location).order_by(Location.is_enabled.desc(), Location.label, Location.id)).all()


def propose(sales: Sequence[Warehouse], places: Sequence[Location]) -> dict[int, set[int]]:
    """The likeliest location for each warehouse that sells, every location at most once. By name and address; what
    nothing
    speaks for stays open, except that the default warehouse gets the first location that is left."""
    open_ones = [row for row in sales if row.effect_status == "ENABLED"]
    free = {place.id: place for place in places if place.is_enabled}
    scores = sorted(
        (
            (_likeness(warehouse, place), -number, warehouse.id, place.id)
            for number, warehouse in enumerate(open_ones)
            for place in free.values()
        ),
        reverse=True,
    )
    found: dict[int, set[int]] = {}
    for score, _, warehouse_id, location_id in scores:
        if score >= LIKELY and warehouse_id not in found and location_id in free:
            found[warehouse_id] = {location_id}
            del free[location_id]
    for warehouse in sorted(open_ones, key=lambda row: not row.is_default)[:1]:
        if warehouse.id not in found and free:
            found[warehouse.id] = {min(free)}
    return found


def _likeness(warehouse: Warehouse, place: Location) -> float:
    return max(_alike(warehouse.name, f"{place.label} {place.code}"), 0.8 * _alike(warehouse.address, place.address))


def _alike(left: str, right: str) -> float:
    one, other = (set(re.findall(r"\w+", text.casefold())) - {"warehouse", "location", "the"} for text in (left, right))
    if not one or not other:
        return 0.0
    return len(one & other) / min(len(one), len(other))


@asks(Page.SETTINGS, CHANGE)
def confirm(actor: Actor, shop: Shop, chosen: Mapping[int, Sequence[int]]) -> None:
    """Keeps the mapping and locks it (features S2-30, S2-31). It must sell from somewhere."""
    _refuse_fixed(shop)
    if shop.mapping_locked_at is not None:
        raise Locked(
            f"The mapping of “{shop.name}” was already confirmed. Locations can be added; whatever else changes goes "
            "step by step.",
            "Change the mapping",
            "/settings/warehouses/change",
        )
    wanted = _checked(shop, chosen)
    centers.refuse_unless_alone(wanted)
    if not wanted:
        raise Invalid(
            f"No location is chosen, so “{shop.name}” would have nothing to sell. Tick the location whose stock each "
            "warehouse sells."
        )
    replace(shop, wanted)
    shop.mapping_locked_at = clock.now()
    db.session.flush()
    versions.note(shop, "confirmed", wanted, actor)
    warn(shop)


@asks(Page.SETTINGS, CHANGE)
def add(actor: Actor, shop: Shop, chosen: Mapping[int, Sequence[int]]) -> int:
    """Adds locations to a confirmed mapping (features S2-33); how many. What is mapped already stays as it is."""
    _refuse_fixed(shop)
    present = set(pairs(shop))
    wanted = _checked(shop, chosen) - present
    homes = {location_id: warehouse_id for warehouse_id, location_id in present}
    for warehouse_id, location_id in wanted:
        if homes.get(location_id, warehouse_id) != warehouse_id:
            raise _twice(location_id)
    centers.refuse_unless_alone(present | wanted)
    _keep(shop, wanted)
    db.session.flush()
    if wanted:
        versions.note(shop, "added", present | wanted, actor)
    return len(wanted)


def _refuse_fixed(shop: Shop) -> None:
    """The warehouses of a semi-consignment store are paired by TikTok (features S1-28)."""
    verdict = allowed(shop.kind, Capability.CHANGE_WAREHOUSE_MAPPING)
    if not verdict:
        raise Forbidden(verdict.reason, "Mapping Details", "/semi-consignment/pairs")


def replace(shop: Shop, wanted: set[tuple[int, int]]) -> None:
    """The mapping becomes these (warehouse, location) pairs; whoever calls asked and checked."""
    of_shop = select(Warehouse.id).where(Warehouse.shop_id == shop.id)
    db.session.execute(
        delete(WarehouseMap).where(WarehouseMap.warehouse_id.in_(of_shop)),
        execution_options={"synchronize_session": False},
    )
    _keep(shop, wanted)


def _keep(shop: Shop, wanted: set[tuple[int, int]]) -> None:
    for warehouse_id, location_id in sorted(wanted):
        db.session.add(WarehouseMap(store_id=shop.store_id, warehouse_id=warehouse_id, location_id=location_id))
    inherited.follow(shop)
    if wanted:
        readiness.mark_stale(Listing.shop_id == shop.id)  # other places, another quantity


def check(shop: Shop, pairs: Iterable[tuple[int, int]]) -> None:
    """Refuses (warehouse, location) pairs that this shop cannot have."""
    chosen: dict[int, list[int]] = {}
    for warehouse_id, location_id in pairs:
        chosen.setdefault(warehouse_id, []).append(location_id)
    _checked(shop, chosen)


def _checked(shop: Shop, chosen: Mapping[int, Sequence[int]]) -> set[tuple[int, int]]:
    sales = {row.id for row in of(shop) if row.type == SALES}
    places = {place.id for place in locations() if place.is_enabled}
    wanted: set[tuple[int, int]] = set()
    homes: dict[int, int] = {}
    for warehouse_id, location_ids in chosen.items():
        if location_ids and warehouse_id not in sales:
            raise NotFound(
                "One of the warehouses is not a sales warehouse of this shop any more. Refresh the list.",
                "Refresh",
                "/settings/warehouses",
            )
        for location_id in location_ids:
            if location_id not in places:
                raise NotFound(
                    "One of the locations is not enabled in BigCommerce any more. Refresh the list.",
                    "Refresh",
                    "/settings/warehouses",
                )
            if homes.setdefault(location_id, warehouse_id) != warehouse_id:
                raise _twice(location_id)
            wanted.add((warehouse_id, location_id))
    return wanted


def _twice(location_id: int) -> Invalid:
    place = db.session.scalar(select(Location.label).where(Location.id == location_id))
    return Invalid(
        f"“{place}” is chosen for two warehouses, so the same pieces would be offered twice. Choose it for one of them."
    )
