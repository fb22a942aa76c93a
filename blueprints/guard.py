"""Who may see a store's pages. Everything below /s/<store_hash>/ passes here: session, store, tenant, forged forms."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, NoReturn, TypeVar

from flask import Flask, Response, abort, current_app, g, request, session
from flask.sessions import SessionInterface, SessionMixin
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestURITooLarge, Unauthorized

from blueprints import cookies, limits
from blueprints.headers import LARGEST_BODY, origin
from blueprints.places import cell
from config import Config
from domain.roles import Access
from models import Shop, db, reach
from models.engine import read_only
from models.tenancy import tenant
from services import admission, logs, sessions
from services.actor import Actor
from services.admission import Admitted
from services.errors import Forbidden
from services.people import access as rights
from services.people import audit, trials

SAFE = ("GET", "HEAD", "OPTIONS")
UNRECORDED = {"notices", "views"}  # what people arrange for themselves
LARGEST_KEY = 2**63 - 1
LONGEST_QUERY, LONGEST_PATH = 12 * 1024, 2 * 1024  # characters; a launch token has at most 8 KiB
View = TypeVar("View", bound=Callable[..., Any])
csrf = CSRFProtect()


class SessionLost(Unauthorized):
    """Nobody is signed in to this store in this browser; the page says how to come back."""


def writes(view: View) -> View:
    """Marks a view that changes something on GET: sign-in and OAuth callbacks."""
    view.writes = True  # type: ignore[attr-defined]
    return view


def accepts(size: int) -> Callable[[View], View]:
    """Lets a view take a body of up to `size` bytes instead of one mebibyte."""

    def mark(view: View) -> View:
        view.largest_body = size  # type: ignore[attr-defined]
        return view

    return mark


class FormSession(dict[str, Any], SessionMixin):
    """What Flask-WTF takes for the session: only the secret its tokens are signed over, put in by the guard."""


class NoSessionCookie(SessionInterface):
    """Flask keeps no cookie of its own: the session is a revocable row (services/sessions.py)."""

    def open_session(self, app: Flask, request: Any) -> FormSession:
        return FormSession()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        return None


def install(app: Flask, config: Config) -> None:
    app.secret_key = config.secret_key
    app.session_interface = NoSessionCookie()
    # Only pages with a session can be forged, so the guard asks for the token; webhooks and callbacks are signed.
    app.config |= {"WTF_CSRF_CHECK_DEFAULT": False, "WTF_CSRF_TIME_LIMIT": None, "WTF_CSRF_SSL_STRICT": False}
    csrf.init_app(app)
    limits.install(app, config)
    reach.install()
    app.url_value_preprocessor(_take_store)
    app.url_defaults(_give_store)
    app.before_request(_admit)
    app.after_request(_renew)
    app.teardown_request(_leave)


def _take_store(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.store_hash = values.pop("store_hash", None) if values else None


def _give_store(endpoint: str, values: dict[str, Any]) -> None:
    if not current_app.url_map.is_endpoint_expecting(endpoint, "store_hash"):
        return
    if g.get("store_hash"):
        values.setdefault("store_hash", g.store_hash)
    if g.get("shop_named"):
        values.setdefault("shop", g.shop.id)  # the choice of a shop stays while one walks around


def _admit() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    request.max_content_length = getattr(view, "largest_body", LARGEST_BODY)
    if len(request.environ.get("QUERY_STRING", "")) > LONGEST_QUERY or len(request.path) > LONGEST_PATH:
        raise RequestURITooLarge
    read_only.set(request.method in SAFE and not getattr(view, "writes", False))
    _refuse_odd_values()
    if g.store_hash is None:
        limits.check()
        return
    cookie = request.cookies.get(sessions.cookie_name(g.store_hash), "")
    admitted = admission.admit(g.store_hash, cookie) if cookie else None
    if admitted is None:
        _refuse()
    g.tenancy = ExitStack()
    g.tenancy.enter_context(tenant(admitted.store.id))
    if sessions.ageing(admitted.session):
        admitted = _prolong(g.store_hash, cookie)
    _enter(admitted)
    if request.method not in SAFE:
        _refuse_foreign_form()
        _refuse_nul(request.form)
    limits.check()
    _ask()


def _refuse_odd_values() -> None:
    """What no row can hold and a database would answer with an error: NUL in text, numbers beyond a key."""
    _refuse_nul(request.args)
    for value in (request.view_args or {}).values():
        if (isinstance(value, int) and value > LARGEST_KEY) or (isinstance(value, str) and "\0" in value):
            abort(404)


def _refuse_nul(values: "MultiDict[str, str]") -> None:
    if any("\0" in name or "\0" in value for name, value in values.items(multi=True)):
        abort(400)


def _enter(admitted: Admitted) -> None:
    """Makes the request the person's: `g.store`, `g.person`, `g.actor`, `g.shops`, `g.shop`."""
    store = g.store = admitted.store
    g.person = admitted.person
    g.access, g.trial = _access()
    g.actor = Actor(g.person.email, store.id, g.person.id, g.person.is_owner and not g.trial, g.access)
    g.admitted, g.shops = admitted, list(admitted.shops)
    if not g.access.owns:
        g.shops = [shop for shop in g.shops if g.access.reaches(shop.id, shop.kind)]
        g.tenancy.enter_context(reach.without(rights.hidden_shops(g.access)))
    named = next((shop for shop in g.shops if str(shop.id) == request.args.get("shop", "")), None)
    g.shop_named = named is not None and len(g.shops) > 1
    g.shop = named or (g.shops[0] if len(g.shops) == 1 else None)
    session["csrf_token"] = sessions.form_secret(store, admitted.session)
    logs.bind(store=store.hash, shop=_shop_id(g.shop))


