"""The mapping: proposed, confirmed once, and only ever added to."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from clients.tiktok.models import Warehouse as WarehouseRow
from models import Authorization, Listing, Location, Notice, Shop, Store, Warehouse, WarehouseMap, db
from models.tenancy import tenant
from services import shops, warehouses
from services.actor import Actor
from services.errors import Invalid, NotFound


@pytest.fixture
def shop(app: Flask) -> Iterator[Shop]:
    """A shop with an east, a west and a returns warehouse, and three locations, one of them closed."""
    with app.app_context():
        now = datetime(2099, 1, 1, tzinfo=UTC)
        store = Store(hash="abc123", installed_at=now, settings={}, wizard={})
        db.session.add(store)
        db.session.flush()
        with tenant(store.id):
            grant = Authorization(
                open_id="o", access_expires_at=now, refresh_expires_at=now, connected_at=now, scopes=[]
            )
            db.session.add(grant)
            db.session.flush()
            row = Shop(authorization_id=grant.id, tiktok_id="1", name="Shop", market="US", prerequisites=[])
            db.session.add(row)
            db.session.flush()
            warehouses.record(
                row,
                [
                    tiktok("11", "East hub", address="Edison, New Jersey", default=True),
                    tiktok("12", "West hub", address="Fontana, California"),
                    tiktok("13", "Returns", kind="RETURN_WAREHOUSE"),
                ],
            )
            for number, (label, address, enabled) in enumerate(
                (
                    ("Portland", "Portland, Oregon", True),
                    ("Newark", "Newark, New Jersey", True),
                    ("Closed", "Reno, Nevada", False),
                ),
                1,
            ):
                db.session.add(Location(bigcommerce_id=number, label=label, address=address, is_enabled=enabled))
            db.session.flush()
            yield row
        db.session.rollback()


def tiktok(
    key: str,
    name: str,
    kind: str = "SALES_WAREHOUSE",
    status: str = "ENABLED",
    address: str = "",
    default: bool = False,
) -> WarehouseRow:
    return WarehouseRow.model_validate(
        {
            "id": key,
            "name": name,
            "type": kind,
            "effect_status": status,
            "is_default": default,
            "address": {"full_address": address},
        }
    )


def ids(shop: Shop) -> tuple[dict[str, int], dict[str, int]]:
    return ({row.name: row.id for row in warehouses.of(shop)}, {row.label: row.id for row in warehouses.locations()})


def actor(shop: Shop) -> Actor:
    return Actor("maya", shop.store_id)


def test_proposal_by_address_then_the_default(shop: Shop) -> None:
    stores, places = ids(shop)
    found = warehouses.propose(warehouses.sellable(shop), warehouses.locations())
    assert found == {stores["East hub"]: {places["Newark"]}}
    db.session.query(Location).filter_by(label="Newark").one().address = "Boise, Idaho"
    found = warehouses.propose(warehouses.sellable(shop), warehouses.locations())
    assert found == {stores["East hub"]: {min(places.values())}}


def test_a_confirmed_mapping_only_grows(shop: Shop) -> None:
    stores, places = ids(shop)
    warehouses.confirm(actor(shop), shop, {stores["East hub"]: [places["Newark"]]})
    assert [row.name for row in warehouses.mapped(shop)] == ["East hub"] and shop.mapping_locked_at is not None
    with pytest.raises(warehouses.Locked):
        warehouses.confirm(actor(shop), shop, {stores["West hub"]: [places["Newark"]]})
    assert warehouses.add(actor(shop), shop, {stores["West hub"]: [places["Portland"]]}) == 1
    assert warehouses.add(actor(shop), shop, {stores["West hub"]: [places["Portland"]]}) == 0
    with pytest.raises(Invalid):
        warehouses.add(actor(shop), shop, {stores["West hub"]: [places["Newark"]]})
    assert warehouses.mapping(shop) == {
        stores["East hub"]: {places["Newark"]},
        stores["West hub"]: {places["Portland"]},
    }


@pytest.mark.parametrize(
    ("warehouse", "chosen", "error"),
    [
        ("East hub", [], Invalid),
        ("Returns", ["Newark"], NotFound),
        ("East hub", ["Closed"], NotFound),
    ],
)
def test_what_cannot_be_mapped(shop: Shop, warehouse: str, chosen: list[str], error: type[Exception]) -> None:
    stores, places = ids(shop)
    with pytest.raises(error):
        warehouses.confirm(actor(shop), shop, {stores[warehouse]: [places[name] for name in chosen]})
    assert shop.mapping_locked_at is None


def test_one_location_feeds_one_warehouse(shop: Shop) -> None:
    stores, places = ids(shop)
    with pytest.raises(Invalid):
        warehouses.confirm(
            actor(shop), shop, {stores["East hub"]: [places["Newark"]], stores["West hub"]: [places["Newark"]]}
        )


def test_a_mapped_warehouse_that_stops_selling_is_told_and_resolved(shop: Shop) -> None:
    stores, places = ids(shop)
    warehouses.confirm(actor(shop), shop, {stores["East hub"]: [places["Newark"]]})
    warehouses.record(shop, [tiktok("11", "East hub", status="RESTRICTED"), tiktok("12", "West hub")])
    [notice] = db.session.query(Notice).all()
    assert notice.key == f"warehouse:{shop.id}" and [row.name for row in warehouses.sellable(shop)] == ["West hub"]
    warehouses.record(shop, [tiktok("11", "East hub"), tiktok("12", "West hub")])
    assert notice.resolved_at is not None
    assert len(db.session.query(Warehouse).all()) == 2  # the returns warehouse is gone, and nobody needed it


def test_a_mapped_warehouse_that_is_gone_stays_as_removed(shop: Shop) -> None:
    stores, places = ids(shop)
    warehouses.confirm(actor(shop), shop, {stores["East hub"]: [places["Newark"]]})
    warehouses.record(shop, [tiktok("12", "West hub")])
    assert {row.name: row.effect_status for row in warehouses.of(shop)} == {
        "East hub": "REMOVED",
        "West hub": "ENABLED",
    }


def test_disconnecting_unlocks_and_forgets_the_tokens(shop: Shop) -> None:
    stores, places = ids(shop)
    shop.authorization.access_token = "sealed"
    warehouses.confirm(actor(shop), shop, {stores["East hub"]: [places["Newark"]]})
    shops.disconnect(actor(shop), shop)
    db.session.flush()
    assert (shop.is_active, shop.mapping_locked_at, len(db.session.query(WarehouseMap).all())) == (False, None, 0)
    assert (shop.authorization.state, shop.authorization.access_token) == ("disconnected", "")


def test_whatever_changes_what_can_be_sold_has_the_listings_rechecked(shop: Shop) -> None:
    stores, places = ids(shop)
    listing = Listing(shop_id=shop.id, fields={}, changed_at=datetime.now(UTC))
    db.session.add(listing)

    def stale() -> bool:
        found = listing.is_stale
        listing.is_stale = False
        db.session.flush()
        return found

    db.session.flush()
    stale()
    warehouses.confirm(actor(shop), shop, {stores["East hub"]: [places["Newark"]]})
    db.session.refresh(listing)
    assert stale()
    warehouses.add(actor(shop), shop, {stores["East hub"]: [places["Newark"]]})
    db.session.refresh(listing)
    assert not stale()
    warehouses.add(actor(shop), shop, {stores["West hub"]: [places["Portland"]]})
    db.session.refresh(listing)
    assert stale()
    east, west = tiktok("11", "East hub"), tiktok("12", "West hub")
    for rows, changed in (([east, west], False), ([tiktok("11", "East hub", status="DISABLED"), west], True)):
        warehouses.record(shop, rows)
        db.session.refresh(listing)
        assert stale() is changed
