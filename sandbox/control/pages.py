"""The control page for people: Time, Catalog, BigCommerce. TikTok Shop's page belongs to its own package."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from sandbox.bigcommerce.panel import refuse_foreign_forms
from sandbox.bigcommerce.platform import bigcommerce
from sandbox.bigcommerce.refusals import Refusal
from sandbox.bigcommerce.seeds import FIRST
from sandbox.bigcommerce.shapes import product_row
from sandbox.box import sandbox
from sandbox.control import actions
from sandbox.state import Document

control = Blueprint("control", __name__, url_prefix="/control")
control.before_request(refuse_foreign_forms)
SHOWN = 25


@control.app_context_processor
def moment() -> dict[str, str]:
    return {"sandbox_now": sandbox().clock.moment().strftime("%Y-%m-%d %H:%M:%S")}


@control.errorhandler(Refusal)
def refused(refusal: Refusal) -> tuple[str, int]:
    return render_template("control/refused.html", refusal=refusal), refusal.status


@control.get("/")
def front() -> Answer:
    return redirect("/control/time")


@control.get("/time")
def time_page() -> str:
    box = sandbox()
    return render_template("control/time.html", offset=box.clock.offset, planned=len(box.timers.planned))


@control.post("/time")
def advance() -> Answer:
    try:
        seconds = float(request.form.get("amount", "0")) * float(request.form.get("unit", "1"))
        sandbox().clock.advance(seconds)
    except ValueError:
        raise Refusal(422, "The clock only moves forwards: enter a number of zero or more.") from None
    return redirect("/control/time", 303)


@control.get("/catalog")
def catalog_page() -> str:
    store = bigcommerce().store(request.args.get("store", FIRST))
    catalog, words = bigcommerce().catalog(store["hash"]), request.args.get("q", "").lower()
    found = [
        product
        for product in catalog.products.values()
        if words in f"{product['id']} {product['name']} {product.get('sku', '')}".lower()
    ]
    rows = [product_row(product, store, ["variants"]) for product in found[:SHOWN]]
    return render_template(
        "control/catalog.html",
        store=store,
        stores=list(bigcommerce().stores.values()),
        rows=rows,
        total=len(found),
        words=words,
        seed=sandbox().settings.seed + 1,
    )


@control.post("/catalog")
def add_products() -> Answer:
    store = request.form.get("store", FIRST)
    actions.add_products(store, number("seed"), number("size"))
    return redirect(f"/control/catalog?store={store}", 303)


def number(name: str) -> int:
    try:
        return int(request.form.get(name, ""))
    except ValueError:
        raise Refusal(422, f"{name}: enter a whole number.") from None


@control.get("/catalog/<store_hash>/<int:product_id>")
def product_page(store_hash: str, product_id: int) -> str:
    catalog = bigcommerce().catalog(store_hash)
    product = product_row(catalog.get(product_id), catalog.store, ["variants", "images"])
    default = str(catalog.store["locations"][0]["id"])
    on_hand = {
        row["id"]: row.get("stock", {}).get(default, {"onhand": 0})["onhand"]
        for row in catalog.get(product_id)["variants"]
    }
    return render_template(
        "control/product.html", store=catalog.store, product=product, on_hand=on_hand, saved="saved" in request.args
    )


@control.post("/catalog/<store_hash>/<int:product_id>")
def edit_product(store_hash: str, product_id: int) -> Answer:
    if request.form.get("action") == "delete":
        bigcommerce().catalog(store_hash).delete(product_id)
        return redirect(f"/control/catalog?store={store_hash}", 303)
    actions.edit_product(store_hash, product_id, changes(store_hash, product_id))
    return redirect(f"/control/catalog/{store_hash}/{product_id}?saved", 303)


def changes(store_hash: str, product_id: int) -> Document:
    """What the form changes: only fields that differ, so that only true events fire."""
    product, form = bigcommerce().catalog(store_hash).get(product_id), request.form
    try:
        fields: Document = {
            name: value
            for name, value in (
                ("name", form["name"]),
                ("price", float(form["price"])),
                ("weight", float(form["weight"])),
            )
            if product.get(name) != value
        }
        default = str(bigcommerce().store(store_hash)["locations"][0]["id"])
        for variant in product["variants"]:
            text = form.get(f"stock-{variant['id']}")
            if text is not None and int(text) != variant.get("stock", {}).get(default, {"onhand": 0})["onhand"]:
                fields.setdefault("variants", []).append({"id": variant["id"], "stock": int(text)})
    except (KeyError, ValueError):
        raise Refusal(422, "Price and weight must be numbers, stock a whole number.") from None
    return fields


@control.get("/bigcommerce")
def bigcommerce_page() -> str:
    platform = bigcommerce()
    waiting = sum(1 for timer in platform.box.timers.planned.values() if timer["kind"] == "bigcommerce-webhook")
    return render_template(
        "control/bigcommerce.html",
        stores=list(platform.stores.values()),
        hooks=list(platform.webhooks.hooks.values()),
        waiting=waiting,
        tokens={grant["hash"] for grant in platform.tokens.values()},
    )


@control.post("/bigcommerce")
def change_bigcommerce() -> Answer:
    store, action = request.form.get("store", FIRST), request.form.get("action")
    if action == "store":
        actions.change_store(store, latency=number("latency"), quota=number("quota"))
    elif action == "burden":
        actions.burden(store, number("amount"))
    elif action == "revoke":
        bigcommerce().revoke(store)
    elif action == "reset":
        actions.reset()
    return redirect("/control/bigcommerce", 303)
