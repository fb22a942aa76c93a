"""Settings: authorization, warehouses, default profile, default configuration."""

from typing import Any

from flask import Blueprint, Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from blueprints.page import done, page, trigger
from blueprints.places import cell
from blueprints.settings import editor, mapping_form
from blueprints.settings.configuration_page import configuration_data, save_configuration
from blueprints.settings.warehouse_page import warehouse_data
from domain.publishing_models import LINES, WORDS
from domain.scopes import PERMISSIONS
from models import Shop, db
from services import categories, profiles, readings, shops, warehouses
from services.errors import Invalid, NotFound
from services.shops.overview import overview

settings_area = Blueprint("settings", __name__, url_prefix="/s/<store_hash>/settings")


def frame(place: str) -> dict[str, Any]:
    return {"active": "settings", "place": place, "shops": g.shops}


def chosen_shop() -> Shop:
    """The shop the page is about: the chosen one, else the first."""
    shop: Shop | None = g.shop or next(iter(g.shops), None)
    if shop is None:
        raise NotFound("No TikTok shop is connected yet.", "Connect TikTok Shop", "/wizard/connect")
    return shop


@settings_area.get("/")
def index() -> Answer:
    """The first of the settings' pages that one may see."""
    places = ("settings.authorization", "settings.configuration", "profiles.index", "spreadsheets.index", "people.me")
    seen = (name for name in places if (wanted := cell(name, "GET")) is None or g.access.may(*wanted))
    return redirect(url_for(next(seen)), 303)


@settings_area.get("/authorization")
def authorization() -> Response:
    """Every account with its shops: kind, market, nickname, state, permissions, how long the consent lasts."""
    found = overview(g.access, g.shops)
    return page(
        "settings/authorization.html",
        **frame("authorization"),
        overview=found,
        permissions=PERMISSIONS,
        publishing_models=[(model.value, word, LINES[model]) for model, word in WORDS.items()],
    )


@settings_area.post("/authorization/<int:shop_id>/refresh")
def refresh(shop_id: int) -> Response:
    reader = readings.prepare(g.store, shops.get(shop_id))
    db.session.commit()  # no transaction is open while the platforms answer
    text = readings.record(shop_id, reader.fetch())
    back = "warehouses" if request.form.get("back") == "warehouses" else "authorization"
    response = done(url_for(f"settings.{back}"), toast=text, tone="info")
    db.session.commit()
    return response


@settings_area.get("/authorization/<int:shop_id>/disconnect")
def parting(shop_id: int) -> Response:
    """What a disconnect stops, before it happens."""
    shop = shops.get(shop_id)
    return page("settings/disconnect.html", **frame("authorization"), shop=shop, parting=shops.parting(shop))


@settings_area.post("/authorization/<int:shop_id>/disconnect")
def disconnect(shop_id: int) -> Response:
    shop = shops.get(shop_id)
    shops.disconnect(g.actor, shop)
    response = done(
        url_for("settings.authorization", shop=None), toast=f"“{shop.name}” is disconnected.", event="notices"
    )
    db.session.commit()
    return response


def warehouses_page() -> Response:
    shop = chosen_shop()
    return page("settings/warehouses.html", **(frame("warehouses") | warehouse_data(shop, "settings")))


settings_area.add_url_rule("/warehouses", "warehouses", warehouses_page, methods=["GET"])


@settings_area.post("/warehouses")
def change_warehouses() -> Response:
    """Confirms an open mapping; a confirmed one only grows."""
    shop = chosen_shop()
    chosen = mapping_form.chosen_locations(request.form)
    try:
        if shop.mapping_locked_at is None:
            warehouses.confirm(g.actor, shop, chosen)
            text = "The mapping is active and locked."
        else:
            text = f"{warehouses.add(g.actor, shop, chosen)} added."
    except Invalid as wrong:
        return page(
            "settings/warehouses.html",
            status=422,
            **(frame("warehouses") | warehouse_data(shop, "settings", chosen, wrong.text)),
        )
    response = done(url_for("settings.warehouses"), toast=text)
    db.session.commit()
    return response


@settings_area.get("/configuration")
def configuration() -> Response:
    return page("settings/configuration.html", **(frame("configuration") | configuration_data()))


@settings_area.post("/configuration")
def keep_configuration() -> Response:
    form = save_configuration()
    if form.errors:
        return page("settings/configuration.html", status=422, **(frame("configuration") | configuration_data(form)))
    response = done(url_for("settings.configuration"), toast="Saved.")
    db.session.commit()
    return response


@settings_area.get("/profile")
def profile() -> Response:
    shop = chosen_shop()
    return page("settings/profile.html", **(frame("profile") | editor.page_data(shop, "settings")))


@settings_area.post("/profile/category")
def choose_category() -> Response:
    editor.choose(chosen_shop(), request.form.get("category", ""))
    response = done(url_for("settings.profile"))
    db.session.commit()
    return response


@settings_area.post("/profile")
def save_profile() -> Response:
    shop = chosen_shop()
    faults = {} if "redraw" in request.form else editor.save(shop)
    if faults or "redraw" in request.form:
        data = editor.page_data(shop, "settings", posted=True, faults=faults)
        return page("settings/profile.html", status=422 if faults else 200, **(frame("profile") | data))
    response = done(url_for("settings.profile"), toast="The profile is saved; listings are being rechecked.")
    db.session.commit()
    return response


@settings_area.get("/profile/results")
def results() -> Response:
    """Category search as one types, shared by the wizard and the settings."""
    shop = chosen_shop()
    return page("settings/_results.html", "settings/_results.html", base=_base(), shop=shop, **editor.picker_data(shop))


@settings_area.get("/profile/row")
def row() -> Response:
    """One line of the mapping after its map type changed."""
    shop = chosen_shop()
    found = editor.row_data(shop, request.args.get("key", ""))
    response = page("settings/_row.html", "settings/_row.html", base=_base(), shop=shop, **found)
    trigger(response, "mapping-changed")
    return response


@settings_area.post("/profile/preview")
def preview() -> Response:
    """The preview of what the form holds; nothing is kept."""
    shop = chosen_shop()
    default = profiles.default(shop)
    needs = categories.needs(shop, default.category_id) if default else None
    if default is None or needs is None:
        raise NotFound("Choose a category first.", "Default profile", "/settings/profile")
    return page(
        "settings/_preview.html",
        "settings/_preview.html",
        base=_base(),
        shop=shop,
        needs=needs,
        profile=default,
        **editor.preview_data(shop, default, needs, posted=True),
    )


def _base() -> str:
    return "wizard" if request.args.get("base") == "wizard" else "settings"
