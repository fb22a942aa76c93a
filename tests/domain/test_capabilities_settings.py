"""The table of what shops allow is complete, and settings survive storage or say what is wrong."""

from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import pytest

from domain.capabilities import TABLE, WORDS, Capability, ShopKind, allowed
from domain.price import PriceRule
from domain.settings import MEANING, InvalidSetting, StoreSettings, price_rule_from_json
from domain.stock import StockRule

DENIED = {
    Capability.COPY_FROM,
    Capability.COPY_TO,
    "publish_from_draft",
    "publish_to_semi_consignment",
    "edit_content",
    "edit_price",
    "activate",
    "deactivate",
    "delete",
    "recover",
    "change_warehouse_mapping",
    "gift_rules",
    "mark_rules",
    "accept_returns",
    "see_profit",
    "set_profit",
    "open_seller_center",
}


@pytest.mark.parametrize("capability", list(Capability))
def test_semi_consignment(capability: Capability) -> None:
    verdict = allowed(ShopKind.SEMI_CONSIGNMENT, capability)
    assert verdict.yes == (capability not in DENIED)
    assert verdict.yes or verdict.reason
    assert bool(verdict) == verdict.yes


def test_local_and_global_shops() -> None:
    assert all(allowed("local", capability) for capability in Capability)
    no = [capability for capability in Capability if not allowed("global_seller", capability)]
    assert no == [Capability.PUBLISH_TO_SEMI_CONSIGNMENT]


def test_table_is_complete_and_unknown_names_are_refused() -> None:
    assert all(set(TABLE[kind]) == set(Capability) for kind in ShopKind)
    assert set(WORDS) == set(ShopKind)
    with pytest.raises(ValueError):
        allowed("kiosk", "publish")


CHANGED = StoreSettings(
    auto_publish=True,
    stock_cap=10,
    threshold=4,
    price_rule=PriceRule("percent_up", Decimal("12.5")),
    image_ratio="strict_square",
    brand="never",
    identifier_priority=("EAN", "UPC"),
)


@pytest.mark.parametrize("settings", [StoreSettings(), CHANGED])
def test_settings_survive_json(settings: StoreSettings) -> None:
    import json

    assert StoreSettings.from_json(json.loads(json.dumps(settings.to_json()))) == settings


def test_unknown_names_are_ignored_and_missing_ones_default() -> None:
    assert StoreSettings.from_json({"gone": 1, "threshold": 2}) == replace(StoreSettings(), threshold=2)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("auto_update", "yes"), ("threshold", -1), ("threshold", True), ("stock_percent", "80"), ("stock_cap", 100_000),
        ("image_ratio", "round"), ("brand", None), ("identifier_priority", ["UPC", "UPC"]), ("identifier_priority", []),
        ("price_rule", {"kind": "double"}), ("price_rule", {"kind": "percent_down", "amount": "101"}),
        ("price_rule", {"kind": "fixed_up", "amount": "x"}), ("price_rule", {"kind": "fixed_up", "amount": "NaN"}),
        ("price_rule", "none"), ("default_variation_value", "x" * 51),
    ],
)  # fmt: skip
def test_wrong_values_are_named(name: str, value: Any) -> None:
    with pytest.raises(InvalidSetting) as caught:
        StoreSettings.from_json({name: value})
    assert caught.value.name == name


def test_every_setting_has_a_meaning() -> None:
    assert set(MEANING) == {field.name for field in fields(StoreSettings)}
    assert all(len(texts) == 3 and all(texts) for texts in MEANING.values())


def test_parts_for_the_rules() -> None:
    assert CHANGED.policy().brand == "never"
    assert CHANGED.policy().identifier_priority == ("EAN", "UPC")
    assert CHANGED.stock_rule() == StockRule(100, 0, 10, 4, 0)
    assert price_rule_from_json({}) == PriceRule()
