"""The stream of measures against the sandbox's own pictures, over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import select

from clients import fetch as fetching
from clients.fetch import FetchFailed
from jobs import pictures, rechecks
from models import Authorization, Listing, ListingProblem, ListingSku, Picture, Product, Shop, Store, Variant, db
from models.tenancy import tenant
from services import clock, measuring
from tests.conftest import LiveSandbox

HASH = "hj3kq9w1xz"


@pytest.fixture
def sandbox_settings() -> dict[str, Any]:
    return {"products": 24}


@pytest.fixture
def store(app: Flask, sandbox: LiveSandbox) -> Iterator[int]:
    """A store with two shops and the sandbox's catalog staged in the first; its tenant is current."""
    catalog = sandbox.app.extensions["bigcommerce"].catalogs[HASH]
    with app.app_context():
        now = clock.now()
        store = Store(hash=HASH, installed_at=now, settings={}, wizard={})
        db.session.add(store)
        db.session.commit()
        with tenant(store.id):
            grant = Authorization(
                open_id="o", access_expires_at=now, refresh_expires_at=now, connected_at=now, scopes=[]
            )
            db.session.add(grant)
            db.session.flush()
            shops = [
                Shop(authorization_id=grant.id, tiktok_id=f"749{n}", name=f"Shop {n}", market="US", prerequisites=[])
                for n in (1, 2)
            ]
            db.session.add_all(shops)
            db.session.flush()
            for product in catalog.products.values():
                images = [
                    {"id": image["id"], "url": f"{sandbox.url}/images/{HASH}/{image['id']}.jpg?c=1", "description": ""}
                    for image in product["images"]
                ]
                stage(shops[0].id, product["name"], images)
            db.session.commit()
            number = store.id
            yield number
        db.session.remove()


def stage(shop_id: int, title: str, images: list[dict[str, Any]], variant_url: str = "") -> int:
    """A product with one variant, staged in the shop."""
    product = Product(
        title=title, images=images, category_ids=[], custom_fields={}, imported_at=clock.now(), price=None,
    )  # fmt: skip
    db.session.add(product)
    db.session.flush()
    variant = Variant(
        product_id=product.id,
        sku=f"S{product.id}",
        options=[["Size", "M"]] if variant_url else [],
        image_url=variant_url,
    )
    db.session.add(variant)
    db.session.flush()
    return list_in(shop_id, product, variant)


def list_in(shop_id: int, product: Product, variant: Variant) -> int:
    listing = Listing(shop_id=shop_id, product_id=product.id, title=product.title, fields={}, changed_at=clock.now())
    db.session.add(listing)
    db.session.flush()
    db.session.add(ListingSku(listing_id=listing.id, variant_id=variant.id, fields={}))
    db.session.flush()
    return listing.id


def problems(prefix: str = "images.unmeasured") -> int:
    db.session.rollback()
    return len(db.session.scalars(select(ListingProblem.id).where(ListingProblem.code.startswith(prefix))).all())


def rung(redis: Redis, function: str) -> int:
    return sum(1 for key in redis.keys("rq:job:*") if redis.hget(key, "description") == function.encode())


def test_pictures_are_measured_and_their_listings_rechecked(store: int, redis: Redis) -> None:
    rechecks.run(store)
    waiting = problems()
    assert waiting >= 24
    assert pictures.sweep() == 1 and rung(redis, "jobs.pictures.measure") == 1
    looked = pictures.measure(store)
    assert looked == len({row.url for row in db.session.scalars(select(Picture))}) > 24
    rows = db.session.scalars(select(Picture)).all()
    assert all(row.width and row.height and row.size and row.format and not row.fault for row in rows)
    assert {row.format for row in rows} >= {"JPEG"} and all(row.authorization_id == 0 for row in rows)
    assert rung(redis, "jobs.rechecks.run") == 1
    rechecks.run(store)
    assert problems() == 0
    assert pictures.sweep() == 0 and pictures.measure(store) == 0


