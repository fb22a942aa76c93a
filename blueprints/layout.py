"""What the frame of every page needs: the places of the top bar, addresses of files, the waiting toast."""

import hashlib
import os
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, render_template, request, url_for
from markupsafe import Markup

from blueprints import cookies
from blueprints.icons import drawing
from blueprints.kept import kept
from blueprints.places import cell
from domain.capabilities import Verdict, allowed
from domain.roles import Action, Page
from models import Shop
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
    Place("semi_consignment", "Semi-consignment", "semi_consignment.index"),
    Place("stock", "Stock", "stock.index"),
    Place("orders", "Orders", "orders.index"),
    Place("returns", "Returns", "returns.index"),
    Place("finance", "Money", "finance.index"),
    Place("activities", "Activities", "activities.index"),
    Place("settings", "Settings", "settings.index"),
)


ROW = 9_007_199_254_740_993  # stands for a row's number in an address that all rows of a list share


def install(app: Flask) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals |= {
        "asset": asset, "within": within, "control_panel_link": control_panel_link, "drawing": drawing,
        "topbar": topbar, "url_for": address,
    }  # fmt: skip
    app.jinja_env.filters["web"] = web
    app.extensions["addresses"] = lru_cache(maxsize=8192)(_built)  # the app's own: it must not outlive it
    app.context_processor(_frame)


def _frame() -> dict[str, Any]:
    frame = {"places": _places, "unseen_notices": _unseen, "waiting_note": _waiting_note, "shop_link": _shop_link}
    return {"can": can, **frame}


def can(page: str, action: str = "see", shop: Shop | None = None, capability: str = "") -> Verdict:
    """Whether this person may do it, in this shop, and whether shops of its kind can: for controls that say why not."""
    verdict = g.access.may(Page(page), Action(action)) if "access" in g else Verdict(True)
    if verdict and shop is not None and capability:
        verdict = allowed(shop.kind, capability)
    return verdict


def _places() -> list[Place]:
    """Those that are there and that the person may see."""
    return [place for place in PLACES if place.endpoint in current_app.view_functions and _seen(place)]


def _seen(place: Place) -> bool:
    wanted = cell(place.endpoint, "GET")
    return wanted is None or "access" not in g or bool(g.access.may(*wanted))


def topbar(active: str, topic: str) -> Markup:
    """The bar above every page, rendered anew only when something it shows is another."""

    def render() -> str:
        return render_template("_topbar.html", active=active, topic=topic or active or "dashboard")

    if request.method != "GET" or g.admitted.is_moving:
        return Markup(render())  # noqa: S704 - a rendered template
    shops = tuple((shop.id, shop.name, shop.market, shop.kind) for shop in g.shops)
    person = (g.person.email, g.access.name, g.access.cells, g.trial, g.store.id, g.store.hash, g.store.name)
    shop = (g.shop.id if g.shop else None, g.shop_named)
    here = (request.script_root, request.endpoint, bool(request.view_args), request.args.get("tab"))
    return kept(("topbar", active, topic, person, shops, shop, g.admitted.unseen, here), render)


def _unseen() -> int:
    """What was read when the request was admitted; after a change it is counted anew."""
    return g.admitted.unseen if request.method == "GET" and "admitted" in g else notices.unseen()


def _waiting_note() -> dict[str, str] | None:
    if cookies.NOTE + g.store_hash not in request.cookies:
        return None
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


def address(endpoint: str, **values: Any) -> str:
    """`url_for` for templates. A page has hundreds of addresses, and most were built before."""
    if endpoint[0] == "." or not all(value is None or isinstance(value, str | int) for value in values.values()):
        return url_for(endpoint, **values)
    shop_id = g.shop.id if g.get("shop_named") else None
    known = (request.script_root, g.get("store_hash"), shop_id)
    found: str = current_app.extensions["addresses"](known, endpoint, tuple(values.items()))
    return found


def _built(_known: tuple[Any, ...], endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
    return url_for(endpoint, **dict(values))


def within(path: str) -> str:
    """An address below the current store's own pages, from a path such as "/wizard/warehouses"."""
    return f"/s/{g.store_hash}/{path.lstrip('/')}"


def web(url: str) -> str:
    """An address that somebody else wrote, where it is one of the web; nothing for javascript: and its like."""
    return url if url.strip().lower().startswith(("https://", "http://")) else ""


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
    file = f"{current_app.static_folder}/{name}"
    try:
        stamp = os.stat(file).st_mtime_ns
    except FileNotFoundError:
        return url_for("static", filename=name)
    return address("static", filename=name, v=_content_digest(file, stamp))


@cache
def _content_digest(file: str, _stamp: int) -> str:
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()[:10]
