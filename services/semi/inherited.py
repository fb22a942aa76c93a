"""The warehouses of a semi-consignment store sell what the mapped warehouses of its local store sell: the same
locations feed them (features S1-32). Whoever changes the local mapping calls `follow`."""

from sqlalchemy import delete, select

from models import SemiPair, Shop, Warehouse, WarehouseMap, db
from models.present import has_table
from services import clock

NO_PLACES = "No location feeds the local store's warehouses yet. Map them; this store follows by itself."


def follow(local: Shop) -> None:
    """After a change of the local store's mapping: every store that is paired with it."""
    if has_table(SemiPair):
        db.session.flush()
        for pair in db.session.scalars(select(SemiPair).where(SemiPair.local_shop_id == local.id)):
            apply(pair)


def apply(pair: SemiPair) -> None:
    """Gives the store's warehouses the locations of the local ones, and notes where none feeds them."""
    if pair.took_effect_at is None:
        return
    ids = {
        (shop_id, tiktok_id): warehouse_id
        for shop_id, tiktok_id, warehouse_id in db.session.execute(
            select(Warehouse.shop_id, Warehouse.tiktok_id, Warehouse.id).where(
                Warehouse.shop_id.in_((pair.shop_id, pair.local_shop_id))
            )
        )
    }
    wanted = set()
    for local, semi in pair.warehouses:
        source, target = ids.get((pair.local_shop_id, local)), ids.get((pair.shop_id, semi))
        if source is not None and target is not None:
            places = select(WarehouseMap.location_id).where(WarehouseMap.warehouse_id == source)
            wanted |= {(target, place) for place in db.session.scalars(places)}
    mine = [warehouse_id for (shop_id, _), warehouse_id in ids.items() if shop_id == pair.shop_id]
    there = {
        (warehouse_id, place)
        for warehouse_id, place in db.session.execute(
            select(WarehouseMap.warehouse_id, WarehouseMap.location_id).where(WarehouseMap.warehouse_id.in_(mine))
        )
    }
    for warehouse_id, place in there - wanted:
        db.session.execute(
            delete(WarehouseMap).where(WarehouseMap.warehouse_id == warehouse_id, WarehouseMap.location_id == place),
            execution_options={"synchronize_session": False},
        )
    for warehouse_id, place in sorted(wanted - there):
        db.session.add(WarehouseMap(warehouse_id=warehouse_id, location_id=place))
    shop = db.session.get_one(Shop, pair.shop_id)
    shop.mapping_locked_at = shop.mapping_locked_at or clock.now()
    pair.note = "" if wanted else NO_PLACES
    db.session.flush()
