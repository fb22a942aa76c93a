"""What changes in BigCommerce reaches its listings: exactly the fields that changed and may go; nothing vanishes in
masses; variants are never removed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import func, select, update

from clients.bigcommerce import models as theirs
from clients.bigcommerce.models import InventoryItem
from clients.bigcommerce.models import Page as TheirPage
from clients.errors import Unreachable
from jobs import catalog_sync
from jobs.drain import Drain
from jobs.taken import Taken
from models import (
    Activity,
    ActivityItem,
    CatalogHint,
    CatalogRemoval,
    Listing,
    ListingSku,
    ListingSync,
    Notice,
    Product,
    Shop,
    Store,
    SyncSend,
    Variant,
    db,
)
from services import clock, listing_edits, platforms, settings
from services.actor import system
from services.catalog_sync import board, noting, removals
from tests.jobs.test_resend import Holds, harbor, live, tiktok
from tests.services.listing_rows import add_listing, add_product

__all__ = ["harbor", "live", "tiktok"]


pytestmark = pytest.mark.engines("sqlite")
BOTH = pytest.mark.engines("sqlite", "postgresql")


class Admin:
    """BigCommerce's catalog in memory. `away`: so many reads are not answered."""

    def __init__(self) -> None:
        self.books: dict[int, dict[str, Any]] = {}
        self.reads: list[Sequence[int]] = []
        self.away = 0

    def put(self, product: Product) -> None:
        """As our rows have it."""
        variants = db.session.scalars(
            select(Variant).where(Variant.product_id == product.id).order_by(Variant.position)
        )
        number = product.bigcommerce_id or 0
        self.books[number] = {
            "id": number, "name": product.title, "sku": product.sku, "description": product.description,
            "weight": product.weight, "width": product.width, "height": product.height, "depth": product.depth,
            "price": "12.50", "inventory_tracking": "variant", "is_visible": True,
            "custom_fields": [{"id": 1, "name": "Material", "value": "Ceramic"}],
            "images": [
                {"id": image["id"], "product_id": number, "url_zoom": image["url"], "is_thumbnail": True}
                for image in product.images
            ],
            "variants": [
                {"id": one.bigcommerce_id, "product_id": number, "sku": one.sku, "price": one.price,
                 "option_values": [
                     {"id": place, "option_id": place, "option_display_name": name, "label": value}
                     for place, (name, value) in enumerate(one.options, 1)
                 ]}
                for one in variants
            ],
        }  # fmt: skip

    def products(
        self, *, ids: Sequence[int] = (), modified_min: datetime | None = None, after_id: int = 0
    ) -> TheirPage[theirs.Product]:
        self.reads.append(tuple(ids))
        if self.away:
            self.away -= 1
            raise Unreachable("away")
        wanted = [
            book for number, book in sorted(self.books.items()) if number > after_id and (not ids or number in ids)
        ]
        items = tuple(theirs.Product.model_validate(book) for book in wanted)
        return TheirPage(items, len(items), False, max((one.id for one in items), default=after_id))

    def brands(self) -> list[Any]:
        return []

    def categories(self) -> list[Any]:
        return []

    def inventory(self, variant_ids: Sequence[int]) -> list[InventoryItem]:
        place = [{"location_id": 1, "available_to_sell": 7, "total_inventory_onhand": 7}]
        return [
            InventoryItem.model_validate({"identity": {"variant_id": number}, "locations": place})
            for number in variant_ids
        ]


@pytest.fixture
def admin(monkeypatch: pytest.MonkeyPatch, place: int) -> Admin:
    there = Admin()
    monkeypatch.setattr(platforms, "bigcommerce", lambda store, observe=None: there)
    return there


@pytest.fixture
def mug(live: Listing, admin: Admin) -> Listing:
    """The live listing, its product as BigCommerce has it; from here on every change is sent."""
    switch(auto_update=False)
    admin.put(db.session.get_one(Product, live.product_id))
    heard(1)
    switch(auto_update=True)
    assert db.session.scalar(select(func.count(ListingSync.id))) == 0
    return live


def switch(**values: object) -> None:
    store = db.session.scalars(select(Store)).one()
    settings.save(system(store.id), store, values)
    db.session.commit()


def event(kind: str, number: int) -> Taken:
    at = int((clock.now() - timedelta(seconds=3)).timestamp())
    return Taken(
        1, "bigcommerce", f"store/product/{kind}", "x", {"created_at": at, "data": {"type": "product", "id": number}}
    )


