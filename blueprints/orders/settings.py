"""Settings: how orders are taken."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, g, request, url_for

from blueprints.page import done, page
from domain.orders.settings import STATUSES, OrderSettings
from domain.orders.words import BIGCOMMERCE
from models import db
from services.orders import rules

from blueprints.orders.area import status_words  # isort: skip

order_settings = Blueprint("order_settings", __name__, url_prefix="/s/<store_hash>/settings/orders")
CHOICES: dict[str, tuple[str, str, tuple[tuple[str, str, str], ...]]] = {
    # setting -> (label, what it decides, (value, words, what it means)…)
    "moment": ("Import an order", "When an order first appears here.", (
        ("on_hold", "At once", "At On hold, right after payment: its stock is held, and it cannot be shipped yet."),
        ("hold_ended", "When the hold has ended", "An hour later: orders cancelled in that hour never appear."),
    )),
    "create": ("Create it in BigCommerce", "When the BigCommerce order is made.", (
        ("at_once", "At once", "While on hold as Pending, with the address following when TikTok shows it."),
        ("after_hold", "When the hold has ended", "Complete from the start; stock is held here until then."),
        ("never", "Never", "Orders stay here; BigCommerce only gets its stock counted off, piece by piece."),
    )),
    "grouping": ("Grouping", "What becomes one BigCommerce order. Orders begun keep theirs.", (
        ("whole", "The whole TikTok order", "One to one."),
        ("sku", "Each SKU by itself", "Different SKUs become separate orders."),
        ("warehouse", "Each warehouse", "As TikTok chose the warehouses."),
        ("package", "Each package", "As TikTok packed it when the order was written."),
    )),
    "by_tiktok": ("Fulfilled by TikTok", "Orders shipped from TikTok's own warehouse.", (
        ("import", "Import and write", "In BigCommerce they are Shipped from the start."),
        ("stock_only", "Only here", "Shown here, not written to BigCommerce."),
        ("ignore", "Ignore", "They are not imported."),
    )),
    "unlinked": ("An item that no product is linked to", "For instance one listed in Seller Center.", (
        ("stop", "Stop and ask", "The order waits under Error until the item is linked."),
        ("custom_line", "Write it as it is named", "BigCommerce gets a line of its own without a product or stock."),
    )),
}  # fmt: skip
SWITCHES = {
    "download": ("Download new orders", "Off: orders come only by hand, through Import orders."),
    "replacements": ("Replacement orders", "They are imported with a note that names the order they replace."),
    "samples": ("Sample orders", "Orders of creators for free samples."),
    "cancellations": (
        "Import cancellations",
        "An order that was cancelled on TikTok Shop is cancelled in BigCommerce, while it is still open there.",
    ),
    "keep_email": ("Keep the buyer's relay address", "TikTok's forwarding address goes into the guest record."),
}


def data(settings: OrderSettings, version: int, errors: dict[str, str] | None = None) -> dict[str, Any]:
    return {
        "active": "settings",
        "place": "orders",
        "settings": settings,
        "version": version,
        "choices": CHOICES,
        "switches": SWITCHES,
        "statuses": list(STATUSES),
        "words": status_words(),
        "theirs": BIGCOMMERCE,
        "errors": errors or {},
    }


@order_settings.get("/")
def show() -> Response:
    return page("orders/settings.html", **data(rules.of(), rules.version()))


@order_settings.post("/")
def save() -> Response:
    values: dict[str, Any] = {name: request.form.get(name, "") for name in CHOICES}
    values |= {name: bool(request.form.get(name)) for name in SWITCHES}
    values["guest_name"] = request.form.get("guest_name", "").strip()
    values["channel_id"] = request.form.get("channel_id", "1") or "1"
    values["statuses"] = {name: request.form.get(f"status-{name}", "") for name in STATUSES}
    values["statuses"] = {name: number for name, number in values["statuses"].items() if number.isdigit()}
    days, errors = _days(request.form.get("holidays", ""))
    values["holidays"] = days
    settings = OrderSettings.from_json(values)
    version = request.form.get("version", "")
    if errors:
        return page("orders/settings.html", status=422,
                    **data(settings, int(version) if version.isdigit() else 0, errors))  # fmt: skip
    rules.save(g.actor, settings, int(version) if version.isdigit() else 0)
    response = done(url_for("order_settings.show"), toast="Saved. It counts for orders from now on.")
    db.session.commit()
    return response


def _days(text: str) -> tuple[list[str], dict[str, str]]:
    days = []
    for part in text.replace(",", " ").split()[:100]:
        try:
            days.append(date.fromisoformat(part).isoformat())
        except ValueError:
            return days, {"holidays": f"“{part[:20]}” is no day. Write days as 2026-12-25."}
    return days, {}
