"""Cancellations, refunds, returns and replacements (reference 7)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.tiktok.buyers import DAY, HOUR, Market
from tests.sandbox.tiktok.conftest import Document
from tests.sandbox.tiktok.test_packages import mark

R = "/return_refund/202602"
OLD = "/return_refund/202309"
OUT_OF_STOCK = "seller_cancel_reason_out_of_stock"


def delivered(market: Market, **wish: Any) -> str:
    number = market.ready(**wish)
    mark(market, number, tracking_number=f"9400{number[-8:]}")
    market.act("deliver", order_id=number)
    return number


def ask(market: Market, order_id: str, kind: str, **body: Any) -> str:
    return str(market.act("ask_return", order_id=order_id, type=kind, **body)["return_id"])


def found(market: Market, return_id: str) -> Document:
    rows = market.shop.data("POST", f"{R}/returns/search", {"return_ids": [return_id]})["return_orders"]
    row: Document = rows[0]
    return row


def decide(market: Market, return_id: str, decision: str, **body: Any) -> int:
    verb = "reject" if decision.startswith("REJECT") else "approve"
    answer = market.shop.call("POST", f"{OLD}/returns/{return_id}/{verb}", {"decision": decision, **body})
    return int(answer["code"])


def test_the_seller_cancels(market: Market) -> None:
    number = market.buy(quantity=2)
    body = {"order_id": number, "cancel_reason": OUT_OF_STOCK}
    made = market.shop.data("POST", f"{R}/cancellations", body)
    assert made["cancel_status"] == "CANCELLATION_REQUEST_SUCCESS" and market.stock() == (50, 0)
    order = market.order(number)
    assert (order["status"], order["cancellation_initiator"]) == ("CANCELLED", "SELLER")
    market.wait(70)
    query = {"page_size": "10"}
    row = market.shop.data("POST", f"{R}/cancellations/search", {"order_ids": [number]}, query=query)["cancellations"][
        0
    ]
    assert (row["cancel_type"], row["cancel_status"], row["role"]) == (
        "CANCEL",
        "CANCELLATION_REQUEST_COMPLETE",
        "SELLER",
    )
    assert (
        len(row["cancel_line_items"]) == 2 and row["refund_amount"]["refund_total"] == order["payment"]["total_amount"]
    )


def test_one_unit_is_out_of_stock(market: Market) -> None:
    number = market.ready(quantity=3)
    line = market.order(number)["line_items"][0]["id"]
    body = {"order_id": number, "cancel_reason": OUT_OF_STOCK, "order_line_item_ids": [line]}
    market.shop.data("POST", f"{R}/cancellations", body)
    order = market.order(number)
    assert order["status"] == "AWAITING_SHIPMENT" and market.stock() == (48, 2)
    assert [row["display_status"] for row in order["line_items"]] == ["CANCELLED", *["AWAITING_SHIPMENT"] * 2]
    body = {"order_id": number, "cancel_reason": OUT_OF_STOCK, "skus": [{"sku_id": market.sku_id, "quantity": 2}]}
    market.shop.data("POST", f"{R}/cancellations", body)
    assert market.status(number) == "CANCELLED"


@pytest.mark.parametrize("answer", ["approve", "reject"])
def test_a_buyers_request_is_answered_once(market: Market, answer: str) -> None:
    number = market.ready()
    cancel_id = market.act("cancel", order_id=number)["cancel_id"]
    reasons = market.shop.data("GET", f"{OLD}/reject_reasons", query={"return_or_cancel_id": cancel_id})["reasons"]
    body = {} if answer == "approve" else {"reject_reason": reasons[0]["name"]}
    path, query = f"{OLD}/cancellations/{cancel_id}/{answer}", {"idempotency_key": "k1"}
    assert mark(market, number)["code"] == 21011007
    for _ in range(2):  # the same key may come again
        assert market.shop.data("POST", path, body, query=query) == {}
    again = market.shop.call("POST", path, body)["code"]
    assert again == (25020010 if answer == "approve" else 25020009)
    order = market.order(number)
    assert order["status"] == ("CANCELLED" if answer == "approve" else "AWAITING_SHIPMENT")
    assert order["is_buyer_request_cancel"] is (answer == "approve")
    told = [row["cancel_status"] for row in market.told("CANCELLATION_STATUS_CHANGE")]
    assert told[1] == ("CANCELLATION_REQUEST_SUCCESS" if answer == "approve" else "CANCELLATION_REQUEST_CANCELLED")


def test_a_refund(market: Market) -> None:
    number = delivered(market, quantity=2)
    return_id = ask(market, number, "REFUND", units=1)
    row = found(market, return_id)
    assert row["seller_next_action_response"][0]["action"] == "SELLER_RESPOND_REFUND"
    assert row["refund_amount"]["refund_subtotal"] == "9.90" and len(row["return_line_items"]) == 1
    assert decide(market, return_id, "APPROVE_REFUND") == 0
    assert decide(market, return_id, "APPROVE_REFUND") == 25020010
    assert found(market, return_id)["return_status"] == "RETURN_OR_REFUND_REQUEST_SUCCESS"
    market.wait(70)
    assert found(market, return_id)["return_status"] == "RETURN_OR_REFUND_REQUEST_COMPLETE"
    assert market.status(number) == "DELIVERED"
    second = ask(market, number, "REFUND")
    decide(market, second, "APPROVE_REFUND")
    assert market.status(number) == "COMPLETED"
    told = [row["return_status"] for row in market.told("RETURN_STATUS_CHANGE") if row["return_id"] == return_id]
    assert told == [f"RETURN_OR_REFUND_REQUEST_{word}" for word in ("PENDING", "SUCCESS", "COMPLETE")]


def test_a_return(market: Market) -> None:
    number = delivered(market)
    return_id = ask(market, number, "RETURN_AND_REFUND")
    assert decide(market, return_id, "APPROVE_RECEIVED_PACKAGE") == 25020003
    assert decide(market, return_id, "APPROVE_REFUND") == 25020004
    assert decide(market, return_id, "APPROVE_RETURN") == 0
    assert found(market, return_id)["return_status"] == "AWAITING_BUYER_SHIP"
    market.act("send_return", return_id=return_id)
    row = found(market, return_id)
    assert row["return_status"] == "BUYER_SHIPPED_ITEM" and row["return_tracking_number"]
    assert row["seller_next_action_response"][0]["action"] == "SELLER_RESPOND_RECEIVE_PACKAGE"
    assert decide(market, return_id, "APPROVE_RECEIVED_PACKAGE") == 0
    assert decide(market, return_id, "APPROVE_RECEIVED_PACKAGE") == 25020011
    assert market.status(number) == "COMPLETED"
    records = market.shop.data("GET", f"{OLD}/returns/{return_id}/records")["records"]
    assert [row["role"] for row in records] == ["BUYER", "SELLER", "BUYER", "SELLER"]


def test_refused_and_nobody_complains(market: Market) -> None:
    return_id = ask(market, delivered(market), "RETURN_AND_REFUND")
    reject = {"reject_reason": "reverse_reject_request_reason_1", "comment": "Worn"}
    assert decide(market, return_id, "REJECT_RETURN", **reject) == 0
    assert found(market, return_id)["return_status"] == "REFUND_OR_RETURN_REQUEST_REJECT"
    market.wait(3 * DAY + 60)
    assert found(market, return_id)["return_status"] == "RETURN_OR_REFUND_REQUEST_CANCEL"
    assert decide(market, return_id, "REJECT_RETURN", **reject) == 25020009


@pytest.mark.parametrize(
    ("side", "status"),
    [("buyer", "RETURN_OR_REFUND_REQUEST_SUCCESS"), ("seller", "RETURN_OR_REFUND_REQUEST_CANCEL")],
)
def test_the_platform_decides(market: Market, side: str, status: str) -> None:
    return_id = ask(market, delivered(market), "REFUND")
    decide(market, return_id, "REJECT_REFUND", reject_reason="reverse_reject_request_reason_2")
    market.act("dispute", return_id=return_id)
    assert decide(market, return_id, "APPROVE_REFUND") == 25011010
    market.wait(4 * DAY)
    market.act("judge", return_id=return_id, side=side)
    row = found(market, return_id)
    assert (row["return_status"], row["arbitration_status"]) == (status, f"SUPPORT_{side.upper()}")


def test_a_part_is_offered(market: Market) -> None:
    return_id = ask(market, delivered(market), "REFUND")
    offer = {"partial_refund": {"currency": "USD", "amount": "4.00"}}
    assert (
        decide(market, return_id, "OFFER_PARTIAL_REFUND", partial_refund={"currency": "USD", "amount": "99"})
        == 25005005
    )
    assert decide(market, return_id, "OFFER_PARTIAL_REFUND", **offer) == 0
    market.act("answer_offer", return_id=return_id, accept=False)
    row = found(market, return_id)
    assert row["return_status"].endswith("PENDING") and row["buyer_rejected_partial_refund"] is True
    decide(market, return_id, "OFFER_PARTIAL_REFUND", **offer)
    market.act("answer_offer", return_id=return_id, accept=True)
    refund = {name: text for name, text in found(market, return_id)["refund_amount"].items() if name != "currency"}
    assert refund["refund_total"] == "4.00"
    parts = [Decimal(text) for name, text in refund.items() if name != "refund_total"]
    assert sum(parts) == Decimal("4.00")


def test_a_replacement_is_an_order_of_its_own(market: Market) -> None:
    number = delivered(market)
    return_id = ask(market, number, "REPLACEMENT")
    assert decide(market, return_id, "APPROVE_REPLACEMENT") == 0
    assert found(market, return_id)["return_status"] == "REPLACEMENT_REQUEST_COMPLETE"
    made = market.shared.orders.returns[return_id]["replacement_order_id"]
    order = market.order(made)
    assert order["is_replacement_order"] and order["replaced_order_id"] == number
    assert (order["status"], order["payment"]["total_amount"]) == ("AWAITING_SHIPMENT", "0.00")
    assert market.stock() == (48, 1)


SILENCE = [
    ("REFUND", 48 * HOUR, "RETURN_OR_REFUND_REQUEST_SUCCESS"),
    ("RETURN_AND_REFUND", 48 * HOUR, "AWAITING_BUYER_SHIP"),
    ("REPLACEMENT", 24 * HOUR, "REPLACEMENT_REQUEST_COMPLETE"),
]


@pytest.mark.parametrize(("kind", "wait", "status"), SILENCE)
def test_silence_is_consent(market: Market, kind: str, wait: int, status: str) -> None:
    return_id = ask(market, delivered(market), kind)
    market.wait(wait - 60)
    assert found(market, return_id)["return_status"].endswith("REQUEST_PENDING")
    market.wait(90)
    assert found(market, return_id)["return_status"] == status


def test_a_complaint_keeps_an_order_from_being_complete(market: Market) -> None:
    number = delivered(market)
    market.wait(6 * DAY)
    return_id = ask(market, number, "RETURN_AND_REFUND")
    decide(market, return_id, "APPROVE_RETURN")
    market.wait(2 * DAY)
    assert market.status(number) == "DELIVERED"
    market.wait(6 * DAY)  # the buyer does not send it
    assert found(market, return_id)["return_status"] == "RETURN_OR_REFUND_REQUEST_CANCEL"
    assert market.status(number) == "COMPLETED"


def test_the_seller_gives_back(market: Market) -> None:
    number = delivered(market, quantity=2)
    reason = "ecom_order_delivered_refund_reason_damaged_seller"
    body = {"order_id": number, "return_type": "REFUND", "return_reason": reason}
    body_of_one = {**body, "skus": [{"sku_id": market.sku_id, "quantity": 1}]}
    query = {"idempotency_key": "one"}
    first = market.shop.data("POST", f"{R}/returns", body_of_one, query=query)
    assert market.shop.data("POST", f"{R}/returns", body_of_one, query=query) == first
    assert first["return_status"] == "RETURN_OR_REFUND_REQUEST_SUCCESS"
    assert market.shop.call("POST", f"{R}/returns", {**body, "refund_total": "99"})["code"] == 25005005
    market.shop.data("POST", f"{R}/returns", body)
    assert market.status(number) == "COMPLETED" and len(market.shared.orders.returns) == 2


def test_what_may_be_done(market: Market) -> None:
    number = delivered(market)
    path = f"{R}/orders/{number}/aftersale_eligibility"
    rows = market.shop.data("GET", path)["sku_eligibility"][0]["line_item_eligibility"]
    assert {row["request_type"]: row["eligible"] for row in rows} == {
        "CANCEL": False,
        "REFUND": True,
        "RETURN_AND_REFUND": True,
    }
    return_id = ask(market, number, "REFUND")
    query = {"return_or_cancel_id": return_id, "check_decisions": "APPROVE_REFUND,REJECT_REFUND,APPROVE_RETURN"}
    told = market.shop.data("GET", "/return_refund/202601/decision_eligibility", query=query)["decisions"]
    assert [(row["eligible"], row["ineligible_code"]) for row in told] == [(True, 0), (True, 0), (False, 25020004)]
    assert told[1]["available_reject_reasons"] and not told[0]["available_reject_reasons"]
    body = {"order_id": number, "request_type": "REFUND", "reason_name": "ecom_order_delivered_refund_reason_damaged"}
    amount = market.shop.data("POST", f"{R}/refunds/calculate", body)["order_refund_amount"]
    assert amount["refund_total"] == market.order(number)["payment"]["total_amount"]


def test_the_page_of_an_order_offers_what_fits(market: Market) -> None:
    number = delivered(market, quantity=2)
    page = market.http.get(f"/control/buyers/{number}").text
    reason = "ecom_order_delivered_refund_and_return_reason_damaged"
    assert f"RETURN_AND_REFUND:{reason}" in page and "End the time for complaints" in page
    form = {"order_id": number, "asked": f"RETURN_AND_REFUND:{reason}", "units": "1", "back": number}
    assert (
        "Return and refund of 1 unit"
        in market.http.post("/control/buyers/ask_return", data=form, follow_redirects=True).text
    )
    return_id = next(iter(market.shared.orders.returns))
    decide(market, return_id, "REJECT_RETURN", reject_reason="reverse_reject_request_reason_1")
    form = {"return_id": return_id, "back": number}
    assert "Decide for the buyer" in market.http.post("/control/buyers/dispute", data=form, follow_redirects=True).text
