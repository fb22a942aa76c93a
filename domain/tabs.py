"""Where a listing stands: one tab from the facts that are stored separately, and the product's status from its tabs."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Tab(StrEnum):
    """The tabs of the Listings page, in their order."""

    INCOMPLETE = "incomplete"
    READY = "ready"
    SCHEDULED = "scheduled"
    PUBLISHING = "publishing"
    IN_REVIEW = "in_review"
    LIVE = "live"
    FAILED = "failed"
    DEACTIVATED = "deactivated"


class ProductStatus(StrEnum):
    """A product's status over all its listings (features S3-78..83)."""

    NOT_UPLOADED = "not_uploaded"
    IN_PROGRESS = "in_progress"
    LIVE = "live"
    PENDING = "pending"
    FAILED = "failed"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a listing.

    `intent`: the change in flight ("" or "none", "publish", "update", "activate", "deactivate", "delete", ...).
    `platform_status` and `audit_status` as in reference 4.11, empty before the first publishing.
    `refused`: the platform said no to what was last sent and nothing has changed since.
    """

    ready: bool
    checked: bool
    intent: str = ""
    platform_status: str = ""
    audit_status: str = ""
    refused: bool = False


_ON_PLATFORM = {
    "PENDING": Tab.IN_REVIEW,
    "FAILED": Tab.FAILED,
    "ACTIVATE": Tab.LIVE,
    "SELLER_DEACTIVATED": Tab.DEACTIVATED,
    "PLATFORM_DEACTIVATED": Tab.DEACTIVATED,
    "FREEZE": Tab.DEACTIVATED,
    "DELETED": Tab.DEACTIVATED,
    "SCHEDULED": Tab.SCHEDULED,
}
_ENTERS_SALE = frozenset({"publish", "activate", "recover"})
_STAYS = frozenset({Tab.LIVE, Tab.IN_REVIEW})


def tab(facts: Facts) -> Tab:
    """The one tab: what the platform says, unless something is on its way there; before that, readiness.

    A live listing stays live while an edit is sent, reviewed or refused, because buyers still see the old version.
    """
    said = _ON_PLATFORM.get(facts.platform_status) or _before_sale(facts)
    if facts.intent in _ENTERS_SALE and said not in _STAYS:
        return Tab.PUBLISHING
    if said is Tab.DEACTIVATED and facts.audit_status == "AUDITING":
        return Tab.IN_REVIEW
    return said


def _before_sale(facts: Facts) -> Tab:
    """DRAFT, INITIAL or nothing on the platform yet: the audit decides, then the last refusal, then our own rules."""
    if facts.platform_status and facts.audit_status in ("AUDITING", "PRE_APPROVED"):
        return Tab.IN_REVIEW
    if facts.refused or (facts.platform_status and facts.audit_status == "FAILED"):
        return Tab.FAILED
    return Tab.READY if facts.ready and facts.checked else Tab.INCOMPLETE


_STATUS_OF = {
    Tab.PUBLISHING: ProductStatus.IN_PROGRESS,
    Tab.IN_REVIEW: ProductStatus.PENDING,
    Tab.LIVE: ProductStatus.LIVE,
    Tab.FAILED: ProductStatus.FAILED,
}
_PRECEDENCE = (
    ProductStatus.FAILED,
    ProductStatus.IN_PROGRESS,
    ProductStatus.PENDING,
    ProductStatus.LIVE,
    ProductStatus.DRAFT,
)


def product_status(tabs: Collection[Tab]) -> ProductStatus:
    """The status that asks for most attention among the product's listings; none means it was never staged."""
    if not tabs:
        return ProductStatus.NOT_UPLOADED
    held = {_STATUS_OF.get(one, ProductStatus.DRAFT) for one in tabs}
    return next(status for status in _PRECEDENCE if status in held)


WORDS: dict[Tab, str] = {
    Tab.INCOMPLETE: "Incomplete",
    Tab.READY: "Ready to publish",
    Tab.SCHEDULED: "Scheduled",
    Tab.PUBLISHING: "Publishing",
    Tab.IN_REVIEW: "In review",
    Tab.LIVE: "Live",
    Tab.FAILED: "Failed",
    Tab.DEACTIVATED: "Deactivated",
}
PRODUCT_WORDS: dict[ProductStatus, str] = {
    ProductStatus.NOT_UPLOADED: "Not uploaded",
    ProductStatus.IN_PROGRESS: "In progress",
    ProductStatus.LIVE: "Live",
    ProductStatus.PENDING: "Pending",
    ProductStatus.FAILED: "Failed",
    ProductStatus.DRAFT: "Draft",
}
ELSEWHERE: dict[Tab, tuple[str, ...]] = {
    Tab.IN_REVIEW: ("Suspended", "Pending"),
    Tab.LIVE: ("Active", "Online"),
    Tab.DEACTIVATED: ("Delisted", "Frozen", "Deleted"),
    Tab.FAILED: ("Failed",),
}
"""Other tools' words for the same state, for the help page ("Suspended" after publishing: features S2-67, C-14)."""

DETAIL: dict[str, str] = {
    "SELLER_DEACTIVATED": "Deactivated by you",
    "PLATFORM_DEACTIVATED": "Deactivated by TikTok",
    "FREEZE": "Frozen by TikTok",
    "DELETED": "Deleted on TikTok, can be recovered",
}
"""The finer word under Deactivated, by platform status."""
