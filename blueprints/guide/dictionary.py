"""The error dictionary as the guide shows it, and the way from a refused item to the field that cures it."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from blueprints.listings.wording import KNOWN, LABELS, PARTS, section_of
from models import ActivityItem, ListingProblem, db
from services import error_dictionary
from services.error_dictionary import Entry
from services.platform_errors import UNKNOWN

NAMES = {**PARTS, "connection": "connection to TikTok", "publish": "the listing as a whole", "order": "orders",
         "tracking": "tracking numbers", "package": "packages", "request": "cancellations and returns"}  # fmt: skip


def data(text: str) -> dict[str, Any]:
    """What `guide/errors.html` shows: entries by the part they concern, what this store met, our own codes."""
    groups: dict[str, list[Entry]] = {}
    for entry in error_dictionary.search(text):
        groups.setdefault(entry.field, []).append(entry)
    met = error_dictionary.met()
    ours = [(code, label, PARTS.get(place(code), place(code))) for code, label in LABELS.items()]
    words = text.casefold().split()
    return {
        "find": text,
        "groups": [(NAMES.get(field, field), found) for field, found in groups.items()],
        "total": len(error_dictionary.entries()) + len(LABELS),
        "past": error_dictionary.past(met),
        "unknown": error_dictionary.unknown(met),
        "next_step": UNKNOWN,
        "ours": [row for row in ours if all(word in " ".join(row).casefold() for word in words)],
    }


def place(code: str) -> str:
    """The part of a listing that one of our own codes concerns."""
    first = code.partition(".")[0]
    return {"sku": "skus", "variants": "skus", "certifications": "certifications"}.get(first, first)


def fixes(items: Iterable[ActivityItem]) -> dict[int, str]:
    """For refused items about listings: the part of the listing's page where the first refusal is cured, by listing."""
    refused = {item.subject_id: item.code.removeprefix("tiktok.") for item in items if item.state == "refused"}
    known = error_dictionary.entries()
    found = {
        listing_id: section_of(known[code].field) if code in known and known[code].field in KNOWN else "general"
        for listing_id, code in refused.items()
        if listing_id
    }
    problems = select(ListingProblem.listing_id, ListingProblem.field).where(
        ListingProblem.listing_id.in_(found), ListingProblem.source != "rules"
    )
    rows = db.session.execute(problems.order_by(ListingProblem.position.desc(), ListingProblem.id.desc()))
    for listing_id, field in rows:  # the first one last
        found[listing_id] = section_of(field)
    return found
