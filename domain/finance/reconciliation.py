"""An order in both books: the steps from BigCommerce's total to what TikTok settled, each with a name (feature I-38).

What is left when every step is taken is unexplained. It is never given a name to make it go away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from domain.finance.amounts import REFUND, SALE, ZERO, Settled, gaps, summed

VERSION = 1  # raise it when the steps change: orders are compared again


class State(StrEnum):
    """In the order in which a person should look."""

    UNEXPLAINED = "unexplained"
    ATTENTION = "attention"
    INCOMPLETE = "incomplete"
    WAITING = "waiting"
    AGREES = "agrees"


class Bucket(StrEnum):
    """Names of differences that are not amounts of a settlement."""

    NOT_HERE = "order.not_here"
    NOT_IN_STORE = "store.missing"
    NOT_WANTED = "store.not_wanted"
    CHANGED = "store.changed"
    SPLIT = "store.split"
    STORE_REFUND = "store.refund"
    REFUND_ONLY_STORE = "refund.only_store"
    REFUND_ONLY_TIKTOK = "refund.only_tiktok"
    BUYER_TAX = "buyer.tax"
    BUYER_FEES = "buyer.fees"
    BUYER_SHIPPING = "buyer.shipping"
    PLATFORM_DISCOUNT = "platform.discount"
    CANCELLED = "order.cancelled_items"
    NOT_SETTLED = "order.not_settled"


WORDS = {
    Bucket.NOT_HERE: "Settled, but the order is not in Causeway",
    Bucket.NOT_IN_STORE: "The order is missing in BigCommerce",
    Bucket.NOT_WANTED: "Not written to BigCommerce by the order settings",
    Bucket.CHANGED: "The total was changed in BigCommerce",
    Bucket.SPLIT: "Taxes and fees that no line of the split orders carries",
    Bucket.STORE_REFUND: "Refunded in BigCommerce",
    Bucket.REFUND_ONLY_STORE: "Refunded in BigCommerce, not by TikTok",
    Bucket.REFUND_ONLY_TIKTOK: "Refunded by TikTok, not in BigCommerce",
    Bucket.BUYER_TAX: "Taxes that TikTok collects and remits",
    Bucket.BUYER_FEES: "Fees that the buyer pays to TikTok",
    Bucket.BUYER_SHIPPING: "Shipping paid by the buyer (settled under shipping)",
    Bucket.PLATFORM_DISCOUNT: "Discounts that TikTok pays for",
    Bucket.CANCELLED: "Cancelled items",
    Bucket.NOT_SETTLED: "The sale is not settled yet",
}
LOOK = frozenset(
    {Bucket.NOT_HERE, Bucket.NOT_IN_STORE, Bucket.CHANGED, Bucket.REFUND_ONLY_STORE, Bucket.REFUND_ONLY_TIKTOK}
)
_FEES = ("retail_delivery_fee", "small_order_fee", "buyer_service_fee", "handling_fee", "shipping_insurance_fee",
         "item_insurance_fee", "item_insurance_tax", "distance_shipping_fee", "distance_fee")  # fmt: skip


@dataclass(frozen=True, slots=True)
class StoreBooks:
    """BigCommerce's side. `written`: the total as it was written; `orders`: how many orders one TikTok order became."""

    total: Decimal
    written: Decimal
    refunded: Decimal = ZERO
    orders: int = 1


@dataclass(frozen=True, slots=True)
class Ordered:
    """The order as TikTok sold it. `cancelled`: the least and the most that its cancelled items can be worth."""

    total: Decimal
    payment: Mapping[str, Decimal] = field(default_factory=dict)
    cancelled: tuple[Decimal, Decimal] = (ZERO, ZERO)
    wanted_in_store: bool = True


@dataclass(frozen=True, slots=True)
class Compared:
    """From `in_store` by the steps to `settlement`; `unexplained` is what they do not account for."""

    in_store: Decimal
    settlement: Decimal
    steps: tuple[tuple[str, Decimal], ...]
    unexplained: Decimal
    state: State


