"""Profiles: list, form with Run Query and effects, rule, deletion."""

from flask import Blueprint, Response, g, request, url_for

from blueprints.layout import within
from blueprints.page import done, page
from blueprints.profiles import editor, typed
from blueprints.profiles.typed import Typed
from jobs.launch import launch
from models import Profile, Shop, db
from services import profile_edits, profile_effects, profile_list, profile_members, profiles, shops
from services.activities import Started
from services.errors import NotFound, ServiceError

profiles_area = Blueprint("profiles", __name__, url_prefix="/s/<store_hash>/profiles")
LARGEST = 2**63 - 1
ID = f"<int(max={LARGEST}):profile_id>"
FORM = "profiles/_form.html"


@profiles_area.before_request
def migrated() -> None:
    profile_members.demand()


def chosen_shop() -> Shop:
    """The shop the page is about: the chosen one, else the first."""
    shop: Shop | None = g.shop or next(iter(g.shops), None)
    if shop is None:
        raise NotFound("No TikTok shop is connected yet.", "Connect TikTok Shop", "/wizard/connect")
    return shop


def number(name: str, otherwise: int) -> int:
    value = request.args.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else otherwise


@profiles_area.get("/")
def index() -> Response:
    """The list, or its region alone for HTMX."""
    shop, search = chosen_shop(), request.args.get("q", "").strip()[:100]
    size = number("size", profile_list.SIZES[0])
    size = size if size in profile_list.SIZES else profile_list.SIZES[0]
    shown = profile_list.page(shop, search, size, number("page", 1))
    return page(
        "profiles/index.html",
        "profiles/_list.html",
        active="listings",
        shop=shop,
        shops=g.shops,
        shown=shown,
        search=search,
        size=size,
        sizes=profile_list.SIZES,
        activity=profile_edits.moving(shop),
        has_default=profiles.is_complete(profiles.default(shop)),
    )


@profiles_area.get("/new")
def new() -> Response:
    return page("profiles/form.html", **editor.data(chosen_shop(), None, Typed(is_default=False)))


@profiles_area.get(f"/{ID}")
def edit(profile_id: int) -> Response:
    profile = profile_edits.get(profile_id)
    return page("profiles/form.html", **editor.data(shops.get(profile.shop_id), profile, typed.saved(profile)))


@profiles_area.get(f"/{ID}/rule")
def rule(profile_id: int) -> Response:
    """View Rule."""
    profile = profile_edits.get(profile_id)
    line = next(one for one in profile_list.lines(shops.get(profile.shop_id)) if one.id == profile_id)
    return page("profiles/rule.html", "profiles/_rule.html", active="listings", line=line)


@profiles_area.post("/new")
def create() -> Response:
    return answer(chosen_shop(), None)


@profiles_area.post(f"/{ID}")
def act(profile_id: int) -> Response:
    profile = profile_edits.get(profile_id)
    return answer(shops.get(profile.shop_id), profile)


def answer(shop: Shop, profile: Profile | None) -> Response:
    """What the pressed button asks: another row, another category, Run Query, or saving."""
    pressed, form = request.form.get("act", "save"), editor.read_form(shop, bool(profile and profile.is_default))
    if pressed == "save":
        return saving(shop, profile, form)
    if pressed == "query":
        found = editor.matches(shop, profile, form)
        return shown(shop, profile, form, 422 if "faults" in found else 200, **found)
    if pressed == "add":
        form = form.with_row()
    elif pressed.startswith("drop:") and pressed[5:].isdigit():
        form = form.without_row(int(pressed[5:]))
    elif pressed.startswith("category:"):
        return choosing(shop.id, profile.id if profile else None, form, pressed.removeprefix("category:"))
    return shown(shop, profile, form, changing=pressed in ("change", "find") or pressed.startswith("in:"))


def shown(shop: Shop, profile: Profile | None, form: Typed, status: int = 200, **more: object) -> Response:
    return page("profiles/form.html", FORM, status=status, **editor.data(shop, profile, form, **more))


def choosing(shop_id: int, profile_id: int | None, form: Typed, category_id: str) -> Response:
    more: dict[str, object] = {}
    try:
        form = editor.choose(shop_id, form, category_id)
    except ServiceError as refused:
        db.session.rollback()
        more = {"faults": {"category": refused.text}, "changing": True}
    profile = profile_edits.get(profile_id) if profile_id else None
    return shown(shops.get(shop_id), profile, form, 422 if more else 200, **more)


def saving(shop: Shop, profile: Profile | None, form: Typed) -> Response:
    """First what would change, then, pressed again with nothing altered meanwhile, the change itself."""
    wrong = editor.wrong_of(shop, profile, form)
    if wrong:
        return shown(shop, profile, form, 422, faults=wrong)
    digest = form.digest(profile.version if profile else 0)
    if request.form.get("seen") != digest:
        effects = profile_effects.of_save(g.actor, shop, profile, form.change())
        return shown(shop, profile, form, effects=effects, seen=digest)
    version = request.form.get("version", "")
    started = profile_edits.save(g.actor, shop, profile, form.change(), int(version) if version.isdigit() else None)
    return gone(shop, started, "Saved.")


def gone(shop: Shop, started: Started, text: str) -> Response:
    """Back to the list, where the activity can be watched."""
    response = done(
        url_for("profiles.index", shop=shop.id if len(g.shops) > 1 else None),
        toast=f"{text} Products and listings are brought to it.",
        action="Watch",
        url=within(f"/activities/{started.activity.id}"),
    )
    launch(started.activity)
    return response


@profiles_area.get(f"/{ID}/delete")
def parting(profile_id: int) -> Response:
    """Where its products would go, before it is deleted."""
    profile = profile_edits.get(profile_id)
    shop = shops.get(profile.shop_id)
    effects = profile_effects.of_delete(shop, profile)
    return page("profiles/delete.html", active="listings", profile=profile, shop=shop, effects=effects)


@profiles_area.post(f"/{ID}/delete")
def delete(profile_id: int) -> Response:
    profile = profile_edits.get(profile_id)
    shop = shops.get(profile.shop_id)
    started = profile_edits.delete(g.actor, shop, profile)
    return gone(shop, started, f"“{profile.name}” is deleted.")
