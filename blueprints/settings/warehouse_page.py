"""What the warehouse page shows: TikTok's sales warehouses beside the store's locations."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.capabilities import Capability, allowed
from models import Shop
from services import shops, warehouses
from services.places import centers


def warehouse_data(
    shop: Shop, base: str, chosen: Mapping[int, Sequence[int]] | None = None, fault: str = ""
) -> dict[str, Any]:
    """`chosen` is what the form held when it could not be kept."""
    rows, places = warehouses.of(shop), warehouses.locations()
    sales = [row for row in rows if row.type == warehouses.SALES and row.effect_status != "REMOVED"]
    saved = warehouses.mapping(shop)
    locked = shop.mapping_locked_at is not None
    proposed = not locked and not saved and chosen is None
    ticked: Mapping[int, Any] = (
        chosen if chosen is not None else saved or (warehouses.propose(sales, places) if not locked else {})
    )
    used = {location_id for ids in (saved if locked else ticked).values() for location_id in ids}
    return {
        "base": base,
        "shop": shop,
        "sales": sales,
        "returns": [row for row in rows if row.type == warehouses.RETURNS],
        "locations": places,
        "ticked": {key: set(ids) for key, ids in ticked.items()},
        "saved": saved,
        "locked": locked,
        "proposed": proposed and bool(ticked),
        "unsold": [place for place in places if place.id not in used],
        "states": warehouses.STATES,
        "labels": warehouses.LABELS,
        "centers": centers.names(),
        "change": allowed(shop.kind, Capability.CHANGE_WAREHOUSE_MAPPING),
        "why_returns": warehouses.WHY_RETURNS,
        "checks": shops.checks(shop),
        "fault": fault,
        "homes": {location_id: key for key, ids in saved.items() for location_id in ids},
    }
