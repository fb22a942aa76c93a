"""Saving a filter under a name, removing it, choosing columns."""

from typing import Any

from flask import Blueprint, Response, g, request, url_for

from blueprints.page import done, page
from models import db
from services import saved_views as service

views = Blueprint("views", __name__, url_prefix="/s/<store_hash>/views")
LARGEST = 2**63 - 1


@views.app_context_processor
def _words() -> dict[str, Any]:
    """The lists show their bar themselves."""
    return {"saved_views": _saved, "hidden_columns": _hidden, "list_columns": service.COLUMNS}


def _saved(name: str) -> list[tuple[Any, str]]:
    """(filter, its address) of a list."""
    return [(view, url_for(f"{name}.index", **view.query)) for view in _bar(name).views]


def _hidden(name: str) -> list[str]:
    return _bar(name).hidden


def _bar(name: str) -> service.Bar:
    """Read once a request."""
    bars: dict[str, service.Bar] = g.setdefault("bars", {})
    if name not in bars:
        bars[name] = service.bar(g.person.id, name)
    return bars[name]


@views.get("/new")
def form() -> Response:
    """The filter that is shown, to be named."""
    name = request.args.get("page", "")
    return page("views/new.html", "views/_new.html", active=name, of=name, query=service.filter_of(name, request.args))


@views.post("/")
def save() -> Response:
    name = request.form.get("page", "")
    query: dict[str, Any] = service.filter_of(name, request.form)
    service.save(g.actor, name, request.form.get("name", ""), query, bool(request.form.get("shared")))
    where = url_for(f"{name}.index", **query)
    db.session.commit()
    return done(where, toast="The filter is saved.")


@views.post(f"/<int(max={LARGEST}):view_id>/remove")
def remove(view_id: int) -> Response:
    name = service.remove(g.actor, view_id)
    db.session.commit()
    return done(url_for(f"{name}.index"), toast="The filter is gone.", tone="info")


@views.post("/columns")
def columns() -> Response:
    name = request.form.get("page", "")
    service.choose(g.actor, name, request.form.getlist("column"))
    db.session.commit()
    return done(url_for(f"{name}.index"))
