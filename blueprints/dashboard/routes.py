"""The dashboard: what needs a person, the counts, what is moving, how fresh it is. Before, the wizard."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from blueprints.activities.routes import OVER
from blueprints.layout import can, within
from blueprints.listings.wording import TONES as TAB_TONES
from blueprints.listings.wording import label
from blueprints.orders.area import status_words
from blueprints.page import page, partial, trigger
from blueprints.words import spoken
from domain.money import show
from domain.tabs import Tab
from models import SalesDay, Shop
from models.present import has_table
from services import activities, clock, dashboard_orders, wizard
from services import dashboard as service
from services.finance import periods, reading

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
        "freshness": dashboard_orders.freshness(shops, _spelled),
        **_orders(shops),
        **_sales(shops),
        "now": clock.now(),
        "first_days": _first_days(),
        **_moving(),
    }


@dashboard.get("/dashboard/sales")
def sales() -> Answer:
    """The chart alone: another time or currency; without HTMX the whole page with it."""
    if not partial():
        period, currency = request.args.get("period"), request.args.get("currency")
        return redirect(url_for("dashboard.index", period=period, currency=currency), 303)
    return page("dashboard/_sales.html", "dashboard/_sales.html", **_sales([g.shop] if g.shop else g.shops))


def _orders(shops: list[Shop]) -> dict[str, Any]:
    """Order counters; nothing while the store has no orders, or for whom orders are none of their business."""
    if not can("orders"):
        return {"orders": {}}
    counts = dashboard_orders.order_counts(shops)
    return {"orders": counts if counts[""] else {}, "order_words": status_words(), "order_tabs": dashboard_orders.TABS,
            "to_answer": dashboard_orders.to_answer(shops) if can("returns") else None}  # fmt: skip


def _sales(shops: list[Shop]) -> dict[str, Any]:
    """Gross sales of the chosen time (features S3-41, S3-42); semi-consignment stores have no money here."""
    shops = reading.with_money(shops)
    if not shops or not can("finance") or not has_table(SalesDay):
        return {"chart": None}
    chosen = (request.args.get("period", "week"), clock.now().date(), request.args.get("currency", ""))
    chart = periods.chart([shop.id for shop in shops], *chosen)
    return {
        "chart": chart if chart.currency else None,
        "periods": periods.PERIODS,
        "money": show,
        "points": [
            {"label": bar.label, "title": bar.title, "amount": float(bar.amount),
             "text": show(bar.amount, chart.currency), "orders": bar.orders}
            for bar in chart.bars
        ],
    }  # fmt: skip


def _spelled(moment: datetime) -> str:
    return moment.strftime("%-d %b %Y, %H:%M UTC")


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