def heard(*numbers: int, kind: str = "updated") -> int:
    """BigCommerce says that something happened to these; a worker reads them."""
    store_id = db.session.scalars(select(Store.id)).one()
    assert catalog_sync.fold(store_id, None, [event(kind, number) for number in numbers]) == set()
    db.session.rollback()
    count = catalog_sync.read(store_id)
    db.session.expire_all()
    return count


def work(shop: Shop, queue: str = "live") -> list[tuple[str, str]]:
    """A worker's turn; state and code of every item of the stream."""
    shop_id, store_id = shop.id, shop.store_id
    Drain(current_app._get_current_object(), queue, store_id, shop_id).run()  # type: ignore[attr-defined]
    db.session.rollback()
    db.session.expire_all()
    query = select(ActivityItem.state, ActivityItem.code).join(Activity, Activity.id == ActivityItem.activity_id)
    return [(state, code) for state, code in db.session.execute(query.where(Activity.kind == noting.KIND))]


def pending() -> list[str]:
    return sorted({field for row in db.session.scalars(select(ListingSync)) for field in row.fields})


@BOTH
def test_a_changed_title_is_sent_alone(mug: Listing, harbor: Shop, admin: Admin, tiktok: Holds) -> None:
    admin.books[1]["name"] = "Stoneware mug, now with a lid and a wide handle"
    heard(1)
    assert work(harbor) == [("done", "")]
    assert tiktok.written == [("part", {"title": "Stoneware mug, now with a lid and a wide handle"})]
    sent = db.session.scalars(select(SyncSend)).one()
    assert (sent.kind, sent.fields) == ("content", ["title"]) and 3000 <= sent.milliseconds < 60_000
    assert pending() == [] and mug.audit_status == "AUDITING" and mug.intent == ""
    heard(1)  # the same again: nothing changed
    work(harbor)
    assert len(tiktok.written) == 1


def test_a_price_goes_by_its_own_call_and_needs_no_review(
    mug: Listing, harbor: Shop, admin: Admin, tiktok: Holds
) -> None:
    admin.books[1]["variants"][0]["price"] = Decimal("14.00")
    heard(1)
    assert work(harbor) == [("done", "")]
    assert [(kind, body["skus"][0]["price"]["amount"]) for kind, body in tiktok.written] == [("price", "14.00")]
    assert mug.audit_status == "APPROVED" and [one.words for one in board.lags([harbor.id])] == ["Price"]


@pytest.mark.parametrize(
    ("setting", "change"),
    [
        ("auto_update", {"name": "Another title of this mug with a handle"}),
        ("sync_title", {"name": "Another title of this mug with a handle"}),
        ("sync_weight", {"weight": Decimal("2.5")}),
    ],
)
def test_a_box_that_is_not_ticked_lets_nothing_through(
    setting: str, change: dict[str, Any], mug: Listing, harbor: Shop, admin: Admin, tiktok: Holds
) -> None:
    switch(**{setting: False})
    admin.books[1] |= change
    heard(1)
    assert work(harbor) == [] and tiktok.written == []


def test_a_price_box_that_is_not_ticked(mug: Listing, harbor: Shop, admin: Admin, tiktok: Holds) -> None:
    switch(sync_price=False)
    admin.books[1]["variants"][0]["price"] = Decimal("14.00")
    admin.books[1]["weight"] = Decimal("2.5")
    heard(1)
    work(harbor)
    assert [sorted(body) for _, body in tiktok.written] == [["package_weight"]]


def test_what_is_set_on_the_listing_stays(mug: Listing, harbor: Shop, admin: Admin, tiktok: Holds) -> None:
    """Nor does a person's own unsent edit travel with the change."""
    from services import listings

    listings.set_fields(system(harbor.store_id), mug, {"title": "The title that the merchant wrote for TikTok"})
    db.session.commit()
    admin.books[1] |= {"name": "Another title of this mug with a handle", "weight": Decimal("2.5")}
    heard(1)
    work(harbor)
    assert [sorted(body) for _, body in tiktok.written] == [["package_weight"]] and pending() == []


def test_during_a_review_it_waits_and_the_price_does_not(
    mug: Listing, harbor: Shop, admin: Admin, tiktok: Holds
) -> None:
    mug.audit_status = "AUDITING"
    db.session.commit()
    admin.books[1] |= {"name": "Another title of this mug with a handle"}
    admin.books[1]["variants"][0]["price"] = Decimal("14.00")
    heard(1)
    assert work(harbor) == [("waiting", "")]
    assert [kind for kind, _ in tiktok.written] == ["price"] and pending() == ["title"]
    mug.audit_status = "APPROVED"
    listing_edits.go_on(mug)
    db.session.commit()
    assert work(harbor) == [("done", "")] and [kind for kind, _ in tiktok.written] == ["price", "part"]
    assert pending() == []


