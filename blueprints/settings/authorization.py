"""What the Store Authorization page does besides showing: adding, testing, naming, counting."""

from typing import Any

from flask import Blueprint, Response, g, request, url_for

from blueprints.page import done, page
from blueprints.places import register
from domain.roles import SEE, SEND, Page
from models import Authorization, db
from services import grants, setup, shops
from services.errors import NotFound
from services.global_stores import publishing_model
from services.shops import accounts, testing

authorization_area = Blueprint("authorization", __name__, url_prefix="/s/<store_hash>/settings/authorization")
register(
    {
        "authorization.add": (Page.AUTHORIZATION, SEND),
        "authorization.again": (Page.AUTHORIZATION, SEND),
        "authorization.refresh_all": (Page.AUTHORIZATION, SEE),
        "authorization.test": (Page.AUTHORIZATION, SEND),
        "authorization.semi": (Page.AUTHORIZATION, SEND),
        "authorization.publishing": (Page.AUTHORIZATION, SEND),
    }
)


def _form(**more: Any) -> Response:
    data = {"active": "settings", "place": "authorization", "sites": accounts.SITES, "us": _us(), **more}
    return page("settings/add_shop.html", **data)


def _us() -> bool:
    return bool(setup.config().tiktok_consent_url_us)


def _grant(authorization_id: int) -> Authorization:
    grant = grants.get(authorization_id)
    if grant is None or all(shop.authorization_id != grant.id for shop in g.shops):
        raise NotFound("This TikTok authorization does not exist.", "See all shops", "/settings/authorization")
    return grant


@authorization_area.get("/add")
def add() -> Response:
    """Nickname and sites before the consent."""
    return _form(grant=None, account=None)


@authorization_area.get("/account/<int:authorization_id>")
def again(authorization_id: int) -> Response:
    """The same for an account that is connected: the one way to another nickname of a global seller."""
    return _form(grant=_grant(authorization_id), account=accounts.of(authorization_id))


@authorization_area.post("/account/<int:authorization_id>/company")
def company(authorization_id: int) -> Response:
    accounts.set_company(g.actor, _grant(authorization_id), request.form.get("company", ""))
    response = done(url_for("settings.authorization", shop=None), toast="Saved.")
    db.session.commit()
    return response


@authorization_area.post("/refresh")
def refresh_all() -> Response:
    """Asks TikTok for the state of every shop of the page."""
    return _ask([shop.id for shop in g.shops])


@authorization_area.post("/<int:shop_id>/test")
def test(shop_id: int) -> Response:
    return _ask([shops.get(shop_id).id])


def _ask(ids: list[int]) -> Response:
    askers = testing.prepare([shops.get(number) for number in ids])
    db.session.commit()  # no transaction is open while TikTok answers
    text = testing.record(g.actor, testing.ask(askers))
    response = done(url_for("settings.authorization", shop=None), toast=text, tone="info", event="notices")
    db.session.commit()
    return response


@authorization_area.post("/<int:shop_id>/name")
def rename(shop_id: int) -> Response:
    shop = shops.get(shop_id)
    accounts.rename(g.actor, shop, request.form.get("nickname", ""))
    response = done(url_for("settings.authorization", shop=None), toast=f"Called “{shop.name}” from now on.")
    db.session.commit()
    return response


@authorization_area.post("/<int:shop_id>/semi-consignment")
def semi(shop_id: int) -> Response:
    """A person says what TikTok's answers do not tell."""
    shop = shops.get(shop_id)
    accounts.declare_semi_consignment(g.actor, shop)
    response = done(url_for("settings.authorization", shop=None), toast=f"“{shop.name}” is a semi-consignment store.")
    db.session.commit()
    return response


@authorization_area.post("/<int:shop_id>/publishing-model")
def publishing(shop_id: int) -> Response:
    """The owner chooses over what TikTok tells, or takes it back."""
    shop = shops.get(shop_id)
    now = publishing_model.choose(g.actor, shop, request.form.get("model", ""))
    text = f"Publishing model of “{shop.name}”: {now.word}." if now.model else f"“{shop.name}”: as TikTok tells."
    response = done(url_for("settings.authorization", shop=None), toast=text)
    db.session.commit()
    return response
