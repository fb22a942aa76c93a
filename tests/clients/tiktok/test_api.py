"""Each endpoint: the request built and signed, the answer read."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import responses

from clients.errors import Refused, Unreadable
from clients.exchange import Exchange
from clients.tiktok import TikTok
from clients.tiktok.sign import sign
from tests.clients.conftest import NOW, TIKTOK, Ledger, envelope

SKUS = [{"id": "31", "inventory": [{"warehouse_id": "7", "quantity": 5}]}]
CREATED = {
    "product_id": 1730000000000000001,
    "skus": [{"id": "31", "seller_sku": "MUG-1", "sales_attributes": None}],
    "warnings": [{"message": "w"}],
}
P = "/product/202309"
# name, call, method, path, own query, body, data of the answer, what is read from it
CALLS: list[tuple[str, Callable[[TikTok], Any], str, str, dict[str, str], Any, Any, Any]] = [
    (
        "shops",
        lambda t: [(s.id, s.cipher, s.seller_type) for s in t.shops()],
        "GET",
        "/authorization/202309/shops",
        {},
        None,
        {"shops": [{"id": 7, "name": "n", "region": "US", "seller_type": "LOCAL", "cipher": "C", "code": "US1"}]},
        [("7", "C", "LOCAL")],
    ),
    (
        "permissions",
        lambda t: t.permissions(),
        "GET",
        "/seller/202309/permissions",
        {},
        None,
        {"permissions": ["MANAGE_GLOBAL_PRODUCT"]},
        ["MANAGE_GLOBAL_PRODUCT"],
    ),
    (
        "warehouses",
        lambda t: [(w.id, w.type, w.is_default, w.address.district) for w in t.warehouses() if w.address],
        "GET",
        "/logistics/202309/warehouses",
        {},
        None,
        {
            "warehouses": [
                {
                    "id": "7",
                    "effect_status": "ENABLED",
                    "type": "SALES_WAREHOUSE",
                    "is_default": True,
                    "address": {"distict": "Mitte", "state": None},
                }
            ]
        },
        [("7", "SALES_WAREHOUSE", True, "Mitte")],
    ),
    (
        "prerequisites",
        lambda t: [(c.check_item, c.is_failed) for c in t.prerequisites()],
        "GET",
        "/product/202312/prerequisites",
        {},
        None,
        {"check_results": [{"check_item": "BANk_ACCOUNT", "is_failed": True, "fail_reasons": ["x"]}]},
        [("BANk_ACCOUNT", True)],
    ),
    (
        "categories",
        lambda t: [(c.id, c.is_leaf) for c in t.categories(locale="en-US")],
        "GET",
        P + "/categories",
        {"locale": "en-US", "category_version": "v2"},
        None,
        {"categories": [{"id": "1", "parent_id": "0", "local_name": "x", "is_leaf": False}]},
        [("1", False)],
    ),
    (
        "rules",
        lambda t: (r := t.category_rules("600"), bool(r.size_chart and r.size_chart.is_required))[1:],
        "GET",
        P + "/categories/600/rules",
        {"category_version": "v2"},
        None,
        {"size_chart": {"is_supported": True, "is_required": True}, "product_certifications": None},
        (True,),
    ),
    (
        "attributes",
        lambda t: [(a.id, a.is_required) for a in t.category_attributes("600")],
        "GET",
        P + "/categories/600/attributes",
        {"category_version": "v2"},
        None,
        {
            "attributes": [
                {"id": "1", "type": "PRODUCT_PROPERTY", "is_requried": True},
                {"id": "2", "type": "SALES_PROPERTY", "is_required": True},
                {"id": "3", "type": "SALES_PROPERTY"},
            ]
        },
        [("1", True), ("2", True), ("3", False)],
    ),
    (
        "brands",
        lambda t: (b := t.brands("600", "tok/+="), [x.authorised for x in b.brands], b.next_page_token)[1:],
        "GET",
        P + "/brands",
        {"page_size": "100", "page_token": "tok/+=", "category_id": "600", "category_version": "v2"},
        None,
        {
            "brands": [
                {"id": "1", "name": "A", "authorized_status": "UNAUTHORIEZD"},
                {"id": "2", "name": "B", "authorized_status": "AUTHORIZED"},
            ],
            "next_page_token": "n",
        },
        ([False, True], "n"),
    ),
    (
        "create",
        lambda t: (c := t.create_product({"title": "Кружка", "skus": []}), c.product_id, c.skus[0].id)[1:],
        "POST",
        P + "/products",
        {},
        {"title": "Кружка", "skus": []},
        CREATED,
        ("1730000000000000001", "31"),
    ),
    (
        "edit",
        lambda t: t.edit_product("17", {"a": 1}).product_id,
        "PUT",
        "/product/202509/products/17",
        {},
        {"a": 1},
        CREATED,
        "1730000000000000001",
    ),
    (
        "partial",
        lambda t: t.partial_edit("17", {"a": 1}).audit,
        "POST",
        "/product/202509/products/17/partial_edit",
        {},
        {"a": 1},
        CREATED,
        None,
    ),
    (
        "get",
        lambda t: (p := t.get_product("17", under_review=True), p.skus[0].price and p.skus[0].price.sale_price)[1],
        "GET",
        P + "/products/17",
        {"return_under_review_version": "true"},
        None,
        {
            "id": "17",
            "status": "PENDING",
            "skus": [{"id": "31", "price": {"currency": "USD", "sale_price": "9.90", "tax_exclusive_price": ""}}],
        },
        Decimal("9.90"),
    ),
    (
        "search",
        lambda t: (
            s := t.search_products(seller_skus=["A"], status="ACTIVATE", update_time_ge=5),
            s.total_count,
            [p.id for p in s.products],
        )[1:],
        "POST",
        "/product/202502/products/search",
        {"page_size": "100"},
        {"status": "ACTIVATE", "seller_skus": ["A"], "update_time_ge": 5},
        {"products": [{"id": "17"}], "total_count": 1, "next_page_token": ""},
        (1, ["17"]),
    ),
    ("activate", lambda t: t.activate(["17"]), "POST", P + "/products/activate", {}, {"product_ids": ["17"]}, {}, []),
    (
        "deactivate",
        lambda t: t.deactivate(["17"]),
        "POST",
        P + "/products/deactivate",
        {},
        {"product_ids": ["17"]},
        None,
        [],
    ),
    ("delete", lambda t: t.delete(["17"]), "DELETE", P + "/products", {}, {"product_ids": ["17"]}, {}, []),
    ("recover", lambda t: t.recover(["17"]), "POST", P + "/products/recover", {}, {"product_ids": ["17"]}, {}, []),
    (
        "stock",
        lambda t: t.update_inventory("17", SKUS),
        "POST",
        P + "/products/17/inventory/update",
        {},
        {"skus": SKUS},
        {"errors": None},
        [],
    ),
    (
        "prices",
        lambda t: t.update_prices("17", [{"id": "31", "price": {"amount": "9.90", "currency": "USD"}}]),
        "POST",
        P + "/products/17/prices/update",
        {},
        {"skus": [{"id": "31", "price": {"amount": "9.90", "currency": "USD"}}]},
        None,
        [],
    ),
    (
        "inventory",
        lambda t: [s.total_available_quantity for p in t.inventory(["17"]) for s in p.skus],
        "POST",
        P + "/inventory/search",
        {},
        {"product_ids": ["17"]},
        {"inventory": [{"product_id": "17", "skus": [{"id": "31", "total_available_quantity": "4"}]}]},
        [4],
    ),
    (
        "webhooks",
        lambda t: [w.address for w in t.webhooks()],
        "GET",
        "/event/202309/webhooks",
        {},
        None,
        {"webhooks": [{"event_type": "PACKAGE_UPDATE", "address": "https://x"}], "total_count": 1},
        ["https://x"],
    ),
    (
        "put_webhook",
        lambda t: t.put_webhook("PACKAGE_UPDATE", "https://x"),
        "PUT",
        "/event/202309/webhooks",
        {},
        {"address": "https://x", "event_type": "PACKAGE_UPDATE"},
        {},
        None,
    ),
]
SELLER = {"/authorization/202309/shops", "/seller/202309/permissions", "/product/202309/images/upload"}


@pytest.mark.parametrize("case", CALLS, ids=[case[0] for case in CALLS])
def test_calls(case: Any, tiktok: TikTok, web: responses.RequestsMock) -> None:
    _, act, method, path, own, body, data, expected = case
    web.add(method, TIKTOK + path, json=envelope(data))
    assert act(tiktok) == expected
    request = web.calls[0].request
    query = dict(parse_qsl(urlsplit(str(request.url)).query))
    sent = request.body or b""
    assert isinstance(sent, bytes)
    assert query.pop("sign") == sign("sandboxsecret0123456789", path, query, sent)
    cipher = {} if path in SELLER else {"shop_cipher": "ROW_c1pherAAAAexample01"}
    assert query == {**own, **cipher, "app_key": "sandboxkey01", "timestamp": str(int(NOW))}
    assert request.headers["x-tts-access-token"] == "TTP_accesstoken0001"
    assert (json.loads(sent) if sent else None) == body
    assert not sent or sent == json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    "case",
    [
        case
        for case in CALLS
        if case[0] not in ("activate", "deactivate", "delete", "recover", "stock", "prices", "put_webhook")
    ],
    ids=lambda case: case[0],
)
def test_odd_answers_are_refused(case: Any, tiktok: TikTok, web: responses.RequestsMock) -> None:
    web.add(case[2], TIKTOK + case[3], json=envelope([1]))
    with pytest.raises(Unreadable) as caught:
        case[1](tiktok)
    assert caught.value.unknown and caught.value.request_id == "20260101000000AA01"


def test_an_image_goes_out_as_a_form_signed_without_it(
    tiktok: TikTok, web: responses.RequestsMock, seen: list[Exchange]
) -> None:
    data = {"uri": "tos-x/1", "url": "https://x/1", "width": 600, "height": 600, "use_case": "MAIN_IMAGE"}
    web.add("POST", TIKTOK + "/product/202309/images/upload", json=envelope(data))
    image = tiktok.upload_image(b"\x89PNG\x00picture", "MAIN_IMAGE", "a.png")
    assert (image.uri, image.width) == ("tos-x/1", 600)
    request = web.calls[0].request
    query = dict(parse_qsl(urlsplit(str(request.url)).query))
    assert query["sign"] == "9027e4c5762dac10c5f1f2058f9e6f4ed36d73ee07ce55d7241799a8263f8df7"  # vector V3
    assert "shop_cipher" not in query
    assert request.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    assert isinstance(request.body, bytes) and b"\x89PNG\x00picture" in request.body and b"MAIN_IMAGE" in request.body
    assert "picture" not in seen[0].sent and "MAIN_IMAGE" in seen[0].sent


def test_a_file_goes_out_as_a_form_with_its_name(
    tiktok: TikTok, web: responses.RequestsMock, seen: list[Exchange]
) -> None:
    data = {"id": "v100", "url": "https://x/1", "name": "report.pdf", "format": "PDF"}
    web.add("POST", TIKTOK + "/product/202309/files/upload", json=envelope(data))
    assert tiktok.upload_file(b"%PDF-1.7 secret", "report.pdf").id == "v100"
    request = web.calls[0].request
    assert "shop_cipher" not in dict(parse_qsl(urlsplit(str(request.url)).query))
    assert isinstance(request.body, bytes) and b"%PDF-1.7 secret" in request.body and b"report.pdf" in request.body
    assert "application/pdf" in seen[0].sent and "secret" not in seen[0].sent


def test_a_refused_or_odd_answer_to_a_file(tiktok: TikTok, web: responses.RequestsMock) -> None:
    path = TIKTOK + "/product/202309/files/upload"
    web.add("POST", path, json={"code": 12019105, "message": "format", "data": None, "request_id": "r"})
    with pytest.raises(Refused) as refused:
        tiktok.upload_file(b"x", "a.pdf")
    assert refused.value.code == "12019105"
    web.replace("POST", path, json=envelope({"id": ""}))
    with pytest.raises(Unreadable):
        tiktok.upload_file(b"x", "a.pdf")


@pytest.mark.parametrize("ids", [[], [str(number) for number in range(21)]])
def test_a_batch_has_one_to_twenty_products(ids: list[str], tiktok: TikTok) -> None:
    with pytest.raises(ValueError, match="20"):
        tiktok.activate(ids)


def test_the_budget_counts_by_shop_and_template(tiktok: TikTok, web: responses.RequestsMock, budget: Ledger) -> None:
    web.add("GET", TIKTOK + P + "/products/17", json=envelope({"id": "17"}))
    tiktok.get_product("17")
    assert budget.taken == [("tiktok:7495540735365777507", "/product/202309/products/{product_id}", False)]
