"""The control page of the TikTok Shop half."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox.tiktok.control_actions import shop_rows
from sandbox.tiktok.control_api import ACTIONS
from sandbox.tiktok.fixtures import SELLERS
from sandbox.tiktok.platform import platform
from sandbox.tiktok.review import POLICIES

blueprint = Blueprint("tiktok_control", __name__)
Document = dict[str, Any]

SHOWN = 50
LAYOUTS = ["control/base.html", "tiktok/base.html"]
NUMBERS = frozenset({"daily_listings", "listed_today", "ms", "share", "review_seconds"})
POLICY_TEXTS = {
    "approve": "Approve everything",
    "manual": "Wait for a person",
    "refuse_word": "Refuse titles with a word",
    "refuse_share": "Refuse a share",
}


@blueprint.get("/control/tiktok")
def page() -> str:
    shared = platform()
    store = shared.products.products
    pending = [row for row in store.values() if row["audit"]["status"] == "AUDITING"]
    authorized = [
        {**seller, "authorized": shared.authorizations.is_authorized(number)} for number, seller in SELLERS.items()
    ]
    return render_template(
        "tiktok/control.html",
        layout=current_app.jinja_env.select_template(LAYOUTS),
        shops=shop_rows(shared),
        knobs=shared.knobs,
        settings=shared.box.settings,
        policies=POLICIES,
        policy_texts=POLICY_TEXTS,
        pending=pending[-SHOWN:][::-1],
        pending_count=len(pending),
        names={row["id"]: row["name"] for row in shared.shops.values()},
        deliveries=list(shared.webhooks.deliveries.values())[-SHOWN:][::-1],
        sellers=authorized,
        warehouses={
            row["id"]: list(shared.warehouses[row["id"]].values())
            for row in shared.shops.values()
            if row.get("bound", True) and shared.authorizations.is_authorized(row["seller_id"])
        },
        problem=request.args.get("problem", ""),
    )


@blueprint.post("/control/tiktok/<action>")
def act(action: str) -> Response:
    """The forms' actions are those of the JSON interface."""
    try:
        ACTIONS[action](platform(), _document())
    except (KeyError, ValueError, TypeError) as error:
        return redirect(url_for("tiktok_control.page", problem=f"{action}: {error}"), 303)
    return redirect(url_for("tiktok_control.page"), 303)


def _document() -> Document:
    found: Document = {}
    for name, value in request.form.items():
        if name in NUMBERS:
            found[name] = float(value) if value else None
        elif name == "reason":
            found["reasons"] = [value] if value else []
        else:
            found[name] = value
    return found
