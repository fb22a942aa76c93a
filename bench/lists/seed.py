"""A store with many products and listings in a fresh database: five uneven shops, one session, true counters."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy import insert, text
from sqlalchemy.engine import Connection

from models import (
    Authorization,
    Base,
    Category,
    Listing,
    ListingProblem,
    Person,
    Product,
    Profile,
    Shop,
    Store,
    Variant,
    db,
    search,
)
from models.tenancy import across_stores, tenant
from services import sessions

HASH = "bench1"
SHARES = (60, 20, 10, 7, 3)  # of the listings, by shop
TABS = (("incomplete", 25), ("ready", 15), ("in_review", 5), ("live", 45), ("failed", 4), ("deactivated", 6))
PROBLEMS = (
    ("package.weight_missing", 40), ("category.missing", 25), ("image.too_small", 15), ("title.too_short", 10),
    ("brand.unknown", 5), ("description.too_short", 3), ("variant.too_many", 1.9), ("identifier.digits", 0.1),
)  # fmt: skip
COMMON, MEDIUM, RARE = "stoneware", "marlowe", "quibblex"  # 1 in 16 titles, 500 of all, 10 of all
WORDS = (
    "Mug", "Bowl", "Plate", "Lamp", "Chair", "Basket", "Blanket", "Kettle", "Vase", "Tray", "Rug", "Candle",
    "Mirror", "Clock", "Pillow", "Shelf", "Bottle", "Board", "Knife", "Spoon", "Towel", "Curtain", "Stool", "Bench",
    "Frame", "Planter", "Teapot", "Apron", "Jar", "Rack", "hand", "made", "linen", "oak", "walnut", "cotton",
    "wool", "brass", "copper", "glass", "marble", "slate", "ash", "pine", "cork", "felt", "leather", "rattan",
    "bamboo", "large", "small", "round", "square", "tall", "wide", "deep", "narrow", "blue", "green", "red", "grey",
    "white", "black", "amber", "ivory", "teal", "coral", "for", "kitchen", "garden", "bath", "bedroom", "office",
    "travel", "picnic",
)  # fmt: skip
CHUNK = 10_000
NOW = datetime(2026, 11, 21, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Seeded:
    """What a client needs to walk the pages."""

    store_id: int
    store_hash: str
    cookie: str
    shop_ids: tuple[int, ...]
    size: int


def seed(app: Flask, size: int) -> Seeded:
    """Fills the empty database of `app`."""
    with app.app_context():
        Base.metadata.create_all(db.engine)
        with db.engine.begin() as connection:
            search.drop(connection)  # filled once at the end, as a migration does
        seeded = _people(size)
        with across_stores("benchmark"), db.engine.connect() as connection:
            for model, rows in (
                (Product, _products(seeded)), (Variant, _variants(seeded)),
                (Listing, _listings(seeded)), (ListingProblem, _problems(seeded)),
            ):  # fmt: skip
                _load(connection, model, rows)
            with connection.begin():
                _count(connection, seeded.store_id)
                search.create(connection)
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE" if db.engine.dialect.name == "sqlite" else "VACUUM ANALYZE")
        db.session.remove()
    return seeded


def _people(size: int) -> Seeded:
    store = Store(hash=HASH, name="Bench Store", installed_at=NOW, currency="USD", settings={}, wizard={}, owner_id=7)
    db.session.add(store)
    db.session.flush()
    with tenant(store.id):
        person = Person(bigcommerce_id=7, email="owner@bench.example", is_owner=True, seen_at=NOW)
        grant = Authorization(
            open_id="open", seller_name="Bench", scopes=[], connected_at=NOW,
            access_expires_at=NOW.replace(year=2099), refresh_expires_at=NOW.replace(year=2099),
        )  # fmt: skip
        db.session.add_all([person, grant])
        db.session.flush()
        shops = [
            Shop(authorization_id=grant.id, tiktok_id=str(7490000000000000001 + number), name=f"Shop {number + 1}",
                 market="US", cipher="c", currency="USD", prerequisites=[])
            for number in range(len(SHARES))
        ]  # fmt: skip
        db.session.add_all(shops)
        db.session.flush()
        for shop in shops:
            db.session.add(Profile(shop_id=shop.id, name="Default", is_default=True, category_id="600001"))
            db.session.add(Category(shop_id=shop.id, tiktok_id="600001", name="Mugs", path=["Home", "Mugs"],
                                    is_leaf=True, permissions=["AVAILABLE"]))  # fmt: skip
        cookie = sessions.begin(person)
        seeded = Seeded(store.id, HASH, cookie, tuple(shop.id for shop in shops), size)
        db.session.commit()
        db.session.remove()
        return seeded


def _title(number: int, size: int, chance: random.Random) -> str:
    words = chance.choices(WORDS, k=7)
    if number % 16 == 0:
        words[1] = COMMON
    if number % max(1, size // 500) == 1:
        words[3] = MEDIUM
    if number % max(1, size // 10) == 2:
        words[5] = RARE
    return " ".join(words)


def titles(size: int) -> Iterator[str]:
    """The titles in the order of the products; the same each time."""
    chance = random.Random(7)
    return (_title(number, size, chance) for number in range(1, size + 1))


def sku(number: int) -> str:
    return f"CW-{number * 7919 % 10_000_019:08d}-{number % 97:02d}"


def _products(seeded: Seeded) -> Iterator[dict[str, Any]]:
    chance = random.Random(8)
    for number, title in enumerate(titles(seeded.size), 1):
        yield {
            "id": number, "store_id": seeded.store_id, "bigcommerce_id": 100 + number, "title": title,
            "sku": sku(number), "brand": f"Brand {number % 40}", "price": Decimal(chance.randint(500, 90000)) / 100,
            "currency": "USD", "quantity": chance.randint(0, 400), "inventory_tracking": "product",
            "image_url": f"https://cdn.example/{number}.jpg", "status": STATUS_OF[_tab(number)],
            "imported_at": NOW, "description": "", "images": [], "category_ids": [], "custom_fields": {},
        }  # fmt: skip


def _variants(seeded: Seeded) -> Iterator[dict[str, Any]]:
    for number in range(1, seeded.size + 1):
        yield {
            "id": number, "store_id": seeded.store_id, "product_id": number, "bigcommerce_id": 100 + number,
            "sku": sku(number), "price": Decimal("12.5"), "options": [],
        }  # fmt: skip


STATUS_OF = {
    "incomplete": "draft", "ready": "draft", "in_review": "pending", "live": "live", "failed": "failed",
    "deactivated": "not_uploaded",
}  # fmt: skip


def _spread(number: int, shares: tuple[tuple[str, float], ...], salt: int) -> str:
    """One of the names, as often as its share says; the same for the same number."""
    place = random.Random(number * 31 + salt).random() * sum(share for _, share in shares)
    for name, share in shares:
        place -= share
        if place < 0:
            return name
    return shares[-1][0]


def _tab(number: int) -> str:
    return _spread(number, TABS, 1)


def _shop(number: int) -> int:
    return int(_spread(number, tuple((str(place), share) for place, share in enumerate(SHARES)), 2))


def _listings(seeded: Seeded) -> Iterator[dict[str, Any]]:
    for number, title in enumerate(titles(seeded.size), 1):
        tab = _tab(number)
        yield {
            "id": number, "store_id": seeded.store_id, "shop_id": seeded.shop_ids[_shop(number)], "product_id": number,
            "title": title, "fields": {}, "is_ready": tab != "incomplete", "is_stale": False, "checked_at": NOW,
            "category_id": "600001", "currency": "USD", "price_low": Decimal(12 + number % 80),
            "price_high": Decimal(12 + number % 80 + number % 3), "quantity": number % 400,
            "score": 40 + number % 60, "tab": tab, "changed_at": NOW,
            "tiktok_id": str(1729000000000000000 + number) if tab in ("in_review", "live", "deactivated") else "",
        }  # fmt: skip


def _problems(seeded: Seeded) -> Iterator[dict[str, Any]]:
    for number in range(1, seeded.size + 1):
        if (tab := _tab(number)) not in ("incomplete", "failed"):
            continue
        codes = {_spread(number, PROBLEMS, 3), _spread(number, PROBLEMS, 4)}
        for position, code in enumerate(sorted(codes)):
            yield {
                "store_id": seeded.store_id, "listing_id": number, "shop_id": seeded.shop_ids[_shop(number)],
                "code": code, "field": code.partition(".")[0], "text": f"The {code.replace('.', ' ')} of this product.",
                "source": "platform" if tab == "failed" else "rules", "position": position,
            }  # fmt: skip


def _load(connection: Connection, model: type[Base], rows: Iterator[dict[str, Any]]) -> None:
    """By the driver's own bulk statement, with the model's defaults for what is not named."""
    table: Any = model.__table__
    part: list[dict[str, Any]] = []
    for row in rows:
        part.append(row)
        if len(part) == CHUNK:
            with connection.begin():
                connection.execute(insert(table), part)
            part.clear()
    if part:
        with connection.begin():
            connection.execute(insert(table), part)
    if connection.dialect.name == "postgresql":
        with connection.begin():
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), (SELECT max(id) FROM {table.name}))"  # noqa: S608
            )


def _count(connection: Connection, store_id: int) -> None:
    """The counters, from the rows themselves."""
    into = "INSERT INTO counter (store_id, scope, shop_id, name, count) SELECT :store_id, "
    tables = {
        "listing_tab": "shop_id, tab, count(*) FROM listing GROUP BY shop_id, tab",
        "product_status": "0, status, count(*) FROM product GROUP BY status",
        "listing_problem": "p.shop_id, l.tab || '/' || p.code, count(DISTINCT l.id) FROM listing_problem p "
        "JOIN listing l ON l.id = p.listing_id GROUP BY p.shop_id, l.tab, p.code",
    }
    for scope, rest in tables.items():
        connection.execute(text(f"{into} '{scope}', {rest}"), {"store_id": store_id})
