"""The control page for people: Catalog. What a store holds, with its troubles; more products; a merchant's own file."""

from pathlib import Path

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from sandbox.bigcommerce.panel import refuse_foreign_forms
from sandbox.bigcommerce.platform import bigcommerce
from sandbox.bigcommerce.refusals import Refusal
from sandbox.bigcommerce.seeds import FIRST
from sandbox.bigcommerce.shapes import product_row
from sandbox.box import sandbox
from sandbox.catalog import KINDS
from sandbox.catalog.export_file import BYTES
from sandbox.control import actions, catalog_actions
from sandbox.control.pages import number, refused
from sandbox.state import Document

catalog_control = Blueprint("catalog_control", __name__, url_prefix="/control")
catalog_control.before_request(refuse_foreign_forms)
catalog_control.register_error_handler(Refusal, refused)
SHOWN, TROUBLES_SHOWN = 25, 300
EXAMPLE = Path(__file__).resolve().parent.parent / "catalog" / "example.csv"


@catalog_control.get("/catalog")
def catalog_page() -> str:
    store = bigcommerce().store(request.args.get("store", FIRST))
    catalog, words = bigcommerce().catalog(store["hash"]), request.args.get("q", "").lower()
    troubles, kind = catalog_actions.troubles_of(catalog), request.args.get("trouble", "")
    page = max(1, request.args.get("page", 1, type=int))
    found = [
        product
        for product in catalog.products.values()
        if words in f"{product['id']} {product['name']} {product.get('sku', '')}".lower()
        and (not kind or kind in troubles.get(product["id"], ()) or (kind == "none" and product["id"] not in troubles))
    ]
    shown = found[(page - 1) * SHOWN : page * SHOWN]
    return render_template(
        "control/catalog.html",
        store=store,
        stores=list(bigcommerce().stores.values()),
        rows=[product_row(product, store, ["variants"]) for product in shown],
        total=len(found),
        words=words,
        page=page,
        pages=max(1, -(-len(found) // SHOWN)),
        seed=sandbox().settings.seed + 1,
        kinds=KINDS,
        kind=kind,
        troubles=troubles,
        counts=catalog_actions.trouble_counts(troubles),
        sound=len(catalog.products) - len(troubles),
        added=request.args.get("added", 0, type=int),
    )


@catalog_control.post("/catalog")
def add_products() -> Answer:
    store, chosen = request.form.get("store", FIRST), request.form.get("troubles", "everyday")
    numbers = {kind: number(f"count-{kind}") for kind in KINDS if request.form.get(f"count-{kind}", "").strip(" 0")}
    if chosen == "numbers" and not numbers:
        raise Refusal(422, "Enter a number beside at least one kind of trouble.")
    share = number("share") / 100 if request.form.get("share") else None
    mix = catalog_actions.mix_of(numbers if chosen == "numbers" else chosen, share)
    created = catalog_actions.add_products(
        store, number("seed"), max(number("size"), sum(mix.counts.values())), mix=mix
    )
    return redirect(f"/control/catalog?store={store}&added={created}", 303)


@catalog_control.post("/catalog/file")
def take_file() -> str:
    """The merchant's own export; the page that follows says what was taken, and line by line what was not."""
    request.max_content_length = BYTES + 2**20
    store = bigcommerce().store(request.form.get("store", FIRST))
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Refusal(422, "Choose a CSV file first.")
    report = catalog_actions.take_file(store["hash"], file.read(), "replace" in request.form)
    return render_template("control/catalog_file.html", store=store, report=report, shown=TROUBLES_SHOWN)


@catalog_control.get("/catalog/example.csv")
def example() -> Response:
    headers = {"Content-Disposition": "attachment; filename=products-example.csv"}
    return Response(EXAMPLE.read_bytes(), mimetype="text/csv", headers=headers)


@catalog_control.get("/catalog/<store_hash>/<int:product_id>")
def product_page(store_hash: str, product_id: int) -> str:
    catalog = bigcommerce().catalog(store_hash)
    product = product_row(catalog.get(product_id), catalog.store, ["variants", "images"])
    default = str(catalog.store["locations"][0]["id"])
    on_hand = {
        row["id"]: row.get("stock", {}).get(default, {"onhand": 0})["onhand"]
        for row in catalog.get(product_id)["variants"]
    }
    return render_template(
        "control/product.html",
        store=catalog.store,
        product=product,
        on_hand=on_hand,
        saved="saved" in request.args,
        troubles=[KINDS[kind].words for kind in catalog_actions.troubles_of(catalog).get(product_id, ())],
    )


@catalog_control.post("/catalog/<store_hash>/<int:product_id>")
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
