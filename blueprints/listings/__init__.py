"""The Listings workspace: what still keeps a product from being sold, and the way there."""

from blueprints.listings import (
    actions,
    bulk,
    changes,
    copying,
    editing,
    explain,
    history,
    media,
    plan,
    publishing,
    routes,
    single,
    twins,
)
from blueprints.listings.area import listings

__all__ = [
    "actions",
    "bulk",
    "changes",
    "copying",
    "editing",
    "explain",
    "history",
    "listings",
    "media",
    "plan",
    "publishing",
    "routes",
    "single",
    "twins",
]
