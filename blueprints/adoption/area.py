"""The blueprint of adoption; the modules of this package add their routes to it."""

from typing import Any

from flask import Blueprint, g

from models import Shop
from services.adoption import second_writer
from services.adoption.found import WHERE
from services.errors import Invalid

adoption = Blueprint("adoption", __name__, url_prefix="/s/<store_hash>/listings/adoption")
LARGEST = 2**63 - 1


@adoption.app_context_processor
def _for_listings() -> dict[str, Any]:
    """What a listing's own page says of changes that somebody else made."""
    return {"outside_changes": second_writer.of_listing}


def shops() -> list[Shop]:
    """The chosen shop, or all."""
    return [g.shop] if g.shop else list(g.shops)


def one_shop() -> Shop:
    found = shops()
    if len(found) != 1:
        raise Invalid("Choose one shop first.", "See what was found", WHERE)
    return found[0]
