"""Global products and listing rules: the request built, the answer read, the refusal read, the odd answer refused."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import responses

from clients.errors import Refused, Unreadable
from clients.tiktok import TikTok
from tests.clients.conftest import TIKTOK, envelope

Row = tuple[Callable[[TikTok], Any], str, str, dict[str, str], bool, Any, Any]
PRODUCT = {
    "id": 17, "title": "Mug", "status": "PUBLISHED", "update_time": 5, "products": [{"region": "FR", "id": "9"}],
    "skus": [{"id": "3", "seller_sku": "M", "price": {"amount": "9.90", "currency": "USD"}, "inventory": None}],
}  # fmt: skip
ROWS: list[Row] = [
    (
        lambda t: t.listing_methods(), "GET", "/product/202507/global_listing_rules", {}, True,
        {"listing_methods": ["LOCAL_REPLICATION"], "inventory_rules": []}, ("LOCAL_REPLICATION",),
    ),
    (
        lambda t: t.listing_methods(), "GET", "/product/202507/global_listing_rules", {}, True,
        {"listing_methods": "GLOBAL_PUBLISHING"}, ("GLOBAL_PUBLISHING",),
    ),
    (
        lambda t: [(p.id, p.skus[0].seller_sku) for p in t.search_global_products("x").products], "POST",
        "/product/202312/global_products/search", {"page_size": "100", "page_token": "x"}, False,
        {"global_products": [PRODUCT], "total_count": 1}, [("17", "M")],
    ),
    (
        lambda t: [(one.region, one.id) for one in t.global_product("17").products], "GET",
        "/product/202309/global_products/17", {}, False, PRODUCT, [("FR", "9")],
    ),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[2]}-{row[6]}")
def test_calls(row: Row, tiktok: TikTok, web: responses.RequestsMock) -> None:
    act, method, path, query, of_shop, data, read = row
    web.add(method, TIKTOK + path, json=envelope(data))
    assert act(tiktok) == read
    sent = dict(parse_qsl(urlsplit(str(web.calls[0].request.url)).query))
    assert query.items() <= sent.items() and ("shop_cipher" in sent) is of_shop
    web.replace(method, TIKTOK + path, json=envelope({}, 12019114, "no permission"))
    with pytest.raises(Refused) as refused:
        act(tiktok)
    assert refused.value.code == "12019114"
    web.replace(method, TIKTOK + path, json=envelope([1]))
    with pytest.raises(Unreadable):
        act(tiktok)
