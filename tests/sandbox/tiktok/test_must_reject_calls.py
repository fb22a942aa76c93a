"""Calls about products that exist: wrong state, wrong owner, too many, too often (reference 11.4)."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sandbox.tiktok import product_search
from sandbox.tiktok.platform import Platform
from sandbox.tiktok.rate import SlidingWindow
from tests.sandbox.tiktok.conftest import GB, US, Document, plain_mug
from tests.sandbox.tiktok.must_reject import CREATE, Act, Case, World, prove

PRODUCTS = "/product/202309/products"
EDITED = "/product/202509/products"
INVENTORY = "/product/202309/inventory/search"
UNKNOWN = "1730999999999999999"


def edit(world: World, number: str, body: Document) -> TestResponse:
    answer: TestResponse = world.us.send("PUT", f"{EDITED}/{number}", body)
    return answer


def partial(world: World, number: str, body: Document | None = None) -> TestResponse:
    answer: TestResponse = world.us.send("POST", f"{EDITED}/{number}/partial_edit", body or {"title": "New name"})
    return answer


def read(world: World, number: str, **query: str) -> TestResponse:
    answer: TestResponse = world.us.send("GET", f"{PRODUCTS}/{number}", query=query)
    return answer


def price(world: World, number: str, sku: str = "", **changes: str) -> TestResponse:
    row = {"id": sku or world.sku(number), "price": {"amount": "12.50", "currency": "USD", **changes}}
    answer: TestResponse = world.us.send("POST", f"{PRODUCTS}/{number}/prices/update", {"skus": [row]})
    return answer


def stock(world: World, number: str, *rows: tuple[int, object], sku: str = "") -> TestResponse:
    """`rows` are (index of the warehouse, quantity)."""
    inventory = [{"warehouse_id": world.us.warehouse(index), "quantity": quantity} for index, quantity in rows]
    body = {"skus": [{"id": sku or world.sku(number), "inventory": inventory}]}
    answer: TestResponse = world.us.send("POST", f"{PRODUCTS}/{number}/inventory/update", body)
    return answer


def batch(world: World, move: str, *numbers: str) -> TestResponse:
    method, path = ("DELETE", PRODUCTS) if move == "delete" else ("POST", f"{PRODUCTS}/{move}")
    answer: TestResponse = world.us.send(method, path, {"product_ids": list(numbers)})
    return answer


def inventory(**body: list[str]) -> Act:
    def act(world: World) -> TestResponse:
        answer: TestResponse = world.us.send("POST", INVENTORY, body)
        return answer

    return act


def search(page_size: str | None = "10", **body: object) -> Act:
    return lambda world: world.search(query={"page_size": page_size}, body=body)


def of_another_shop(world: World) -> str:
    gb = world.shop(GB)
    return str(gb.data("POST", CREATE, plain_mug(gb))["product_id"])


def two_warehouses(world: World) -> str:
    body = copy.deepcopy(world.mug)
    body["skus"][0]["inventory"].append({"warehouse_id": world.us.warehouse(2), "quantity": 7})
    return world.made(skus=body["skus"])


def identified(world: World) -> tuple[str, Document]:
    """A product with an identifier, and the body that edits it with another one."""
    body = copy.deepcopy(world.mug)
    body["skus"][0]["identifier_code"] = {"code": "4006381333931", "type": "EAN"}
    number = world.made(skus=body["skus"])
    body["skus"][0] |= {"id": world.sku(number), "identifier_code": {"code": "4006381333948", "type": "EAN"}}
    return number, body


def grown(world: World, count: int) -> TestResponse:
    """Edit a product so that it has so many SKUs."""
    number, first = world.made(), world.mug["skus"][0]
    rows = [
        {**first, "seller_sku": f"S{n}", "sales_attributes": [{"name": "N", "value_name": str(n)}]}
        for n in range(count)
    ]
    return edit(world, number, {**world.mug, "skus": rows})


def with_sku(world: World, sku: str) -> TestResponse:
    number, body = world.made(), copy.deepcopy(world.mug)
    body["skus"][0]["id"] = sku
    return edit(world, number, body)


def sku_of_another(world: World) -> str:
    return world.sku(world.made(title="Another mug"))


def full(world: World, number: str = "") -> str:
    """No listing is left today."""
    world.shared.change_shop(US, daily_listings=0)
    return number


def create_when_full(world: World) -> TestResponse:
    body = world.mug
    full(world)
    answer: TestResponse = world.us.send("POST", CREATE, body)
    return answer


def draft_when_full(world: World) -> TestResponse:
    body = {**world.mug, "save_mode": "AS_DRAFT"}
    full(world)
    answer: TestResponse = world.us.send("POST", CREATE, body)
    return answer


def relist(status: str) -> Act:
    def act(world: World) -> TestResponse:
        number = world.put(world.made(), status=status)
        return edit(world, full(world, number), world.mug)

    return act


def second_of_two(world: World) -> TestResponse:
    """The limit counts what was listed today, not what is there."""
    world.shared.change_shop(US, daily_listings=2)
    world.made()
    world.put(world.made(), status="DELETED")
    answer: TestResponse = world.us.send("POST", CREATE, world.mug)
    return answer


def too_many_writes(world: World) -> TestResponse:
    world.shared.rate = SlidingWindow(clock=lambda: 100.0)
    number = world.made()
    for _ in range(50):
        assert stock(world, number, (1, 5)).status_code == 200
    return stock(world, number, (1, 5))


def same_key(world: World) -> TestResponse:
    first = world.made(idempotency_key="mug-1-once")
    body = {**world.mug, "title": "Other", "idempotency_key": "mug-1-once"}
    answer: TestResponse = world.us.send("POST", CREATE, body)
    assert answer.get_json()["data"]["product_id"] == first
    assert len(world.shared.products.products) == 1
    return answer


def same_key_elsewhere(world: World) -> TestResponse:
    """The key belongs to the shop."""
    first, gb = world.made(idempotency_key="once"), world.shop(GB)
    answer: TestResponse = gb.send("POST", CREATE, {**plain_mug(gb), "idempotency_key": "once"})
    assert answer.get_json()["data"]["product_id"] != first
    return answer


def over_ten_thousand(world: World) -> TestResponse:
    world.patch.setattr(product_search, "RESULT_MAXIMUM", 2)
    for _ in range(3):
        world.made()
    return world.search()


LISTING = (
    Case("11.4-3", "edit to 300 SKUs", "0", lambda world: grown(world, 300)),
    Case("11.4-3", "edit to 301 SKUs", "12052558", lambda world: grown(world, 301)),
    Case("11.4-7", "identifier changed later", "12052593", lambda world: edit(world, *identified(world))),
    Case("11.4-16", "create", "12052093", create_when_full),
    Case("11.4-16", "third of two today", "12052093", second_of_two),
    Case("11.4-16", "a draft is no listing", "0", draft_when_full),
    Case("11.4-16", "edit of a refused product", "12052093", relist("FAILED")),
    Case("11.4-16", "edit of a draft", "12052093", relist("DRAFT")),
    Case("11.4-16", "edit of a product the platform took down", "12052093", relist("PLATFORM_DEACTIVATED")),
    Case("11.4-16", "edit of a live product is none", "0", relist("ACTIVATE")),
    Case(
        "11.4-16",
        "activate",
        "12052093",
        lambda world: batch(world, "activate", full(world, world.put(world.made(), status="SELLER_DEACTIVATED"))),
    ),
    Case("11.4-17", "51st write in a second", "36009002", too_many_writes, 429),
    Case("11.4-20", "same key again", "0", same_key),
    Case("11.4-20", "same key in another shop", "0", same_key_elsewhere),
)

Of = Callable[[World, str], TestResponse]


def in_state(act: Of, status: str) -> Act:
    return lambda world: act(world, world.put(world.made(), status=status))


def owned_by(act: Of, number: Callable[[World], str]) -> Act:
    return lambda world: act(world, number(world))


def locked(act: Of, lock: str) -> Act:
    return lambda world: act(world, world.put(world.live(), locks=[lock]))


def many(move: str) -> Act:
    return lambda world: batch(world, move, *[UNKNOWN] * 21)


def moving(move: str) -> Of:
    return lambda world, number: batch(world, move, number)


def edited(world: World, number: str) -> TestResponse:
    return edit(world, number, world.mug)


def stocked(world: World, number: str) -> TestResponse:
    return stock(world, number, (1, 3))


WRONG_STATE = tuple(
    Case("11.4-21", f"{name} in {status}", code, in_state(act, status))
    for name, act, statuses, code in (
        ("edit", edited, "FREEZE DELETED", "12052901"),
        ("partial edit", partial, "FREEZE DELETED", "12052901"),
        ("read", read, "FREEZE DELETED", "12052901"),
        ("stock", stocked, "FREEZE DELETED", "12052901"),
        (
            "price",
            price,
            "DRAFT PENDING FAILED SELLER_DEACTIVATED PLATFORM_DEACTIVATED FREEZE DELETED",
            "12052901",
        ),
        (
            "activate",
            moving("activate"),
            "DRAFT PENDING FAILED ACTIVATE FREEZE DELETED",
            "12052901",
        ),
        (
            "deactivate",
            moving("deactivate"),
            "DRAFT PENDING FAILED SELLER_DEACTIVATED FREEZE DELETED",
            "12052901",
        ),
        ("delete", moving("delete"), "FREEZE DELETED", "12052901"),
        ("recover", moving("recover"), "ACTIVATE FREEZE", "12052901"),
        ("stock", stocked, "PENDING ACTIVATE", "0"),
    )
    for status in statuses.split()
)

WHOSE = (
    *(
        Case(row, f"{name} of {whose}", code, owned_by(act, number))
        for row, whose, number, code in (
            ("11.4-22", "another shop", of_another_shop, "12052048"),
            ("11.4-22", "nobody", lambda world: UNKNOWN, "12052032"),
        )
        for name, act in (
            ("edit", edited),
            ("partial edit", partial),
            ("read", read),
            ("price", lambda world, number: price(world, number, "1")),
            ("stock", lambda world, number: stock(world, number, (1, 5), sku="1")),
            ("activate", moving("activate")),
            ("deactivate", moving("deactivate")),
            ("delete", moving("delete")),
            ("recover", moving("recover")),
            ("stock search", lambda world, number: inventory(product_ids=[number])(world)),
        )
    ),
    Case("11.4-22", "stock of an unknown SKU", "12052556", lambda world: stock(world, world.made(), (1, 5), sku="1")),
    Case("11.4-22", "price of an unknown SKU", "12052556", lambda world: price(world, world.live(), "1")),
    Case(
        "11.4-22",
        "stock of another product's SKU",
        "12052557",
        lambda world: stock(world, world.made(), (1, 5), sku=sku_of_another(world)),
    ),
    Case(
        "11.4-22",
        "price of another product's SKU",
        "12052557",
        lambda world: price(world, world.live(), sku_of_another(world)),
    ),
    Case(
        "11.4-22", "edit with another product's SKU", "12052557", lambda world: with_sku(world, sku_of_another(world))
    ),
    Case("4.10", "edit with an unknown SKU", "12052553", lambda world: with_sku(world, "1")),
    Case(
        "4.11",
        "no version under review",
        "12052547",
        lambda world: read(world, world.live(), return_under_review_version="true"),
    ),
    Case(
        "4.10",
        "draft of a product under review",
        "12052901",
        lambda world: edit(world, world.made(), {**world.mug, "save_mode": "AS_DRAFT"}),
    ),
)

STOCK_AND_PRICE = (
    Case("11.4-23", "all warehouses", "0", lambda world: stock(world, two_warehouses(world), (1, 0), (2, 9))),
    Case("11.4-23", "a warehouse missing", "12052037", lambda world: stock(world, two_warehouses(world), (1, 3))),
    Case("11.4-23", "a warehouse added", "12052533", lambda world: stock(world, world.made(), (1, 3), (2, 3))),
    Case("11.4-13", "stock, warehouse twice", "12052555", lambda world: stock(world, world.made(), (1, 3), (1, 3))),
    Case("11.4-9", "stock of 100,000", "12052055", lambda world: stock(world, world.made(), (1, 100_000))),
    Case("11.4-9", "stock below zero", "12052055", lambda world: stock(world, world.made(), (1, -1))),
    Case("11.4-9", "stock a text", "12052055", lambda world: stock(world, world.made(), (1, "5"))),
    Case("11.4-10", "stock in the return warehouse", "12052532", lambda world: stock(world, world.made(), (5, 3))),
    Case("11.4-10", "stock in a disabled warehouse", "12052531", lambda world: stock(world, world.made(), (3, 3))),
    *(
        Case(
            "11.4-24",
            f"stock of {name}",
            code,
            locked(stocked, lock),
        )
        for name, lock, code in (("a shared replica", "shared", "12052921"), ("a bundle", "bundle", "12052850"))
    ),
    Case(
        "11.4-24",
        "price under promotion",
        "12052038",
        locked(price, "promotion"),
    ),
    Case("11.4-8", "price updated", "0", lambda world: price(world, world.live())),
    Case("11.4-8", "price update too high", "12052570", lambda world: price(world, world.live(), amount="8000")),
    Case("11.4-8", "price update malformed", "12052073", lambda world: price(world, world.live(), amount="1,5")),
    Case("11.4-8", "price update in euro", "12052084", lambda world: price(world, world.live(), currency="EUR")),
    Case(
        "4.12",
        "stock of nothing",
        "98001004",
        lambda world: world.us.send("POST", f"{PRODUCTS}/{world.made()}/inventory/update", {}),
    ),
    Case(
        "4.12",
        "price of nothing",
        "98001004",
        lambda world: world.us.send("POST", f"{PRODUCTS}/{world.live()}/prices/update", {}),
    ),
)

AMOUNTS = (
    *(
        Case(
            "11.4-25",
            f"21 products to {move}",
            "12019120",
            many(move),
        )
        for move in ("activate", "deactivate", "delete", "recover")
    ),
    Case("11.4-22", "20 unknown products", "12052032", lambda world: batch(world, "activate", *[UNKNOWN] * 20)),
    Case("4.11", "no product in a batch", "98001004", lambda world: batch(world, "activate")),
    Case("11.4-25", "10 seller SKUs", "0", search(seller_skus=["x"] * 10)),
    Case("11.4-25", "11 seller SKUs", "12019027", search(seller_skus=["x"] * 11)),
    Case("11.4-25", "11 SKU ids", "12019087", search(sku_ids=["1"] * 11)),
    Case("11.4-25", "101 products in stock search", "12019120", inventory(product_ids=["1"] * 101)),
    Case("11.4-25", "600 SKUs in stock search", "0", inventory(sku_ids=["1"] * 600)),
    Case("11.4-25", "601 SKUs in stock search", "12019015", inventory(sku_ids=["1"] * 601)),
    Case("4.12", "stock search for nothing", "12019008", inventory()),
    Case("11.4-26", "no page_size", "12019109", search(None)),
    Case("11.4-26", "page_size a word", "12019109", search("ten")),
    Case("11.4-26", "page_size of 0", "12019109", search("0")),
    Case("11.4-26", "page_size of 100", "0", search("100")),
    Case("11.4-26", "page_size of 101", "12019109", search("101")),
    Case(
        "11.4-26",
        "brands, page_size of 101",
        "12019109",
        lambda world: world.us.send("GET", "/product/202309/brands", query={"page_size": "101"}),
    ),
    Case("1.7", "page_token", "12019108", lambda world: world.search(query={"page_token": "nonsense"})),
    Case("11.4-26", "more than 10,000 found", "12052180", over_ten_thousand),
    Case("4.11", "unknown status", "98001004", search(status="SOLD")),
    Case("4.11", "time not a number", "12019119", search(update_time_ge="yesterday")),
    Case("4.11", "time backwards", "12019118", search(create_time_ge=2, create_time_le=1)),
)

CALLED = (*LISTING, *WRONG_STATE, *WHOSE, *STOCK_AND_PRICE, *AMOUNTS)


@pytest.mark.parametrize("case", CALLED, ids=str)
def test_refused(case: Case, http: FlaskClient, shared: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    prove(case, World(http, shared, monkeypatch))
