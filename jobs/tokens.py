"""Keeps TikTok tokens fresh."""

from models import db
from services import clock, renewals


def refresh() -> int:
    """A schedule: renews every access token that ends within a day; answers how many."""
    return renewals.refresh_due(clock.now(), db.session.commit)