def test_new_variants_are_not_added_and_lost_ones_sell_nothing(
    mug: Listing, harbor: Shop, admin: Admin, tiktok: Holds
) -> None:
    number = mug.skus[0].id
    old = admin.books[1]["variants"][0]
    admin.books[1]["variants"] = [{**old, "id": 1999, "sku": "MUG-1-NEW"}]
    admin.books[1]["name"] = "Another title of this mug with a handle"
    heard(1)
    assert work(harbor) == [("refused", "not_ready")]  # no variant of it is left
    stock = next(body for kind, body in tiktok.written if kind == "stock")
    assert [sum(row["quantity"] for row in sku["inventory"]) for sku in stock["skus"]] == [0]
    assert [kind for kind, _ in tiktok.written] == ["stock"] and pending() == ["price", "title"]
    assert len(tiktok.product["skus"]) == 1 and db.session.get_one(ListingSku, number).tiktok_id == "90"


def test_bigcommerce_away_is_asked_again(mug: Listing, admin: Admin) -> None:
    admin.away = 1
    admin.books[1]["name"] = "Another title of this mug with a handle"
    assert heard(1) == 0
    hint = db.session.scalars(select(CatalogHint)).one()
    assert hint.due_at > clock.now() and pending() == []
    db.session.execute(update(CatalogHint).values(due_at=clock.now()))
    db.session.commit()
    assert catalog_sync.read(mug.store_id) == 1 and pending() == ["title"]


@BOTH
def test_many_webhooks_are_one_read(mug: Listing, admin: Admin) -> None:
    admin.reads.clear()
    assert heard(1, 1, 1) == 1 and admin.reads == [(1,)]


@pytest.mark.parametrize("on", [True, False])
def test_new_products_come_where_the_switch_says_so(on: bool, harbor: Shop, admin: Admin) -> None:
    switch(auto_import=on)
    product = add_product(8)
    admin.put(product)
    product.bigcommerce_id = 88  # BigCommerce's 8 is new to us
    for variant in db.session.scalars(select(Variant).where(Variant.product_id == product.id)):
        variant.bigcommerce_id = 88_000
    db.session.commit()
    heard(8, kind="created")
    came = db.session.scalar(select(func.count(Product.id)).where(Product.bigcommerce_id == 8))
    assert (came, db.session.scalar(select(func.count(Listing.id)))) == (int(on), 0)


def test_a_new_product_is_published_when_nothing_is_missing(harbor: Shop, admin: Admin) -> None:
    switch(auto_publish=True)
    product = add_product(8, variants=3)
    admin.put(product)
    admin.books[8]["custom_fields"] = []  # the required attribute is missing
    product.bigcommerce_id = 88
    for variant in db.session.scalars(select(Variant).where(Variant.product_id == product.id)):
        variant.bigcommerce_id = 88_000 + variant.position
    db.session.commit()
    heard(8, kind="created")
    listing = db.session.scalars(select(Listing)).one()
    assert (listing.is_ready, len(listing.skus), listing.intent) == (False, 3, "")
    admin.books[8]["custom_fields"] = [{"id": 1, "name": "Material", "value": "Ceramic"}]
    heard(8)
    from services import readiness

    readiness.recheck(harbor, [listing.id])
    db.session.commit()
    assert catalog_sync.sweep() == 1
    db.session.expire_all()
    assert listing.intent == "publish"
    published = db.session.scalars(select(Activity).where(Activity.kind == "publish")).one()
    assert published.total == 1 and db.session.scalars(select(ListingSync)).one().publish_when_ready is False


# -- removals ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def many(harbor: Shop, admin: Admin) -> list[Listing]:
    """Twenty live listings."""
    found = [add_listing(harbor, number) for number in range(1, 21)]
    for listing in found:
        listing.tiktok_id, listing.platform_status = f"17{listing.id}", "ACTIVATE"
        admin.put(db.session.get_one(Product, listing.product_id))
    db.session.commit()
    return found


def later(**how: int) -> None:
    """As if everything that waits had been found earlier."""
    for row in db.session.scalars(select(CatalogRemoval).where(CatalogRemoval.state == "waiting")):
        row.found_at -= timedelta(**how)
    db.session.commit()
    catalog_sync.sweep()
    db.session.expire_all()


def states() -> dict[str, int]:
    query = select(CatalogRemoval.state, func.count(CatalogRemoval.id)).group_by(CatalogRemoval.state)
    return {state: count for state, count in db.session.execute(query)}


