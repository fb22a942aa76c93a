"""An order in both books: one that agrees, and one change → exactly this name and state."""

from dataclasses import replace
from decimal import Decimal as D

import pytest

from domain.finance.amounts import Settled, gaps, group, named, statement_gaps, summed, waterfall, word
from domain.finance.reconciliation import (
    Bucket,
    Compared,
    Ordered,
    State,
    StoreBooks,
    compare,
    payout_difference,
)

# Two mugs of 20.00, the seller gives 4.00 and TikTok 2.00; shipping 4.99 of which TikTok pays 1.00; sales tax 3.00.
PAYMENT = {
    "original_total_product_price": D("40"), "seller_discount": D("4"), "platform_discount": D("2"),
    "sub_total": D("34"), "shipping_fee": D("3.99"), "tax": D("3"), "total_amount": D("40.99"),
}  # fmt: skip
ORDERED = Ordered(D("40.99"), PAYMENT)
BOOKS = StoreBooks(D("40.99"), D("40.99"))
AMOUNTS = {
    "revenue.subtotal_before_discount_amount": D("40"),
    "revenue.seller_discount_amount": D("-4"),
    "shipping.customer_paid_shipping_fee_amount": D("4.99"),
    "shipping.actual_shipping_fee_amount": D("-5.20"),
    "fee.referral_fee_amount": D("-2.16"),
}
SALE = Settled("ORDER", D("33.63"), D("36"), D("-0.21"), D("-2.16"), D(0), AMOUNTS)
REFUND = Settled(
    "ORDER",
    D("-17.00"),
    D("-18"),
    D(0),
    D("1.00"),
    D(0),
    {
        "revenue.refund_subtotal_before_discount_amount": D("-20"),
        "revenue.seller_discount_refund_amount": D("2"),
        "fee.referral_fee_amount": D("1.00"),
    },
)
PENALTY = Settled("PLATFORM_PENALTY", D("-7"), adjustment=D("-7"))


def closes(one: Compared) -> bool:
    return one.in_store + sum((value for _, value in one.steps), D(0)) + one.unexplained == one.settlement


def test_an_order_that_agrees_has_a_name_for_every_step() -> None:
    found = compare(BOOKS, ORDERED, [SALE])
    assert (found.state, found.unexplained, closes(found)) == (State.AGREES, D(0), True)
    assert dict(found.steps) == {
        Bucket.BUYER_TAX: D("-3"),
        Bucket.BUYER_SHIPPING: D("-3.99"),
        Bucket.PLATFORM_DISCOUNT: D("2"),
        "shipping.customer_paid_shipping_fee_amount": D("4.99"),
        "shipping.actual_shipping_fee_amount": D("-5.20"),
        "fee.referral_fee_amount": D("-2.16"),
    }


CHANGES = [
    (None, ORDERED, [SALE], State.ATTENTION, Bucket.NOT_IN_STORE, "40.99"),
    (None, replace(ORDERED, wanted_in_store=False), [SALE], State.AGREES, Bucket.NOT_WANTED, "40.99"),
    (replace(BOOKS, total=D("38.99")), ORDERED, [SALE], State.ATTENTION, Bucket.CHANGED, "2"),
    (StoreBooks(D("38"), D("38"), orders=2), ORDERED, [SALE], State.AGREES, Bucket.SPLIT, "2.99"),
    (replace(BOOKS, refunded=D("18.50")), ORDERED, [SALE, REFUND], State.AGREES, Bucket.STORE_REFUND, "18.50"),
    (replace(BOOKS, refunded=D("5")), ORDERED, [SALE], State.ATTENTION, Bucket.REFUND_ONLY_STORE, "5"),
    (BOOKS, ORDERED, [SALE, REFUND], State.ATTENTION, Bucket.REFUND_ONLY_TIKTOK, "-18"),
    (None, None, [SALE], State.ATTENTION, Bucket.NOT_HERE, "36"),
    (BOOKS, ORDERED, [PENALTY], State.WAITING, Bucket.NOT_SETTLED, "-36"),
]  # fmt: skip


