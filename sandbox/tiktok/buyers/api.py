"""The buyers' actions as JSON, for tests and benchmarks."""

from __future__ import annotations

from decimal import InvalidOperation
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.tiktok.buyers.actions import ACTIONS
from sandbox.tiktok.orders.view import shown
from sandbox.tiktok.platform import platform

blueprint = Blueprint("tiktok_buyers_api", __name__, url_prefix="/control/api/buyers")
Document = dict[str, Any]

MISTAKES = (KeyError, ValueError, TypeError, InvalidOperation)


@blueprint.post("/<action>")
def act(action: str) -> Response | tuple[Response, int]:
    """Run an action with a JSON object; 400 says what was wrong with it."""
    if action not in ACTIONS:
        return jsonify(error=f"no such action; there are {', '.join(ACTIONS)}"), 404
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        return jsonify(error="expected a JSON object"), 400
    try:
        return jsonify(ACTIONS[action](platform(), body))
    except MISTAKES as error:
        return jsonify(error=f"{type(error).__name__}: {error}"), 400


@blueprint.get("/orders")
def orders() -> Response:
    """`?shop_id=` or all: {"orders": [{"id", "status", …}], "total_count", "by_status"}; `?full=1` shows them whole."""
    shared, shop_id = platform(), request.args.get("shop_id", "")
    rows = shared.orders.orders_of(shop_id) if shop_id else list(shared.orders.orders.values())
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["status"]] = counts.get(row["status"], 0) + 1
    full = request.args.get("full") == "1"
    found = [
        {**shown(shared, row), "shop_id": row["shop_id"], "stored": row}
        if full
        else {name: row[name] for name in ("id", "shop_id", "status", "create_time", "update_time")}
        for row in rows
    ]
    return jsonify(orders=found, total_count=len(found), by_status=counts)


@blueprint.get("/orders/<order_id>")
def order(order_id: str) -> Response | tuple[Response, int]:
    """Everything the platform knows of one order."""
    store = platform().orders
    if order_id not in store.orders:
        return jsonify(error="no such order"), 404
    row = store.orders[order_id]
    return jsonify(
        order=row,
        packages=store.packages_in(row),
        cancellations=store.cancellations_in(order_id),
        returns=store.returns_in(order_id),
        transactions=store.transactions_in(order_id),
    )
