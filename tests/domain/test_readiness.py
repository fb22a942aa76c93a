"""One complete example with no problem, and a table of one change and exactly the codes it leads to."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from domain.draft import AttributeValue, CategoryNeeds, Dimensions, Draft, Identifier, SkuDraft, Weight
from domain.policy import Policy
from domain.readiness import RULES, check, is_ready
from domain.rulepacks import RulePack, pack_for
from tests.domain.examples import DRAFT, NEEDS, PACK, POLICY, SKUS, TODAY, image, sku, with_sku


def codes(
    draft: Draft, needs: CategoryNeeds | None = NEEDS, pack: RulePack = PACK, policy: Policy = POLICY
) -> list[tuple[str, str, bool]]:
    return [(found.code, found.field, found.blocking) for found in check(draft, needs, pack, policy)]


def test_complete_example_has_no_problem() -> None:
    assert check(DRAFT, NEEDS, PACK, POLICY) == ()


def test_rules_are_an_explicit_ordered_tuple() -> None:
    assert len(RULES) == len(set(RULES)) == 21


def draft(**changes: Any) -> Draft:
    return replace(DRAFT, **changes)


def values(attribute: str, *given: AttributeValue) -> Draft:
    return draft(attributes={**DRAFT.attributes, attribute: given})


MANY = tuple(image(f"p{number}") for number in range(11))
TOO_LONG = "<p>" + "x" * 10_000 + "</p>"
BLOCKING: list[tuple[str, Draft, str, str]] = [
    ("no title", draft(title="  "), "title.missing", "title"),
    ("title of 256", draft(title="a" * 256), "title.too_long", "title"),
    ("emoji", draft(title="Organic tee 🔥"), "title.forbidden_characters", "title"),
    ("line break", draft(title="Organic\ntee"), "title.forbidden_characters", "title"),
    ("HTML code", draft(title="Salt &amp; pepper"), "title.forbidden_characters", "title"),
    ("symbols only", draft(title="!!! ---"), "title.forbidden_characters", "title"),
    ("Chinese", draft(title="Organic 棉 tee"), "title.chinese", "title"),
    ("no description", draft(description=""), "description.missing", "description"),
    ("only tags", draft(description="<div><p>&nbsp;</p></div>"), "description.missing", "description"),
    (
        "only a picture, which is not sent",
        draft(description='<p><img src="/a.png"></p>'),
        "description.missing",
        "description",
    ),
    ("only a script", draft(description="<script>var a</script>"), "description.missing", "description"),
    ("long description", draft(description=TOO_LONG), "description.too_long", "description"),
    ("no category", draft(category_id=""), "category.missing", "category"),
    ("other category", draft(category_id="5"), "category.not_loaded", "category"),
    ("attribute missing", values("101"), "attributes.missing", "attributes.101"),
    ("not TikTok's", values("101", AttributeValue(text="Hemp")), "attributes.custom_not_allowed", "attributes.101"),
    ("stale id", values("101", AttributeValue("9", "Hemp")), "attributes.unknown_value", "attributes.101"),
    ("not a number", values("104", AttributeValue(text="many")), "attributes.not_a_number", "attributes.104"),
    ("zero", values("104", AttributeValue(text="0.0")), "attributes.not_a_number", "attributes.104"),
    (
        "long text",
        values("102", AttributeValue(text="x" * 2001)),
        "attributes.too_long",
        "attributes.102",
    ),
    (
        "same value twice",
        values("102", AttributeValue("11", "Summer"), AttributeValue("11", "Summer")),
        "attributes.duplicate_value",
        "attributes.102",
    ),
    (
        "two values where one goes",
        values("101", AttributeValue("1", "Cotton"), AttributeValue("3", "Linen")),
        "attributes.too_many_values",
        "attributes.101",
    ),
    ("no certificate", draft(certifications=frozenset()), "certifications.missing", "certifications.900"),
    ("no size chart", draft(has_size_chart=False), "size_chart.missing", "size_chart"),
    ("no pictures", draft(images=()), "images.none", "images"),
    ("tiny", draft(images=(image("a", width=299, height=200),)), "images.too_small", "images.a"),
    ("bomb", draft(images=(image("a", width=20_001, height=20_001),)), "images.too_large", "images.a"),
    ("heavy", draft(images=(image("a", size=60 * 1024 * 1024),)), "images.too_heavy", "images.a"),
    (
        "oblong HEIC",
        draft(images=(image("a", width=900, height=1200, format="HEIC"),)),
        "images.fixed_format",
        "images.a",
    ),
    ("broken", draft(images=(image("a", fault="not a picture"),)), "images.unreadable", "images.a"),
    ("no variants", draft(skus=()), "skus.none", "skus"),
    ("no SKU", with_sku(1, seller_sku=""), "sku.missing", "skus.2.sku"),
    ("SKU of 51", with_sku(1, seller_sku="x" * 51), "sku.too_long", "skus.2.sku"),
    ("SKU with blank", with_sku(1, seller_sku="TEE 2"), "sku.spaces", "skus.2.sku"),
    ("SKU twice", with_sku(1, seller_sku="TEE-1"), "sku.duplicate", "skus.2.sku"),
    ("no price", with_sku(0, price=None), "price.missing", "skus.1.price"),
    ("price 0", with_sku(0, price=Decimal(0)), "price.missing", "skus.1.price"),
    ("price too high", with_sku(0, price=Decimal("7600.01")), "price.too_high", "skus.1.price"),
    ("price too low", with_sku(0, price=Decimal("0.001")), "price.too_low", "skus.1.price"),
    ("store in euro", draft(store_currency="EUR"), "price.no_conversion", "skus"),
    ("shop in pounds", draft(currency="GBP", store_currency="GBP"), "price.currency", "skus"),
    ("no quantity", with_sku(2, quantity=None), "quantity.missing", "skus.3.quantity"),
    ("quantity too high", with_sku(2, quantity=100_000), "quantity.out_of_range", "skus.3.quantity"),
    ("negative", with_sku(2, quantity=-1), "quantity.out_of_range", "skus.3.quantity"),
    (
        "all at zero",
        draft(skus=tuple(replace(one, quantity=0) for one in SKUS)),
        "quantity.none",
        "skus.1.quantity",
    ),
    ("letters", with_sku(0, identifier=Identifier("UPC", "03600029145A")), "identifier.digits", "skus.1.identifier"),
    ("length", with_sku(0, identifier=Identifier("UPC", "3600029145")), "identifier.length", "skus.1.identifier"),
    ("same twice", with_sku(1, identifier=SKUS[0].identifier), "identifier.duplicate", "skus.2.identifier"),
    (
        "used by another listing",
        draft(duplicate_identifiers=frozenset({"036000291452"})),
        "identifier.duplicate",
        "skus.1.identifier",
    ),
    (
        "identifier wanted",
        draft(identifier_required=True, skus=(replace(SKUS[0], identifier=None),)),
        "identifier.missing",
        "identifier",
    ),
    (
        "combination twice",
        with_sku(1, options=(("Color", "Red"), ("Size", "M"))),
        "variants.duplicate",
        "skus.2.option",
    ),
    (
        "combination twice but for case",
        with_sku(1, options=(("Color", "RED"), ("Size", "m"))),
        "variants.duplicate",
        "skus.2.option",
    ),
    (
        "value of 51",
        with_sku(1, options=(("Color", "Red"), ("Size", "L" * 51))),
        "variants.option_value_length",
        "skus.2.option",
    ),
    (
        "Chinese size",
        with_sku(1, options=(("Color", "Red"), ("Size", "大"))),
        "variants.option_chinese",
        "skus.2.option",
    ),
    (
        "other options",
        with_sku(1, options=(("Color", "Red"), ("Fit", "L"))),
        "variants.unequal_options",
        "skus.2.option",
    ),
    ("no weight", draft(weight=None), "weight.missing", "weight"),
    ("weight 0", draft(weight=Weight(Decimal(0), "POUND")), "weight.missing", "weight"),
    ("151 lb", draft(weight=Weight(Decimal(151), "POUND")), "weight.too_heavy", "weight"),
    (
        "grams in the US",
        draft(
            weight=Weight(Decimal(200), "GRAM"), dimensions=Dimensions(Decimal(1), Decimal(1), Decimal(1), "CENTIMETER")
        ),
        "weight.unit",
        "weight",
    ),
    ("kg with inch", draft(weight=Weight(Decimal(1), "KILOGRAM")), "dimensions.mixed_units", "dimensions"),
    ("no size", draft(dimensions=None), "dimensions.missing", "dimensions"),
    (
        "a side of 0",
        draft(dimensions=Dimensions(Decimal(1), Decimal(0), Decimal(1), "INCH")),
        "dimensions.zero",
        "dimensions",
    ),
]


@pytest.mark.parametrize(
    ("changed", "code", "field"), [case[1:] for case in BLOCKING], ids=[case[0] for case in BLOCKING]
)
def test_one_change_blocks_with_exactly_this_code(changed: Draft, code: str, field: str) -> None:
    found = check(changed, NEEDS, PACK, POLICY)
    assert [(one.code, one.field, one.blocking) for one in found] == [(code, field, True)]
    assert not is_ready(found)


ADVICE: list[tuple[str, Draft, str, str]] = [
    (
        "a picture in the description",
        draft(description='<p>a</p><img src="/a.png">'),
        "description.images_dropped",
        "description",
    ),
    ("optional attribute", values("102"), "attributes.optional_empty", "category"),
    (
        "condition does not hold",
        values("103", AttributeValue("21", "AA")),
        "attributes.not_applicable",
        "attributes.103",
    ),
    ("no TikTok brand", draft(brand_id="", brand_authorised=None), "brand.not_matched", "brand"),
    ("unauthorised", draft(brand_authorised=False), "brand.unauthorised", "brand"),
    ("11 pictures", draft(images=MANY), "images.too_many", "images"),
    ("500 px", draft(images=(image("a", width=500, height=500),)), "images.small", "images.a"),
    ("unmeasured", draft(images=(image("a", width=None, height=None),)), "images.unmeasured", "images.a"),
    ("one variant at 0", with_sku(3, quantity=0), "quantity.zero", "skus.4.quantity"),
    (
        "check digit",
        with_sku(0, identifier=Identifier("UPC", "036000291453")),
        "identifier.checksum",
        "skus.1.identifier",
    ),
    ("pictures of no option", with_sku(1, image=image("odd")), "variants.images_left_out", "skus"),
]


@pytest.mark.parametrize(("changed", "code", "field"), [case[1:] for case in ADVICE], ids=[case[0] for case in ADVICE])
def test_one_change_advises_with_exactly_this_code(changed: Draft, code: str, field: str) -> None:
    found = check(changed, NEEDS, PACK, POLICY)
    assert [(one.code, one.field, one.blocking) for one in found] == [(code, field, False)]
    assert is_ready(found)


HARMLESS: list[tuple[str, Draft]] = [
    ("no brand at all", draft(brand_id="", brand_name="", brand_authorised=None)),
    ("not square", draft(images=(image("a", width=1600, height=700),))),
    ("20 MP picture", draft(images=(image("a", width=9000, height=9000, size=20_000_000),))),
    ("live and sold out", draft(is_live=True, skus=tuple(replace(one, quantity=0) for one in SKUS))),
    ("conversion set", draft(store_currency="EUR", has_conversion_rule=True)),
    ("no identifiers", draft(skus=tuple(replace(one, identifier=None) for one in SKUS))),
    ("no variant pictures", draft(skus=tuple(replace(one, image=None) for one in SKUS))),
    ("single product, default variation", draft(skus=(replace(SKUS[0], options=()),))),
    ("accents", draft(title="Tee-shirt été, 100 % coton")),
]


@pytest.mark.parametrize("changed", [case[1] for case in HARMLESS], ids=[case[0] for case in HARMLESS])
def test_these_are_no_problem(changed: Draft) -> None:
    assert check(changed, NEEDS, PACK, POLICY) == ()


@pytest.mark.parametrize(
    ("permissions", "code", "blocking"),
    [
        ({"INVITE_ONLY"}, "category.invite_only", False),
        ({"NON_MAIN_CATEGORY"}, "category.not_main", True),
        ({"PROHIBITED"}, "category.prohibited", True),
    ],
)
def test_category_permissions(permissions: set[str], code: str, blocking: bool) -> None:
    needs = replace(NEEDS, permissions=frozenset(permissions))
    assert codes(DRAFT, needs) == [(code, "category", blocking)]


def test_category_that_is_no_leaf_and_needs_not_read() -> None:
    assert codes(DRAFT, replace(NEEDS, leaf=False)) == [("category.not_leaf", "category", True)]
    assert codes(DRAFT, None) == [("category.not_loaded", "category", True)]


def test_invite_only_blocks_where_listing_first_is_not_offered() -> None:
    needs = replace(
        NEEDS, permissions=frozenset({"INVITE_ONLY"}), attributes=(), certifications=(), size_chart_required=False
    )
    gb = draft(market="GB", currency="GBP", store_currency="GBP", weight=Weight(Decimal(1), "KILOGRAM"))
    gb = replace(gb, dimensions=Dimensions(Decimal(1), Decimal(1), Decimal(1), "CENTIMETER"))
    assert codes(gb, needs, pack_for("GB", TODAY)) == [("category.invite_only", "category", True)]


def test_condition_makes_attribute_and_certificate_required() -> None:
    silk = values("101", AttributeValue("2", "Silk"))
    assert codes(silk) == [
        ("attributes.missing", "attributes.103", True),
        ("certifications.missing", "certifications.901", True),
    ]


@pytest.mark.parametrize(
    ("policy", "changed", "expected"),
    [
        (Policy(brand="require"), {"brand_id": "", "brand_name": ""}, [("brand.missing", "brand", True)]),
        (Policy(brand="require"), {"brand_id": ""}, [("brand.not_matched", "brand", True)]),
        (Policy(brand="require"), {"brand_authorised": False}, [("brand.unauthorised", "brand", True)]),
        (Policy(brand="send_always"), {"brand_authorised": False}, [("brand.unauthorised", "brand", True)]),
        (Policy(brand="never"), {"brand_authorised": False}, []),
        (
            Policy(image_ratio="strict_square"),
            {"images": (image("a", width=1200, height=900),)},
            [("images.not_square", "images.a", True)],
        ),
        (Policy(image_ratio="allow_3_4_to_4_3"), {"images": (image("a", width=1200, height=900),)}, []),
        (
            Policy(image_ratio="allow_3_4_to_4_3"),
            {"images": (image("a", width=1201, height=900),)},
            [("images.bad_ratio", "images.a", True)],
        ),
        (
            Policy(identifier_required=True),
            {"skus": (replace(SKUS[0], identifier=None),)},
            [("identifier.missing", "identifier", True)],
        ),
        (
            Policy(default_variation_value=""),
            {"skus": (replace(SKUS[0], options=()),)},
            [("attributes.variation_missing", "attributes.100", True)],
        ),
        (
            Policy(send_variant_images=False),
            {"skus": (replace(SKUS[0], image=image("x", width=1, height=1)), *SKUS[1:])},
            [],
        ),
    ],
)
def test_policies(policy: Policy, changed: dict[str, Any], expected: list[tuple[str, str, bool]]) -> None:
    assert codes(draft(**changed), policy=policy) == expected


def grid(count: int, options: int = 2) -> tuple[SkuDraft, ...]:
    base = replace(sku("1", "Red", "M"), identifier=None, image=None)
    names = ["Color", "Size", "Fit", "Length"][:options]
    return tuple(
        replace(
            base, key=str(place), seller_sku=f"S-{place}", options=tuple((name, f"{name}{place}") for name in names)
        )
        for place in range(count)
    )


def test_variant_limits() -> None:
    assert codes(draft(skus=grid(300))) == []
    assert codes(draft(skus=grid(301))) == [("variants.too_many", "skus", True)]
    assert codes(draft(skus=grid(2, options=4))) == [("variants.too_many_options", "skus", True)]
    long_name = tuple(replace(one, options=(("Color", "a"), ("n" * 21, one.key))) for one in grid(2))
    assert codes(draft(skus=long_name)) == [("variants.option_name_length", "skus", True)]


def test_variant_picture_that_is_too_small() -> None:
    small = image("v-red", width=100, height=100)
    changed = draft(skus=(replace(SKUS[0], image=small), replace(SKUS[1], image=small), *SKUS[2:]))
    assert codes(changed) == [("images.too_small", "skus.1.image", True)]


def test_market_decides() -> None:
    thai = replace(DRAFT, market="TH", currency="THB", store_currency="THB", title="Short", weight=None)
    found = {one.code for one in check(thai, NEEDS, pack_for("TH", TODAY), POLICY)}
    assert found == {"title.too_short", "weight.missing", "price.too_low", "dimensions.unit"}


def test_japan_takes_kanji() -> None:
    pack = replace(PACK, market="JP", chinese_allowed=True)
    assert codes(draft(title="有機コットン"), pack=pack) == []


def test_everything_wrong_is_all_told_at_once() -> None:
    empty = Draft(market="US", currency="USD", store_currency="USD")
    assert {one.code for one in check(empty, None, PACK, POLICY)} == {
        "title.missing",
        "description.missing",
        "category.missing",
        "images.none",
        "skus.none",
        "weight.missing",
    }
