"""What lists show of a listing and filter it by, kept beside it so that a page needs no drafts.

The check writes it whenever the draft changed. A listing that was not checked yet has no currency here."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from domain.draft import Draft
from models import Listing


def keep(listing: Listing, draft: Draft) -> None:
    """Writes the summary of the listing's effective draft."""
    for name, value in of(draft).items():
        setattr(listing, name, value)
    listing.category_id = draft.category_id[:32]


def of(draft: Draft) -> Mapping[str, Any]:
    """Currency, lowest and highest price, and the quantity of all variants; None where nothing is known."""
    prices: list[Decimal] = [sku.price for sku in draft.skus if sku.price is not None]
    known = [sku.quantity for sku in draft.skus if sku.quantity is not None]
    return {
        "currency": draft.currency[:3],
        "price_low": min(prices, default=None),
        "price_high": max(prices, default=None),
        "quantity": sum(known) if known else None,
    }
