"""Starting a connection (inside the app) and TikTok's answer (outside it, known by its `state` alone)."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, g, make_response, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from blueprints.entry.pages import standalone
from blueprints.guard import writes
from blueprints.page import done, page
from models import db
from models.tenancy import tenant
from services import clock, consents, grants, notices, readings, setup, short_codes
from services.errors import ServiceError
from services.shops import accounts
from services.shops.accounts import Wish

tiktok = Blueprint("tiktok", __name__, url_prefix="/s/<store_hash>/tiktok")
callback = Blueprint("tiktok_callback", __name__, url_prefix="/tiktok")

PURPOSES = ("connect", "reconnect", "switch")
FAILED = "connect-failed"


@tiktok.post("/connect")
def connect() -> Response:
    """The link to TikTok's consent page, to be opened at top level: the page refuses to be framed."""
    data = consent_data(**_wanted(request.form))
    return page("tiktok/connect.html", "tiktok/_consent.html", **data)


@tiktok.get("/connect")
def link() -> Response:
    """The same, made anew: a link lives for fifteen minutes."""
    data = consent_data(**_wanted(request.args))
    return page("tiktok/connect.html", "tiktok/_consent.html", **data)


def _wanted(values: "MultiDict[str, str]") -> dict[str, Any]:
    purpose = values.get("purpose", "connect")
    return {
        "purpose": purpose if purpose in PURPOSES else "connect",
        "authorization_id": values.get("authorization", 0, type=int),
        "back": values.get("back", ""),
        "wish": accounts.wish(values.get("nickname", ""), values.getlist("site")) if "wished" in values else None,
    }


def consent_data(
    purpose: str = "connect", authorization_id: int = 0, back: str = "wizard", wish: Wish | None = None
) -> dict[str, Any]:
    """What `_consent.html` shows."""
    us = bool(setup.config().tiktok_consent_url_us)
    authorization = grants.get(authorization_id) if authorization_id else None
    return {
        "purpose": purpose,
        "authorization": authorization,
        "back": back if back in ("wizard", "settings") else "settings",
        "wish": wish,
        "link": consents.link(g.actor, purpose, authorization_id, wish=wish),
        "link_us": consents.link(g.actor, purpose, authorization_id, us=True, wish=wish) if us else "",
        "since": clock.now().isoformat(),
        "failure": "",
    }


@tiktok.get("/waiting")
def waiting() -> Response:
    """Polled by the framed page: it moves on when the shop has arrived, and says what went wrong when it did."""
    try:
        since = datetime.fromisoformat(request.args.get("since", ""))
        since = since if since.tzinfo else clock.now()
    except ValueError:
        since = clock.now()
    back = request.args.get("back", "wizard")
    if grants.arrived_since(since):
        return done(url_for("wizard.warehouses") if back == "wizard" else url_for("settings.authorization"))
    failed = next((row for row in notices.open_notices() if row.key == FAILED and row.created_at >= since), None)
    return page(
        "tiktok/_waiting.html",
        "tiktok/_waiting.html",
        since=since.isoformat(),
        back=back,
        failure=failed.text if failed else "",
    )


@tiktok.post("/code")
def enter_code() -> Response:
    """A grant that began in Seller Center is claimed with its short code."""
    tokens, reader = short_codes.claim(request.form.get("code", "")), readings.prepare(g.store)
    db.session.commit()  # the code is spent, and no transaction is open while TikTok answers
    arrival, places = grants.read(tokens), reader.locations()
    connected = grants.record(g.actor, arrival)
    readings.record_locations(g.actor.store_id, places)
    names = ", ".join(shop.name for shop in connected.shops)
    text = f"Connected: {names}." if names else str(connected.refused[0])
    response = done(url_for("wizard.index"), toast=text, tone="success" if names else "danger")
    db.session.commit()
    return response


@callback.get("/callback")
@writes
def arrive() -> Response:
    """TikTok's answer. No session of ours is here, so the signed state says whose it is."""
    code, state = request.args.get("code", ""), request.args.get("state", "")
    if request.args.get("error") or code in ("", "null"):
        return standalone("tiktok/denied.html", 200 if request.args.get("error") else 400)
    try:
        return _finish(code, consents.spend(state)) if state else _park(code)
    except ServiceError as refused:
        return standalone("tiktok/failed.html", refused.status, text=refused.text)


def _finish(code: str, consent: consents.Consent) -> Response:
    with tenant(consent.store_id):
        actor, store = consents.actor_of(consent)
        reader, panel = readings.prepare(store), store.hash
        db.session.commit()  # the state is spent, whatever happens now; no transaction is open while TikTok answers
        try:
            arrival, places = grants.read(grants.exchange(code), consent.sites), reader.locations()
            connected = grants.record(actor, arrival, consent)
        except ServiceError as refused:
            db.session.rollback()
            notices.raise_notice(FAILED, "warning", refused.text, "Connect TikTok Shop", "/tiktok/connect")
            db.session.commit()
            raise
        readings.record_locations(consent.store_id, places)
        notices.resolve(FAILED)
        response = make_response(
            render_template(
                "tiktok/arrived.html",
                shops=connected.shops,
                refused=connected.refused,
                seller=connected.authorization.seller_name,
                store_hash=panel,
            ),
            200 if connected.shops else 409,
        )
        db.session.commit()
        return response


def _park(code: str) -> Response:
    db.session.rollback()
    pending = short_codes.park(grants.exchange(code))
    response = make_response(render_template("tiktok/code.html", code=pending.code, seller=pending.seller_name))
    db.session.commit()
    return response
