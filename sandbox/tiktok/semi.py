"""Semi-consignment stores, as nobody has documented them: every assumption of the sandbox about them stands here, and
every answer made under one carries MODEL in its headers (reference 10.3). Pairs are fixed; the account manager grants
the store on the control page, then it is one more row of Get Authorized Shops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, has_app_context, jsonify, request

from sandbox.tiktok import review
from sandbox.tiktok.platform import Platform, platform
from sandbox.tiktok.product_store import PRODUCT_BASE, SKU_BASE, SKUS_PER_PRODUCT
from sandbox.tiktok.refusal import Refusal, invalid

if TYPE_CHECKING:
    from sandbox.tiktok.call import Call
    from sandbox.tiktok.endpoints import Endpoint

Document = dict[str, Any]

blueprint = Blueprint("tiktok_semi", __name__, url_prefix="/control/api/semi-consignment")
MODEL = ("x-sandbox-model", "semi-proposal")


def _place(shop: int, index: int) -> str:
    return f"70000000000000{shop:02d}00{index}"


def _pair(number: int, local: int, semi: int) -> Document:
    return {
        "pair_id": f"pair-{number}",
        "shop_3p": f"74955407353657775{local:02d}",
        "shop_1p": f"74955407353657775{semi:02d}",
        "warehouse_map": {_place(local, index): _place(semi, index) for index in (1, 2)},
    }


PAIRS: dict[str, Document] = {pair["pair_id"]: pair for pair in (_pair(1, 4, 91), _pair(2, 4, 92))}
RUN_BY_PLATFORM = {pair["shop_1p"] for pair in PAIRS.values()}

NO_SCOPE, LOCKED, OURS, PRICES, DRAFTS = 105005, 12052922, 12052705, 12019045, 12052488
NOT_LIVE, UNKNOWN, FOREIGN = 12052901, 12052032, 12052048
RETURNS, ONLY_OUT_OF_STOCK = 25011010, 25001020
OUT_OF_STOCK = "seller_cancel_reason_out_of_stock"
REFUSED: dict[tuple[str, str], tuple[int, str]] = {
    ("PUT", "product/products/{product_id}"): (LOCKED, "The product is managed by the platform"),
    ("POST", "product/products/{product_id}/partial_edit"): (LOCKED, "The product is managed by the platform"),
    ("POST", "product/products/{product_id}/prices/update"): (PRICES, "The price is set by the platform"),
    ("POST", "product/products/activate"): (OURS, "The platform runs this shop"),
    ("POST", "product/products/deactivate"): (OURS, "The platform runs this shop"),
    ("DELETE", "product/products"): (OURS, "The platform runs this shop"),
    ("POST", "product/products/recover"): (OURS, "The platform runs this shop"),
    ("POST", "return_refund/returns"): (RETURNS, "After-sales of this shop are handled by the platform"),
    ("POST", "return_refund/returns/{return_id}/approve"): (RETURNS, "Returns are handled by the platform"),
    ("POST", "return_refund/returns/{return_id}/reject"): (RETURNS, "Returns are handled by the platform"),
}
"""What the seller's app cannot do in such a store; the nearest codes that exist."""


def admit(endpoint: Endpoint, call: Call) -> None:
    """Refuses what a store run by the platform does not let an app do; marks its answers."""
    if call.shop.get("id") not in RUN_BY_PLATFORM:
        return
    g.semi_proposal = True
    where = f"{endpoint.category}/{endpoint.resource}"
    if (endpoint.method, where) in REFUSED:
        raise Refusal(*REFUSED[endpoint.method, where])
    if (endpoint.method, where) == ("POST", "product/products"):
        if call.body.get("save_mode") == "AS_DRAFT":
            raise Refusal(DRAFTS, "This shop has no drafts")
        raise Refusal(NO_SCOPE, "The app has no permission to create products in this shop")
    if (endpoint.method, where) == ("POST", "return_refund/cancellations"):
        given = call.body.get("cancel_reason")
        if isinstance(given, str) and given and OUT_OF_STOCK not in given:
            raise Refusal(ONLY_OUT_OF_STOCK, "Only orders whose goods are out of stock can be cancelled here")


def headers() -> dict[str, str]:
    """What marks an answer made under the proposal."""
    return {MODEL[0]: MODEL[1]} if has_app_context() and g.get("semi_proposal") else {}


# -- what the account manager offers; where a real one would be, nobody knows ------------------------------------------


@blueprint.get("/pairs")
def pairs() -> Response:
    """`?shop_ids=` comma separated: the pairs in which one of these stores takes part; a store that was not granted is
    not paired yet."""
    shared = platform()
    asked = set(request.args.get("shop_ids", "").split(","))
    found = [
        pair
        for pair in PAIRS.values()
        if asked & {pair["shop_1p"], pair["shop_3p"]} and shared.shops[pair["shop_1p"]].get("bound", True)
    ]
    return _answer(shared, {"pairs": [{**pair, "in_effect": True} for pair in found]})


