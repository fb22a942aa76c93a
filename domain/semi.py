"""How a product of a semi-consignment store stands: the seven words of its page (features S1-39)."""

from enum import StrEnum


class SemiStatus(StrEnum):
    """The tabs, in their order."""

    LIVE = "live"
    SOLD_OUT = "sold_out"
    PENDING = "pending"
    FAILED = "failed"
    DELISTED = "delisted"
    FROZEN = "frozen"
    DELETED = "deleted"


WORDS: dict[SemiStatus, str] = {
    SemiStatus.LIVE: "Live",
    SemiStatus.SOLD_OUT: "Sold Out",
    SemiStatus.PENDING: "Pending",
    SemiStatus.FAILED: "Failed",
    SemiStatus.DELISTED: "Delisted",
    SemiStatus.FROZEN: "Frozen",
    SemiStatus.DELETED: "Deleted",
}
TONES: dict[SemiStatus, str] = {
    SemiStatus.LIVE: "success",
    SemiStatus.SOLD_OUT: "warning",
    SemiStatus.PENDING: "primary",
    SemiStatus.FAILED: "danger",
    SemiStatus.DELISTED: "secondary",
    SemiStatus.FROZEN: "danger",
    SemiStatus.DELETED: "secondary",
}
ON_PLATFORM: dict[str, SemiStatus] = {
    "ACTIVATE": SemiStatus.LIVE,
    "SELLER_DEACTIVATED": SemiStatus.DELISTED,
    "PLATFORM_DEACTIVATED": SemiStatus.DELISTED,
    "FREEZE": SemiStatus.FROZEN,
    "DELETED": SemiStatus.DELETED,
    "FAILED": SemiStatus.FAILED,
    "PENDING": SemiStatus.PENDING,
}
"""TikTok's status -> the word; a live product without pieces is sold out."""
STOCK_TAKEN = frozenset({SemiStatus.LIVE, SemiStatus.SOLD_OUT, SemiStatus.PENDING, SemiStatus.DELISTED})
"""Where TikTok takes another quantity (reference 4.12)."""
PUBLISHED_AGAIN = frozenset({SemiStatus.FAILED, SemiStatus.DELETED})
"""What can be published once more from its local store."""


def status(platform_status: str, refused: bool, pieces: int | None) -> SemiStatus:
    """`refused`: the last publishing was. Something that TikTok has not named yet is pending."""
    known = ON_PLATFORM.get(platform_status)
    if known is None:
        return SemiStatus.FAILED if refused else SemiStatus.PENDING
    return SemiStatus.SOLD_OUT if known is SemiStatus.LIVE and pieces == 0 else known
