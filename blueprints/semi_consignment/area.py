"""The blueprint of the semi-consignment pages, and what they share."""

from typing import Any

from flask import Blueprint, g, request, url_for

from blueprints.places import register
from domain.capabilities import Capability, ShopKind, allowed
from domain.roles import SEE, SEND, Page
from models import Shop
from services import semi
from services.errors import NotFound

semi_consignment = Blueprint("semi_consignment", __name__, url_prefix="/s/<store_hash>/semi-consignment")
register(
    {
        "semi_consignment.publish": (Page.SEMI_CONSIGNMENT, SEND),
        "semi_consignment.tell": (Page.SEMI_CONSIGNMENT, SEND),
        "semi_consignment.tell_many": (Page.SEMI_CONSIGNMENT, SEND),
        "semi_consignment.look_at_stock": (Page.SEMI_CONSIGNMENT, SEE),
    }
)
LARGEST = 2**63 - 1


def stores() -> list[Shop]:
    """The semi-consignment stores that this person reaches."""
    return [shop for shop in g.shops if shop.kind == ShopKind.SEMI_CONSIGNMENT]


def local_stores() -> list[Shop]:
    """Stores that products can be published from."""
    return [shop for shop in g.shops if shop.kind == ShopKind.LOCAL and shop.market == "ID"]


def chosen(shops: list[Shop]) -> Shop | None:
    """The shop that is chosen above, else the form's, else the first."""
    wanted = request.values.get("of_shop", "")
    named = next((shop for shop in shops if str(shop.id) == wanted), None)
    return named or next((shop for shop in shops if g.shop and shop.id == g.shop.id), None) or next(iter(shops), None)


def one(shops: list[Shop]) -> Shop:
    shop = chosen(shops)
    if shop is None:
        raise NotFound("No such store is connected, or your role does not name it.", "Semi-consignment", semi.WHERE)
    return shop


def number(name: str) -> int:
    text = request.values.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def numbers(name: str) -> list[int]:
    given = request.values.getlist(name)[:5000]
    return [int(text) for text in dict.fromkeys(given) if text.isascii() and text.isdigit() and len(text) < 19]


def frame(place: str, **data: Any) -> dict[str, Any]:
    """What every page of the area shows: its three places, and why things are off."""
    places = [
        ("Products", url_for("semi_consignment.index"), None, place == "products"),
        ("Publish", url_for("semi_consignment.local_list"), None, place == "publish"),
        ("Pairs", url_for("semi_consignment.pair_list"), None, place == "pairs"),
    ]
    closed = [
        (label, allowed(ShopKind.SEMI_CONSIGNMENT, capability).reason)
        for label, capability in (
            ("Change a price", Capability.EDIT_PRICE),
            ("Take off sale", Capability.DEACTIVATE),
            ("Change title, pictures, category", Capability.EDIT_CONTENT),
            ("Open Seller Center", Capability.OPEN_SELLER_CENTER),
            ("Answer returns", Capability.ACCEPT_RETURNS),
            ("See profit", Capability.SEE_PROFIT),
        )
    ]
    return {"active": "semi_consignment", "places_here": places, "off": semi.why_off(), "closed": closed, **data}
