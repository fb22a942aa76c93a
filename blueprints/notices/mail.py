"""Which notices a person gets by mail; what was sent to them."""

from typing import Any

from flask import Response, g, request, url_for

from blueprints.notices.routes import notices
from blueprints.page import done, page
from models import MailWish, db
from models.present import has_table
from services import setup
from services.errors import ServiceError
from services.mail import outbox, wishes

__all__ = ["notices"]
WAITS = ServiceError("Mail is being prepared: the database is being brought up to date. Try again in a minute.")
WAITS.status = 503


@notices.get("/mail")
def mail() -> Response:
    return page("notices/mail.html", active="", **_data())


@notices.post("/mail")
def choose_mail() -> Response:
    """What the person wants from now on."""
    _present()
    wishes.choose(g.person, request.form.get("level", ""))
    db.session.commit()
    return done(url_for("notices.mail"), toast="Saved. Mail begins with what happens from now on.")


@notices.post("/mail/try")
def try_mail() -> Response:
    _present()
    wishes.try_out(g.person)
    db.session.commit()
    return done(url_for("notices.mail"), toast="A letter is on its way. It should arrive within a minute.")


def _present() -> None:
    if not has_table(MailWish):
        raise WAITS


def _data() -> dict[str, Any]:
    _present()
    return {
        "levels": wishes.LEVELS,
        "level": wishes.level_of(g.person),
        "person": g.person,
        "letters": outbox.recent(g.person.email) if g.person.email else [],
        "is_sending": bool(setup.config().smtp_url),
    }
