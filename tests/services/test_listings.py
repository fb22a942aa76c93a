"""Staging, fields of one and of many, inheritance, two people at once, the lists."""

import threading
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from domain.tabs import Tab
from models import Activity, ActivityItem, Listing, ListingSku, Product, Profile, ProfileProduct, Shop, Variant, db
from models.tenancy import tenant
from services import drafts, listing_pages, listing_search, listings, readiness, tabs
from services.activities import Started
from services.actor import Actor, system
from services.clock import now
from services.errors import Forbidden, Invalid, NotFound, ServiceError, Stale
from services.listings import Filter
from tests.services.listing_rows import MUGS, SHIRTS, add_listing, add_product, add_shop, add_store


@pytest.fixture
def shop(app: Flask) -> Iterator[Shop]:
    """The shop in which nothing is wrong; its store's tenant is current."""
    with app.app_context():
        store = add_store()
        with tenant(store.id):
            yield add_shop()
        db.session.remove()


@pytest.fixture
def actor(shop: Shop) -> Actor:
    return system(shop.store_id)


def effective(shop: Shop, listing: Listing) -> Any:
    return drafts.prepare(shop, [listing.id])[listing.id].draft


def test_staging_three_thousand_products_at_once(shop: Shop, actor: Actor) -> None:
    moment = now()
    db.session.add_all(
        Product(
            bigcommerce_id=number,
            title=f"Product {number}",
            imported_at=moment,
            images=[],
            category_ids=[],
            custom_fields={},
        )
        for number in range(1, 3001)
    )
    db.session.flush()
    ids = db.session.scalars(select(Product.id).order_by(Product.id)).all()
    db.session.add_all(Variant(product_id=key, sku=f"S-{key}", options=[], position=0) for key in ids)
    db.session.commit()
    staged = listings.stage(actor, shop, select(Product.id))
    db.session.commit()
    assert (staged.count, staged.already) == (3000, 0)
    assert db.session.scalar(select(func.count(ListingSku.id))) == 3000
    assert tabs.counts(shop.id)[Tab.INCOMPLETE] == 3000 and readiness.stale_count() == 3000
    again = listings.stage(actor, shop, select(Product.id))
    assert (again.count, again.already) == (0, 3000)
    assert db.session.scalar(select(func.count(Listing.id))) == 3000


def test_another_stores_products_cannot_be_staged(shop: Shop, actor: Actor) -> None:
    other = add_store("second2")
    with tenant(other.id):
        theirs = add_product(1).id
        db.session.commit()
    assert listings.stage(actor, shop, select(Product.id).where(Product.id == theirs)).count == 0


def test_a_set_field_wins_and_clearing_it_inherits_again(shop: Shop, actor: Actor) -> None:
    listing = add_listing(shop)
    values: dict[str, Any] = {
        "title": "A title of its own, set on the listing", "description": "<p>Other words.</p>", "category": SHIRTS,
        "brand": {"id": "7001", "name": "Harbor"}, "weight": {"value": "2,50", "unit": "POUND"},
        "dimensions": {"length": "1", "width": "2", "height": "3", "unit": "INCH"},
    }  # fmt: skip
    before = effective(shop, listing)
    listings.set_fields(actor, listing, values)
    draft = effective(shop, listing)
    assert (draft.title, draft.category_id) == (values["title"], SHIRTS)
    assert str(draft.weight.value) == "2.5" and {draft.origins[name] for name in values} == {"listing"}
    # What BigCommerce changes does not overwrite it.
    assert listing.product is not None
    listing.product.title = "Changed in BigCommerce, and long enough for TikTok"
    readiness.mark_stale(Listing.id == listing.id)
    readiness.recheck_stale()
    assert effective(shop, listing).title == values["title"]
    listings.set_fields(actor, listing, dict.fromkeys(values))
    again = effective(shop, listing)
    assert listing.fields == {} and again.title == "Changed in BigCommerce, and long enough for TikTok"
    assert (again.category_id, again.weight, again.brand_name) == (before.category_id, before.weight, before.brand_name)
    assert again.origins["title"] == "product" and again.origins["category"] == "default profile"


def test_another_category_drops_the_attributes_of_the_old_one(shop: Shop, actor: Actor) -> None:
    listing = add_listing(shop)
    listings.set_fields(actor, listing, {"attributes.101": [{"id": "1", "text": "Ceramic"}]})
    assert effective(shop, listing).origins["attributes.101"] == "listing"
    listings.set_fields(actor, listing, {"category": SHIRTS})
    assert set(listing.fields) == {"category"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("weight", {"value": "0", "unit": "POUND"}),
        ("weight", {"value": "much", "unit": "POUND"}),
        ("weight", {"value": "NaN", "unit": "POUND"}),
        ("weight", {"value": "1", "unit": "STONE"}),
        ("dimensions", {"length": "1", "width": "", "height": "1", "unit": "INCH"}),
        ("colour", "red"),
    ],
)
def test_a_value_that_cannot_be_is_refused(shop: Shop, actor: Actor, name: str, value: Any) -> None:
    listing = add_listing(shop)
    with pytest.raises(Invalid):
        listings.set_fields(actor, listing, {name: value})
    assert listing.fields == {}


