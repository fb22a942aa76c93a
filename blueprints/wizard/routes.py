"""Connect → warehouses → default profile → default configuration → done. Any user of the store can go on where it was
left."""

from typing import Any

from flask import Blueprint, Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from blueprints.page import done, page
from blueprints.settings import editor, mapping_form
from blueprints.settings.configuration_page import configuration_data, save_configuration
from blueprints.settings.warehouse_page import warehouse_data
from blueprints.tiktok.routes import consent_data
from jobs.launch import launch
from models import Shop, db
from services import catalog, readings, warehouses, wizard
from services.errors import Invalid

wizard_area = Blueprint("wizard", __name__, url_prefix="/s/<store_hash>/wizard")


def frame(step: str, shop: Shop | None) -> dict[str, Any]:
    """What the head of every step shows."""
    return {"steps": wizard.steps(g.store, shop, step), "step": step, "shop": shop, "active": "wizard"}


def shop_for(step: str) -> Shop:
    return wizard.require(g.store, wizard.shop_of(g.shop), step)


@wizard_area.get("/")
def index() -> Answer:
    """Leads to the step that is next."""
    step = wizard.next_step(g.store, wizard.shop_of(g.shop)) or "done"
    return redirect(url_for(f"wizard.{step}"), 303)


@wizard_area.get("/connect")
def connect() -> Response:
    shop = wizard.shop_of(g.shop)
    return page("wizard/connect.html", **(frame("connect", shop) | consent_data(back="wizard")))


def warehouses_step() -> Response:
    shop = shop_for("warehouses")
    return page("wizard/warehouses.html", **(frame("warehouses", shop) | warehouse_data(shop, "wizard")))


wizard_area.add_url_rule("/warehouses", "warehouses", warehouses_step, methods=["GET"])


@wizard_area.post("/warehouses")
def confirm_warehouses() -> Response:
    """Confirm & Activate: keeps and locks the mapping, and starts the import, so that the next step can show real
    products."""
    shop = shop_for("warehouses")
    chosen = mapping_form.chosen_locations(request.form)
    try:
        warehouses.confirm(g.actor, shop, chosen)
    except Invalid as wrong:
        data = warehouse_data(shop, "wizard", chosen, wrong.text)
        return page("wizard/warehouses.html", status=422, **(frame("warehouses", shop) | data))
    wizard.mark(g.actor, g.store, "warehouses")
    started = catalog.start_import(g.actor)
    response = done(
        url_for("wizard.profile"), toast="The mapping is active and locked. Your catalog is being imported meanwhile."
    )
    launch(started.activity)
    return response


@wizard_area.post("/warehouses/refresh")
def refresh_warehouses() -> Response:
    shop = shop_for("warehouses")
    reader, shop_id = readings.prepare(g.store, shop), shop.id
    db.session.commit()  # no transaction is open while the platforms answer
    text = readings.record(shop_id, reader.fetch())
    response = done(url_for("wizard.warehouses"), toast=text, tone="info")
    db.session.commit()
    return response


@wizard_area.get("/profile")
def profile() -> Response:
    shop = shop_for("profile")
    return page("wizard/profile.html", **(frame("profile", shop) | editor.page_data(shop, "wizard")))


@wizard_area.post("/profile/category")
def choose_category() -> Response:
    editor.choose(shop_for("profile"), request.form.get("category", ""))
    response = done(url_for("wizard.profile"))
    db.session.commit()
    return response


@wizard_area.post("/profile")
def save_profile() -> Response:
    shop = shop_for("profile")
    faults = {} if "redraw" in request.form else editor.save(shop)
    if faults or "redraw" in request.form:
        data = editor.page_data(shop, "wizard", posted=True, faults=faults)
        return page("wizard/profile.html", status=422 if faults else 200, **(frame("profile", shop) | data))
    wizard.mark(g.actor, g.store, "profile")
    response = done(url_for("wizard.configuration"))
    db.session.commit()
    return response


@wizard_area.get("/configuration")
def configuration() -> Response:
    shop = shop_for("configuration")
    return page("wizard/configuration.html", **(frame("configuration", shop) | configuration_data()))


@wizard_area.post("/configuration")
def keep_configuration() -> Response:
    shop = shop_for("configuration")
    form = save_configuration()
    if form.errors:
        return page(
            "wizard/configuration.html", status=422, **(frame("configuration", shop) | configuration_data(form))
        )
    wizard.mark(g.actor, g.store, "configuration")
    response = done(url_for("wizard.done"))
    db.session.commit()
    return response


def done_step() -> Response:
    """Everything once more before the start."""
    shop = shop_for("done")
    data: dict[str, Any] = {
        "summary": wizard.summary(g.store, shop),
        "moving": catalog.moving(),
        "imported": catalog.last(),
        "finished": not wizard.next_step(g.store, shop),
    }
    return page("wizard/done.html", **(frame("done", shop) | data))


wizard_area.add_url_rule("/done", "done", done_step, methods=["GET"])


@wizard_area.post("/done")
def start() -> Response:
    """Ends the wizard; the dashboard is the start page from now on."""
    shop_for("done")
    wizard.mark(g.actor, g.store, "done")
    response = done(f"/s/{g.store_hash}/")
    db.session.commit()
    return response
