"""Which scopes of BigCommerce are missing."""

import pytest

from domain.store_scopes import NEEDED, missing


@pytest.mark.parametrize(
    ("granted", "lacking"),
    [
        (" ".join(NEEDED), []),
        ("default store_v2_products store_inventory store_locations store_v2_orders store_v2_information", []),
        ("store_v2_products_read_only store_inventory store_locations store_v2_orders store_v2_information",
         ["store_v2_products"]),
        ("store_v2_products store_inventory", [one for one in NEEDED if one not in
                                               ("store_v2_products", "store_inventory")]),
        ("", []),
    ],
)  # fmt: skip
def test_what_is_missing(granted: str, lacking: list[str]) -> None:
    assert list(missing(granted.split())) == lacking
