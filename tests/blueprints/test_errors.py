"""Error pages and toasts."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Blueprint, Flask, Response, abort, request
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from blueprints.guard import accepts, writes
from blueprints.page import done, page
from models import Notice, Store, db
from models.engine import read_only
from services import notices
from services.errors import Forbidden, Invalid, NotFound, ServiceError
from tests.blueprints.conftest import inside
from tests.pages import PageClient

REFUSALS: dict[str, Callable[[], Exception]] = {
    "refused": lambda: ServiceError("The listing “Mug” is already being sent.", "See it", "/notices/"),
    "invalid": lambda: Invalid("A title has at least 10 characters."),
    "forbidden": lambda: Forbidden("Only the owner may do that."),
    "missing": lambda: NotFound("This listing does not exist."),
    "stale": lambda: StaleDataError("version"),
    "bug": lambda: ZeroDivisionError("internal detail"),
}
STATUS = {"refused": 409, "invalid": 422, "forbidden": 403, "missing": 404, "stale": 409, "bug": 500}


@pytest.fixture
def app(app: Flask) -> Flask:
    trial = Blueprint("trial", __name__, url_prefix="/s/<store_hash>/trial")

    @trial.route("/raise/<kind>", methods=["GET", "POST"])
    def fail(kind: str) -> Response:
        notices.raise_notice("half-done", "info", "Must not stay")
        raise REFUSALS[kind]()

    @trial.get("/abort/<int:status>")
    def stop(status: int) -> Response:
        abort(status)

    @trial.post("/done")
    def finish() -> Response:
        data: dict[str, Any] = request.form.to_dict()
        events = ("notices", "listings")
        return done(f"{request.path[:-4]}page", event=events, toast="Saved “Mug”.", **data)

    @trial.get("/page")
    def show() -> Response:
        return page("guide/topic.html", "guide/_topic.html", topic="products", title="Products", topics={})

    @trial.post("/big")
    @accepts(3 * 1024 * 1024)
    def big() -> str:
        return str(len(request.get_data()))

    @trial.get("/reading")
    def reading() -> str:
        return str(read_only.get())

    @trial.get("/writing")
    @writes
    def writing() -> str:
        return str(read_only.get())

    app.register_blueprint(trial)
    app.testing = False  # error pages, not exceptions
    return app


@pytest.mark.parametrize("kind", REFUSALS)
def test_refusal_is_a_page_and_nothing_stays(app: Flask, client: PageClient, store: Store, kind: str) -> None:
    answer = client.post(client.at(f"trial/raise/{kind}"))
    assert answer.status_code == STATUS[kind]
    with inside(app, store):
        assert db.session.scalars(select(Notice)).all() == []
    if kind == "refused":
        assert "already being sent" in answer.text and "/s/abc123/notices/" in answer.text
    if kind == "bug":
        assert "internal detail" not in answer.text and answer.headers["X-Request-Id"] in answer.text


@pytest.mark.parametrize("kind", REFUSALS)
def test_refusal_is_a_toast_for_htmx(client: PageClient, kind: str) -> None:
    answer = client.post(client.at(f"trial/raise/{kind}"), htmx=True)
    assert answer.status_code == STATUS[kind] and answer.data == b""
    assert answer.headers["HX-Reswap"] == "none"
    note = json.loads(answer.headers["HX-Trigger"])["toast"]
    assert note["tone"] == "danger" and note["text"]
    if kind == "refused":
        assert (note["action"], note["url"]) == ("See it", "/s/abc123/notices/")
    if kind == "bug":
        assert answer.headers["X-Request-Id"] in note["text"] and "internal" not in note["text"]


@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 422, 429, 500, 502])
def test_http_errors_have_a_page(client: PageClient, status: int) -> None:
    answer = client.get(client.at(f"trial/abort/{status}"))
    assert answer.status_code == (500 if status >= 500 else status)
    assert client.last.whole


def test_unknown_page_below_a_store_needs_no_session(app: Flask) -> None:
    assert app.test_client().get("/s/abc123/no/such").status_code == 404


def test_body_limit_per_route(client: PageClient) -> None:
    two = b"x" * (2 * 1024 * 1024)
    assert client.post(client.at("trial/big"), data=two).text == str(len(two))
    assert client.post(client.at("trial/big"), data=two * 2).status_code == 413
    assert client.post(client.at("trial/raise/invalid"), data={"a": two}).status_code == 413


def test_get_only_reads_unless_marked(client: PageClient) -> None:
    assert client.get(client.at("trial/reading")).text == "True"
    assert client.get(client.at("trial/writing")).text == "False"
    assert read_only.get() is False


# How a view answers


def test_page_for_everyone_fragment_for_htmx(client: PageClient) -> None:
    whole, part = client.get(client.at("trial/page")), client.get(client.at("trial/page"), htmx=True)
    assert "<html" in whole.text and "<html" not in part.text and part.text.strip() in whole.text
    for headers in ({"HX-Boosted": "true"}, {"HX-History-Restore-Request": "true"}):
        assert "<html" in client.get(client.at("trial/page"), htmx=True, headers=headers).text


def test_done_redirects_and_the_next_page_shows_the_toast_once(client: PageClient) -> None:
    answer = client.post(client.at("trial/done"))
    assert (answer.status_code, answer.location) == (303, "/s/abc123/trial/page")
    assert "Saved “Mug”." in client.get(answer.location).text
    assert "Saved" not in client.get(answer.location).text


def test_done_without_fragment_sends_htmx_on(client: PageClient) -> None:
    answer = client.post(client.at("trial/done"), htmx=True)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, "/s/abc123/trial/page")
    assert "Saved" in client.get("/s/abc123/trial/page").text


def test_done_with_fragment_names_events(client: PageClient) -> None:
    data: dict[str, Any] = {"fragment": "guide/_topic.html", "topic": "products", "title": "Products"}
    answer = client.post(client.at("trial/done"), htmx=True, data=data)
    events = json.loads(answer.headers["HX-Trigger"])
    assert events["notices"] is True and events["listings"] is True and events["toast"]["text"] == "Saved “Mug”."
    assert answer.headers["HX-Trigger"].isascii()


def test_a_toast_somebody_else_wrote_is_not_shown(client: PageClient) -> None:
    client.set_cookie("__Host-note-abc123", "eyJ0ZXh0IjoiU2F2ZWQifQ.forged", secure=True)
    answer = client.get(client.at("trial/page"))
    assert "Saved" not in answer.text and answer.status_code == 200
