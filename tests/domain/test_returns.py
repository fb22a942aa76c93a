"""Requests after the sale as rules: spellings, tabs, who may answer, what is offered, what an answer does."""

import pytest

from domain.orders.statuses import Guard, Status
from domain.returns import reasons, requests, statuses
from domain.returns.decisions import DECISIONS, FOR, effect
from domain.returns.settings import RESTOCK, ReturnSettings
from domain.returns.statuses import Kind


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("REQUEST_SUCCESS", "RETURN_OR_REFUND_REQUEST_SUCCESS"),
        ("REQUEST_REJECTED", "REFUND_OR_RETURN_REQUEST_REJECT"),
        ("RECEIVE_REJECTED", "REJECT_RECEIVE_PACKAGE"),
        ("RETURN_OR_REFUND__REQUEST_CANCELLED", "RETURN_OR_REFUND_REQUEST_CANCEL"),
        ("CANCELLATION_REQUEST_CANCELLED", "CANCELLATION_REQUEST_CANCEL"),
        ("CANCELLATION_REQUEST_CANCEL", "CANCELLATION_REQUEST_CANCEL"),
        ("AWAITING_BUYER_SHIP", "AWAITING_BUYER_SHIP"),
        ("SOMETHING_NEW", "SOMETHING_NEW"),
    ],
)
def test_each_status_has_one_spelling(told: str, read: str) -> None:
    assert statuses.read(told) == read


@pytest.mark.parametrize(
    ("status", "action", "arbitration", "tab"),
    [
        ("RETURN_OR_REFUND_REQUEST_PENDING", "SELLER_RESPOND_RETURN", "", "answer"),
        ("RETURN_OR_REFUND_REQUEST_PENDING", "", "", "waiting"),
        ("BUYER_SHIPPED_ITEM", "SELLER_RESPOND_RECEIVE_PACKAGE", "", "answer"),
        ("AWAITING_BUYER_SHIP", "", "", "waiting"),
        ("REFUND_OR_RETURN_REQUEST_REJECT", "", "", "rejected"),
        ("REFUND_OR_RETURN_REQUEST_REJECT", "", "IN_PROGRESS", "waiting"),
        ("RETURN_OR_REFUND_REQUEST_SUCCESS", "", "SUPPORT_BUYER", "accepted"),
        ("RETURN_OR_REFUND_REQUEST_COMPLETE", "", "", "accepted"),
        ("CANCELLATION_REQUEST_CANCEL", "", "", "closed"),
        ("REPLACEMENT_REQUEST_COMPLETE", "", "", "accepted"),
        ("SOMETHING_NEW", "", "", "waiting"),
    ],
)
def test_a_request_stands_under_one_tab(status: str, action: str, arbitration: str, tab: str) -> None:
    assert statuses.tab(status, action, arbitration) == tab


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, ""),
        ({"kind_verdict": Guard(False, "return.shop_kind", "TikTok does it.")}, "return.shop_kind"),
        ({"show_only": True}, "return.show_only"),
        ({"by_tiktok": True}, "return.by_tiktok"),
        ({"arbitration": "IN_PROGRESS"}, "return.arbitration"),
        ({"action": ""}, "return.nothing_asked"),
    ],
)
def test_who_may_answer(change: dict[str, object], code: str) -> None:
    facts: dict[str, object] = {
        "action": "SELLER_RESPOND_RETURN", "arbitration": "", "by_tiktok": False, "show_only": False,
        "kind_verdict": Guard(True),
    }  # fmt: skip
    guard = statuses.may_answer(**(facts | change))  # type: ignore[arg-type]
    assert guard.code == code and bool(guard) == (not code) and (guard.reason or not code)


