"""The category tree of a shop: recorded, searched, suggested, kept apart by store."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from clients.tiktok.models import Category as CategoryRow
from models import Authorization, Category, Profile, Shop, Store, db
from models.tenancy import tenant
from services import categories, notices

TREE = [
    ("1", "0", "Clothing", False, ["AVAILABLE"]),
    ("11", "1", "Tops", False, ["AVAILABLE"]),
    ("111", "11", "T-Shirts", True, ["AVAILABLE"]),
    ("2", "0", "Kitchen", False, ["AVAILABLE"]),
    ("21", "2", "Mugs", True, ["INVITE_ONLY"]),
    ("22", "2", "Knives", True, []),
]


def rows(tree: list[tuple[str, str, str, bool, list[str]]]) -> list[CategoryRow]:
    names = ("id", "parent_id", "local_name", "is_leaf", "permission_statuses")
    return [CategoryRow.model_validate(dict(zip(names, row, strict=True))) for row in tree]


def make_shop(store_hash: str) -> Shop:
    now = datetime(2099, 1, 1, tzinfo=UTC)
    store = Store(hash=store_hash, installed_at=now, settings={}, wizard={})
    db.session.add(store)
    db.session.flush()
    with tenant(store.id):
        grant = Authorization(open_id="o", access_expires_at=now, refresh_expires_at=now, connected_at=now, scopes=[])
        db.session.add(grant)
        db.session.flush()
        row = Shop(authorization_id=grant.id, tiktok_id=store_hash, name="Shop", market="US", prerequisites=[])
        db.session.add(row)
        db.session.flush()
    return row


@pytest.fixture
def shop(app: Flask) -> Iterator[Shop]:
    with app.app_context():
        row = make_shop("abc123")
        with tenant(row.store_id):
            categories.record_tree(row, rows(TREE))
            yield row
        db.session.rollback()


def test_the_tree_is_kept_with_paths(shop: Shop) -> None:
    found = categories.get(shop, "111")
    assert found is not None and found.path == ["Clothing", "Tops", "T-Shirts"] and found.is_leaf
    assert [row.name for row in categories.children(shop)] == ["Clothing", "Kitchen"]
    assert [row.name for row in categories.trail(shop, "11")] == ["Clothing", "Tops"]
    assert len(categories.nodes(shop)) == 6
    knives = categories.get(shop, "22")
    assert knives is not None and knives.permissions == ["AVAILABLE"]


def test_reading_again_keeps_needs_and_drops_what_is_gone(shop: Shop) -> None:
    categories.record_needs(shop, categories.NeedsRead("111", {"attributes": [], "brands": []}))
    changed = [row for row in TREE if row[0] != "22"] + [("23", "2", "Bowls", True, ["AVAILABLE"])]
    categories.record_tree(shop, rows(changed))
    assert categories.get(shop, "22") is None and categories.get(shop, "23") is not None
    assert categories.needs(shop, "111") is not None
    assert [row.name for row in categories.search(shop, "bowl")] == ["Bowls"]


def test_search_and_suggestions(shop: Shop) -> None:
    assert [row.tiktok_id for row in categories.search(shop, "t-sh")] == ["111"]
    assert categories.suggest(shop, "Ceramic mug", ("Kitchen",))[0].category_id == "21"
    products = [("Blue mug", ("Kitchen",)), ("Red mug", ("Kitchen",)), ("Basic t-shirt", ("Clothing",))]
    assert [row.tiktok_id for row, _ in categories.suggest_for_catalog(shop, products)] == ["21", "111"]


def test_mappings_follow_an_attribute_that_was_renamed(shop: Shop) -> None:
    def needs(color: str, material: str) -> categories.NeedsRead:
        rows = (("100", color, "sales"), ("200", material, "product"), ("300", "Room", "product"))
        shape = {"required": False, "multiple": False, "custom": True, "values": [], "conditions": [], "number": False}
        attributes = [{"id": key, "name": name, "kind": kind, **shape} for key, name, kind in rows]
        return categories.NeedsRead("111", {"attributes": attributes, "certifications": []})

    there = {"shop_id": shop.id, "mapping": {"200": {"kind": "field", "source": "brand"}}, "price_rule": {}}
    tops = Profile(name="Tops", category_id="111", options={"Colour": "Color", "Fit": "Style"}, **there)
    mugs = Profile(name="Mugs", category_id="21", options={"Colour": "Color"}, **there)
    db.session.add_all([tops, mugs])
    categories.record_needs(shop, needs("Color", "Material"))
    assert not notices.open_notices()
    categories.record_needs(shop, needs("Colour family", "Fabric"))
    assert tops.options == {"Colour": "Colour family", "Fit": "Style"} and mugs.options == {"Colour": "Color"}
    assert [row.key for row in notices.open_notices()] == [f"renamed:{shop.id}:111"]


def test_another_stores_tree_stays_its_own(shop: Shop) -> None:
    other = make_shop("zzz999")
    with tenant(other.store_id):
        assert (
            categories.nodes(other) == []
            and categories.search(other, "mug") == []
            and db.session.query(Category).all() == []
        )
