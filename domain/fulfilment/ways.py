"""What each market and kind of shipping allows (reference 6.1, 6.3). Every no says why."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.capabilities import Capability, Verdict, allowed
from domain.orders.statuses import GONE, TO_SHIP, may_ship

MARKED = frozenset({"US", "GB", "ES", "IE", "IT", "DE", "FR", "JP"})  # own shipping: Mark Package As Shipped
BUYS_LABELS = frozenset({"US", "JP"})
SPLITS_BEFORE = frozenset({"ID", "MY", "PH", "SG", "TH", "VN", "BR", "MX", "JP"})
WHOLE_SKUS = SPLITS_BEFORE - {"JP"}
COMBINES = frozenset({"ID", "MY", "PH", "SG", "TH", "VN", "BR", "MX"})
WITHIN_72_HOURS = frozenset({"US", "GB", "ID", "MY", "PH", "SG", "TH", "VN"})
LATEST = timedelta(hours=72)
BY_TIKTOK = "FULFILLMENT_BY_TIKTOK"
VOIDED = "It is set aside. Restore it first."


@dataclass(frozen=True, slots=True)
class Facts:
    """An order as far as shipping is concerned."""

    kind: str  # of the shop
    market: str
    status: str
    shipping_type: str
    fulfillment: str = ""
    cancel_asked: bool = False
    paid_at: datetime | None = None
    voided: bool = False
    lines: int = 1
    skus: int = 1

    @property
    def by_tiktok(self) -> bool:
        return self.fulfillment == BY_TIKTOK


def ship(facts: Facts) -> Verdict:
    """Whether goods may leave now, whoever carries them."""
    verdict = allowed(facts.kind, Capability.SHIP_ORDERS)
    if not verdict:
        return verdict
    if facts.voided:
        return Verdict(False, VOIDED)
    guard = may_ship(facts.status, by_tiktok=facts.by_tiktok, cancel_asked=facts.cancel_asked, paid_at=facts.paid_at)
    return Verdict(guard.yes, guard.reason)


def ship_own(facts: Facts) -> Verdict:
    """With the merchant's carrier and a tracking number (features S2-18, S2-21)."""
    verdict = ship(facts)
    if verdict and facts.shipping_type == "TIKTOK":
        return Verdict(
            False,
            "TikTok Shipping: the label comes from TikTok. To use your own carrier, choose Seller Shipping in Seller "
            "Center → Orders → Shipping options.",
        )
    return verdict


def ship_platform(facts: Facts) -> Verdict:
    """With TikTok's label (feature S2-19)."""
    verdict = ship(facts)
    if verdict and facts.shipping_type != "TIKTOK":
        return Verdict(False, "Seller Shipping: you ship this order with your own carrier.")
    return verdict


def split(facts: Facts) -> Verdict:
    verdict = allowed(facts.kind, Capability.SPLIT_ORDERS)
    verdict = verdict and ship(facts)
    if not verdict:
        return verdict
    if facts.market not in SPLITS_BEFORE:
        return Verdict(False, "In this market orders are split while they are shipped: ship some of the items.")
    if facts.status != "AWAITING_SHIPMENT":
        return Verdict(False, "Part of the order was arranged already.")
    if (facts.skus if facts.market in WHOLE_SKUS else facts.lines) < 2:
        return Verdict(False, "There is nothing to split." if facts.lines < 2 else "Pieces of one SKU stay together.")
    return Verdict(True)


def combine(kind: str, market: str) -> Verdict:
    verdict = allowed(kind, Capability.COMBINE_ORDERS)
    if verdict and market not in COMBINES:
        return Verdict(
            False, "In this market orders are combined by using one tracking number for orders to the same address."
        )
    return verdict


def correct(facts: Facts, shipped_at: datetime | None, corrections: int, now: datetime) -> Verdict:
    """Whether a tracking number that was told may be told anew: once, and in some markets for 72 hours."""
    if facts.shipping_type == "TIKTOK" or facts.by_tiktok:
        return Verdict(False, "TikTok ships this package; its number cannot be changed.")
    if facts.status in ("DELIVERED", "COMPLETED", "CANCELLED"):
        return Verdict(False, "The order is delivered or cancelled.")
    if corrections:
        return Verdict(False, "TikTok takes one correction of a tracking number, and it was made.")
    if facts.market in WITHIN_72_HOURS and shipped_at is not None and now - shipped_at > LATEST:
        return Verdict(False, "TikTok takes corrections for 72 hours after shipping.")
    return Verdict(True)


def void(facts: Facts) -> Verdict:
    """Setting an order aside: nothing of it is shipped until it is restored (features S1-13)."""
    verdict = allowed(facts.kind, Capability.VOID_ORDERS)
    if not verdict:
        return verdict
    if facts.status in GONE or facts.status == "CANCELLED":
        return Verdict(False, "It is shipped or cancelled already.")
    return Verdict(not facts.voided, "It is set aside already." if facts.voided else "")


def document(facts: Facts, package_status: str) -> Verdict:
    """Whether TikTok has a label for the package now (reference 6.3)."""
    if facts.by_tiktok:
        return Verdict(False, "TikTok ships this order from its own warehouse.")
    if facts.shipping_type != "TIKTOK":
        return Verdict(False, "TikTok has no label for Seller Shipping; print it where you bought it.")
    if facts.status in TO_SHIP and package_status in ("", "TO_FULFILL"):
        return Verdict(False, "Arrange the shipment first; then TikTok makes the label.")
    if package_status != "PROCESSING":
        return Verdict(False, "The carrier has the package already.")
    return Verdict(True)
