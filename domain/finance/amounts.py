"""The parts of a settlement: their names, the groups people read them in, whether TikTok's sums close (reference 8).

Costs and fees are negative, so everything adds up by its sign."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

ZERO = Decimal(0)
ORDER, RESERVE = "ORDER", "RESERVE"
SALE = ("revenue.subtotal_before_discount_amount", "revenue.seller_discount_amount")
REFUND = ("revenue.refund_subtotal_before_discount_amount", "revenue.seller_discount_refund_amount")
TOLD_BESIDE = "supplementary_component"  # explains other amounts and is no part of the sum
Gap = tuple[str, Decimal, Decimal]  # what does not close, what TikTok says, what its parts come to

WORDS = {
    "revenue.subtotal_before_discount_amount": "Sales before discounts",
    "revenue.seller_discount_amount": "Your discounts",
    "revenue.refund_subtotal_before_discount_amount": "Refunds",
    "revenue.seller_discount_refund_amount": "Your discounts on refunded items",
    "shipping.actual_shipping_fee_amount": "TikTok's shipping labels",
    "shipping.shipping_fee_discount_amount": "Shipping subsidy of TikTok",
    "shipping.customer_paid_shipping_fee_amount": "Shipping paid by buyers",
    "shipping.return_shipping_fee_amount": "Return shipping",
    "fee.platform_commission_amount": "Platform commission",
    "fee.referral_fee_amount": "Referral fee",
    "fee.refund_administration_fee_amount": "Refund administration fee",
    "fee.transaction_fee_amount": "Transaction fee",
    "fee.affiliate_commission_amount": "Affiliate commission",
    "fee.affiliate_partner_commission_amount": "Affiliate partner commission",
    "fee.affiliate_ads_commission_amount": "Affiliate ads commission",
    "sample": "Sample orders",
}
GROUPS = ("Sales", "Refunds", "Shipping", "Subsidies and compensation", "Fees", "Affiliates", "Taxes", "Adjustments",
          "Sample orders", "Reserve")  # fmt: skip
_GIVEN = ("COMPENSATION", "REIMBURSEMENT", "REBATE", "REWARD")


@dataclass(frozen=True, slots=True)
class Settled:
    """A transaction of a statement. `amounts` has names such as "fee.referral_fee_amount"."""

    kind: str
    settlement: Decimal
    revenue: Decimal = ZERO
    shipping: Decimal = ZERO
    fees: Decimal = ZERO
    adjustment: Decimal = ZERO
    amounts: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def parts(self) -> dict[str, Decimal]:
        """Its amounts and its adjustment by name, without what is nothing; what the names do not account for stands
        under "unnamed", so that the parts always come to the settlement."""
        found = {name: value for name, value in self.amounts.items() if value}
        if self.adjustment:
            found[f"adjustment.{self.kind}"] = self.adjustment
        rest = self.settlement - sum(found.values(), ZERO)
        if rest:
            found["reserve" if self.kind == RESERVE else "unnamed"] = rest
        return found


def named(
    revenue: Mapping[str, Decimal], shipping: Mapping[str, Decimal], fees: Mapping[str, Decimal]
) -> dict[str, Decimal]:
    """One table of a transaction's breakdowns."""
    found = {f"revenue.{name}": value for name, value in revenue.items()}
    found |= {f"shipping.{name}": value for name, value in shipping.items()}
    found |= {(name if name.startswith(("fee.", "tax.")) else f"fee.{name}"): value for name, value in fees.items()}
    return {name: value for name, value in found.items() if value and TOLD_BESIDE not in name}


def gaps(one: Settled) -> list[Gap]:
    """Where a transaction's arithmetic does not close (feature I-40, row P-42); empty when it does."""
    found: list[Gap] = []
    if one.kind != RESERVE:
        total = one.revenue + one.shipping + one.fees + one.adjustment
        if total != one.settlement:
            found.append(("settlement", one.settlement, total))
    for group, prefixes, said in (
        ("revenue", ("revenue.",), one.revenue),
        ("shipping", ("shipping.",), one.shipping),
        ("fees", ("fee.", "tax."), one.fees),
    ):
        parts = [value for name, value in one.amounts.items() if name.startswith(prefixes)]
        if parts and sum(parts, ZERO) != said:
            found.append((group, said, sum(parts, ZERO)))
    return found


def statement_gaps(
    settlement: Decimal,
    revenue: Decimal,
    fees: Decimal,
    adjustments: Decimal,
    transactions: Iterable[Settled],
    expected: int,
) -> list[Gap]:
    """Where a statement does not close: in itself, and against the transactions that were read of it."""
    read = list(transactions)
    of_orders = [one for one in read if one.kind != RESERVE]
    pairs = (
        ("settlement", settlement, revenue + fees + adjustments),
        ("transactions", Decimal(expected), Decimal(len(read))),
        ("total", settlement, sum((one.settlement for one in of_orders), ZERO)),
        ("revenue", revenue, sum((one.revenue for one in of_orders), ZERO)),
        ("fees", fees, sum((one.fees + one.shipping for one in of_orders), ZERO)),
        ("adjustments", adjustments, sum((one.adjustment for one in of_orders), ZERO)),
    )
    return [(code, said, parts) for code, said, parts in pairs if said != parts]


def group(name: str) -> str:
    """The group of a part, for people."""
    head, _, rest = name.partition(".")
    if name in REFUND or rest.startswith("refund"):
        return "Refunds"
    if name == "shipping.shipping_fee_discount_amount" or (head == "adjustment" and any(w in rest for w in _GIVEN)):
        return "Subsidies and compensation"
    if head == "fee" and rest.startswith("affiliate"):
        return "Affiliates"
    heads = {"revenue": "Sales", "shipping": "Shipping", "fee": "Fees", "tax": "Taxes", "sample": "Sample orders",
             "reserve": "Reserve"}  # fmt: skip
    return heads.get(head, "Adjustments")


def word(name: str) -> str:
    """A part's name for people: TikTok adds fees at will, so one nobody knows is told in its own words."""
    if name in WORDS:
        return WORDS[name]
    if name == "unnamed":
        return "Not broken down by TikTok"
    if name == "reserve":
        return "Held in reserve"
    _, _, rest = name.partition(".")
    text = (rest or name).removesuffix("_amount").replace(".", " ").replace("_", " ").lower()
    return text[:1].upper() + text[1:]


def waterfall(parts: Mapping[str, Decimal]) -> list[tuple[str, Decimal, list[tuple[str, Decimal]]]]:
    """(group, its sum, [(name, amount)]) in the order in which money goes; only groups that have something."""
    found = []
    for title in GROUPS:
        mine = sorted(
            ((name, value) for name, value in parts.items() if value and group(name) == title), key=lambda one: -one[1]
        )
        if mine:
            found.append((title, sum((value for _, value in mine), ZERO), mine))
    return found


def summed(tables: Iterable[Mapping[str, Decimal]]) -> dict[str, Decimal]:
    """The sums by name."""
    found: dict[str, Decimal] = {}
    for table in tables:
        for name, value in table.items():
            found[name] = found.get(name, ZERO) + value
    return {name: value for name, value in found.items() if value}
