"""Rule groups in plain Python: each operator on each field, what is refused, and the words for them."""

from decimal import Decimal
from typing import Any

import pytest

from domain.rule_groups import Condition, ProductFacts, RuleGroup, describe, faults, matches

MUG = ProductFacts(
    title="Stoneware Mug",
    skus=("MUG-1", "MUG-1-RED"),
    brand="Harbor",
    category="Home > Mugs",
    type="physical",
    tags="tea, Coffee cup,gift",
    price=Decimal("12.50"),
    stock=7,
    custom_fields={"Material": "Ceramic"},
)


def one(field: Any, operator: Any, value: str, name: str = "") -> RuleGroup:
    return RuleGroup("any", (Condition(field, operator, value, name),))


@pytest.mark.parametrize(
    ("field", "operator", "value", "holds"),
    [
        ("title", "equals", "stoneware mug", True),
        ("title", "equals", "mug", False),
        ("title", "not_equals", "mug", True),
        ("title", "contains", "WARE M", True),
        ("title", "not_contains", "ware", False),
        ("title", "contains", "%", False),
        ("sku", "equals", "mug-1-red", True),
        ("sku", "not_equals", "MUG-1", False),
        ("sku", "contains", "RED", True),
        ("sku", "not_contains", "blue", True),
        ("brand", "equals", "harbor", True),
        ("brand", "not_contains", "arb", False),
        ("category", "contains", "> mugs", True),
        ("type", "equals", "digital", False),
        ("tag", "equals", "coffee cup", True),
        ("tag", "equals", "coffee", False),
        ("tag", "contains", "coffee", True),
        ("tag", "not_equals", "tea", False),
        ("price", "equals", "12.5", True),
        ("price", "less", "12.5", False),
        ("price", "greater", "12.4999", True),
        ("stock", "not_equals", "7", False),
        ("stock", "less", "8", True),
    ],
)
def test_a_condition(field: str, operator: str, value: str, holds: bool) -> None:
    assert faults(one(field, operator, value)) == {}
    assert matches(one(field, operator, value), MUG) is holds


def test_a_custom_field_that_a_product_lacks_is_empty() -> None:
    assert matches(one("custom_field", "equals", "ceramic", "Material"), MUG)
    assert not matches(one("custom_field", "contains", "c", "material"), MUG)  # names are taken as they are
    assert matches(one("custom_field", "not_contains", "c", "Colour"), MUG)


def test_a_product_without_the_number_is_neither_less_nor_greater() -> None:
    bare = ProductFacts(title="x")
    assert [matches(one("stock", name, "5"), bare) for name in ("less", "greater", "equals", "not_equals")] == [
        False, False, False, True,
    ]  # fmt: skip


def test_any_and_all() -> None:
    yes, no = Condition("brand", "equals", "Harbor"), Condition("brand", "equals", "Oak")
    assert matches(RuleGroup("any", (yes, no)), MUG) and not matches(RuleGroup("all", (yes, no)), MUG)
    assert not matches(RuleGroup("any"), MUG) and not matches(RuleGroup("all"), MUG)


@pytest.mark.parametrize(
    "condition",
    [
        Condition("title", "less", "5"),
        Condition("price", "contains", "5"),
        Condition("price", "less", "five"),
        Condition("price", "less", "NaN"),
        Condition("price", "less", "0.00001"),
        Condition("stock", "less", "1.5"),
        Condition("stock", "less", "-1"),
        Condition("title", "equals", ""),
        Condition("title", "equals", "x" * 256),
        Condition("title", "equals", "a\0b"),
        Condition("tag", "equals", "a,b"),
        Condition("custom_field", "equals", "x"),
        Condition("colour", "equals", "x"),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_kept(condition: Condition) -> None:
    assert list(faults(RuleGroup("all", (MUG_BRAND, condition)))) == [1]


MUG_BRAND = Condition("brand", "equals", "Harbor")


def test_a_group_needs_one_condition_and_takes_fifty() -> None:
    assert list(faults(RuleGroup("any"))) == [-1]
    assert list(faults(RuleGroup("any", (MUG_BRAND,) * 51))) == [-1]
    assert list(faults(RuleGroup("some", (MUG_BRAND,)))) == [-1]  # type: ignore[arg-type]


def test_a_group_survives_its_json_and_has_words() -> None:
    group = RuleGroup("all", (MUG_BRAND, Condition("custom_field", "not_contains", "x", "Material")))
    assert RuleGroup.from_json(group.to_json()) == group
    assert describe(group)[0] == "Brand equals “Harbor”" and "Material" in describe(group)[1]
