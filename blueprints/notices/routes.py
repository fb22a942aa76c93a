"""Notices: the bell's list."""

from flask import Blueprint, Response, url_for

from blueprints.page import done, page
from models import db
from services import notices as service
from services.errors import NotFound

notices = Blueprint("notices", __name__, url_prefix="/s/<store_hash>/notices")


@notices.get("/")
def index() -> Response:
    return page("notices/index.html", "notices/_list.html", notices=service.open_notices())


@notices.get("/bell")
def bell() -> Response:
    """The bell alone; the event `notices` refreshes it."""
    return page("notices/_bell.html", "notices/_bell.html")


@notices.post("/seen")
def seen() -> Response:
    service.mark_seen()
    rows = service.open_notices()
    response = done(url_for("notices.index"), fragment="notices/_list.html", event="notices", notices=rows)
    db.session.commit()
    return response


@notices.post("/<int:notice_id>/dismiss")
def dismiss(notice_id: int) -> Response:
    notice = service.get(notice_id)
    if notice is None:
        raise NotFound("This notice is settled already.", "See all notices", "/notices/")
    service.dismiss(notice)
    rows = service.open_notices()
    response = done(url_for("notices.index"), fragment="notices/_list.html", event="notices", notices=rows)
    db.session.commit()
    return response
