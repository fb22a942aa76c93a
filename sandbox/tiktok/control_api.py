"""The control page's actions as JSON, for tests and benchmarks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.tiktok import control_actions as actions
from sandbox.tiktok.platform import Platform, platform
from sandbox.tiktok.product_view import brief

blueprint = Blueprint("tiktok_control_api", __name__, url_prefix="/control/api/tiktok")
Document = dict[str, Any]
Action = Callable[[Platform, Document], Document]

ACTIONS: dict[str, Action] = {
    "review": actions.set_review,
    "verdict": actions.verdict,
    "limits": actions.set_limits,
    "latency": actions.set_latency,
    "shop": actions.set_shop,
    "shop_state": actions.set_shop_state,
    "warehouse": actions.set_warehouse,
    "authorization": actions.change_authorization,
    "code": actions.issue_code,
    "knobs": actions.set_knobs,
    "webhook": actions.send_webhook,
    "status": actions.set_status,
}


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
    except (KeyError, ValueError, TypeError) as error:
        return jsonify(error=f"{type(error).__name__}: {error}"), 400


@blueprint.get("/products")
def products() -> Response:
    """All products, or those of `?shop_id=`, with the full stored document under `stored`."""
    shared, shop_id = platform(), request.args.get("shop_id", "")
    numbers = shared.products.ids_of(shop_id) if shop_id else list(shared.products.products)
    rows = [shared.products.products[number] for number in numbers]
    return jsonify(
        products=[{**brief(row), "shop_id": row["shop_id"], "stored": row} for row in rows], total_count=len(rows)
    )


@blueprint.get("/shops")
def shops() -> Response:
    return jsonify(shops=actions.shop_rows(platform()))


@blueprint.get("/deliveries")
def deliveries() -> Response:
    """Webhook deliveries, oldest first, of `?shop_id=` or all."""
    shop_id = request.args.get("shop_id", "")
    rows = [row for row in platform().webhooks.deliveries.values() if shop_id in {"", row["shop_id"]}]
    return jsonify(deliveries=rows)