@blueprint.post("/publish")
def publish() -> Response:
    """{"pair_id", "product_id"}: a live product of the local store becomes one of the semi-consignment store, on sale
    at once. A product that is there already is answered again and not made twice."""
    shared = platform()
    body = request.get_json(silent=True)
    try:
        if not isinstance(body, dict):
            raise invalid("body", "expected a JSON object")
        with shared.box.state.batch():
            made, fresh = _published(shared, _known_pair(body.get("pair_id")), str(body.get("product_id")))
    except Refusal as refusal:
        return _answer(shared, None, refusal)
    if fresh:
        review.tell_status(shared, made, "PRODUCT_STATUS_CHANGED")
    return _answer(shared, _receipt(made))


@blueprint.get("/published")
def published() -> Response:
    """`?pair_id=&product_id=` of the local store: what was made of it there; an empty product_id when nothing was."""
    shared = platform()
    try:
        pair = _known_pair(request.args.get("pair_id"))
    except Refusal as refusal:
        return _answer(shared, None, refusal)
    made = _made_of(shared, pair, request.args.get("product_id", ""))
    return _answer(shared, _receipt(made) if made else {"product_id": "", "skus": []})


def _answer(shared: Platform, data: Document | None, refusal: Refusal | None = None) -> Response:
    code, message = (refusal.code, refusal.message) if refusal else (0, "Success")
    answer = jsonify(code=code, message=message, request_id=shared.request_id(), data=data)
    answer.headers[MODEL[0]] = MODEL[1]
    return answer


def _known_pair(pair_id: object) -> Document:
    pair = PAIRS.get(str(pair_id))
    if pair is None or not platform().shops[pair["shop_1p"]].get("bound", True):
        raise invalid("pair_id", "no such pair")
    return pair


def _receipt(made: Document) -> Document:
    return {
        "product_id": made["id"],
        "skus": [{"id": sku["id"], "seller_sku": sku.get("seller_sku", "")} for sku in made["content"]["skus"]],
    }


def _made_of(shared: Platform, pair: Document, product_id: str) -> Document | None:
    rows = (shared.products.products[number] for number in shared.products.ids_of(pair["shop_1p"]))
    return next((row for row in rows if row.get("made_of") == product_id and row["status"] != "DELETED"), None)


def _published(shared: Platform, pair: Document, product_id: str) -> tuple[Document, bool]:
    source = shared.products.get(product_id)
    if source is None:
        raise Refusal(UNKNOWN, "The product does not exist")
    if source["shop_id"] != pair["shop_3p"]:
        raise Refusal(FOREIGN, "The product belongs to another shop")
    if source["status"] != "ACTIVATE":
        raise Refusal(NOT_LIVE, f"Only products that are on sale can be published; this one is {source['status']}")
    if there := _made_of(shared, pair, product_id):
        return there, False
    made = _copy(shared, pair, source)
    shared.products.put(made)
    return made, True


def _copy(shared: Platform, pair: Document, source: Document) -> Document:
    """New ids, the same seller SKUs; each warehouse's stock in the warehouse it is mapped to. From here on the numbers
    of both stores are independent."""
    number, places = shared.products.next_product_number(), pair["warehouse_map"]
    ids = {
        sku["id"]: str(SKU_BASE + number * SKUS_PER_PRODUCT + index)
        for index, sku in enumerate(source["content"]["skus"], 1)
    }
    stock = {
        ids[sku_id]: {
            places[place]: {"quantity": row["quantity"], "committed": 0}
            for place, row in rows.items()
            if place in places
        }
        or {next(iter(places.values())): {"quantity": 0, "committed": 0}}
        for sku_id, rows in source["stock"].items()
        if sku_id in ids
    }
    skus = [{**sku, "id": ids[sku["id"]]} for sku in source["content"]["skus"]]
    return {
        **source,
        "id": str(PRODUCT_BASE + number),
        "number": number,
        "shop_id": pair["shop_1p"],
        "made_of": source["id"],
        "status": "ACTIVATE",
        "audit": {"status": "APPROVED"},
        "audit_failed_reasons": [],
        "content": {**source["content"], "skus": skus},
        "review": None,
        "draft": None,
        "prices": {ids[sku_id]: price for sku_id, price in source["prices"].items() if sku_id in ids},
        "stock": stock,
        "next_sku": len(ids) + 1,
        "create_time": shared.now(),
        "update_time": shared.now(),
        "audit_no": 0,
        "passed": True,
        "idempotency_key": "",
        "shown_stock": {},
    }
