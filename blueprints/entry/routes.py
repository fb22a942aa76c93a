"""BigCommerce's four callbacks (reference 1.1). Two come from the merchant's browser, two from BigCommerce's server."""

from flask import Blueprint, Response, current_app, make_response, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from blueprints import cookies, limits
from blueprints.entry.pages import standalone
from blueprints.guard import writes
from jobs.launch import ring_job
from models import Person, Store, db
from models.tenancy import tenant
from services import entry as service
from services import logs, sessions, setup, stores
from services.actor import Actor

entry = Blueprint("entry", __name__, url_prefix="/bigcommerce")


@entry.get("/auth")
@writes
def auth() -> Response:
    """Installation, or a renewed token of a store that is known."""
    code, context, scope = (request.args.get(name, "") for name in ("code", "context", "scope"))
    outside = "external_install" in request.args
    if not (code and context and scope):
        return _outside("failed") if outside else standalone("entry/incomplete.html", 400)
    try:
        installation = service.redeem(code, context, scope, setup.config().app_url + "/bigcommerce/auth")
    except service.NotGranted as refusal:
        return _outside("failed") if outside else standalone("entry/refused.html", 403, text=refusal.text)
    information = stores.look_up(installation.store_hash, installation.token)
    store, person = stores.install(installation, information)
    with tenant(store.id):
        stores.after_install(Actor(person.email, store.id, person.id, person.is_owner), store)
    logs.bind(store=store.hash)
    response = _outside("succeeded") if outside else _come_in(store, person, f"/s/{store.hash}/")
    db.session.commit()
    ring_job("live", "jobs.hooks.keep_store", store.id)  # the schedule comes by every 12 hours only
    return response


@entry.get("/load")
@writes
def load() -> Response:
    """The app is opened. The token may come again while it lives (a frame reloads); it leaves the address at once."""
    try:
        launch = service.launch(request.args.get("signed_payload_jwt", ""))
        service.refuse_removed(launch)
    except (service.NotProven, service.Removed) as refusal:
        limits.count(limits.FORGED)
        return standalone("entry/refused.html", refusal.status, text=refusal.text)
    store = stores.by_hash(launch.store_hash)
    if store is None or store.state == "uninstalled":
        return standalone("entry/unknown.html", 403)
    if store.state == "needs_reinstall":
        stores.reopen(store.hash)
    is_owner = launch.user.id == launch.owner.id
    with tenant(store.id):
        if store.owner_id != launch.owner.id:
            store.owner_id = launch.owner.id
        person = stores.welcome(store, launch.user, is_owner, launch.user.locale)
        limits.count(limits.OPENED, f"{store.id}.{person.id}")
    response = _come_in(store, person, inside(store.hash, launch.url))
    db.session.commit()
    return response


@entry.get("/uninstall")
@writes
def uninstall() -> tuple[str, int]:
    """From BigCommerce's server. An ordinary user could replay the token of a load here, so without the owner's id
    BigCommerce is asked whether our token still works (reference 1.4)."""
    launch = service.launch(request.args.get("signed_payload_jwt", ""))
    store = stores.by_hash(launch.store_hash)
    if store is None or store.state == "uninstalled" or not service.spend("uninstall", launch.jti, launch.expires_at):
        db.session.rollback()
        return "", 204
    if launch.user.id != launch.owner.id:
        db.session.rollback()
        if stores.still_connected(launch.store_hash):
            return "", 403
        service.spend("uninstall", launch.jti, launch.expires_at)
    stores.uninstall(launch.store_hash)
    db.session.commit()
    return "", 204


@entry.get("/remove_user")
@writes
def remove_user() -> tuple[str, int]:
    """From BigCommerce's server: a user may no longer open the app."""
    launch = service.launch(request.args.get("signed_payload_jwt", ""))
    store = stores.by_hash(launch.store_hash)
    if store is not None and service.spend("remove_user", launch.jti, launch.expires_at):
        stores.remove_person(store, launch.user.id)
        service.remember_removal(launch)
    db.session.commit()
    return "", 204


def inside(store_hash: str, url: str) -> str:
    """A deep link's address below the store's pages; the start page when it names no page of ours (reference 1.8)."""
    home = f"/s/{store_hash}/"
    if not url.startswith("/") or url.startswith("//") or "\\" in url or url == "/":
        return home
    wanted = url if url.startswith("/s/") else home + url.lstrip("/")
    path, _, query = wanted.partition("?")
    adapter = current_app.url_map.bind("")
    try:
        _endpoint, values = adapter.match(path, method="GET")
    except RequestRedirect:
        path, values = path + "/", {"store_hash": store_hash}
    except HTTPException:
        return home
    if values.get("store_hash") != store_hash or not path.startswith(home):
        return home
    return f"{path}?{query}" if query else path


def _come_in(store: Store, person: Person, location: str) -> Response:
    """Signs the browser in and sends it on, so that nothing of the callback stays in the address."""
    name = sessions.cookie_name(store.hash)
    with tenant(store.id):
        opaque = sessions.begin(person, request.cookies.get(name, ""))
    response = make_response(redirect(location, 302))
    cookies.put_session(response, store.hash, opaque)
    for surplus in sessions.surplus(request.cookies, name):
        cookies.drop(response, surplus)
    return response


def _outside(outcome: str) -> Response:
    """An installation that began outside the control panel ends on BigCommerce's own page (reference 1.2)."""
    config = setup.config()
    page = f"{config.bigcommerce_login_url}/app/{config.bigcommerce_client_id}/install/{outcome}"
    return make_response(redirect(page, 302))
