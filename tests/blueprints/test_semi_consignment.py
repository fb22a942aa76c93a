"""The semi-consignment pages: pairs that nobody edits, publishing from what is live, seven words, stock alone."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from clients.tiktok.models import ProductInventory
from clients.tiktok.semi_consignment import Pair, Published
from domain.roles import MEMBER
from domain.semi import ON_PLATFORM, SemiStatus, status
from models import (
    Activity,
    ActivityItem,
    Listing,
    ListingSku,
    SemiListing,
    SemiPair,
    Shop,
    Store,
    Warehouse,
    WarehouseMap,
    db,
)
from services.actor import Actor, system
from services.errors import Forbidden
from services.semi import local, pairs, products, publishing, stock
from services.spreadsheets.kinds.base import Scope, Wish
from services.spreadsheets.kinds.semi_stock import SemiStock
from services.warehouses import add
from tests.blueprints.conftest import inside
from tests.pages import PageClient
from tests.services.listing_rows import add_listing, add_shop

LOCAL, SEMI = "7490000000000000001", "7490000000000000091"
TOLD = {
    "pair_id": "pair-1", "shop_3p": LOCAL, "shop_1p": SEMI, "in_effect": True,
    "warehouse_map": {f"{LOCAL}1": f"{SEMI}1", f"{LOCAL}2": f"{SEMI}2"},
}  # fmt: skip


@pytest.fixture
def store(app: Flask, store: Store) -> Store:
    """A local store in Indonesia with two live products and a third that is not, paired with a store of TikTok's."""
    with inside(app, store):
        shop, semi = add_shop(), add_shop("Rumah Semi", SEMI)
        shop.market = semi.market = "ID"
        for number in (1, 2, 3):
            listing = add_listing(shop, number)
            if number < 3:
                listing.tiktok_id, listing.platform_status = f"10{number}", "ACTIVATE"
                for line in db.session.scalars(select(ListingSku).where(ListingSku.listing_id == listing.id)):
                    line.tiktok_id = f"S{number}"
        db.session.flush()
        record(store)
    return store


def record(store: Store, **changes: Any) -> str:
    return pairs.record(system(store.id), pairs.Told([Pair.model_validate({**TOLD, **changes})]))


def shops() -> tuple[Shop, Shop]:
    first, second = db.session.scalars(select(Shop).order_by(Shop.id)).all()
    return first, second


def published(store: Store) -> list[int]:
    """Everything live is published, as if TikTok had taken it: 5 pieces in the first warehouse."""
    shop, semi = shops()
    pair = pairs.of_local(shop)[0]
    publishing.start(system(store.id), shop, local.Wanted(shop.id).query(), [pair.id])
    rows = db.session.scalars(select(Listing).where(Listing.shop_id == semi.id).order_by(Listing.id)).all()
    for row in rows:
        codes = [line.variant.sku for line in row.skus if line.variant is not None]
        skus = [{"id": f"P{row.id}-{n}", "seller_sku": code} for n, code in enumerate(codes)]
        publishing.taken(row, Published.model_validate({"product_id": f"P{row.id}", "skus": skus}), None, ())
        row.platform_status, row.audit_status = "ACTIVATE", "APPROVED"
        shown = [{"warehouse_id": f"{SEMI}1", "available_quantity": 5}]
        told = {"product_id": f"P{row.id}", "skus": [{"id": sku["id"], "warehouse_inventory": shown} for sku in skus]}
        stock.keep(row, [ProductInventory.model_validate(told)])
    db.session.flush()
    return [row.id for row in rows]


@pytest.mark.parametrize(
    ("platform", "refused", "pieces", "word"),
    [
        ("ACTIVATE", False, 3, SemiStatus.LIVE),
        ("ACTIVATE", False, None, SemiStatus.LIVE),
        ("ACTIVATE", False, 0, SemiStatus.SOLD_OUT),
        ("PENDING", False, None, SemiStatus.PENDING),
        ("", False, None, SemiStatus.PENDING),
        ("", True, None, SemiStatus.FAILED),
        ("FAILED", False, None, SemiStatus.FAILED),
        ("SELLER_DEACTIVATED", False, 3, SemiStatus.DELISTED),
        ("PLATFORM_DEACTIVATED", False, 3, SemiStatus.DELISTED),
        ("FREEZE", False, 3, SemiStatus.FROZEN),
        ("DELETED", False, 0, SemiStatus.DELETED),
    ],
)
def test_seven_words(
    app: Flask, store: Store, platform: str, refused: bool, pieces: int | None, word: SemiStatus
) -> None:
    assert status(platform, refused, pieces) == word
    with inside(app, store):
        published(store)
        semi = shops()[1]
        for row in db.session.scalars(select(Listing).where(Listing.shop_id == semi.id)):
            row.platform_status, row.is_refused = platform, refused
            for line in row.skus:
                line.sent_quantity = pieces
        db.session.flush()
        assert products.counts(products.Wanted(semi.id))[word] == 2, "the same in SQL"