@pytest.mark.parametrize(
    ("status", "market", "more", "code"),
    [
        (Status.ON_HOLD, "US", {}, ""),
        (Status.AWAITING_SHIPMENT, "ID", {}, ""),
        (Status.PARTIALLY_SHIPPING, "GB", {}, ""),
        (Status.AWAITING_COLLECTION, "US", {}, ""),
        (Status.AWAITING_COLLECTION, "ID", {}, "cancel.market"),
        (Status.UNPAID, "US", {}, "cancel.unpaid"),
        (Status.IN_TRANSIT, "US", {}, "cancel.shipped"),
        (Status.DELIVERED, "US", {}, "cancel.shipped"),
        (Status.CANCELLED, "US", {}, "cancel.done"),
        (Status.AWAITING_SHIPMENT, "US", {"by_tiktok": True}, "cancel.by_tiktok"),
        (Status.AWAITING_SHIPMENT, "US", {"cancel_asked": True}, "cancel.asked"),
    ],
)
def test_when_the_seller_may_cancel(status: str, market: str, more: dict[str, bool], code: str) -> None:
    guard = requests.may_cancel(status, market, **({"by_tiktok": False, "cancel_asked": False} | more))
    assert guard.code == code and (guard.reason or not code)


@pytest.mark.parametrize(
    ("status", "method", "by_tiktok", "code"),
    [
        (Status.DELIVERED, "Credit card", False, ""),
        (Status.IN_TRANSIT, "", False, ""),
        (Status.DELIVERED, "PayPal", False, "refund.payment"),
        (Status.DELIVERED, "Apple Pay", False, "refund.payment"),
        (Status.AWAITING_SHIPMENT, "Credit card", False, "refund.cancel"),
        (Status.COMPLETED, "Credit card", False, "refund.status"),
        (Status.DELIVERED, "Credit card", True, "refund.by_tiktok"),
    ],
)
def test_when_the_seller_may_refund(status: str, method: str, by_tiktok: bool, code: str) -> None:
    assert requests.may_refund(status, method, by_tiktok=by_tiktok).code == code


@pytest.mark.parametrize(
    ("market", "kind", "out_of_stock", "yes"),
    [
        ("US", "CANCEL", True, True), ("GB", "CANCEL", True, True), ("US", "CANCEL", False, False),
        ("ID", "CANCEL", True, False), ("ID", "REFUND", False, True),
    ],
)  # fmt: skip
def test_single_pieces(market: str, kind: str, out_of_stock: bool, yes: bool) -> None:
    assert bool(requests.may_choose_lines(market, kind, out_of_stock)) is yes


@pytest.mark.parametrize(
    ("reason", "group"),
    [
        ("ecom_order_delivered_refund_and_return_reason_no_need", "unwanted"),
        ("ecom_order_delivered_refund_and_return_reason_damaged", "damaged"),
        ("ecom_order_delivered_refund_reason_defective_seller", "damaged"),
        ("ecom_order_delivered_refund_and_return_reason_wrong_product", "wrong"),
        ("ecom_order_delivered_refund_reason_not_received", "missing"),
        ("package_lost", "missing"),
        ("something_new", "other"),
    ],
)
def test_reasons_are_grouped_and_the_rule_follows(reason: str, group: str) -> None:
    assert reasons.group(reason) == group
    assert ReturnSettings().restocks(Kind.RETURN, reason) == RESTOCK[group]
    assert ReturnSettings().restocks(Kind.CANCEL, reason) == "yes", "what never left is for sale at once"


def test_reasons_have_words() -> None:
    assert reasons.words("seller_cancel_reason_out_of_stock_uk") == "Out of stock"
    assert reasons.words("x", "As TikTok says") == "As TikTok says"
    assert reasons.words("ecom_order_to_ship_canceled_reason_better_price") == "Better price"


def test_settings_forget_what_makes_no_sense() -> None:
    odd = {"show_only": ["1", "x"], "restock": {"damaged": "yes", "other": "nonsense", "no": "yes"}, "remind_hours": 99}
    settings = ReturnSettings.from_json(odd)
    assert settings.show_only == () and settings.remind_hours == 12
    assert settings.restock == {**RESTOCK, "damaged": "yes"}
    assert ReturnSettings.from_json(settings.to_json()) == settings


@pytest.mark.parametrize("kind", list(FOR))
def test_every_decision_says_its_effect(kind: str) -> None:
    for name in FOR[kind]:
        said = effect(DECISIONS[name], kind=kind, amount="5.00 USD", pieces=1, restocks="ask", in_bigcommerce=True)
        assert said.money and said.stock and said.bigcommerce
        assert ("5.00 USD" in said.money) == (DECISIONS[name].money != "none")
