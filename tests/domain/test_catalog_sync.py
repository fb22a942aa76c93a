"""What changed, what may go, and when removals stop."""

from typing import Any

import pytest

from domain.catalog_sync import allowed, changed, must_ask, own, prints
from domain.settings import StoreSettings

PRODUCT: dict[str, Any] = {
    "title": "Mug", "description": "<p>Glazed.</p>", "images": [{"id": 1, "url": "https://cdn.example/1.jpg"}],
    "weight": 1, "width": 1, "height": 1, "depth": 1, "custom_fields": {}, "is_visible": True,
}  # fmt: skip
VARIANT: dict[str, Any] = {
    "bigcommerce_id": 7,
    "price": 12,
    "weight": None,
    "width": None,
    "height": None,
    "depth": None,
}


@pytest.mark.parametrize(
    ("product", "variant", "fields"),
    [
        ({}, {}, set()),
        ({"title": "Cup"}, {}, {"title"}),
        ({"description": "<p>Other.</p>"}, {}, {"description"}),
        ({"images": []}, {}, {"images"}),
        ({"images": [{"id": 2, "url": "https://cdn.example/1.jpg"}]}, {}, set()),
        ({"weight": 2}, {}, {"weight"}),
        ({}, {"weight": 2}, {"weight"}),
        ({"depth": 2}, {}, {"dimensions"}),
        ({}, {"price": 13}, {"price"}),
        ({}, {"bigcommerce_id": 8}, {"price", "variants"}),
        ({"is_visible": False}, {}, {"visible"}),
        ({"custom_fields": {"Weight": "3"}}, {}, {"weight", "dimensions"}),
    ],
)
def test_each_change_names_its_fields(product: dict[str, Any], variant: dict[str, Any], fields: set[str]) -> None:
    assert changed(prints(PRODUCT, [VARIANT]), prints({**PRODUCT, **product}, [{**VARIANT, **variant}])) == fields


def test_boxes_and_the_switch() -> None:
    every = {"title", "description", "images", "weight", "dimensions", "price", "variants", "visible", "brand"}
    assert allowed(every, StoreSettings()) == every - {"visible", "brand"}
    assert allowed(every, StoreSettings(sync_weight=False, sync_image=False, sync_inventory=False)) == {
        "title", "description", "price",
    }  # fmt: skip
    assert allowed(every, StoreSettings(auto_update=False)) == set()


def test_what_the_listing_says_itself() -> None:
    assert own({"title": "Ours", "attributes.1": "x"}, [{"price": "9"}, {}]) == {"title"}
    assert own({}, [{"price": "9"}, {"price": "8"}]) == {"price"}


@pytest.mark.parametrize(
    ("waiting", "lately", "live", "percent", "asks"),
    [
        (1, 0, 1, 10, False), (1, 0, 100, 1, False), (2, 0, 20, 10, False), (3, 0, 20, 10, True),
        (1, 2, 18, 10, True), (500, 0, 100_000, 10, False), (501, 0, 100_000, 10, True), (5, 0, 5, 100, False),
    ],
)  # fmt: skip
def test_the_brake(waiting: int, lately: int, live: int, percent: int, asks: bool) -> None:
    assert must_ask(waiting, lately, live, percent) is asks
