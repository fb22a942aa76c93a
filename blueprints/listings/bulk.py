"""The same change on many listings: a form that says how many, then at once for a few, as an activity for more."""

from typing import Any

from flask import Response, g, request, url_for
from sqlalchemy import select

from blueprints.layout import within
from blueprints.listings import editing, forms, panel, selection
from blueprints.listings.area import listings
from blueprints.listings.picker import picker_data
from blueprints.listings.selection import ACTIONS, Selection, as_query, one_shop
from blueprints.listings.wording import UNITS
from blueprints.page import done, page
from domain.draft import CategoryNeeds
from domain.rulepacks import pack_for
from jobs.launch import launch, ring_job
from models import Listing, Profile, Shop, db
from services import categories, clock
from services import listings as service
from services.errors import Invalid, NotFound
from services.listings import AT_ONCE


@listings.get("/bulk/<action>")
def bulk_form(action: str) -> Response:
    """What will be changed on how many, before it happens."""
    return show_form(action)


def show_form(action: str, status: int = 200, wrong: str = "") -> Response:
    if action not in ACTIONS:
        raise NotFound("There is no such bulk action.", "See listings", "/listings/")
    chosen = selection.read()
    shop = one_shop(chosen)
    data: dict[str, Any] = {
        "active": "listings",
        "action": action,
        "heading": ACTIONS[action],
        "given": chosen.fields(),
        "shop": shop,
        "wrong": wrong,
        "count": chosen.count(shop),
        "at_once": AT_ONCE,
        "typed": request.form,
        "units": UNITS,
        "target": "",
        "back": url_for("listings.index", **as_query(chosen.filter)),
        "shops": shop_links("listings.bulk_form", chosen, action=action),
    }
    if shop is not None:
        data |= details(action, chosen, shop)
    return page("listings/bulk.html", "listings/_bulk.html", status=status, **data)


def shop_links(endpoint: str, chosen: Selection, **more: Any) -> list[tuple[str, str]]:
    """The same page for each shop the selection touches."""
    return [
        (shop.name, url_for(endpoint, **{**chosen.arguments(), **more, "shop": shop.id})) for shop in chosen.shops()
    ]


def details(action: str, chosen: Selection, shop: Shop) -> dict[str, Any]:
    """What the form of one action needs besides."""
    if action == "category":
        here = url_for("listings.bulk_form", action=action, **chosen.arguments())
        return picker_data(shop, here, url_for("listings.bulk_save", action=action), chosen.fields())
    if action == "package":
        pack = pack_for(shop.market, clock.now().date(), cross_border=shop.seller_type == "CROSS_BORDER")
        return {"weight_units": [unit for unit, _ in pack.weight_units], "length_units": list(pack.length_units)}
    if action == "remove":
        query = select(Listing.id).where(
            Listing.id.in_(chosen.query(shop)), Listing.tiktok_id == "", Listing.intent == ""
        )
        return {"removable": len(db.session.scalars(query).all())}
    used = used_categories(chosen, shop)
    needs = categories.needs(shop, used[0]) if len(used) == 1 and used[0] else None
    found: dict[str, Any] = {"used": len(used), "needs": needs, "category": needs.path if needs else ()}
    if action == "brand":
        return found | {"brands": categories.brands(shop, needs.id, limit=500) if needs else []}
    return found | {"wanted": product_attributes(needs), "control": panel.control}


def used_categories(chosen: Selection, shop: Shop) -> list[str]:
    """The effective categories of the selected listings ("" where there is none)."""
    default = db.session.scalar(select(Profile.category_id).where(Profile.shop_id == shop.id, Profile.is_default)) or ""
    own = db.session.scalars(
        select(Listing.fields["category"].as_string()).where(Listing.id.in_(chosen.query(shop))).distinct()
    )
    return sorted({default if category_id is None else category_id for category_id in own})


def product_attributes(needs: CategoryNeeds | None) -> list[Any]:
    """Required ones first."""
    wanted = [need for need in needs.attributes if need.kind == "product"] if needs else []
    return sorted(wanted, key=lambda need: not need.required)


@listings.post("/bulk/<action>")
def bulk_save(action: str) -> Response:
    chosen = selection.read()
    shop = one_shop(chosen)
    if shop is None or action not in ACTIONS:
        return show_form(action, 422)
    back = url_for("listings.index", **as_query(chosen.filter))
    if action == "remove":
        return removed(chosen, shop, back)
    try:
        values = read_values(action, chosen, shop)
        result = service.set_many(g.actor, shop, chosen.query(shop), values)
    except Invalid as wrong:
        db.session.rollback()
        return show_form(action, 422, wrong.text)
    if isinstance(result, int):
        response = done(
            back, toast=f"{result:,} {'listing' if result == 1 else 'listings'} changed.", event="listings-changed"
        )
        db.session.commit()
    else:
        here = within(f"/activities/{result.activity.id}")
        response = done(
            here, fragment="listings/_moving.html", event="activities-changed", activity=result.activity, back=back
        )
        launch(result.activity)
    read_new_category(values.get("category"), shop.id)
    editing.wake()
    return response


def read_new_category(category_id: str | None, shop_id: int) -> None:
    """What a category demands is read by a worker when nobody has asked yet."""
    if category_id and editing.unread(shop_id, category_id):
        ring_job("live", "jobs.needs.read", g.actor.store_id, shop_id, category_id)


def read_values(action: str, chosen: Selection, shop: Shop) -> dict[str, Any]:
    """The posted values by field; at least one, else there is nothing to set."""
    form = request.form
    if action == "category":
        return {"category": form.get("category", "")}
    if action == "brand":
        used = used_categories(chosen, shop)
        return {"brand": None if form.get("reset") else forms.brand(shop, used[0] if len(used) == 1 else "", form)}
    if action == "package":
        values: dict[str, Any] = {}
        if form.get("weight", "").strip():
            values["weight"] = forms.weight(form)
        if any(form.get(side, "").strip() for side in ("length", "width", "height")):
            size = forms.dimensions(form)
            values["dimensions"] = {**size, "unit": form.get("length_unit", "")}
    else:
        used = used_categories(chosen, shop)
        needs = categories.needs(shop, used[0]) if len(used) == 1 and used[0] else None
        given = {need: form.getlist(f"attribute-{need.id}") for need in product_attributes(needs)}
        values = {
            f"attributes.{need.id}": found for need, raw in given.items() if (found := forms.attribute(need, raw))
        }
    if not values:
        raise Invalid("Nothing is filled in, so nothing would change. Fill in at least one value.")
    return values


def removed(chosen: Selection, shop: Shop, back: str) -> Response:
    count = service.unstage(g.actor, chosen.query(shop))
    text = f"{count:,} {'listing' if count == 1 else 'listings'} removed. The products stay where they are."
    response = done(back, toast=text, event="listings-changed")
    db.session.commit()
    return response
