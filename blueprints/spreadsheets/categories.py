"""TikTok's categories as last read: when, how many, which need an invitation; read again, or taken along as a file."""

from flask import Blueprint, Response, g, request, url_for

from blueprints.page import done, page
from jobs.launch import launch
from models import Shop
from services import categories as service
from services import category_reading
from services.errors import Invalid, ServiceError
from services.spreadsheets import exports

categories = Blueprint("categories", __name__, url_prefix="/s/<store_hash>/categories")


@categories.get("/")
def index() -> Response:
    """The tree of one shop's market: searched, or walked down."""
    shop = one_shop()
    if shop is None:
        return page("spreadsheets/categories.html", active="", of=None)
    text, inside = request.args.get("find", "").strip()[:100], request.args.get("in", "")[:32]
    invited = category_reading.by_invitation(shop)
    return page(
        "spreadsheets/categories.html",
        active="",
        of=shop,
        text=text,
        inside=inside,
        below=service.search(shop, text, 50) if text else service.children(shop, inside or "0"),
        trail=service.trail(shop, inside) if inside and not text else [],
        counts=category_reading.counts(shop),
        invited=invited,
        listed=category_reading.waiting_listings(shop, [row.tiktok_id for row in invited]),
        permissions=service.PERMISSIONS,
        activity=category_reading.downloading(shop),
    )


def one_shop() -> Shop | None:
    """The chosen shop; the first where none is chosen."""
    named = request.values.get("of_shop", "")
    return next((shop for shop in g.shops if str(shop.id) == named), None) or g.shop or next(iter(g.shops), None)


def _shop() -> Shop:
    shop = one_shop()
    if shop is None:
        raise ServiceError(
            "No TikTok shop is connected, so there are no categories to read.", "Connect a shop", "/wizard/"
        )
    return shop


@categories.post("/read")
def read() -> Response:
    """Reads the tree again, as an activity."""
    shop = _shop()
    if shop.authorization.state != "active":
        raise Invalid(f"“{shop.name}” must be connected again first.", "Reconnect", "/settings/authorization")
    started = category_reading.start_download(g.actor, shop)
    where = url_for("categories.index", of_shop=shop.id)
    launch(started.activity)
    text = "They are being read already." if started.already else "The categories are being read."
    return done(where, toast=text, tone="info")


@categories.post("/export")
def export() -> Response:
    """The tree with names and numbers, as a workbook."""
    sheet, activity = exports.start(g.actor, _shop(), "categories", request.form.get("format", "xlsx"), {})
    where = url_for("spreadsheets.show", sheet_key=sheet.key)
    launch(activity)
    return done(where, toast="The file is being made.", tone="info")
