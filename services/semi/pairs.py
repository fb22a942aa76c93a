"""Pairs of a semi-consignment store and its local store, as TikTok made them. They are read, never edited: once in
effect only TikTok's people change them, and we follow (features S1-26..29)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from clients.errors import ClientError
from clients.tiktok.api import TikTok
from clients.tiktok.models import Warehouse as WarehouseRow
from clients.tiktok.semi_consignment import Pair, SemiConsignment
from domain.capabilities import Capability, ShopKind, allowed
from domain.roles import CHANGE, Page
from models import Location, SemiPair, Shop, Warehouse, WarehouseMap, db
from services import clock, notices, platforms, warehouses
from services.actor import Actor
from services.errors import NotFound
from services.people import audit
from services.people.access import asks
from services.semi import WHERE, adapter, demand, inherited
from services.shops.accounts import SEMI_MARKETS

NO_LOCAL = "Its local store is not connected here. Connect it, then read the pairs again."
NOT_YET = "TikTok has not put the pair into effect yet. Ask your TikTok account manager."


@dataclass(frozen=True, slots=True)
class Asker:
    """What asking needs, as plain data."""

    adapter: SemiConsignment
    shops: Mapping[str, TikTok]  # by TikTok's id


@dataclass(frozen=True, slots=True)
class Told:
    pairs: Sequence[Pair] = ()
    places: Mapping[str, Sequence[WarehouseRow]] = field(default_factory=dict)
    fault: str = ""


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One line of Mapping Details."""

    local: str
    local_id: str
    semi: str
    semi_id: str
    locations: Sequence[str]


def markets(shops: Sequence[Shop]) -> list[Shop]:
    """Stores that can be part of a pair: there are some in Indonesia only (features S1-09)."""
    return [shop for shop in shops if shop.market in SEMI_MARKETS and shop.kind != ShopKind.GLOBAL_SELLER]


def of(shops: Sequence[Shop]) -> list[SemiPair]:
    """The pairs of these stores, in the order they were read."""
    demand()
    ids = [shop.id for shop in shops]
    return list(db.session.scalars(select(SemiPair).where(SemiPair.shop_id.in_(ids)).order_by(SemiPair.id)))


def of_local(local: Shop) -> list[SemiPair]:
    """The stores that products of this local store can go to."""
    demand()
    query = select(SemiPair).join(Shop, Shop.id == SemiPair.shop_id)
    return list(
        db.session.scalars(query.where(SemiPair.local_shop_id == local.id, Shop.is_active).order_by(SemiPair.id))
    )


def of_semi(shop: Shop) -> SemiPair | None:
    demand()
    return db.session.scalar(select(SemiPair).where(SemiPair.shop_id == shop.id))


def get(pair_id: int) -> SemiPair:
    demand()
    pair = db.session.scalar(select(SemiPair).where(SemiPair.id == pair_id))
    if pair is None:
        raise NotFound("This pair of stores does not exist.", "Semi-consignment", WHERE)
    return pair


def in_effect(pair: SemiPair) -> bool:
    return pair.took_effect_at is not None and not pair.note


# -- reading ----------------------------------------------------------------------------------------------------------


def prepare(shops: Sequence[Shop]) -> Asker:
    """Clients for the adapter and for the warehouses of every store that may be paired."""
    demand()
    chosen = [shop for shop in markets(shops) if shop.authorization.state == "active"]
    return Asker(adapter(), {shop.tiktok_id: platforms.tiktok(shop) for shop in chosen})


def ask(asker: Asker) -> Told:
    """Asks TikTok, outside any transaction."""
    if not asker.shops:
        return Told(fault="No store in Indonesia is connected, and semi-consignment exists there only.")
    try:
        found = asker.adapter.pairs(list(asker.shops))
        both = {number for pair in found for number in (pair.local_shop, pair.semi_shop)}
        return Told(found, {number: asker.shops[number].warehouses() for number in sorted(both & asker.shops.keys())})
    except ClientError as error:
        return Told(fault=f"TikTok could not be asked for the pairs: {error.text}")


