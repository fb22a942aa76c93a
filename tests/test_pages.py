"""The page checker itself: each fault is found, a good page passes."""

import pytest
from flask import Flask

from tests.pages import BadPage, check

GOOD = (
    '<form method="post" action="/save"><input type="hidden" name="csrf_token">'
    '<button hx-post="/save" hx-target="#a">Go</button></form><div id="a"></div>'
)


@pytest.fixture
def app() -> Flask:
    app = Flask("pages")
    app.add_url_rule("/save", "save", lambda: "", methods=["POST"])
    app.add_url_rule("/read/<int:number>", "read", lambda number: "")
    return app


def test_a_good_page_passes(app: Flask) -> None:
    reading = check(
        app,
        f"<!doctype html><html><body>{GOOD}<a href='/read/3'>x</a><a href='https://example.com'>y</a></body></html>",
    )
    assert reading.whole and reading.ids == ["a"] and reading.forms[0]["action"] == "/save"


@pytest.mark.parametrize(
    "fault",
    [
        '<div hx-get="/nowhere"></div>',
        '<div hx-get="/save"></div>',
        '<a href="/read/x">x</a>',
        '<i id="a"></i><i id="a"></i>',
        '<a href="/read/1" hx-target="#missing">x</a>',
        '<a href="/read/1" hx-target="main">x</a>',
        '<form method="post" action="/save"></form>',
        '<form method="post" action="/gone"><input name="csrf_token"></form>',
        '<p style="color:red">x</p>',
        "<style>p{}</style>",
        "<script>alert(1)</script>",
        '<p onclick="x()">x</p>',
        '<p hx-on:click="x()">x</p>',
        '<p hx-trigger="click[ctrlKey]">x</p>',
        "<p hx-vals='js:{a:1}'>x</p>",
        '<a href="javascript:x">x</a>',
        '<img src="https://example.com/a.png">',
        '<label for="missing">x</label>',
        "<div><p>x</div></section>",
        "<div>",
        '<form action="/read/1"><form action="/read/1"></form></form>',
    ],
)
def test_each_fault_is_found(app: Flask, fault: str) -> None:
    with pytest.raises(BadPage):
        check(app, f"<html><body>{fault}</body></html>")


def test_a_fragment_may_point_into_its_page(app: Flask) -> None:
    fragment = '<a href="/read/1" hx-get="/read/1" hx-target="#list">x</a>'
    check(app, fragment, {"list"})
    with pytest.raises(BadPage):
        check(app, fragment, {"other"})