@pytest.mark.parametrize("books,ordered,settled,state,bucket,amount", CHANGES)
def test_one_difference_has_exactly_its_name(
    books: StoreBooks | None, ordered: Ordered | None, settled: list[Settled], state: State, bucket: str, amount: str
) -> None:
    found = compare(books, ordered, settled)
    assert (found.state, dict(found.steps).get(bucket), found.unexplained) == (state, D(amount), D(0))
    assert closes(found)


def test_cancelled_items_are_named_only_where_they_can_be_worth_it() -> None:
    half = replace(
        SALE,
        settlement=D("15.63"),
        revenue=D("18"),
        amounts={
            **AMOUNTS,
            "revenue.subtotal_before_discount_amount": D("20"),
            "revenue.seller_discount_amount": D("-2"),
        },
    )
    found = compare(BOOKS, replace(ORDERED, cancelled=(D("17"), D("20"))), [half])
    assert (dict(found.steps)[Bucket.CANCELLED], found.state) == (D("-18"), State.AGREES)
    found = compare(BOOKS, ORDERED, [half])
    assert (found.unexplained, found.state) == (D("-18"), State.UNEXPLAINED)


def test_what_has_no_name_stays_unexplained() -> None:
    found = compare(StoreBooks(D("40.00"), D("40.00")), ORDERED, [SALE])
    assert (found.state, found.unexplained) == (State.UNEXPLAINED, D("0.99"))
    assert closes(found)


def test_where_tiktok_does_not_close_no_book_is_blamed() -> None:
    broken = replace(SALE, settlement=D("30.00"))
    assert gaps(SALE) == [] and gaps(REFUND) == []
    assert gaps(broken) == [("settlement", D("30.00"), D("33.63"))]
    found = compare(BOOKS, ORDERED, [broken])
    assert (found.state, dict(found.steps)["unnamed"]) == (State.INCOMPLETE, D("-3.63"))
    short = replace(SALE, fees=D("-3.00"), settlement=D("32.79"))
    assert gaps(short) == [("fees", D("-3.00"), D("-2.16"))]


def test_a_statement_closes_over_its_transactions() -> None:
    totals = (D("16.63"), D("18"), D("-1.37"), D(0))
    assert statement_gaps(*totals, [SALE, REFUND], 2) == []
    assert [code for code, *_ in statement_gaps(*totals, [SALE], 2)] == ["transactions", "total", "revenue", "fees"]
    assert statement_gaps(D("16.62"), *totals[1:], [SALE, REFUND], 2)[0][0] == "settlement"


def test_parts_come_to_the_settlement_and_every_one_has_a_group_and_a_word() -> None:
    parts = summed([SALE.parts, REFUND.parts, Settled("CHARGE_BACK", D("-3"), adjustment=D("-3")).parts])
    steps = waterfall(parts)
    assert sum((value for _, value, _ in steps), D(0)) == D("33.63") - D("17") - D("3")
    assert [title for title, *_ in steps] == ["Sales", "Refunds", "Shipping", "Fees", "Adjustments"]
    assert group("adjustment.LOGISTICS_REIMBURSEMENT") == "Subsidies and compensation"
    assert group("fee.affiliate_ads_commission_amount") == "Affiliates" and group("tax.vat_amount") == "Taxes"
    assert word("fee.vn_fix_infrastructure_fee") == "Vn fix infrastructure fee"
    assert named({"a": D(1)}, {"supplementary_component.b": D(1)}, {"fee.c": D(1), "tax.d": D(0)}) == {
        "revenue.a": D(1),
        "fee.c": D(1),
    }


@pytest.mark.parametrize(
    "amount,reserve,before,settled,difference",
    [("100", "0", None, "100", "0"), ("90", "10", None, "100", "0"), ("80", "0", "100", "100", "0"),
     ("99", "0", None, "100", "-1")],
)  # fmt: skip
def test_a_bank_transfer_against_its_statements(
    amount: str, reserve: str, before: str | None, settled: str, difference: str
) -> None:
    assert payout_difference(D(amount), D(reserve), D(before) if before else None, D(settled)) == D(difference)
