"""The pages of returns: the inbox, one request, cancel or refund from an order, settings."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from domain.orders.settings import OrderSettings
from models import Activity, AfterSale, Order, RequestChoice, Shop, Store, db
from services import clock
from services.orders import copies
from services.orders import recording as orders
from services.returns import reading, recording, rules
from services.returns.reading import Facts, Piece
from tests.blueprints.conftest import SignIn, inside, make_person
from tests.pages import PageClient
from tests.services import listing_rows
from tests.services.order_rows import NUMBER, facts, line, moment, sell

CHOICES: list[dict[str, Any]] = [
    {"decision": "APPROVE_RETURN", "eligible": True, "code": "", "why": "", "reasons": []},
    {"decision": "APPROVE_RECEIVED_PACKAGE", "eligible": False, "code": "25020003", "why": "No parcel", "reasons": []},
    {"decision": "REJECT_RETURN", "eligible": True, "code": "", "why": "",
     "reasons": [{"name": "not_now", "text": "Not now"}]},
]  # fmt: skip


def asked(number: int, status: str, kind: str = "RETURN_AND_REFUND", hours: int = 0, **more: Any) -> Facts:
    waits = {"action": "SELLER_RESPOND_RETURN", "deadline_at": moment() + timedelta(hours=hours)} if hours else {}
    pieces = (Piece(f"line-{number}0", "sku-1-0", "MUG", "Stoneware mug", amount=reading.ZERO + 12),)
    values: dict[str, Any] = {"reason": "x_no_need", "total": reading.ZERO + 12, "currency": "USD", "role": "BUYER",
                              "pieces": pieces, **waits}  # fmt: skip
    return Facts(f"40{number:016d}", str(NUMBER + number), kind, status, moment(), moment(), **(values | more))


@pytest.fixture
def store(app: Flask, store: Store) -> Iterator[Store]:
    """Three requests to answer, one accepted, one refused; order 1 is delivered, order 2 is to be shipped."""
    with inside(app, store):
        shop = listing_rows.add_shop()
        sell(shop)
        ship = facts(2, "AWAITING_SHIPMENT", lines=(line(20), line(21)))
        orders.record(shop, [facts(1, "DELIVERED"), ship], "import")
        pending = "RETURN_OR_REFUND_REQUEST_PENDING"
        recording.record(
            shop,
            [
                asked(1, pending, hours=30),
                asked(2, pending, "REFUND", hours=3),
                asked(3, "CANCELLATION_REQUEST_PENDING", "CANCEL", hours=10),
                asked(4, "RETURN_OR_REFUND_REQUEST_COMPLETE", reason="x_damaged"),
                asked(5, "REFUND_OR_RETURN_REQUEST_REJECT"),
            ],
        )
        recording.keep_choices(f"40{1:016d}", CHOICES)
    yield store


def shown(page: str) -> list[int]:
    return [int(found) for found in re.findall(r"<small>40(\d{16})</small>", page)]


def request_id(app: Flask, store: Store, number: int) -> int:
    with inside(app, store):
        return db.session.scalars(select(AfterSale.id).where(AfterSale.tiktok_id == f"40{number:016d}")).one()


def order_id(app: Flask, store: Store, number: int) -> int:
    with inside(app, store):
        return db.session.scalars(select(Order.id).where(Order.tiktok_id == str(NUMBER + number))).one()


FOUND: tuple[tuple[str, set[int]], ...] = (
    ("", {1, 2, 3, 4, 5}), ("tab=answer", {1, 2, 3}), ("tab=accepted", {4}), ("tab=rejected", {5}),
    ("tab=closed", set()), ("kind=CANCEL", {3}), (f"q={NUMBER + 2}", {2}), ("q=mug", {1, 2, 3, 4, 5}),
    ("q=nothing", set()), ("tab=nonsense&kind=odd", {1, 2, 3, 4, 5}), (f"q=40{4:016d}", {4}),
)  # fmt: skip


def test_tabs_and_search(client: PageClient) -> None:
    for query, found in FOUND:
        assert set(shown(client.get(client.at(f"returns/?{query}")).text)) == found, query
    page = client.get(client.at("returns/?tab=answer")).text
    assert shown(page) == [2, 3, 1] and page.count(" left</span>") == 3, "sorted by the time that is left"
    assert 'state-danger">2 h' in page and "TikTok waits for your answer" in page


def test_a_request_shows_only_valid_answers_with_their_effect(client: PageClient, app: Flask, store: Store) -> None:
    page = client.get(client.at(f"returns/{request_id(app, store, 1)}")).text
    assert "Accept the return" in page and "12.00 USD when you have the parcel" in page
    assert "1 piece goes back on sale" in page and "Not now" in page
    assert 'value="APPROVE_RECEIVED_PACKAGE"' not in page and "No parcel" in page
    assert 'value="OFFER_PARTIAL_REFUND"' not in page, "TikTok did not name it"


def test_an_answer_is_sent_once(client: PageClient, app: Flask, store: Store) -> None:
    number = request_id(app, store, 1)
    where = client.at(f"returns/{number}/answer")
    assert client.post(where, data={"decision": "REJECT_RETURN", "reason": "made up"}).status_code == 422
    assert client.post(where, data={"decision": "APPROVE_RECEIVED_PACKAGE"}).status_code == 409
    assert client.post(where, data={"decision": "APPROVE_RETURN"}).status_code == 303
    assert client.post(where, data={"decision": "APPROVE_RETURN"}).status_code == 403
    with inside(app, store):
        assert [row.kind for row in db.session.scalars(select(Activity))] == ["answer_returns"]
    assert "on its way to TikTok" in client.get(client.at(f"returns/{number}")).text


def test_a_semi_consignment_store_only_looks(client: PageClient, app: Flask, store: Store) -> None:
    with inside(app, store):
        db.session.scalars(select(Shop)).one().kind = "semi_consignment"
    number = request_id(app, store, 1)
    page = client.get(client.at(f"returns/{number}")).text
    assert "Read only" in page and "account manager" in page and 'name="decision"' not in page
    answer = client.post(client.at(f"returns/{number}/answer"), data={"decision": "APPROVE_RETURN"})
    assert answer.status_code == 403


def test_cancel_or_refund_says_why_not(client: PageClient, app: Flask, store: Store) -> None:
    delivered, open_ = order_id(app, store, 1), order_id(app, store, 2)
    page = client.get(client.at(f"returns/of-order/{delivered}")).text
    assert "The order was shipped" in page and "Ask TikTok what it takes" in page
    with inside(app, store):
        choices = [{"type": "CANCEL", "lines": ["line-20", "line-21"], "eligible": True, "code": "", "why": "",
                    "reasons": ["seller_cancel_reason_out_of_stock"], "total": "27.00", "currency": "USD"}]  # fmt: skip
        now = clock.now()
        db.session.add(RequestChoice(order_id=open_, choices=choices, asked_at=now, read_at=now))
    page = client.get(client.at(f"returns/of-order/{open_}")).text
    assert "Out of stock" in page and "27.00 USD for everything" in page and "Only these pieces" in page
    wrong = client.post(client.at(f"returns/of-order/{open_}"), data={"type": "CANCEL", "reason": "x"})
    assert wrong.status_code == 422
    data = {"type": "CANCEL", "reason": "seller_cancel_reason_out_of_stock", "line": "line-20"}
    assert client.post(client.at(f"returns/of-order/{open_}"), data=data).status_code == 303
    with inside(app, store):
        assert db.session.scalars(select(Activity.kind)).all() == ["start_returns"]


def test_settings_are_kept_and_two_people_are_told(client: PageClient, app: Flask, store: Store) -> None:
    client.get(client.at("settings/returns/"))
    with inside(app, store):
        shop_id = db.session.scalars(select(Shop.id)).one()
    data = {"version": "0", "restock-damaged": "ask", f"shop-{shop_id}": "show", "remind_hours": "6"}
    assert client.post(client.at("settings/returns/"), data=data).status_code == 303
    with inside(app, store):
        kept = rules.of()
        assert (kept.restock["damaged"], kept.show_only, kept.remind_hours, kept.follow) == (
            "ask",
            (shop_id,),
            6,
            False,
        )
    assert client.post(client.at("settings/returns/"), data=data).status_code == 409
    assert "answered in TikTok Seller Center" in client.get(client.at(f"returns/{request_id(app, store, 1)}")).text


def test_an_import_of_days_and_sync(client: PageClient, app: Flask, store: Store) -> None:
    client.get(client.at("returns/import"))
    assert client.post(client.at("returns/import"), data={"since": "x", "until": "2026-01-01"}).status_code == 422
    assert client.post(client.at("returns/sync")).status_code == 303
    with inside(app, store):
        assert db.session.scalars(select(Activity.kind)).all() == ["sync_returns"]


def test_another_store_sees_nothing(app: Flask, store: Store, sign_in: SignIn, other_store: Store) -> None:
    stranger = sign_in(other_store, make_person(app, other_store, 8))
    assert shown(stranger.get(stranger.at("returns/")).text) == []
    assert stranger.get(stranger.at(f"returns/{request_id(app, store, 1)}")).status_code == 404


def test_cancellations_are_followed_only_where_the_setting_says_so(app: Flask, store: Store) -> None:
    gone, there = Order(status="CANCELLED", fulfillment=""), Order(status="DELIVERED", fulfillment="")
    assert copies.target(gone, OrderSettings()) == 5
    kept = OrderSettings.from_json({"cancellations": False})
    assert copies.target(gone, kept) is None and copies.target(there, kept) == 2