@asks(Page.SEMI_CONSIGNMENT, CHANGE)
def record(actor: Actor, told: Told) -> str:
    """Keeps the pairs as they were told, and says it in a sentence."""
    if told.fault:
        return told.fault
    shops = {shop.tiktok_id: shop for shop in db.session.scalars(select(Shop).where(Shop.is_active))}
    for number, rows in told.places.items():
        warehouses.record(shops[number], rows)
    kept = [_keep(actor, shops, pair) for pair in told.pairs if pair.semi_shop in shops]
    count = sum(in_effect(pair) for pair in kept)
    if not kept:
        return "TikTok names no pair for the connected stores. A store is paired by your TikTok account manager."
    return f"{len(kept)} {'pair' if len(kept) == 1 else 'pairs'} read, {count} in effect."


def _keep(actor: Actor, shops: Mapping[str, Shop], told: Pair) -> SemiPair:
    shop, local = shops[told.semi_shop], shops.get(told.local_shop)
    pair = db.session.scalar(select(SemiPair).where(SemiPair.shop_id == shop.id))
    if pair is None:
        pair = SemiPair(
            shop_id=shop.id, local_shop_id=(local or shop).id, reference=told.pair_id[:64], warehouses=[], note="",
            read_at=clock.now(),
        )  # fmt: skip
        db.session.add(pair)
    if shop.kind == ShopKind.LOCAL:
        shop.kind = ShopKind.SEMI_CONSIGNMENT.value
        audit.note(actor, "shop.semi_consignment", f"TikTok names “{shop.name}” as a semi-consignment store; only the "
                   "owner and roles that name it reach it now.", shop_id=shop.id)  # fmt: skip
    fresh = [[one, other] for one, other in sorted(told.warehouse_map.items())]
    moved = pair.took_effect_at is not None and (
        pair.warehouses != fresh or (local is not None and pair.local_shop_id != local.id)
    )
    pair.reference, pair.warehouses, pair.read_at = told.pair_id[:64], fresh, clock.now()
    if local is not None:
        pair.local_shop_id = local.id
    if told.in_effect and local is not None and pair.took_effect_at is None:
        pair.took_effect_at = clock.now()
        audit.note(actor, "semi.paired", f"“{shop.name}” is paired with “{local.name}”; the mapping is fixed.",
                   shop_id=shop.id)  # fmt: skip
    if moved:
        _tell(actor, shop)
    db.session.flush()
    pair.note = NO_LOCAL if local is None else NOT_YET if pair.took_effect_at is None else ""
    if not pair.note:
        inherited.apply(pair)
    db.session.flush()
    return pair


def _tell(actor: Actor, shop: Shop) -> None:
    text = (
        f"TikTok's people changed with which store or warehouses “{shop.name}” is paired. Its stock follows them now."
    )
    audit.note(actor, "semi.mapping_changed", text, shop_id=shop.id)
    notices.raise_notice(f"semi-mapping:{shop.id}", "warning", text, "Mapping Details", WHERE)


# -- Mapping Details --------------------------------------------------------------------------------------------------


def details(pair: SemiPair) -> list[PlaceRow]:
    """Warehouse by warehouse, with the locations that feed both."""
    rows = db.session.scalars(select(Warehouse).where(Warehouse.shop_id.in_((pair.shop_id, pair.local_shop_id)))).all()
    names = {(row.shop_id, row.tiktok_id): row for row in rows}
    found = []
    for local, semi in pair.warehouses:
        one, other = names.get((pair.local_shop_id, local)), names.get((pair.shop_id, semi))
        places = (
            select(Location.label)
            .join(WarehouseMap, WarehouseMap.location_id == Location.id)
            .where(WarehouseMap.warehouse_id == (one.id if one else 0))
            .order_by(Location.label)
        )
        labels = list(db.session.scalars(places))
        found.append(PlaceRow(one.name if one else local, local, other.name if other else semi, semi, labels))
    return found


def fixed() -> str:
    """Why nobody can change it here."""
    return allowed(ShopKind.SEMI_CONSIGNMENT, Capability.CHANGE_WAREHOUSE_MAPPING).reason
