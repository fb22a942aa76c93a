"""Rule groups in the database against the same rules in plain Python, on both engines."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import select

from domain.rule_groups import FIELDS, Condition, Field, Operator, RuleGroup, faults, matches, operators
from models import Product, Profile, ProfileProduct, Shop, Variant, db
from models.tenancy import scoped, tenant
from services import profile_members, profile_rules
from services.profile_rules import P
from tests.services.listing_rows import add_shop, add_store

WORDS = (
    "Mug",
    "mug",
    "MUG-1",
    "Tea, gift",
    "é",
    "É",
    "50% off",
    "a_b",
    "x",
    "Home > Mugs",
    "",
    'say "hi"',
    "o'clock",
    "$.a",
    "日本",
)
NAMES = ("Material", 'si"ze', "$.x", "Größe", "a.b", "o'k")


@pytest.fixture
def shop(app: Flask) -> Iterator[Shop]:
    """A shop with a default profile; its store's tenant is current."""
    with app.app_context():
        store = add_store()
        with tenant(store.id):
            yield add_shop()
        db.session.remove()


def word(dice: random.Random) -> str:
    return " ".join(dice.choices(WORDS, k=dice.randint(1, 2))).strip()


def add_products(dice: random.Random, count: int) -> None:
    for number in range(count):
        product = Product(
            bigcommerce_id=number, title=word(dice), sku=word(dice), brand=word(dice), category_path=word(dice),
            type=dice.choice(("physical", "digital")), tags=dice.choice(",; ").join(dice.choices(WORDS, k=3)),
            price=dice.choice((None, Decimal("10"), Decimal("9.9999"), Decimal("10.5"))), quantity=dice.randint(0, 3),
            inventory_tracking=dice.choice(("none", "product")), imported_at=datetime.now(UTC),
            custom_fields={name: word(dice) for name in dice.sample(NAMES, 2)},
        )  # fmt: skip
        db.session.add(product)
        db.session.flush()
        for place in range(dice.randint(0, 2)):
            db.session.add(Variant(product_id=product.id, sku=word(dice), options=[], position=place))
    db.session.flush()


def condition(dice: random.Random) -> Condition:
    field = dice.choice(list(FIELDS))
    value = word(dice) or "mug"
    if field == "price":
        value = dice.choice(("10", "9.9999", "10.5", "11"))
    elif field == "stock":
        value = str(dice.randint(0, 3))
    elif field == "tag":
        value = value.replace(",", "")
    elif field == "type":
        value = dice.choice(("PHYSICAL", "digital", "dig"))
    name = dice.choice(NAMES) if field == "custom_field" else ""
    return Condition(cast(Field, field), cast(Operator, dice.choice(operators(field))), value, name)


def group(dice: random.Random) -> RuleGroup:
    return RuleGroup(dice.choice(("any", "all")), tuple(condition(dice) for _ in range(dice.randint(1, 3))))


def facts() -> dict[int, Any]:
    skus: dict[int, list[str]] = {}
    for product_id, sku in db.session.execute(select(Variant.product_id, Variant.sku)):
        skus.setdefault(product_id, []).append(sku)
    rows = db.session.scalars(select(Product).where(Product.deleted_at.is_(None)))
    return {row.id: profile_rules.facts(row, skus.get(row.id, ())) for row in rows}


@pytest.mark.parametrize("seed", range(3))
def test_the_database_and_plain_python_agree(shop: Shop, seed: int) -> None:
    dice = random.Random(seed)
    add_products(dice, 60)
    known = facts()
    hits = 0
    for _ in range(150):
        rule = group(dice)
        assert faults(rule) == {}, rule
        query = select(P.c.id).where(*profile_rules.here(), profile_rules.where(rule))
        found = set(db.session.scalars(scoped(query)))
        assert found == {product_id for product_id, one in known.items() if matches(rule, one)}, rule
        assert profile_rules.count(rule) == len(found)
        hits += 0 < len(found) < len(known)
    assert hits > 50


@pytest.mark.parametrize("seed", range(3))
def test_the_kept_members_are_those_of_a_loop_over_all_products(shop: Shop, seed: int) -> None:
    dice = random.Random(seed)
    add_products(dice, 60)
    profiles = [Profile(shop_id=shop.id, name=f"P{number}") for number in range(4)]
    db.session.add_all(profiles)
    db.session.flush()
    known = facts()
    kept: dict[int, int] = {}
    for _ in range(8):
        order = [(profile.id, group(dice)) for profile in dice.sample(profiles, 3)]
        moved = profile_members.assign(shop.id, order)
        wanted = {
            product_id: next((number for number, rule in order if matches(rule, one)), None)
            for product_id, one in known.items()
        }
        rows = db.session.execute(select(ProfileProduct.product_id, ProfileProduct.profile_id))
        now = {product_id: profile_id for product_id, profile_id in rows}
        assert now == {product_id: number for product_id, number in wanted.items() if number is not None}
        assert sorted(moved) == sorted(one for one in known if kept.get(one) != now.get(one))
        assert profile_members.assign(shop.id, order) == []
        kept = now
        assert sum(profile_members.counts(shop.id).values()) == len(now)
        for profile in profiles:
            mine = set(db.session.scalars(select(Product.id).where(profile_members.products_of(profile))))
            assert mine == {one for one, number in now.items() if number == profile.id}


def test_the_catalog_falls_into_parts(shop: Shop) -> None:
    add_products(random.Random(1), 23)
    parts = profile_members.ranges(10)
    assert [part.count for part in parts] == [10, 10, 3]
    assert all(one.high < other.low for one, other in pairwise(parts))


def test_nothing_of_another_store_is_matched(shop: Shop) -> None:
    add_products(random.Random(1), 5)
    every = RuleGroup("all", (Condition("title", "not_equals", "no product is called so"),))
    assert profile_rules.count(every) == 5
    db.session.commit()
    other = add_store("other1")
    with tenant(other.id):
        assert profile_rules.count(every) == 0 and profile_members.ranges() == []


def test_values_to_choose_from_are_the_stores_own(shop: Shop) -> None:
    add_products(random.Random(1), 20)
    own = {brand for brand in db.session.scalars(select(Product.brand)) if brand}
    assert set(profile_rules.offered("brand")) == own and profile_rules.offered("title") == []
    assert profile_rules.offered("type") == ["digital", "physical"]