def test_no_transaction_is_open_while_a_picture_is_fetched(store: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rechecks.run(store)
    session, open_now, real = db.session(), [], measuring.look

    def look(url: str, origin: str) -> measuring.Look:
        open_now.append(session.in_transaction())
        return real(url, origin)

    monkeypatch.setattr(measuring, "look", look)
    assert pictures.measure(store) == len(open_now) > 0
    assert not any(open_now)


def test_more_than_one_job_holds_is_rung_for_again(store: int, redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    rechecks.run(store)
    monkeypatch.setattr(pictures, "PICTURES", 10)
    monkeypatch.setattr(pictures, "SLICE", 5)
    total = 0
    for _ in range(20):
        looked = pictures.measure(store)
        total += looked
        assert looked <= 10
        rechecks.run(store)
        if not looked:
            break
    assert problems() == 0 and total == len(db.session.scalars(select(Picture)).all())
    assert rung(redis, "jobs.pictures.measure") >= total // 10 - 1


def test_one_job_a_store_at_a_time(store: int, redis: Redis) -> None:
    rechecks.run(store)
    redis.set(f"pictures:{store}", "somebody", ex=60)
    assert pictures.measure(store) == 0
    redis.delete(f"pictures:{store}")
    assert pictures.measure(store) > 0
    assert redis.get(f"pictures:{store}") is None


def test_lasting_faults_are_kept_and_passing_ones_tried_later(
    store: int, redis: Redis, sandbox: LiveSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop_id = db.session.scalars(select(Shop.id).order_by(Shop.id)).first()
    assert shop_id is not None
    gone, away = f"{sandbox.url}/images/{HASH}/999999.jpg", f"{sandbox.url}/images/{HASH}/away.jpg"
    inside = "http://169.254.169.254/latest.jpg"
    urls = [{"id": number, "url": url, "description": ""} for number, url in enumerate((gone, away, inside), 1)]
    listing_id = stage(shop_id, "Broken pictures", urls)
    db.session.commit()
    rechecks.run(store)
    real, asked = fetching.fetch, list[str]()

    def fetch(url: str, **options: Any) -> Any:
        asked.append(url)
        if url == away:
            raise FetchFailed("The picture's server answers 503.", True)
        return real(url, **options)

    monkeypatch.setattr(measuring, "fetch", fetch)
    pictures.measure(store)
    rows = {row.url: row for row in db.session.scalars(select(Picture))}
    assert rows[gone].fault and rows[inside].fault and away not in rows
    rechecks.run(store)
    codes = db.session.scalars(select(ListingProblem.code).where(ListingProblem.listing_id == listing_id)).all()
    assert sorted(code for code in codes if code.startswith("images.")) == [
        "images.unmeasured",
        *["images.unreadable"] * 2,
    ]

    asked.clear()
    assert pictures.measure(store) == 0 and asked == []  # it rests
    keys = [key for key in redis.scan_iter("picture-later:*") if not str(key).rstrip("'").endswith(":tries")]
    assert len(keys) == 1 and 0 < redis.ttl(keys[0]) <= pictures.FIRST_PAUSE
    redis.delete(*keys)
    assert pictures.measure(store) == 1 and asked == [away]
    assert pictures.FIRST_PAUSE < redis.ttl(keys[0]) <= 2 * pictures.FIRST_PAUSE


def test_a_listing_of_another_shop_learns_of_it_too(store: int) -> None:
    shops = db.session.scalars(select(Shop.id).order_by(Shop.id)).all()
    rechecks.run(store)
    pictures.measure(store)
    rechecks.run(store)
    # Checked before anybody had measured, as far as its problems say.
    product = db.session.scalars(select(Product).order_by(Product.id)).first()
    assert product is not None
    listing_id = list_in(shops[1], product, product.variants[0])
    listing = db.session.get_one(Listing, listing_id)
    listing.is_stale = False
    db.session.add(
        ListingProblem(listing_id=listing_id, shop_id=shops[1], code=measuring.CODE, field="images.1", text="-")
    )
    db.session.commit()
    assert pictures.measure(store) == 0
    assert db.session.scalar(select(Listing.is_stale).where(Listing.id == listing_id)) is True


def test_the_chosen_nine_and_the_variants_pictures_are_wanted(store: int) -> None:
    shop_id = db.session.scalars(select(Shop.id).order_by(Shop.id)).first()
    assert shop_id is not None
    images = [{"id": number, "url": f"http://shop.test/{number}.jpg", "description": ""} for number in range(12)]
    listing_id = stage(shop_id, "Many pictures", images, "http://shop.test/variant.jpg")
    listing = db.session.get_one(Listing, listing_id)
    listing.fields = {"images": [str(number) for number in reversed(range(12))]}
    listing.is_stale = False
    db.session.add(
        ListingProblem(listing_id=listing_id, shop_id=shop_id, code=measuring.CODE, field="images.1", text="-")
    )
    db.session.commit()
    wanted = measuring.wanting(listing_id - 1)[0]
    assert wanted.urls == (
        *(f"http://shop.test/{number}.jpg" for number in range(11, 2, -1)),
        "http://shop.test/variant.jpg",
    )
    other = Store(hash="other", installed_at=clock.now(), settings={}, wizard={})
    db.session.add(other)
    db.session.commit()
    with tenant(other.id):
        assert measuring.wanting(0) == []
