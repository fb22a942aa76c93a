"""Error pages: what happened, why, and the one thing to press. Our own bugs get a reference number."""

import math
from dataclasses import dataclass

from flask import Flask, Response, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, InternalServerError, RequestEntityTooLarge

from blueprints import conflicts
from blueprints.guard import SessionLost
from blueprints.limits import TooOften
from blueprints.page import note_of, partial, trigger
from models import db
from services import logs
from services.errors import ServiceError, Stale

MIB = 1024 * 1024
log = logs.logger(__name__)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One kind of refusal, in a title and a sentence."""

    title: str
    text: str


KNOWN = {
    400: Trouble("This request cannot be read", "The address or the form is incomplete. Go back and try again."),
    403: Trouble("You may not do this", "Your user has no permission for it. The store owner can give it to you."),
    404: Trouble(
        "There is nothing here",
        "The page does not exist, or it belongs to a store this browser is not signed in to. "
        "In that case open the app from that store's control panel.",
    ),
    405: Trouble("This address cannot be opened directly", "It only takes the form that leads to it. Go back."),
    409: Trouble(
        "Somebody else changed this meanwhile", "Nothing of yours was saved. Reload to see what is there now."
    ),
    413: Trouble("This is too large", "The form or file is larger than this page accepts. Send a smaller one."),
    414: Trouble("This address is too long", "So much cannot be asked for in one address. Go back and choose less."),
    422: Trouble("This cannot be saved as it is", "One of the values is not valid. Go back and correct it."),
    429: Trouble("Too many requests", "Wait a minute and try again."),
}
FORGED = Trouble(
    "This form is no longer valid",
    "It belongs to a session that has ended, or it was sent from another site. Nothing was changed. "
    "Reload the page and try again.",
)
OURS = Trouble(
    "Something went wrong on our side",
    "Nothing more was changed. If it happens again, tell your support this reference:",
)


def install(app: Flask) -> None:
    app.register_error_handler(SessionLost, _session_lost)
    app.register_error_handler(CSRFError, lambda _error: answer(400, FORGED))
    app.register_error_handler(StaleDataError, lambda _error: _stale(Stale(KNOWN[409].text)))
    app.register_error_handler(ServiceError, _refused)
    app.register_error_handler(Stale, _stale)
    app.register_error_handler(TooOften, _too_often)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _ours)


def answer(status: int, trouble: Trouble, *, action: str = "", url: str = "", reference: str = "") -> Response:
    """A page; for HTMX a toast, so that the page and what was typed stay."""
    db.session.rollback()
    if partial():
        response = make_response("", status)
        response.headers["HX-Reswap"] = "none"
        text = f"{trouble.text} {reference}".strip() if reference or not trouble.text else trouble.text
        trigger(response, "", note_of(text, "danger", action, _within(url)))
    else:
        # After a bug of ours nothing is certain, so its page asks the database for nothing.
        frame = "layout.html" if "store" in g and status != 500 else "plain.html"
        response = make_response(
            render_template(
                "errors/error.html",
                frame=frame,
                trouble=trouble,
                action=action,
                url=_within(url),
                reference=reference,
                status=status,
            ),
            status,
        )
    response.vary.add("HX-Request")
    return response


def _within(url: str) -> str:
    return f"/s/{g.store_hash}/{url.lstrip('/')}" if url.startswith("/") and g.get("store_hash") else ""


def _refused(error: ServiceError) -> Response:
    title = KNOWN[404].title if error.status == 404 else "This was not done"
    return answer(error.status, Trouble(title, error.text), action=error.action, url=error.url)


def _stale(error: Stale) -> Response:
    """Both versions side by side, to choose from; for HTMX above the page, where what was typed stays too."""
    db.session.rollback()
    url = _within(error.url)
    trouble = Trouble(KNOWN[409].title, error.text)
    conflict = conflicts.of(url) if "store" in g else None
    if conflict is None:
        return answer(409, trouble, action=error.action, url=error.url)
    again = request.full_path.rstrip("?")
    template = "errors/_conflict.html" if partial() else "errors/conflict.html"
    text = render_template(template, conflict=conflict, trouble=trouble, url=url or again, again=again, above=partial())
    response = make_response(text, 409)
    if partial():
        response.headers["HX-Retarget"] = "#session-notice"
        response.headers["HX-Reswap"] = "innerHTML show:window:top"
    response.vary.add("HX-Request")
    return response


def _session_lost(_error: SessionLost) -> Response:
    """Inside the page a notice appears above it; everything on it stays readable."""
    if partial():
        response = make_response(render_template("errors/_session.html", store_hash=g.store_hash), 401)
        response.headers["HX-Retarget"] = "#session-notice"
        response.headers["HX-Reswap"] = "innerHTML"
        trigger(response, "session-lost")
    else:
        response = make_response(render_template("errors/session.html", store_hash=g.store_hash), 401)
    response.vary.add("HX-Request")
    return response


def _too_often(error: TooOften) -> Response:
    wait = "a second" if error.seconds == 1 else f"{error.seconds} seconds"
    if error.seconds > 90:
        wait = f"{math.ceil(error.seconds / 60)} minutes"
    text = f"This was asked for more often than the app takes it, so it was not done. Try again in {wait}."
    response = answer(429, Trouble(KNOWN[429].title, text))
    response.headers["Retry-After"] = str(error.seconds)
    return response


def _too_large(_error: RequestEntityTooLarge) -> Response:
    most = request.max_content_length or 0
    size = f"{most // MIB} MB" if most >= MIB else f"{most // 1024} KB"
    return answer(413, Trouble(KNOWN[413].title, f"{KNOWN[413].text} The limit here is {size}."))


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if isinstance(error, InternalServerError) or status >= 500:
        return _ours(error)
    if error.response is not None or status < 400:
        return make_response(error.get_response())
    return answer(status, KNOWN.get(status, KNOWN[400]))


def _ours(error: Exception) -> Response:
    log.error("unhandled", exc_info=error, method=request.method, path=request.path)
    return answer(500, OURS, reference=g.get("request_id", ""))
