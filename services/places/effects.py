"""What another mapping would do to a shop's stock: pieces by warehouse before and after."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select

from models import ActivityItem, Listing, ListingSku, Location, Shop, StockTold, Warehouse, db
from services import warehouses
from services.places.versions import Pairs
from services.stock import rule_edits, rules
from services.stock.offers import live_listings, offers
from services.stock.rules import ShopRules

LOOK = 5000  # listings an effect looks at


@dataclass(frozen=True, slots=True)
class Place:
    """One warehouse. `fed`: labels of its locations before, `feeds`: after; pieces on offer before and after."""

    warehouse_id: int
    name: str
    fed: tuple[str, ...]
    feeds: tuple[str, ...]
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Effect:
    """`attach`: live listings to which TikTok must be told another warehouse first; `fewer`, `out`: SKUs that would be
    offered less, or not at all any more."""

    places: tuple[Place, ...]
    listings: int
    attach: int
    skus: int
    before: int
    after: int
    fewer: int
    out: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def rules_with(shop: Shop, pairs: Pairs, own: Mapping[str, Any] | None = None) -> ShopRules:
    """The shop's rules as they would be with another mapping. Locations that a push rule names itself give way to it,
    unless `own` names them: {our warehouse: our locations}."""
    said = rule_edits.current(shop)
    instead = {}
    for row in warehouses.of(shop):
        if row.type != warehouses.SALES:
            continue
        places = (own or {}).get(str(row.id))
        mapped = sorted(place for warehouse, place in pairs if warehouse == row.id)
        instead[row.id, 0] = {**said.get((row.id, 0), {}), "location_ids": mapped if places is None else places}
    return rules.of(shop, None, instead=instead)


def effect(shop: Shop, pairs: Pairs, own: Mapping[str, Any] | None = None) -> Effect:
    """Computed from the numbers as they are; nothing is sent or changed."""
    now, then = rules.of(shop), rules_with(shop, pairs, own)
    ids = live_listings(shop.id)[:LOOK]
    before, after = offers(shop, ids, now), offers(shop, ids, then, whole=True)
    had: dict[str, int] = {}
    gets: dict[str, int] = {}
    skus = fewer = out = 0
    for listing_id, offer in after.items():
        was = {sku.listing_sku_id: sku for sku in before[listing_id].skus} if listing_id in before else {}
        for sku in offer.skus:
            skus += 1
            old = was.get(sku.listing_sku_id)
            for warehouse, count in (old.target if old else {}).items():
                had[warehouse] = had.get(warehouse, 0) + count
            for warehouse, count in sku.spread.items():
                gets[warehouse] = gets.get(warehouse, 0) + count
            offered = old.value if old else 0
            fewer += sku.value < offered
            out += sku.value == 0 < offered
    labels = {row.id: row.label for row in warehouses.locations()}
    places = tuple(
        Place(row.id, row.name, _labels(now, row, labels), _labels(then, row, labels), had.get(row.tiktok_id, 0),
              gets.get(row.tiktok_id, 0))
        for row in warehouses.of(shop)
        if row.type == warehouses.SALES
    )  # fmt: skip
    return Effect(
        places,
        len(ids),
        len(lacking(shop, then)),
        skus,
        sum(had.values()),
        sum(gets.values()),
        fewer,
        out,
    )


def _labels(found: ShopRules, row: Warehouse, labels: Mapping[int, str]) -> tuple[str, ...]:
    return tuple(labels.get(place, "?") for place in found.feeds.get(row.tiktok_id, ()))


def lacking(shop: Shop, then: ShopRules) -> list[tuple[int, str]]:
    """(listing, title) of live listings of which a SKU is not known to have every warehouse that would feed it."""
    wanted = set(then.feeds)
    if not wanted - set(rules.of(shop).feeds):
        return []
    told: dict[int, set[str]] = {}
    for line_id, warehouse in db.session.execute(
        select(StockTold.listing_sku_id, StockTold.warehouse).where(StockTold.shop_id == shop.id)
    ):
        told.setdefault(line_id, set()).add(warehouse)
    ids = live_listings(shop.id)
    found: dict[int, str] = {}
    query = select(ListingSku.id, Listing.id, Listing.title).join(Listing, Listing.id == ListingSku.listing_id)
    for start in range(0, len(ids), 500):
        part = query.where(Listing.id.in_(ids[start : start + 500]), ListingSku.tiktok_id != "")
        for line_id, listing_id, title in db.session.execute(part.order_by(Listing.id)):
            if not wanted <= told.get(line_id, set()):
                found[listing_id] = title
    return list(found.items())


def refused(activity_id: int, limit: int = 20) -> Sequence[ActivityItem]:
    """What could not be prepared, with its reason."""
    query = select(ActivityItem).where(
        ActivityItem.activity_id == activity_id, ActivityItem.state.in_(("refused", "failed"))
    )
    return db.session.scalars(query.order_by(ActivityItem.id).limit(limit)).all()


def label_of(location_id: int) -> str:
    return db.session.scalar(select(Location.label).where(Location.id == location_id)) or "?"
