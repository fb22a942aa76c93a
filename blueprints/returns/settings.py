"""Settings: how requests are handled."""

from flask import Blueprint, Response, g, request, url_for

from blueprints.page import done, page
from domain.returns.reasons import GROUPS
from domain.returns.settings import ReturnSettings
from models import db
from services.returns import rules

return_settings = Blueprint("return_settings", __name__, url_prefix="/s/<store_hash>/settings/returns")
RESTOCK = {"yes": "Back on sale", "ask": "Ask me", "no": "Keep out of sale"}


@return_settings.get("/")
def show() -> Response:
    return page(
        "returns/settings.html",
        active="settings",
        place="returns",
        settings=rules.of(),
        version=rules.version(),
        groups=GROUPS,
        choices=RESTOCK,
        shops=g.shops,
    )


@return_settings.post("/")
def save() -> Response:
    form, hours = request.form, request.form.get("remind_hours", "")
    hidden = set(rules.of().show_only) - {shop.id for shop in g.shops}  # shops this person does not reach stay
    values = {
        "show_only": sorted(hidden | {shop.id for shop in g.shops if form.get(f"shop-{shop.id}") == "show"}),
        "follow": bool(form.get("follow")),
        "restock": {name: form.get(f"restock-{name}", "") for name in GROUPS},
        "remind_hours": int(hours) if hours.isascii() and hours.isdigit() and len(hours) < 4 else 12,
    }
    version = form.get("version", "")
    rules.save(g.actor, ReturnSettings.from_json(values), int(version) if version.isdigit() else 0)
    response = done(url_for("return_settings.show"), toast="Saved. It counts for requests from now on.")
    db.session.commit()
    return response