def test_a_category_above_the_leaves_is_refused(shop: Shop, actor: Actor) -> None:
    with pytest.raises(NotFound):
        listings.set_fields(actor, add_listing(shop), {"category": "600100"})


def test_of_two_people_the_second_is_told(shop: Shop, actor: Actor) -> None:
    listing = add_listing(shop)
    seen = listing.version
    listings.set_fields(actor, listing, {"title": "What the first person wrote here"}, seen)
    with pytest.raises(Stale):
        listings.set_fields(actor, listing, {"title": "What the second person wrote here"}, seen)
    with pytest.raises(Stale):
        listings.set_sku_fields(actor, listing, listing.skus[0].id, {"price": "9"}, seen)
    assert listing.fields["title"] == "What the first person wrote here"


def test_of_two_people_at_the_same_moment_one_is_told(app: Flask, shop: Shop, actor: Actor) -> None:
    listing = add_listing(shop)
    number, seen, store_id = listing.id, listing.version, shop.store_id
    db.session.commit()
    outcomes: list[str] = []
    gate = threading.Barrier(2)

    def save(title: str) -> None:
        with app.app_context(), tenant(store_id):
            gate.wait()
            try:
                listings.set_fields(actor, listings.get(number), {"title": title}, seen)
                db.session.commit()
                outcomes.append("saved")
            except Stale:
                db.session.rollback()
                outcomes.append("told")
            finally:
                db.session.remove()

    people = [threading.Thread(target=save, args=(f"What person {number} wrote here, at length",)) for number in (1, 2)]
    for person in people:
        person.start()
    for person in people:
        person.join(30)
    assert sorted(outcomes) == ["saved", "told"]


def test_a_listing_on_its_way_cannot_be_edited(shop: Shop, actor: Actor) -> None:
    listing = add_listing(shop)
    listings.set_intent([listing.id], "publish")
    with pytest.raises(ServiceError):
        listings.set_fields(actor, listing, {"title": "Too late for a change of title"})


def test_a_semi_consignment_shop_takes_stock_only(shop: Shop, actor: Actor) -> None:
    listing = add_listing(shop)
    shop.kind = "semi_consignment"
    db.session.flush()
    with pytest.raises(Forbidden):
        listings.set_fields(actor, listing, {"title": "A title that nobody may set"})


def test_price_quantity_and_identifier_of_a_variant(shop: Shop, actor: Actor) -> None:
    listing = add_listing(shop, variants=2, inventory_tracking="none")
    line = listing.skus[1].id
    values = {"price": "15,5", "quantity": "4", "identifier": {"kind": "UPC", "code": "036000291452"}, "sku": "OTHER"}
    listings.set_sku_fields(actor, listing, line, values)
    sku = next(one for one in effective(shop, listing).skus if one.key == str(line))
    assert (str(sku.price), sku.quantity, sku.seller_sku) == ("15.5", 4, "OTHER")
    assert sku.identifier is not None and sku.identifier.code == "036000291452"
    listings.set_sku_fields(actor, listing, line, dict.fromkeys(values))
    sku = next(one for one in effective(shop, listing).skus if one.key == str(line))
    assert (str(sku.price), sku.quantity, sku.identifier) == ("13.50", None, None)


def test_a_few_are_changed_at_once_and_many_by_an_activity(shop: Shop, actor: Actor) -> None:
    rows = [add_listing(shop, number, weight=None) for number in range(1, 4)]
    weight = {"weight": {"value": "1", "unit": "POUND"}}
    ids = select(Listing.id).where(Listing.id.in_([row.id for row in rows]))
    assert listings.set_many(actor, shop, ids, weight) == 3
    assert tabs.counts(shop.id)[Tab.READY] == 3
    for number in range(10, 65):
        add_product(number, weight=None)
    listings.stage(actor, shop, select(Product.id))
    db.session.commit()
    started = listings.set_many(actor, shop, Filter(shop_id=shop.id).query(), weight)
    assert isinstance(started, Started)
    assert started.activity.units == 58 and started.activity.kind == "bulk_edit"
    items = db.session.scalars(select(ActivityItem).where(ActivityItem.activity_id == started.activity.id)).all()
    assert sum(listings.apply_many(shop, item.args["ids"], started.activity.details["values"]) for item in items) == 58
    assert tabs.counts(shop.id)[Tab.READY] == 58
    with pytest.raises(ServiceError):
        listings.set_many(actor, shop, select(Listing.id).where(Listing.id == 0), weight)


