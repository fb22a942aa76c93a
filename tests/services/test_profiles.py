"""The default profile: proposals, like with like, what is refused, and what the preview shows."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from flask import Flask

from domain.attributes import AttributeMapping, Source
from domain.draft import AttributeNeed, CategoryNeeds
from models import Authorization, Category, Listing, Product, Shop, Store, Variant, db
from models.tenancy import tenant
from services import categories, previews, profiles, sources
from services.actor import Actor
from services.errors import Invalid, NotFound, Stale

MATERIAL = AttributeNeed("100", "Material", "product", required=True, values=(("1", "Cotton"), ("2", "Wool")))
POWER = AttributeNeed("101", "Power", "product", number=True, custom=True)
COLOR = AttributeNeed("200", "Color", "sales", required=True)
NEEDS = CategoryNeeds("900", ("Clothing", "Tops"), attributes=(MATERIAL, POWER, COLOR), dimensions_required=True)


def field(name: str) -> AttributeMapping:
    return AttributeMapping("field", name)


def fixed(text: str) -> AttributeMapping:
    return AttributeMapping("fixed", text)


GOOD = {key: field(profiles.LIKE[key]) for key in profiles.LIKE} | {"100": fixed("cotton")}


@pytest.fixture
def shop(app: Flask) -> Iterator[Shop]:
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
            for key, parent, path, leaf, permission in (
                ("800", "0", ["Clothing"], False, "AVAILABLE"),
                ("900", "800", ["Clothing", "Tops"], True, "AVAILABLE"),
                ("901", "800", ["Clothing", "Fur"], True, "PROHIBITED"),
            ):
                db.session.add(
                    Category(
                        shop_id=row.id,
                        tiktok_id=key,
                        parent_id=parent,
                        name=path[-1],
                        path=path,
                        is_leaf=leaf,
                        permissions=[permission],
                    )
                )
            product = Product(
                bigcommerce_id=1,
                title="Jumper",
                brand="Oak",
                weight=Decimal("0.5"),
                width=Decimal(3),
                height=None,
                depth=Decimal(9),
                custom_fields={"material": "Wool"},
                imported_at=now,
                price=Decimal(10),
                variant_count=2,
            )
            db.session.add(product)
            db.session.flush()
            for position, color in enumerate(("Red", "Blue")):
                db.session.add(
                    Variant(
                        product_id=product.id,
                        options=[["Colour", color]],
                        position=position,
                        height=Decimal(2 + position),
                    )
                )
            db.session.flush()
            yield row
        db.session.rollback()


def actor(shop: Shop) -> Actor:
    return Actor("maya", shop.store_id)


def test_names_propose_their_likes() -> None:
    found = {row.key: row for row in profiles.rows(NEEDS, {}, [Source("custom_field", "material")])}
    assert found["length"].mapping == field("depth") and found["brand"].mapping == field("brand")
    assert found["100"].mapping == AttributeMapping("custom_field", "material") and found["100"].proposed
    assert found["101"].mapping is None
    options = profiles.option_rows(NEEDS, {}, [Source("option", "Colour"), Source("option", "Engraving")], fresh=True)
    assert [(row.name, row.target) for row in options] == [("Colour", "Color"), ("Engraving", "")]


@pytest.mark.parametrize(
    ("key", "need", "mapping", "warned"),
    [
        ("length", None, field("depth"), False),
        ("length", None, field("width"), True),
        ("weight", None, field("price"), True),
        ("weight", None, fixed("2"), False),
        ("weight", None, AttributeMapping("option", "Size"), True),
        ("100", MATERIAL, field("weight"), True),
        ("101", POWER, field("title"), True),
        ("101", POWER, field("weight"), False),
        ("100", MATERIAL, field("brand"), False),
    ],
)
def test_like_is_mapped_with_like(
    key: str, need: AttributeNeed | None, mapping: AttributeMapping, warned: bool
) -> None:
    assert bool(profiles.unlike(key, key, need, mapping)) is warned


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, []),
        ({"weight": fixed("")}, ["weight"]),
        ({"weight": fixed("heavy")}, ["weight"]),
        ({"height": fixed("-1")}, ["height"]),
        ({"100": fixed("Steel")}, ["100"]),
        ({"101": fixed("lots")}, ["101"]),
        ({"101": fixed("5.5")}, []),
        ({"brand": fixed("")}, []),
    ],
)
def test_faults(change: dict[str, AttributeMapping], wrong: list[str]) -> None:
    assert list(profiles.faults(profiles.rows(NEEDS, GOOD | change, (), fill=False))) == wrong


def test_required_lines_must_be_mapped() -> None:
    assert set(profiles.faults(profiles.rows(NEEDS, {}, (), fill=False))) == {
        "weight",
        "length",
        "width",
        "height",
        "100",
    }
    assert profiles.uncovered(NEEDS, {}) == ["Color"] and profiles.uncovered(NEEDS, {"Colour": "Color"}) == []


def test_saving_keeps_ids_of_values_and_marks_listings(shop: Shop) -> None:
    profile = profiles.choose_category(actor(shop), shop, "900")
    listing = Listing(shop_id=shop.id, is_stale=False, fields={}, changed_at=datetime.now(UTC))
    db.session.add(listing)
    db.session.flush()
    profiles.save(actor(shop), profile, NEEDS, GOOD | {"777": fixed("foreign")}, {"Colour": "Color", "Cut": "Nonsense"})
    assert (
        profile.mapping["100"] == {"kind": "fixed", "source": "cotton", "value_id": "1"}
        and "777" not in profile.mapping
    )
    assert profile.options == {"Colour": "Color"} and profiles.is_complete(profile)
    db.session.refresh(listing)
    assert listing.is_stale
    with pytest.raises(Stale):
        profiles.save(actor(shop), profile, NEEDS, GOOD, {}, seen_version=profile.version - 1)
    with pytest.raises(Invalid):
        profiles.save(actor(shop), profile, NEEDS, {}, {})


@pytest.mark.parametrize(("category", "error"), [("800", NotFound), ("901", Invalid), ("nothing", NotFound)])
def test_only_open_leaves_can_be_chosen(shop: Shop, category: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        profiles.choose_category(actor(shop), shop, category)
    assert profiles.default(shop) is None


def test_another_category_keeps_the_package(shop: Shop) -> None:
    profile = profiles.choose_category(actor(shop), shop, "900")
    profiles.save(actor(shop), profile, NEEDS, GOOD, {})
    db.session.add(
        Category(
            shop_id=shop.id, tiktok_id="902", parent_id="800", name="Hats", path=["Hats"], is_leaf=True, permissions=[]
        )
    )
    db.session.flush()
    assert set(profiles.choose_category(actor(shop), shop, "902").mapping) == {
        "weight",
        "length",
        "width",
        "height",
        "brand",
    }


def test_the_preview_says_where_values_come_from(shop: Shop) -> None:
    product = previews.example(None)
    assert product is not None
    mapping = GOOD | {"100": AttributeMapping("custom_field", "material"), "101": field("title")}
    shown = previews.preview(NEEDS, mapping, {"Colour": "Color"}, product)
    assert [(line.label, line.value) for line in shown.options] == [("Color", "Red, Blue")]
    assert {line.label: line.value for line in shown.package}["Package height"] == "3"  # the largest variant's
    found = {line.label: line for line in shown.attributes}
    assert found["Material"].value == "Wool" and "material" in found["Material"].origin and not found["Material"].fault


def test_sources_are_what_the_catalog_uses(shop: Shop) -> None:
    known = sources.known()
    assert (
        Source("option", "Colour") in known
        and Source("custom_field", "material") in known
        and Source("field", "depth") in known
    )


def test_needs_survive_the_row(shop: Shop) -> None:
    needs = {
        "attributes": [
            {
                "id": "100",
                "name": "Material",
                "kind": "product",
                "required": True,
                "multiple": False,
                "custom": False,
                "values": [["1", "Cotton"]],
                "conditions": [["5", "6"]],
                "number": False,
            }
        ],
        "certifications": [{"id": "7", "name": "CE", "required": False, "conditions": []}],
        "dimensions_required": True,
        "size_chart_required": False,
        "brands": [["1", "Zeta", False], ["2", "Alpha", False], ["3", "Zebra", True]],
    }
    assert categories.needs(shop, "900") is None
    read = categories.record_needs(shop, categories.NeedsRead("900", needs))
    assert (
        categories.needs(shop, "900") == read
        and read.attributes[0].conditions == (("5", "6"),)
        and read.dimensions_required
    )
    assert [brand.name for brand in categories.brands(shop, "900")] == ["Zebra", "Alpha", "Zeta"]
    assert [brand.name for brand in categories.brands(shop, "900", "ze")] == ["Zebra", "Zeta"]
    found = categories.brand_named(shop, "900", "alpha")
    assert found is not None and found.id == "2" and categories.brand_named(shop, "900", "alp") is None
