"""The dashboard: what needs a person, the counts, what is moving, how fresh it is. Before, the wizard."""

from typing import Any

from flask import Blueprint, Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from blueprints.activities.routes import OVER
from blueprints.layout import within
from blueprints.listings.wording import TONES as TAB_TONES
from blueprints.listings.wording import label
from blueprints.page import page, trigger
from blueprints.words import spoken
from domain.tabs import Tab
from models import Shop
from services import activities, clock, wizard
from services import dashboard as service

dashboard = Blueprint("dashboard", __name__, url_prefix="/s/<store_hash>")
COMPLETED = 6


@dashboard.get("/")
def index() -> Answer:
    if wizard.next_step(g.store):
        return redirect(url_for("wizard.index"), 303)
    return page("dashboard/index.html", "dashboard/_content.html", active="dashboard", **_content())


@dashboard.get("/dashboard/moving")
def moving() -> Response:
    """What is running and what ended last; the rest of the page follows when something has ended."""
    data = _moving()
    response = page("dashboard/_moving.html", "dashboard/_moving.html", **data)
    if not data["running"]:
        trigger(response, OVER)
    return response


def _content() -> dict[str, Any]:
    shops: list[Shop] = [g.shop] if g.shop else g.shops
    return {
        "needs": [(need, _within_shop(need.url)) for need in service.needs(shops, label)],
        "products": service.product_counts(),
        "product_words": spoken().products,
        "listings": service.listing_counts(g.shop.id if g.shop else None),
        "tab_words": spoken().listings,
        "tab_tones": TAB_TONES,
        "shown_tabs": [tab for tab in Tab if tab is not Tab.SCHEDULED],
        "health": service.health(g.store, shops),
        "now": clock.now(),
        "first_days": _first_days(),
        **_moving(),
    }


def _moving() -> dict[str, Any]:
    return {"running": activities.running(), "completed": activities.finished(COMPLETED)}


def _first_days() -> list[tuple[str, bool, str, str]]:
    """The way to the first live listing: (what, done, button, address); empty once something is live."""
    counts = service.listing_counts(None)
    if counts[Tab.LIVE]:
        return []
    products = sum(service.product_counts().values())
    staged = sum(counts.values())
    sent = counts[Tab.PUBLISHING] + counts[Tab.IN_REVIEW] + counts[Tab.FAILED] + counts[Tab.DEACTIVATED]
    return [
        ("Set up the shop, warehouses and default profile", True, "", ""),
        ("Import the catalog", products > 0, "See products", within("/products/")),
        ("Stage products as listings", staged > 0, "Choose products", within("/products/")),
        (
            "Complete one listing",
            staged > counts[Tab.INCOMPLETE],
            "See what is missing",
            within("/listings/?tab=incomplete"),
        ),
        ("Publish it", sent > 0, "See what is ready", within("/listings/?tab=ready")),
        ("TikTok approves it", False, "See what is in review", within("/listings/?tab=in_review")),
    ]


def _within_shop(path: str) -> str:
    """An address below the store that keeps the chosen shop."""
    url = within(path)
    if not g.shop_named or "shop" in (request.view_args or {}) or path.startswith(("/activities/", "/notices/")):
        return url
    return f"{url}{'&' if '?' in url else '?'}shop={g.shop.id}"
