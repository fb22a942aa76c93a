"""What comes: listings that pass today and fail on a date; and what a category demands before staging."""

from typing import Any

from flask import Response, g, request

from blueprints.listings.area import listings
from blueprints.listings.selection import number
from blueprints.listings.wording import label
from blueprints.page import page
from models import Shop
from services import breaking, requirements


@listings.get("/breaking")
def breaking_list() -> Response:
    """Listings that will fail, with the day and the reason; a part of the shop at a time."""
    shops: list[Shop] = [g.shop] if g.shop else g.shops
    found: list[dict[str, Any]] = []
    for shop in shops:
        some, after = breaking.look(shop, (number("after") or 0) if len(shops) == 1 else 0)
        found.append({"shop": shop, "rows": some, "after": after, "packs": breaking.coming(shop)})
    return page(
        "listings/breaking.html", active="listings", parts=found, label=label, begun=bool(request.args.get("after"))
    )


listings.app_template_global("before_staging")(requirements.before_staging)