def _access() -> tuple[Access, str]:
    """What the person may do, and the name of the role the owner tries on at the moment."""
    if g.person.is_owner and cookies.TRIAL + g.store_hash in request.cookies and (trial := trials.current(g.person.id)):
        return trial[1], trial[0].name
    return rights.of_person(g.person.id, g.person.is_owner), ""


def _ask() -> None:
    """The role must allow the view; a change opens its entry in the audit log."""
    wanted = cell(request.endpoint or "", request.method)
    if wanted is not None and not (verdict := g.access.may(*wanted)):
        raise Forbidden(verdict.reason)
    if request.method in SAFE:
        return
    if g.trial and request.endpoint != "people.end_trial":
        raise Forbidden(
            f"You see the app as “{g.trial}” at the moment, so nothing is changed. Press “Stop” in the bar above first."
        )
    if (request.endpoint or "").partition(".")[0] not in UNRECORDED:
        named = ", ".join(f"{name.removesuffix('_id')} {value}" for name, value in (request.view_args or {}).items())
        area, _, view = (request.endpoint or "").partition(".")
        text = f"{area}: {view}".replace("_", " ").capitalize() + (f" ({named})" if named else "")
        audit.begin(g.actor, request.endpoint or "", text, g.shop.id if g.shop else None)


def _shop_id(shop: Shop | None) -> str | None:
    return shop.tiktok_id if shop else None


def _prolong(store_hash: str, cookie: str) -> Admitted:
    """A short transaction of its own: the page itself may only read."""
    reading = read_only.get()
    db.session.rollback()
    read_only.set(False)
    row = sessions.find(cookie)
    if row is None:
        _refuse()
    sessions.prolong(row)
    db.session.commit()
    read_only.set(reading)
    g.renewed = cookie
    admitted = admission.admit(store_hash, cookie)
    if admitted is None:
        _refuse()
    return admitted


def _refuse() -> NoReturn:
    """Signed in to another store: this one does not exist. Signed in nowhere: the page says how to come in.
    Unknown stores, known ones and uninstalled ones answer alike."""
    if sessions.anywhere(request.cookies):
        abort(404)
    raise SessionLost


def _refuse_foreign_form() -> None:
    """SameSite does not help in a frame, so unsafe requests need our own origin and this session's token."""
    source = request.headers.get("Origin") or origin(request.headers.get("Referer", ""))
    if source not in (origin(request.host_url), origin(current_app.extensions["config"].app_url)):
        raise CSRFError("The request came from another site.")
    csrf.protect()


def _renew(response: Response) -> Response:
    if g.get("renewed"):
        cookies.put_session(response, g.store_hash, g.renewed)
    return response


def _leave(_error: BaseException | None) -> None:
    audit.end()
    tenancy = g.pop("tenancy", None)
    if tenancy is not None:
        tenancy.close()
    read_only.set(False)
