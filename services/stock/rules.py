"""Push rules: which locations feed which warehouses of a shop, and how much of it the shop is told. Store settings are
the widest rule; then the shop's, a warehouse's, and a product's own numbers."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from domain.capabilities import Capability, allowed
from domain.stock import Offer, RuleFields, Source, StockRule, offer
from models import Location, PushRule, Shop, Store, Warehouse, WarehouseMap, db
from models.present import has_table
from services import settings

FIELDS = ("percent", "add_on", "cap", "threshold", "guard")
SELLS = ("ENABLED", "RESTRICTED")  # in holiday mode stock may be kept; TikTok does not sell it (reference 3.1)
MOST = 99_999


@dataclass(frozen=True, slots=True)
class ShopRules:
    """What decides about the numbers of one shop. `feeds`: TikTok warehouse id -> our location ids."""

    shop_id: int
    rule: StockRule
    feeds: Mapping[str, tuple[int, ...]]
    names: Mapping[str, str]
    own: Mapping[str, RuleFields]
    products: Mapping[int, RuleFields]
    left_alone: frozenset[int]  # products that are not pushed

    def offer(self, levels: Mapping[int, int], product_id: int | None, most: int | None = None) -> Offer:
        """`levels`: pieces for sale by our location id."""
        mine = self.products.get(product_id or 0, RuleFields())
        sources = [
            Source(
                warehouse,
                sum(levels.get(place, 0) for place in places),
                _said(mine, self.own[warehouse]) if warehouse in self.own else RuleFields(),
                self.names.get(warehouse, warehouse),
            )
            for warehouse, places in self.feeds.items()
        ]
        return offer(sources, mine.over(self.rule), most)

    def only(self, warehouses: Collection[str]) -> "ShopRules":
        """Narrowed to these warehouses."""
        if all(name in warehouses for name in self.feeds):
            return self
        return replace(self, feeds={name: places for name, places in self.feeds.items() if name in warehouses})


def _said(first: RuleFields, then: RuleFields) -> RuleFields:
    """What the first says, else what the second says."""
    said = {name: getattr(first, name) for name in FIELDS}
    return RuleFields(**{name: getattr(then, name) if value is None else value for name, value in said.items()})


def fields_of(row: PushRule | None) -> RuleFields:
    return RuleFields(**{name: getattr(row, name) for name in FIELDS}) if row is not None else RuleFields()


def rows(shop_id: int, product_ids: Iterable[int] | None = None) -> list[PushRule]:
    """The shop's own rules; of products only those named (None: all)."""
    if not has_table(PushRule):
        return []
    query = select(PushRule).where(PushRule.shop_id == shop_id)
    if product_ids is not None:
        query = query.where(PushRule.product_id.in_({0, *product_ids}))
    return list(db.session.scalars(query.order_by(PushRule.id)))


def of(
    shop: Shop,
    product_ids: Iterable[int] | None = None,
    store: Store | None = None,
    instead: Mapping[tuple[int, int], Mapping[str, Any]] | None = None,
) -> ShopRules:
    """The rules of a shop as they stand. `instead` puts values in the place of saved ones, by (warehouse, product): a
    look at what a change would do."""
    found = {(row.warehouse_id, row.product_id): _values(row) for row in rows(shop.id, product_ids)} | dict(
        instead or {}
    )
    whole = settings.of(store or db.session.get_one(Store, shop.store_id)).stock_rule()
    warehouses = db.session.scalars(
        select(Warehouse)
        .where(Warehouse.shop_id == shop.id, Warehouse.type == "SALES_WAREHOUSE", Warehouse.effect_status.in_(SELLS))
        .order_by(Warehouse.is_default.desc(), Warehouse.id)
    ).all()
    mapped: dict[int, list[int]] = {}
    pairs = select(WarehouseMap.warehouse_id, WarehouseMap.location_id).order_by(WarehouseMap.id)
    for warehouse_id, location_id in db.session.execute(
        pairs.where(WarehouseMap.warehouse_id.in_([one.id for one in warehouses]))
    ):
        mapped.setdefault(warehouse_id, []).append(location_id)
    feeds: dict[str, tuple[int, ...]] = {}
    own: dict[str, RuleFields] = {}
    for one in warehouses:
        said = found.get((one.id, 0), {})
        places = said.get("location_ids")
        places = mapped.get(one.id, []) if places is None else places
        if not places or not said.get("is_on", True):
            continue  # nothing is sold from it
        feeds[one.tiktok_id] = tuple(int(place) for place in places)
        if fields := _fields(said):
            own[one.tiktok_id] = fields
    products = {product: said for (warehouse, product), said in found.items() if product and not warehouse}
    return ShopRules(
        shop.id,
        _fields(found.get((0, 0), {})).over(whole),
        feeds,
        {one.tiktok_id: one.name for one in warehouses},
        own,
        {product: fields for product, said in products.items() if (fields := _fields(said))},
        frozenset(product for product, said in products.items() if not said.get("is_on", True)),
    )


def _values(row: PushRule) -> dict[str, Any]:
    return {name: getattr(row, name) for name in (*FIELDS, "is_on", "location_ids")}


def _fields(said: Mapping[str, Any]) -> RuleFields:
    return RuleFields(**{name: said.get(name) for name in FIELDS})


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether stock is pushed to a shop, and if not, why and what to press."""

    on: bool
    why: str = ""
    action: str = ""
    url: str = ""


def standing(shop: Shop, store: Store) -> Standing:
    """Every condition of an automatic push that the shop must meet (features S1-50, S4-17, S4-41, S5-94, S5-95)."""
    verdict = allowed(shop.kind, Capability.PUSH_STOCK)
    if not verdict:
        return Standing(False, verdict.reason)
    if not shop.is_active:
        return Standing(False, f"“{shop.name}” is not connected.", "Connect it", "/settings/")
    if shop.authorization.state != "active":
        text = f"TikTok no longer accepts the permission of “{shop.name}”."
        return Standing(False, text, "Authorize it again", "/settings/")
    if not settings.of(store).sync_inventory:
        return Standing(False, "“Push stock” is switched off for the store.", "Settings", "/settings/configuration")
    if not of(shop, (), store).feeds:
        return Standing(
            False,
            f"No enabled sales warehouse of “{shop.name}” is fed by a location, so there is nothing to tell it.",
            "Warehouses",
            "/settings/warehouses",
        )
    row = shop_row(shop.id)
    if row is None:
        return Standing(False, "Not switched on yet. Look at what the shop would be told, then switch it on.")
    return Standing(row.is_on, "" if row.is_on else "Switched off in the push rule of this shop.")


def shop_row(shop_id: int) -> PushRule | None:
    if not has_table(PushRule):
        return None
    return db.session.scalar(
        select(PushRule).where(PushRule.shop_id == shop_id, PushRule.warehouse_id == 0, PushRule.product_id == 0)
    )


def open_locations() -> list[Location]:
    """Locations that can feed a warehouse."""
    query = select(Location).where(Location.is_enabled).order_by(Location.label, Location.id)
    return list(db.session.scalars(query))
