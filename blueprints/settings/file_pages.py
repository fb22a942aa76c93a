"""Settings as a file: written, compared, read back; two shops laid beside each other; one setting found by a word."""

from typing import Any

from flask import Blueprint, Response, g, request, url_for

from blueprints.page import done, page
from domain.settings import MEANING
from jobs.launch import launch
from models import db
from services.errors import Invalid
from services.people.access import of
from services.portable import differences, document, reading
from services.portable.reading import Plan

settings_file = Blueprint("settings_file", __name__, url_prefix="/s/<store_hash>/settings/file")
WORDS = (  # settings that are no part of the configuration: (name, what it is for, endpoint)
    ("Connected shops", "Nickname, company, reconnect, disconnect, permissions", "settings.authorization"),
    ("Warehouses", "Which location is sold from which TikTok warehouse, fulfilment services", "settings.warehouses"),
    ("Change of the mapping", "Re-map, undo, versions", "remap.show"),
    ("Push rules", "Share, addition, cap, threshold and guard of one shop, warehouse or product", "stock.rule_list"),
    ("Orders", "Which orders are downloaded, grouping, statuses", "order_settings.show"),
    ("Default profile", "Category, attributes, package", "settings.profile"),
    ("Profiles", "Rules that prepare products", "profiles.index"),
    ("People and roles", "Who may do what", "people.index"),
    ("Connection doctor", "What is wrong with a connection", "doctor.index"),
    ("Settings as a file", "Export, import, compare shops", "settings_file.show"),
)


@settings_file.get("/")
def show() -> Response:
    """Export, import, and two shops compared when two are named."""
    shops = {str(shop.id): shop for shop in g.shops}
    one, other = shops.get(request.args.get("one", "")), shops.get(request.args.get("other", ""))
    found = None
    if one and other:
        found = differences.between(document.of_rules(one), document.of_rules(other))
    return _page(one=one, other=other, compared=found)


@settings_file.get("/settings.json")
def export() -> Response:
    """The whole configuration as text."""
    response = Response(
        document.text(document.of_store(g.store, g.shops, of(g.actor).owns)), mimetype="application/json"
    )
    response.headers["Content-Disposition"] = f"attachment; filename=causeway-{g.store.hash}.json"
    return response


@settings_file.post("/look")
def look() -> Response:
    """What the file would change; nothing is kept."""
    text, chosen = _text(), _chosen()
    try:
        plan = reading.look(g.actor, g.store, text, g.shops, chosen)
    except Invalid as wrong:
        return _page(text=text, fault=wrong.text, status=422)
    return _page(text=text, plan=plan, wanted=reading.read(text).get("shops", {}), chosen=chosen)


@settings_file.post("/")
def read() -> Response:
    """Imports what was compared."""
    applied = reading.apply(
        g.actor, g.store, request.form.get("text", ""), g.shops, _chosen(), request.form.get("seen", "")
    )
    left = len(applied.refusals)
    text = f"Imported; {left} {'part was' if left == 1 else 'parts were'} left out." if left else "Imported."
    response = done(url_for("settings_file.show"), toast=text, tone="warning" if left else "success")
    db.session.commit()
    for activity in applied.activities:
        launch(activity)
    return response


@settings_file.get("/find")
def find() -> Response:
    """Settings whose name or description has the word."""
    word = request.args.get("q", "").strip()[:60].casefold()
    found = [
        (label, what, url_for("settings.configuration", _anchor=name), when)
        for name, (label, what, when) in MEANING.items()
        if word and word in f"{label} {what}".casefold()
    ]
    found += [
        (label, what, url_for(endpoint), "")
        for label, what, endpoint in WORDS
        if word and word in f"{label} {what}".casefold()
    ]
    return page("settings/find.html", active="settings", place="", word=request.args.get("q", ""), found=found)


def _text() -> str:
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        try:
            return str(upload.read(4 * reading.LARGEST), "utf-8-sig")
        except UnicodeDecodeError:
            return ""
    return request.form.get("text", "")


def _chosen() -> dict[str, str]:
    """`into-<shop of the file>` = TikTok's id of the shop it is for; empty: none."""
    return {name.removeprefix("into-"): value for name, value in request.form.items() if name.startswith("into-")}


def _page(*, text: str = "", plan: Plan | None = None, fault: str = "", status: int = 200, **more: Any) -> Response:
    data: dict[str, Any] = {"one": None, "other": None, "compared": None, "wanted": {}, "chosen": {}, **more}
    return page(
        "settings/file.html",
        "settings/_file.html",
        status=status,
        active="settings",
        place="file",
        text=text,
        plan=plan,
        fault=fault,
        here={shop.tiktok_id: shop.name for shop in g.shops},
        **data,
    )