def test_a_pair_is_fixed_and_its_warehouses_inherit(app: Flask, store: Store, client: PageClient) -> None:
    with inside(app, store):
        _, semi = shops()
        assert semi.kind == "semi_consignment" and semi.mapping_locked_at is not None
        place = db.session.scalars(select(WarehouseMap.location_id)).first()
        mine = select(Warehouse.id).where(Warehouse.shop_id == semi.id)
        assert db.session.scalars(
            select(WarehouseMap.location_id).where(WarehouseMap.warehouse_id.in_(mine))
        ).all() == [place]
        with pytest.raises(Forbidden, match="fixed by TikTok"):
            add(system(store.id), semi, {})
        record(store, warehouse_map={f"{LOCAL}1": f"{SEMI}2"})
        fed = select(Warehouse.tiktok_id).join(WarehouseMap, WarehouseMap.warehouse_id == Warehouse.id)
        assert db.session.scalars(fed.where(Warehouse.shop_id == semi.id)).all() == [f"{SEMI}2"], (
            "TikTok's people moved it"
        )
    page = client.get(client.at("semi-consignment/pairs"))
    assert "Mapping Details" in page.text and "In effect" in page.text and "fixed by TikTok" in page.text
    assert "mapping_changed" not in page.text and "Read pairs" in page.text


def test_only_what_is_live_is_published_and_once(app: Flask, store: Store, client: PageClient) -> None:
    page = client.get(client.at("semi-consignment/publish"))
    assert "number 1" in page.text and "number 2" in page.text and "number 3" not in page.text
    shown = client.get(client.at("semi-consignment/publish/preview?all=1"))
    assert "2 would be published" in shown.text and "checked" in shown.text
    with inside(app, store):
        pair = db.session.scalars(select(SemiPair.id)).one()
        draft = db.session.scalars(select(Listing.id).where(Listing.tiktok_id == "")).one()
    refused = client.post(client.at("semi-consignment/publish"), data={"id": str(draft), "pair": str(pair)})
    assert refused.status_code == 409, "never from a draft"
    assert client.post(client.at("semi-consignment/publish"), data={"all": "1"}).status_code == 422, "no store chosen"
    assert client.post(client.at("semi-consignment/publish"), data={"all": "1", "pair": str(pair)}).status_code == 303
    again = client.post(client.at("semi-consignment/publish"), data={"all": "1", "pair": str(pair)})
    assert again.status_code == 409, "they are on their way"
    assert "No live product" in client.get(client.at("semi-consignment/publish?published=no")).text
    assert "number 1" in client.get(client.at("semi-consignment/publish?published=yes")).text
    assert "number 1" not in client.get(client.at("semi-consignment/publish?category_filter=1")).text
    with inside(app, store):
        activity = db.session.scalars(select(Activity)).one()
        assert (activity.kind, activity.total) == ("publish_semi", 2)
        assert (
            db.session.scalars(select(Listing.tab).where(Listing.shop_id == activity.shop_id)).all()
            == ["publishing"] * 2
        )


def test_what_was_refused_fails_with_the_reason_and_can_be_published_again(
    app: Flask, store: Store, client: PageClient
) -> None:
    with inside(app, store):
        published(store)
        row = db.session.scalars(
            select(Listing).where(Listing.platform_status == "ACTIVATE").order_by(Listing.id)
        ).all()[-1]
        row.tiktok_id = row.platform_status = ""
        publishing.left(row, publishing.NOT_LIVE)
    page = client.get(client.at("semi-consignment/?status=failed"))
    assert "not live in the local store any more" in page.text
    with inside(app, store):
        shop, _ = shops()
        started = publishing.start(system(store.id), shop, local.Wanted(shop.id).query(), [pairs.of_local(shop)[0].id])
        assert started[0].activity.total == 1
        assert len(db.session.scalars(select(SemiListing)).all()) == 2, "the listing is taken up again"


