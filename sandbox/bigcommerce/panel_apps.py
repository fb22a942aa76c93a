"""Control panel, Apps: the marketplace, installing, the frame that shows the app, uninstalling."""

from urllib.parse import quote, urlencode

from flask import abort, g, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from sandbox.bigcommerce.callbacks import call_app
from sandbox.bigcommerce.oauth import FAULTS, signed_payload
from sandbox.bigcommerce.panel import panel
from sandbox.bigcommerce.platform import bigcommerce

APP_NAME = "TikTok Shop by Causeway"
SCOPE_WORDS = {
    "default": "Basic access to the store",
    "store_v2_products": "Products: read and change",
    "store_v2_products_read_only": "Products: read",
    "store_inventory": "Inventory: read and change",
    "store_inventory_read_only": "Inventory: read",
    "store_locations": "Locations: read and change",
    "store_locations_read_only": "Locations: read",
    "store_v2_orders": "Orders: read and change",
    "store_v2_orders_read_only": "Orders: read",
    "store_v2_information_read_only": "Store information: read",
    "store_v2_information": "Store information: read and change",
}


@panel.context_processor
def app_words() -> dict[str, str]:
    return {"app_name": APP_NAME}


@panel.get("/marketplace")
def marketplace() -> str:
    words = request.args.get("q", "").lower()
    return render_template(
        "bigcommerce/marketplace.html", words=words, found=words in f"{APP_NAME} sales channel social".lower()
    )


@panel.get("/marketplace/my-apps")
def my_apps() -> str:
    return render_template("bigcommerce/my_apps.html")


@panel.get("/marketplace/apps/1")
def app_page() -> str:
    return render_template("bigcommerce/app_page.html")


@panel.get("/marketplace/apps/1/install")
def confirm() -> str:
    """What the app asks for; all of it or nothing."""
    return render_template(
        "bigcommerce/confirm.html",
        scopes=[(scope, SCOPE_WORDS.get(scope, scope)) for scope in bigcommerce().scopes.split()],
    )


@panel.post("/marketplace/apps/1/install")
def install() -> Answer:
    """The grant; the app is installed when it has exchanged the code that the frame hands it."""
    if not g.user["owner"]:
        abort(403)
    g.store["needs_auth"] = True
    bigcommerce().stores.save(g.store["hash"])
    return redirect(f"/manage/app/1?{urlencode({'install': 1, 'store': g.store['hash']})}", 303)


@panel.post("/marketplace/apps/1/uninstall")
def uninstall() -> Answer:
    if not g.user["owner"]:
        abort(403)
    bigcommerce().uninstall(g.store["hash"])
    call_app("uninstall", g.store, g.user)
    return redirect("/manage/marketplace/my-apps?notice=uninstalled", 303)


@panel.get("/app/1")
def frame() -> Answer | str:
    """The app in an iframe: auth callback for a new grant, load callback otherwise."""
    if g.user["removed"]:
        return render_template("bigcommerce/no_access.html")
    if not g.store["installed"] and not request.args.get("install"):
        return redirect("/manage/marketplace/apps/1")
    return render_template("bigcommerce/frame.html", source=frame_source())


def frame_source() -> str:
    platform = bigcommerce()
    base, fault = f"{platform.box.settings.app_url}/bigcommerce", request.args.get("jwt")
    if g.store["needs_auth"] and not fault:
        query = {
            "code": platform.issue_code(g.store["hash"], g.user["id"]),
            "scope": platform.scopes,
            "context": f"stores/{g.store['hash']}",
            "account_uuid": g.store["account_uuid"],
        }
        return f"{base}/auth?{urlencode(query, quote_via=quote, safe='/')}"
    token = signed_payload(
        platform.box, g.store, g.user, request.args.get("url") or "/", fault if fault in FAULTS else None
    )
    return f"{base}/load?signed_payload_jwt={token}"