def compare(books: StoreBooks | None, ordered: Ordered | None, settled: Sequence[Settled]) -> Compared:
    """All that was settled for one order against what both sides know of it."""
    parts = summed(one.parts for one in settled)
    settlement = sum((one.settlement for one in settled), ZERO)
    in_store = books.total - books.refunded if books else ZERO
    steps: list[tuple[str, Decimal]] = []
    if ordered is None:
        steps.append((Bucket.NOT_HERE, sum((parts.get(name, ZERO) for name in (*SALE, *REFUND)), ZERO) - in_store))
    else:
        steps += _to_the_order(books, ordered)
        steps += _to_the_sale(ordered, parts)
        steps += _refunds(books, parts)
    done = {*SALE, *REFUND}
    steps += [(name, value) for name, value in parts.items() if name not in done]
    steps = [(name, value) for name, value in steps if value]
    unexplained = settlement - in_store - sum((value for _, value in steps), ZERO)
    incomplete = any(gaps(one) for one in settled)
    return Compared(in_store, settlement, tuple(steps), unexplained, _state(steps, unexplained, incomplete))


def _to_the_order(books: StoreBooks | None, ordered: Ordered) -> list[tuple[str, Decimal]]:
    """From BigCommerce's total to what the buyer paid."""
    if books is None:
        return [(Bucket.NOT_IN_STORE if ordered.wanted_in_store else Bucket.NOT_WANTED, ordered.total)]
    found: list[tuple[str, Decimal]] = [(Bucket.CHANGED, books.written - books.total)]
    if books.orders > 1:
        found.append((Bucket.SPLIT, ordered.total - books.written))
    return found


def _to_the_sale(ordered: Ordered, parts: Mapping[str, Decimal]) -> list[tuple[str, Decimal]]:
    """From what the buyer paid to the price of the goods after the seller's own discounts."""
    paid = ordered.payment
    sold = sum((parts.get(name, ZERO) for name in SALE), ZERO)
    expected = paid.get("original_total_product_price", ZERO) - paid.get("seller_discount", ZERO)
    missing = expected - sold
    least, most = ordered.cancelled
    found: list[tuple[str, Decimal]] = [
        (Bucket.BUYER_TAX, -paid.get("tax", ZERO)),
        (Bucket.BUYER_FEES, -sum((paid.get(name, ZERO) for name in _FEES), ZERO)),
        (Bucket.BUYER_SHIPPING, -paid.get("shipping_fee", ZERO)),
        (Bucket.PLATFORM_DISCOUNT, paid.get("platform_discount", ZERO) + paid.get("payment_platform_discount", ZERO)),
    ]
    if missing and SALE[0] not in parts:
        found.append((Bucket.NOT_SETTLED, -missing))
    elif missing and least <= missing <= most:
        found.append((Bucket.CANCELLED, -missing))
    return found


def _refunds(books: StoreBooks | None, parts: Mapping[str, Decimal]) -> list[tuple[str, Decimal]]:
    """BigCommerce's refunds are taken back and TikTok's deducted; one without the other is worth a look."""
    there = books.refunded if books else ZERO
    theirs = sum((parts.get(name, ZERO) for name in REFUND), ZERO)
    if there and not theirs:
        return [(Bucket.REFUND_ONLY_STORE, there)]
    if theirs and books is not None and not there:
        return [(Bucket.REFUND_ONLY_TIKTOK, theirs)]
    return [(Bucket.STORE_REFUND, there), *((name, parts.get(name, ZERO)) for name in REFUND)]


def _state(steps: Sequence[tuple[str, Decimal]], unexplained: Decimal, incomplete: bool) -> State:
    """Where TikTok's own numbers do not close, nobody's books are blamed (feature I-40)."""
    names = {name for name, _ in steps}
    if incomplete:
        return State.INCOMPLETE
    if unexplained:
        return State.UNEXPLAINED
    if names & LOOK:
        return State.ATTENTION
    return State.WAITING if Bucket.NOT_SETTLED in names else State.AGREES


def payout_difference(amount: Decimal, reserve: Decimal, before_exchange: Decimal | None, settled: Decimal) -> Decimal:
    """What a bank transfer and its statements differ by when reserve and exchange are taken into account."""
    paid = amount if before_exchange is None else before_exchange
    return paid + abs(reserve) - settled