def test_only_the_stock_is_edited(app: Flask, store: Store, client: PageClient) -> None:
    with inside(app, store):
        first = published(store)[0]
        semi = shops()[1]
        line = products.get(semi, first).lines[0]
        place = next(iter(line.places))
    page = client.get(client.at(f"semi-consignment/product/{first}"))
    assert 'value="5"' in page.text and "Prices of a semi-consignment store are set by TikTok" in page.text
    assert "cannot be taken off sale here" in page.text and "account manager" in page.text
    where = client.at(f"semi-consignment/product/{first}")
    name = f"count-{line.id}-{place}"
    assert client.post(where, data={name: "-1"}).status_code == 422
    assert client.post(where, data={name: "5"}).status_code == 409, "TikTok has it already"
    assert client.post(where, data={name: "3"}).status_code == 303
    with inside(app, store):
        item = db.session.scalars(select(ActivityItem).order_by(ActivityItem.id.desc())).first()
        assert item is not None and item.args["skus"] == {str(line.id): {place: 3}}


def test_many_are_looked_at_before_they_are_told(app: Flask, store: Store, client: PageClient) -> None:
    with inside(app, store):
        published(store)
    looked = client.get(client.at("semi-consignment/stock?all=1&way=subtract&count=2"))
    assert "2 numbers of 2 products would change" in looked.text
    answer = client.post(
        client.at("semi-consignment/stock"), data={"all": "1", "way": "subtract", "count": "2", "place": ""}
    )
    assert answer.status_code == 303
    with inside(app, store):
        assert db.session.scalars(select(Activity.kind).order_by(Activity.id.desc())).first() == "stock_semi"
    assert client.post(client.at("semi-consignment/sync"), data={"all": "1"}).status_code == 303


def test_a_file_brings_stock_and_nothing_else(app: Flask, store: Store) -> None:
    with inside(app, store):
        published(store)
        scope, kind = Scope(shops()[1]), SemiStock()
        rows, _ = kind.walk(scope, "")
        assert len(rows) == kind.count(scope) == 2 and [row[-1] for row in rows] == ["5", "5"]
        assert [column.key for column in kind.columns(scope) if column.editable] == ["quantity"]
        row = kind.current(scope, [rows[0][0]])[rows[0][0]]
        assert kind.clean(scope, row, {"quantity": "many"}).errors
        cleaned = kind.clean(scope, row, {"quantity": "9"})
        assert kind.keep(scope, [Wish(2, row.subject_id, {f"{SEMI}1": 4}, cleaned.after)]) == [2], "it moved meanwhile"
        assert kind.keep(scope, [Wish(2, row.subject_id, {f"{SEMI}1": 5}, cleaned.after)]) == []
        item = db.session.scalars(select(ActivityItem).order_by(ActivityItem.id.desc())).first()
        assert item is not None and item.args["skus"] == {str(row.subject_id): {f"{SEMI}1": 9}}


def test_without_an_adapter_it_is_off_and_says_why(app: Flask, store: Store, client: PageClient) -> None:
    app.extensions["config"] = app.extensions["config"].__class__(
        **{**app.extensions["config"].__dict__, "semi_consignment_url": ""}
    )
    for place in ("pairs", "publish", "publish/preview?all=1"):
        assert "SEMI_CONSIGNMENT_URL" in client.get(client.at(f"semi-consignment/{place}")).text
    with inside(app, store):
        pair = db.session.scalars(select(SemiPair.id)).one()
    assert client.post(client.at("semi-consignment/pairs")).status_code == 409
    assert client.post(client.at("semi-consignment/publish"), data={"all": "1", "pair": str(pair)}).status_code == 403


def test_members_have_no_such_store(app: Flask, store: Store) -> None:
    with inside(app, store):
        shop, _ = shops()
        member = Actor("Member", store.id, 8, access=MEMBER)
        with pytest.raises(Forbidden):
            publishing.start(member, shop, local.Wanted(shop.id).query(), [pairs.of_local(shop)[0].id])


def test_words_of_the_platform_are_all_known() -> None:
    assert set(ON_PLATFORM.values()) == set(SemiStatus) - {SemiStatus.SOLD_OUT}
