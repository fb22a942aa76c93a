"""Seller Center's consent pages: choose account type and region, log in, then grant or discard (reference 2.1)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as WerkzeugResponse

from sandbox.tiktok.fixtures import SELLERS
from sandbox.tiktok.markets import MARKETS
from sandbox.tiktok.platform import platform
from sandbox.tiktok.scopes import SCOPES

blueprint = Blueprint("tiktok_consent", __name__)
Document = dict[str, Any]

ACCOUNT_TYPES = {
    "": "All account types",
    "LOCAL": "Local seller",
    "CROSS_BORDER": "Global seller (several countries)",
    "CREATOR": "Creator",
}
SCOPE_TEXTS = {
    "Seller": "Read your shops, their regions and permissions, and register for updates.",
    "Products": "Read, create, edit and delete products, prices and stock.",
    "Orders": "Read orders, returns and refunds, and answer requests.",
    "Shipping": "Read warehouses and delivery options, ship packages and update tracking.",
    "Finance": "Read statements, payments and transactions.",
    "Global products": "Read, publish and delete the products of a global store.",
}


@blueprint.after_request
def refuse_framing(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = "frame-ancestors 'none'"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _request_known() -> bool:
    settings = platform().box.settings
    return (
        request.values.get("service_id") == settings.tiktok_service_id
        or request.values.get("app_key") == settings.tiktok_app_key
    )


@blueprint.get("/open/authorize")
@blueprint.get("/oauth/authorize")
def authorize() -> str | tuple[str, int]:
    """Step 1 without an account, step 2 with one."""
    if not _request_known():
        return render_template("tiktok/unknown_service.html"), 400
    kept = {name: request.args[name] for name in ("service_id", "app_key", "state") if name in request.args}
    seller = SELLERS.get(request.args.get("account", ""))
    shared = platform()
    if seller:
        return render_template(
            "tiktok/consent.html",
            kept=kept,
            seller=seller,
            shops=shared.shops_of(seller["id"]),
            scopes=SCOPES,
            texts=SCOPE_TEXTS,
            markets=MARKETS,
            problem="",
        )
    kind, region = request.args.get("account_type", ""), request.args.get("region", "")
    accounts = [
        {**row, "shops": shared.shops_of(row["id"])}
        for row in SELLERS.values()
        if (not kind or row["kind"] == kind)
        and (not region or region in {row["region"], *(shop["region"] for shop in shared.shops_of(row["id"]))})
    ]
    regions = sorted({shop["region"] for shop in shared.shops.values()})
    return render_template(
        "tiktok/accounts.html",
        kept=kept,
        accounts=accounts,
        account_types=ACCOUNT_TYPES,
        kind=kind,
        region=region,
        regions=[MARKETS[code] for code in regions],
        markets=MARKETS,
    )


@blueprint.post("/open/authorize")
@blueprint.post("/oauth/authorize")
def decide() -> str | tuple[str, int] | WerkzeugResponse:
    """Authorize with the agreement ticked gives a code; Discard gives `auth_denied`."""
    seller = SELLERS.get(request.form.get("account", ""))
    if not _request_known() or seller is None:
        return render_template("tiktok/unknown_service.html"), 400
    shared = platform()
    state = {"state": request.form["state"]} if "state" in request.form else {}
    if request.form.get("decision") == "discard":
        return _back({"code": "null", "error": "auth_denied", **state})
    if not request.form.get("agreement"):
        kept = {name: request.form[name] for name in ("service_id", "app_key", "state") if name in request.form}
        return render_template(
            "tiktok/consent.html",
            kept=kept,
            seller=seller,
            shops=shared.shops_of(seller["id"]),
            scopes=SCOPES,
            texts=SCOPE_TEXTS,
            markets=MARKETS,
            problem="Tick the agreement to authorize the app.",
        ), 422
    return _back({"code": shared.authorizations.issue_code(seller["id"]), **state})


def _back(answer: dict[str, str]) -> WerkzeugResponse:
    return redirect(f"{platform().box.settings.app_url}/tiktok/callback?{urlencode(answer)}", 303)
