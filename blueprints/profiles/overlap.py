"""The map of profiles: who wins, which products match two or none, and what another order would change."""

from typing import Any

from flask import Response, g, request

from blueprints.page import page
from blueprints.profiles.routes import chosen_shop, gone, profiles_area
from domain import profile_order
from domain.profile_order import Matched
from models import Shop
from services import profile_edits, profile_effects, profile_map, profile_members


@profiles_area.get("/map")
def overlap() -> Response:
    """The whole map; `swap` names two profiles whose exchange is looked at, `matched` products to list."""
    shop = chosen_shop()
    found = profile_map.read(shop)
    data: dict[str, Any] = {"active": "listings", "shop": shop, "shops": g.shops, "map": found, "swap": None}
    pair = ids("swap")
    if len(pair) == 2 and set(pair) <= set(found.order) and pair[0] != pair[1]:
        effects = profile_effects.of_swap(shop, *pair)
        data["swap"] = {"pair": pair, "moved": found.moved(*pair), "effects": effects}
    if "matched" in request.args:
        data |= products(shop, found, frozenset(ids("matched")) - {profile_order.DEFAULT})
    return page("profiles/map.html", **{"matched": None, **data})


def ids(name: str) -> list[int]:
    """Such as 3-7: profiles in the address."""
    parts = request.values.get(name, "")[:400].split("-")
    return [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 19]


def products(shop: Shop, found: profile_map.Map, matched: Matched) -> dict[str, Any]:
    return {
        "matched": [found.names[one] for one in found.order if one in matched],
        "count": found.counts.get(matched, 0),
        "rows": profile_map.examples(profile_members.ranked(shop.id), matched),
    }


@profiles_area.post("/map")
def swap() -> Response:
    shop, pair = chosen_shop(), ids("swap")
    one, other = pair if len(pair) == 2 else (0, 0)
    return gone(shop, profile_edits.swap(g.actor, shop, one, other), "The order is changed.")
