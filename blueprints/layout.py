"""What the frame of every page needs: the places of the top bar, addresses of files, the waiting toast."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, request, url_for

from blueprints import cookies
from services import notices, setup


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the top bar. `name` is what a page's `active` says; it also names the guide's text."""

    name: str
    title: str
    endpoint: str


# A new area adds its line here and its text in templates/guide/.
PLACES = (
    Place("dashboard", "Dashboard", "dashboard.index"),
    Place("products", "Products", "products.index"),
    Place("listings", "Listings", "listings.index"),
    Place("activities", "Activities", "activities.index"),
    Place("settings", "Settings", "settings.index"),
)


def install(app: Flask) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals |= {"asset": asset, "within": within, "control_panel_link": control_panel_link}
    app.context_processor(_frame)


def _frame() -> dict[str, Any]:
    return {"places": _places, "unseen_notices": notices.unseen, "waiting_note": _waiting_note, "shop_link": _shop_link}


def _places() -> list[Place]:
    return [place for place in PLACES if place.endpoint in current_app.view_functions]


def _waiting_note() -> dict[str, str] | None:
    note = cookies.read_note(request.cookies, g.store_hash)
    g.note_shown = cookies.NOTE + g.store_hash in request.cookies
    return note


def _shop_link(shop_id: int | None) -> str:
    """This page for another shop (None: all shops); a page about one thing leads to its list instead."""
    area = f"{request.blueprint}.index"
    if request.view_args or request.method != "GET":
        endpoint = area if area in current_app.view_functions else "notices.index"
        return url_for(endpoint, shop=shop_id or "")
    kept: dict[str, Any] = {"tab": request.args["tab"]} if "tab" in request.args else {}
    return url_for(request.endpoint or "notices.index", **kept, shop=shop_id or "")


def within(path: str) -> str:
    """An address below the current store's own pages, from a path such as "/wizard/warehouses"."""
    return f"/s/{g.store_hash}/{path.lstrip('/')}"


def control_panel_link(store_hash: str = "") -> str:
    """Where the app is opened in BigCommerce; alike for stores we know and stores we do not."""
    config = setup.config()
    panel = (config.frame_ancestors.split() or [""])[0]
    if "*" in panel:
        known = store_hash.isalnum() and len(store_hash) <= 64
        if not known:
            return f"{config.bigcommerce_login_url}/login"
        panel = panel.replace("*.", f"store-{store_hash}.")
    return f"{panel}/manage/app/{config.bigcommerce_app_id}" if config.bigcommerce_app_id else f"{panel}/manage"


def asset(name: str) -> str:
    """The address of a static file with a digest of its content, so that browsers keep it until it changes."""
    file = Path(current_app.static_folder or "") / name
    try:
        stamp = file.stat().st_mtime_ns
    except FileNotFoundError:
        return url_for("static", filename=name)
    return url_for("static", filename=name, v=_content_digest(file, stamp))


@cache
def _content_digest(file: Path, _stamp: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10]
