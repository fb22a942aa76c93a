"""The control page for people: Buyers. Buy from live listings, and play the buyer, the carrier and the platform."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox.bigcommerce.panel import refuse_foreign_forms
from sandbox.tiktok.after_sales.returning import free_lines
from sandbox.tiktok.buyers.actions import ACTIONS, EXCEPTIONS
from sandbox.tiktok.buyers.api import MISTAKES
from sandbox.tiktok.buyers.offers import asks, cancel_reasons, moves, offers, return_moves
from sandbox.tiktok.finance.settle import ADJUSTMENTS
from sandbox.tiktok.orders.amounts import payment_of
from sandbox.tiktok.orders.buying import KINDS
from sandbox.tiktok.orders.status import STATUSES
from sandbox.tiktok.platform import Platform, platform

blueprint = Blueprint("tiktok_buyers", __name__, url_prefix="/control/buyers")
blueprint.before_request(refuse_foreign_forms)
Document = dict[str, Any]

SHOWN = 25
KIND_WORDS = {
    "NORMAL": "Ordinary order",
    "FBT": "Fulfilled by TikTok",
    "SAMPLE": "Free sample",
    "PRE_ORDER": "Pre-order",
    "GIFT": "Gift with purchase",
}
SWITCHES = ("pay", "hold", "masked", "cod", "collection_point")


@blueprint.app_template_filter("moment")
def moment(seconds: float) -> str:
    """A time as the page shows it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M") if seconds else ""


def chosen_shop(shared: Platform) -> Document:
    """The shop of the address, else one with live products, else the first that is authorized."""
    rows = list(shared.shops.values())
    wanted = request.args.get("shop", "")
    selling = [row for row in rows if shared.products.ids_of(row["id"])]
    authorized = [row for row in rows if shared.authorizations.is_authorized(row["seller_id"])]
    return next((row for row in rows if row["id"] == wanted), (selling or authorized or rows)[0])


@blueprint.get("/")
def page() -> str:
    shared = platform()
    shop = chosen_shop(shared)
    rows = shared.orders.orders_of(shop["id"])[::-1]
    status, words = request.args.get("status", ""), request.args.get("q", "").strip()
    found = [row for row in rows if (not status or row["status"] == status) and words in row["id"]]
    number = max(1, request.args.get("page", 1, type=int))
    return render_template(
        "control/buyers.html",
        shop=shop,
        shops=list(shared.shops.values()),
        offers=offers(shared, shop["id"], request.args.get("item", "")),
        item=request.args.get("item", ""),
        warehouses=shared.warehouses[shop["id"]],
        kinds=KIND_WORDS,
        rows=[_row(shared, row) for row in found[(number - 1) * SHOWN : number * SHOWN]],
        total=len(found),
        page=number,
        pages=max(1, -(-len(found) // SHOWN)),
        status=status,
        words=words,
        statuses=[(name, sum(row["status"] == name for row in rows)) for name in STATUSES],
        unsettled=sum(
            not row["statement_id"] for row in shared.orders.transactions.values() if row["shop_id"] == shop["id"]
        ),
        adjustments=ADJUSTMENTS,
        knobs=shared.knobs,
        notice=request.args.get("notice", ""),
        problem=request.args.get("problem", ""),
    )


def _row(shared: Platform, order: Document) -> Document:
    units: dict[str, int] = {}
    for line in order["lines"]:
        name = f"{line['product_name']} ({line['sku_name']})" if line["sku_name"] != "Default" else line["product_name"]
        units[name] = units.get(name, 0) + 1
    payment = payment_of(order, shared.market(shared.shops[order["shop_id"]]))
    return {
        **order,
        "units": units,
        "money": f"{payment['total_amount']} {payment['currency']}",
        "moves": moves(shared, order),
    }


@blueprint.get("/<int:order_id>")
def order_page(order_id: int) -> str:
    shared = platform()
    store = shared.orders
    if str(order_id) not in store.orders:
        abort(404)
    order = store.orders[str(order_id)]
    shop, order_row = shared.shops[order["shop_id"]], _row(shared, order)
    if reasons := cancel_reasons(shared, order):  # the page has a form with the reasons instead
        order_row["moves"] = [move for move in order_row["moves"] if move[0] != "cancel"]
    return render_template(
        "control/buyers_order.html",
        order=order_row,
        shop=shop,
        cancel_reasons=reasons,
        asks=asks(shared, order),
        free=len(free_lines(store, order)),
        return_moves=return_moves,
        payment=payment_of(order, shared.market(shop)),
        packages=store.packages_in(order),
        cancellations=store.cancellations_in(order["id"]),
        returns=store.returns_in(order["id"]),
        transactions=store.transactions_in(order["id"]),
        warehouse=shared.warehouses[shop["id"]].get(order["warehouse_id"], {}).get("name", "TikTok's own warehouse"),
        exceptions=EXCEPTIONS,
        kinds=KIND_WORDS,
        notice=request.args.get("notice", ""),
        problem=request.args.get("problem", ""),
    )


@blueprint.post("/<action>")
def act(action: str) -> Response:
    """The forms' actions are those of the JSON interface."""
    if action not in ACTIONS:
        abort(404)
    body = _document()
    back = body.pop("back", "")
    try:
        told = ACTIONS[action](platform(), body)
    except MISTAKES as error:
        return _back(back, body, problem=str(error).strip("'"))
    return _back(back, body, notice=_notice(action, told))


def _notice(action: str, told: Document) -> str:
    if action == "buy_many":
        short = "" if told["bought"] == told["wanted"] else f" of {told['wanted']:,}; then the stock ran out"
        return f"{told['bought']:,} orders bought{short}."
    if action == "buy":
        return f"Order {told['order_id']} was placed: {told['status'].replace('_', ' ').lower()}."
    if action == "settle":
        return f"Statement {told['statement_id']} of {told['settlement_amount']} was made and paid."
    return "Done. The webhooks are on their way."


def _back(back: str, body: Document, notice: str = "", problem: str = "") -> Response:
    said = {name: text for name, text in (("notice", notice), ("problem", problem)) if text}
    if back.isascii() and back.isdigit():
        path = url_for("tiktok_buyers.order_page", order_id=int(back))
    else:
        path, said = url_for("tiktok_buyers.page"), {"shop": str(body.get("shop_id", "")), **said}
    return redirect(f"{path}?{urlencode(said)}", 303)


def _document() -> Document:
    """The form as an action's document: boxes are true or false, empty fields are not there."""
    found: Document = {name: value for name, value in request.form.items() if value != ""}
    for name in SWITCHES:
        if f"{name}-asked" in found:
            del found[f"{name}-asked"]
            found[name] = name in found
    if other := found.pop("other_sku_id", ""):
        number = found.pop("other_quantity", 1)
        first = {"sku_id": found.get("sku_id"), "quantity": found.get("quantity")}
        found["items"] = [first, {"sku_id": other, "quantity": number}]
    if "asked" in found:
        found["type"], _, found["reason"] = str(found.pop("asked")).partition(":")
    if lines := request.form.getlist("line_item_ids"):
        found["line_item_ids"] = lines
    return found


assert set(KIND_WORDS) == set(KINDS)  # noqa: S101 - a kind without words would be a blank choice
