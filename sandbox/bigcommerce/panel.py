"""A stand-in for BigCommerce's control panel, on its own host: who is signed in, which store, and the everyday pages.

Store and user are cookies; `?store=` picks another store for good, so two tabs can hold two stores.
"""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, g, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from sandbox.bigcommerce.platform import bigcommerce
from sandbox.bigcommerce.seeds import FIRST
from sandbox.bigcommerce.shapes import product_row
from sandbox.state import Document

panel = Blueprint("bigcommerce_panel", __name__, url_prefix="/manage")
PER_PAGE = 20
ABSENT = {
    "customers": "Customers",
    "storefront": "Storefront",
    "marketing": "Marketing",
    "analytics": "Analytics",
    "channel-manager": "Channel Manager",
}


@panel.before_request
def enter() -> Answer | None:
    """Keep to the panel's own host, refuse foreign forms, and find out store and user."""
    settings = bigcommerce().box.settings
    home = urlsplit(settings.control_panel_url)
    if request.method == "GET" and request.host.partition(":")[0] != home.hostname:
        return redirect(settings.control_panel_url + request.full_path.rstrip("?"))
    refuse_foreign_forms()
    stores = bigcommerce().stores
    wanted = request.args.get("store") or request.cookies.get("panel_store") or FIRST
    g.store = stores[wanted if wanted in stores else FIRST]
    users = {str(user["id"]): user for user in g.store["users"]}
    g.user = users.get(request.cookies.get("panel_user", ""), g.store["users"][0])
    return None


def refuse_foreign_forms() -> None:
    """A page of another origin (the framed app, say) may not press the sandbox's buttons."""
    origin = request.headers.get("Origin")
    if request.method != "GET" and origin and urlsplit(origin).netloc != request.host:
        abort(403)


@panel.after_request
def remember(response: Response) -> Response:
    if request.args.get("store") and "store" in g:
        response.set_cookie("panel_store", g.store["hash"], samesite="Lax")
    return response


@panel.context_processor
def shared() -> dict[str, Any]:
    platform = bigcommerce()
    return {
        "store": g.store,
        "user": g.user,
        "stores": list(platform.stores.values()),
        "notice": request.args.get("notice"),
    }


@panel.get("/")
def home() -> str:
    catalog = bigcommerce().catalog(g.store["hash"])
    return render_template("bigcommerce/home.html", products=len(catalog.products), variants=len(catalog.variant_of))


@panel.post("/switch")
def switch() -> Answer:
    """Sign in as somebody else, or at another store."""
    back = request.form.get("next", "/manage/")
    answer = redirect(back if back.startswith("/manage") else "/manage/", 303)
    if request.form.get("store") in bigcommerce().stores:
        answer.set_cookie("panel_store", request.form["store"], samesite="Lax")
    if request.form.get("user"):
        answer.set_cookie("panel_user", request.form["user"], samesite="Lax")
    return answer


@panel.get("/products")
def products() -> str:
    catalog, words = bigcommerce().catalog(g.store["hash"]), request.args.get("q", "").lower()
    page = max(1, request.args.get("page", 1, type=int))
    found = [
        product
        for product in catalog.products.values()
        if words in f"{product['name']} {product.get('sku', '')}".lower()
    ]
    rows = [
        product_row(product, catalog.store, ["primary_image", "variants"])
        for product in found[(page - 1) * PER_PAGE : page * PER_PAGE]
    ]
    return render_template(
        "bigcommerce/products.html",
        rows=rows,
        total=len(found),
        page=page,
        pages=max(1, -(-len(found) // PER_PAGE)),
        words=words,
    )


@panel.get("/<any(customers, storefront, marketing, analytics, 'channel-manager'):place>")
def absent(place: str) -> str:
    return render_template("bigcommerce/absent.html", title=ABSENT[place])


@panel.get("/settings")
def settings() -> str:
    return render_template("bigcommerce/settings.html")


@panel.post("/settings/users/<int:user_id>/<any(remove, restore):change>")
def change_user(user_id: int, change: str) -> Answer:
    """Take a user's right to the app away (BigCommerce tells the app), or give it back (nobody is told)."""
    from sandbox.bigcommerce.callbacks import call_app

    platform = bigcommerce()
    user: Document | None = next(
        (user for user in g.store["users"] if user["id"] == user_id and not user["owner"]), None
    )
    if user is None:
        abort(404)
    user["removed"] = change == "remove"
    platform.stores.save(g.store["hash"])
    if user["removed"] and g.store["installed"]:
        call_app("remove_user", g.store, user)
    return redirect(f"/manage/settings?notice=user-{change}d", 303)