def test_only_what_tiktok_never_saw_leaves_the_workspace(shop: Shop, actor: Actor) -> None:
    fresh, sent = add_listing(shop, 1), add_listing(shop, 2)
    product, sent_id = fresh.product_id, sent.id
    sent.tiktok_id = "1730000000000000001"
    db.session.flush()
    assert listings.unstage(actor, select(Listing.id)) == 1
    assert db.session.scalars(select(Listing.id)).all() == [sent_id]
    assert db.session.get_one(Product, product).status == "not_uploaded"
    assert not db.session.scalars(select(ListingSku).where(ListingSku.listing_id != sent_id)).all()
    with pytest.raises(ServiceError):
        listings.unstage(actor, select(Listing.id))


def test_search_filters_and_pages(shop: Shop, actor: Actor) -> None:
    rows = [add_listing(shop, number, weight=None if number == 3 else Decimal("0.9")) for number in range(1, 8)]
    rows[4].tiktok_id = "1730000000000000005"
    listings.set_fields(actor, rows[5], {"category": SHIRTS})
    db.session.commit()

    def found(**given: Any) -> list[int]:
        ids = [row.id for row in rows]
        return [ids.index(row.id) + 1 for row in listings.page(Filter(shop_id=shop.id, **given))[0]]

    assert (
        found(search="number 4") == [4]
        and found(search="MUG-2-0") == [2]
        and found(search="1730000000000000005") == [5]
    )
    assert found(search="100%_") == [] and found(search="\0") == [7, 6, 5, 4, 3, 2, 1]
    assert found(problem="weight.missing", tab="incomplete") == [3]
    assert found(category=SHIRTS) == [6] and len(found(category=MUGS)) == 6
    assert {row.tiktok_id for row in listings.categories_in_use(shop.id)} == {MUGS, SHIRTS}
    own = Profile(shop_id=shop.id, name="Mugs of our own", mapping={}, options={}, price_rule={})
    db.session.add(own)
    db.session.flush()
    db.session.add_all(
        ProfileProduct(shop_id=shop.id, product_id=row.product_id, profile_id=own.id) for row in rows[:2]
    )
    default = db.session.scalars(select(Profile.id).where(Profile.is_default)).one()
    assert found(profile=own.id) == [2, 1] and found(profile=default) == [7, 6, 5, 4, 3] and found(profile=9999) == []
    assert [one.id for one in listing_pages.profiles_in_use(shop.id)] == [own.id, default]
    assert listings.count_up_to(Filter(shop_id=shop.id), 3) == 4
    first, older, newer = listings.page(Filter(shop_id=shop.id), limit=3)
    assert [row.id for row in first] == [row.id for row in rows[:3:-1]] and newer is None
    second, older, newer = listings.page(Filter(shop_id=shop.id), before=older, limit=3)
    third, end, _ = listings.page(Filter(shop_id=shop.id), before=older, limit=3)
    assert [row.id for row in third] == [rows[0].id] and end is None
    back, _, _ = listings.page(Filter(shop_id=shop.id), after=newer, limit=3)
    assert [row.id for row in back] == [row.id for row in first] and len(second) == 3


@pytest.mark.parametrize("common", [0, 1, 200])
def test_every_way_of_searching_finds_the_same(
    shop: Shop, actor: Actor, common: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few hits come from the index, many from the list, one or two characters from the SKUs' beginnings."""
    monkeypatch.setattr(listing_search, "COMMON", common)
    rows = [add_listing(shop, number) for number in range(1, 5)]
    db.session.commit()
    ids = [row.id for row in rows]

    def found(term: str) -> list[int]:
        wanted = Filter(shop_id=shop.id, search=term)
        page = [ids.index(row.id) + 1 for row in listings.page(wanted)[0]]
        assert listings.count_up_to(wanted) == len(page)
        return page

    assert found("number") == found("MU") == found("m") == found("MUG-") == [4, 3, 2, 1]
    assert found("number 3") == found("MUG-3-") == [3] and found("zz") == found("zzz") == []


def test_the_history_of_a_listing_is_its_own(shop: Shop, actor: Actor) -> None:
    from services import publishing

    one, other = add_listing(shop, 1), add_listing(shop, 2)
    publishing.start(actor, shop, select(Listing.id).where(Listing.id == one.id))
    db.session.commit()
    assert [(item.subject_id, activity.kind) for item, activity in listings.history(one)] == [(one.id, "publish")]
    assert listings.history(other) == []
    assert db.session.scalar(select(func.count(Activity.id))) == 1