def removing(kind: str = "delete") -> int:
    return db.session.scalar(select(func.coalesce(func.sum(Activity.total), 0)).where(Activity.kind == kind)) or 0


def vanish(admin: Admin, *numbers: int) -> None:
    for number in numbers:
        del admin.books[number]
    heard(*numbers, kind="deleted")


def test_a_deleted_product_is_deleted_after_a_pause(many: list[Listing], admin: Admin) -> None:
    switch(auto_delete=True)
    vanish(admin, 3)
    catalog_sync.sweep()
    assert (states(), removing()) == ({"waiting": 1}, 0)
    later(minutes=3)
    assert (states(), removing(), many[2].intent) == ({"started": 1}, 1, "delete")


@BOTH
def test_a_mass_deletion_sends_nothing_and_tells_once(many: list[Listing], admin: Admin) -> None:
    switch(auto_delete=True)
    vanish(admin, *range(1, 6))
    vanish(admin, *range(6, 11))
    later(minutes=3)
    assert (states(), removing()) == ({"held": 10}, 0)
    notice = db.session.scalars(select(Notice).where(Notice.resolved_at.is_(None))).one()
    assert (notice.key, notice.level) == (removals.NOTICE, "danger")
    for number in range(1, 11):  # the import is put right
        admin.put(db.session.get_one(Product, many[number - 1].product_id))
    heard(*range(1, 11), kind="created")
    assert (states(), removing()) == ({"back": 10}, 0)
    assert db.session.scalar(select(func.count(Notice.id)).where(Notice.resolved_at.is_(None))) == 0


def test_a_trickle_is_braked_too(many: list[Listing], admin: Admin) -> None:
    switch(auto_delete=True)
    for number in (1, 2):
        vanish(admin, number)
        later(minutes=3)
    assert removing() == 2
    vanish(admin, 3)
    later(minutes=3)
    assert (states(), removing()) == ({"started": 2, "held": 1}, 2)


@pytest.mark.parametrize(
    ("decision", "kind", "state"),
    [("delete", "delete", "started"), ("keep", "", "kept"), ("deactivate", "deactivate", "started")],
)
def test_a_person_decides_what_the_brake_held(
    decision: str, kind: str, state: str, many: list[Listing], harbor: Shop, admin: Admin
) -> None:
    switch(auto_delete=True)
    vanish(admin, *range(1, 11))
    later(minutes=3)
    removals.decide(system(harbor.store_id), harbor, decision)
    db.session.commit()
    assert states() == {state: 10} and (removing(kind) if kind else 0) == (10 if kind else 0)


def test_without_a_switch_somebody_is_asked(many: list[Listing], admin: Admin) -> None:
    vanish(admin, 3)
    later(minutes=3)
    assert (states(), removing(), removing("deactivate")) == ({"open": 1}, 0, 0)
    assert db.session.scalars(select(Notice.level).where(Notice.resolved_at.is_(None))).one() == "warning"


@pytest.mark.parametrize(("on", "found"), [(True, 1), (False, 0)])
def test_a_hidden_product_goes_off_sale(on: bool, found: int, many: list[Listing], admin: Admin) -> None:
    switch(auto_update=False)
    heard(*range(1, 21))
    switch(auto_update=True, auto_deactivate=on)
    admin.books[4]["is_visible"] = False
    heard(4)
    later(minutes=3)
    assert (removing("deactivate"), removing()) == (found, 0)


def test_a_deleted_variant_removes_no_listing(mug: Listing, admin: Admin) -> None:
    switch(auto_delete=True)
    old = admin.books[1]["variants"][0]
    admin.books[1]["variants"] = [{**old, "id": 1999}]
    heard(1)
    assert states() == {} and mug.platform_status == "ACTIVATE"


def test_the_walk_by_date_finds_what_no_webhook_told(
    mug: Listing, harbor: Shop, admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin.books[1]["name"] = "Another title of this mug with a handle"
    assert catalog_sync.walk() == 0, "before the first import nothing comes by itself"
    from services import catalog

    started = catalog.start_import(system(harbor.store_id)).activity
    started.state, started.open_key, started.finished_at = "finished", None, clock.now()
    db.session.commit()
    assert catalog_sync.walk() == 1
    db.session.expire_all()
    assert work(harbor) == [("done", "")] and [kind for kind, _ in [*tiktok_written(monkeypatch, harbor)]] == ["part"]


def tiktok_written(monkeypatch: pytest.MonkeyPatch, shop: Shop) -> list[tuple[str, Any]]:
    holds: Holds = platforms.tiktok(shop)  # type: ignore[assignment]
    return list(holds.written)
