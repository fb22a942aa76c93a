"""People and their roles, a role's matrix, the app seen as a role, the audit log."""

from typing import Any

from flask import Blueprint, Response, g, request, url_for

from blueprints import cookies
from blueprints.page import done, page
from domain.capabilities import WORDS, ShopKind
from domain.roles import CELLS, MATRIX, MEMBER, STARTERS, Access, Action
from models import Role, db
from services import shops
from services.errors import Invalid
from services.people import audit, roles, trials

people_area = Blueprint("people", __name__, url_prefix="/s/<store_hash>/people")


def frame(place: str) -> dict[str, Any]:
    return {"active": "settings", "place": place, "matrix": MATRIX, "actions": tuple(Action), "member": MEMBER}


@people_area.get("/")
def index() -> Response:
    """Everybody who came in from BigCommerce, with their role; the roles there are."""
    found = roles.all_roles()
    return page(
        "people/index.html",
        **frame("people"),
        people=roles.people(),
        roles=[(role, roles.summary(roles.of(role))) for role in found],
        uses=roles.uses(),
        member_summary=roles.summary(MEMBER),
        starters=[name for _, name in ((text, one.name) for text, one in STARTERS)],
        may=g.access.owns,
    )


@people_area.post("/<int:person_id>/role")
def give(person_id: int) -> Response:
    text = roles.give(g.actor, person_id, request.form.get("role", 0, type=int))
    response = done(url_for("people.index", shop=None), toast=text)
    db.session.commit()
    return response


@people_area.post("/starters")
def starters() -> Response:
    """Roles to begin with."""
    count = roles.add_starters(g.actor)
    response = done(url_for("people.index", shop=None), toast=f"{count} roles added.")
    db.session.commit()
    return response


@people_area.get("/roles/new")
def new() -> Response:
    return _editor(None, MEMBER)


@people_area.get("/roles/<int:role_id>")
def edit(role_id: int) -> Response:
    role = roles.get(role_id)
    return _editor(role, roles.of(role))


def _editor(role: Role | None, shown: Access, fault: str = "", name: str | None = None) -> Response:
    trial = trials.current(g.person.id) if g.access.owns else None
    if trial is not None and not fault and trial[0].role_id == (role.id if role else 0):
        if "fresh" in request.args:
            trial = None
        else:
            shown, name = trial[1], trial[1].name  # what was tried on and is not saved yet
    else:
        trial = None
    return page(
        "people/role.html",
        status=422 if fault else 200,
        **frame("people"),
        role=role,
        shown=shown,
        name=name if name is not None else (role.name if role else ""),
        fault=fault,
        unsaved=trial is not None,
        shops=[(shop, WORDS[ShopKind(shop.kind)]) for shop in shops.active()],
        may=g.access.owns,
    )


@people_area.post("/roles/new")
def create() -> Response:
    return _act(None)


@people_area.post("/roles/<int:role_id>")
def change(role_id: int) -> Response:
    return _act(roles.get(role_id))


def _act(role: Role | None) -> Response:
    """Saves the posted matrix, or shows the app as it would be."""
    roles.require_owner(g.actor)
    name, cells = request.form.get("name", ""), request.form.getlist("cell")
    ordinary, ids = (
        request.form.get("reach") != "named",
        [int(one) for one in request.form.getlist("shop_id") if _key(one)],
    )
    try:
        wanted = roles.read(name, cells, ordinary, ids)
        if "try" in request.form:
            trials.begin(g.actor, wanted, role.id if role else 0)
            response = done(url_for("dashboard.index", shop=None))
            cookies.put_trial(response, g.store_hash, int(trials.LIFE.total_seconds()))
        else:
            saved = roles.save(g.actor, role, wanted, request.form.get("version", type=int) if role else None)
            trials.end(g.actor)
            response = done(url_for("people.index", shop=None), toast=f"Role “{saved.name}” is saved and acts now.")
            cookies.drop(response, cookies.TRIAL + g.store_hash)
    except Invalid as wrong:
        db.session.rollback()
        typed = Access(
            name or "", frozenset(cell for cell in CELLS if f"{cell[0]}:{cell[1]}" in cells), ordinary, frozenset(ids)
        )
        return _editor(role and roles.get(role.id), typed, wrong.text, name)
    db.session.commit()
    return response


def _key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


@people_area.post("/trial/end")
def end_trial() -> Response:
    """Back to one's own eyes."""
    trial = trials.current(g.person.id)  # its matrix stays in the editor until it is saved or left
    where = url_for("people.index", shop=None)
    if trial is not None:
        role_id = trial[0].role_id
        where = url_for("people.edit", role_id=role_id, shop=None) if role_id else url_for("people.new", shop=None)
    response = done(where)
    cookies.drop(response, cookies.TRIAL + g.store_hash)
    db.session.commit()
    return response


@people_area.get("/roles/<int:role_id>/remove")
def parting(role_id: int) -> Response:
    """Who loses the role, before it goes."""
    role = roles.get(role_id)
    having = [one.person.email for one in roles.people() if one.role is not None and one.role.id == role.id]
    return page("people/remove.html", **frame("people"), role=role, having=having)


@people_area.post("/roles/<int:role_id>/remove")
def remove(role_id: int) -> Response:
    role = roles.get(role_id)
    name = role.name
    roles.remove(g.actor, role)
    response = done(url_for("people.index", shop=None), toast=f"Role “{name}” is removed.")
    db.session.commit()
    return response


@people_area.get("/log")
def log() -> Response:
    """Who did what, newest first."""
    person_id, text = request.args.get("person", 0, type=int), request.args.get("q", "")
    found = audit.find(person_id, text, request.args.get("before", 0, type=int))
    older = url_for("people.log", person=person_id or None, q=text or None, before=found.older) if found.older else ""
    return page(
        "people/log.html",
        **frame("log"),
        found=found,
        people=[one.person for one in roles.people()],
        person_id=person_id,
        text=text,
        older=older,
    )


@people_area.get("/me")
def me() -> Response:
    """One's own role, for whoever wonders why something is not there."""
    return page("people/me.html", **frame("me"), shown=g.access)
