"""TikTok's carriers of a shop and which of them BigCommerce's names mean."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, func, select

from domain.fulfilment import carriers as rules
from domain.fulfilment.carriers import Match
from domain.roles import CHANGE, Page
from models import Carrier, CarrierMap, Shipment, Shop, Warehouse, db
from services import activities, clock
from services.activities import NewItem, Started
from services.actor import Actor
from services.errors import Invalid
from services.people.access import asks

KIND = "read_carriers"


def known(shop_id: int) -> dict[str, str]:
    """TikTok's id -> name, by name."""
    query = select(Carrier.provider_id, Carrier.name).where(Carrier.shop_id == shop_id).order_by(Carrier.name)
    return {provider: name for provider, name in db.session.execute(query)}


def mapped(shop_id: int) -> dict[str, str]:
    """A plain name -> TikTok's id, as people said."""
    query = select(CarrierMap.name, CarrierMap.provider_id).where(CarrierMap.shop_id == shop_id)
    return {name: provider for name, provider in db.session.execute(query)}


def match(shop_id: int, carrier: str, number: str) -> Match:
    return rules.match(carrier, number, known(shop_id), mapped(shop_id))


@asks(Page.SETTINGS, CHANGE)
def map_name(actor: Actor, shop: Shop, name: str, provider_id: str) -> None:
    """`provider_id` empty: no choice of a person's any more."""
    plain = rules.plain(name)
    if not plain:
        raise Invalid("Name the carrier as BigCommerce shows it.", "See carriers", "/settings/shipping/carriers")
    if provider_id and provider_id not in known(shop.id):
        raise Invalid("TikTok has no such carrier in this shop.", "See carriers", "/settings/shipping/carriers")
    db.session.execute(delete(CarrierMap).where(CarrierMap.shop_id == shop.id, CarrierMap.name == plain))
    if provider_id:
        row = CarrierMap(store_id=shop.store_id, shop_id=shop.id, name=plain, provider_id=provider_id)
        row.actor = actor.name[:255]
        db.session.add(row)
    db.session.flush()


def seen() -> list[tuple[str, int]]:
    """(carrier as shipments name it, how many) of what was to be told TikTok."""
    query = (
        select(Shipment.carrier, func.count())
        .where(Shipment.source != "tiktok", Shipment.carrier != "")
        .group_by(Shipment.carrier)
        .order_by(func.count().desc())
        .limit(50)
    )
    return [(name, count) for name, count in db.session.execute(query)]


@asks(Page.SETTINGS, CHANGE)
def read(actor: Actor, shop: Shop) -> Started:
    """Reads TikTok's carriers of the shop, as an activity."""
    return activities.start(
        actor, KIND, f"Read carriers of {shop.name}", [NewItem(shop.name, subject_id=shop.id)], shop_id=shop.id,
        queue="live", open_key=f"{KIND}:{shop.id}",
    )  # fmt: skip


def warehouses(shop_id: int) -> list[str]:
    query = select(Warehouse.tiktok_id).where(Warehouse.shop_id == shop_id, Warehouse.type == "SALES_WAREHOUSE")
    return list(db.session.scalars(query.order_by(Warehouse.is_default.desc(), Warehouse.id).limit(5)))


def keep(shop_id: int, found: Mapping[str, str]) -> int:
    """What a reading found takes the place of what was known; an empty reading changes nothing."""
    if not found:
        return 0
    shop = db.session.get_one(Shop, shop_id)
    db.session.execute(delete(Carrier).where(Carrier.shop_id == shop_id))
    now = clock.now()
    db.session.add_all(
        Carrier(store_id=shop.store_id, shop_id=shop_id, provider_id=provider[:32], name=name[:100], read_at=now)
        for provider, name in found.items()
    )
    db.session.flush()
    return len(found)


def unread(shops: Sequence[Shop]) -> list[Shop]:
    """Shops whose carriers were never read."""
    have = set(db.session.scalars(select(Carrier.shop_id).distinct()))
    return [shop for shop in shops if shop.id not in have]
