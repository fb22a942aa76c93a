"""What strangers write is text on every page and fragment, and never an element, an attribute or an address."""

import json
import re
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.security.conftest import signed_in, token
from tests.security.hostile import Elements, fill, pages, read, rename
from tests.security.payloads import PAYLOADS
from tests.security.routes import ways
from tests.security.world import Side

HERE = {"Origin": "http://localhost"}
PROSE = "".join(
    f"<{tag}>x</{tag}>" for tag in ("p", "ul", "ol", "li", "b", "strong", "em", "i", "u", "h1", "h2", "h3", "h4")
)
PLAIN = ("Plain words about a mug, one", f"Plain words {PROSE}", "Plain words about a mug, three")
# The nastiest of each kind, for names that exist once.
CHOSEN = [PAYLOADS[number] for number in (0, 7, 27, 34, 36, 40, 42, 46, 47, 48, 50, 55, 57, 59, 64)]

ALLOWED: set[tuple[str, str]] = set()


@pytest.fixture
def allowed(app: Flask, owner: FlaskClient, stranger: FlaskClient, ours: Side) -> set[tuple[str, str]]:
    """Every (element, attribute) of the same pages with harmless words; looked at once in a test process."""
    if ALLOWED:
        return ALLOWED
    fill(app, ours, PLAIN, base=4000)
    kept = ("p", "br", "ul", "ol", "li", "b", "strong", "em", "i", "u", *(f"h{level}" for level in range(1, 7)))
    found = {(tag, "") for tag in kept}
    for _, html in pages(app, owner, ours, each=4):
        found |= read(html).pairs
    for client in (stranger, owner):
        for address in (f"/s/{ours.hash}/", "/s/nobody/", "/bigcommerce/load", f"/s/{ours.hash}/guide/none"):
            found |= read(client.get(address).text).pairs
    for answer in posts(app, owner, ours, ["x", "Plain words about a mug", "5"], step=1):
        found |= read(answer.text).pairs
    for _, html in pages(app, owner, ours, each=1):  # once more, with what the forms have set in motion
        found |= read(html).pairs
    ALLOWED.update(found)
    return found


def faults_of(address: str, found: Elements, allowed: set[tuple[str, str]]) -> list[str]:
    return [f"{address}: {fault}" for fault in found.faults] + [
        f"{address}: {pair}" for pair in sorted(found.pairs - allowed)
    ]


def test_no_text_of_the_catalog_becomes_part_of_a_page(
    app: Flask, owner: FlaskClient, ours: Side, allowed: set[tuple[str, str]]
) -> None:
    fill(app, ours, [f"{text}" for text in PAYLOADS], addresses=PAYLOADS)
    wrong: list[str] = []
    seen: set[int] = set()
    for address, html in pages(app, owner, ours):
        found = read(html)
        wrong += faults_of(address, found, allowed)
        seen |= {int(number) for number in re.findall(r"pwn(\d+)", " ".join(found.text))}
    assert wrong[:20] == []
    assert seen >= set(range(len(PAYLOADS))), "each of them was on a page, as text"


def test_no_name_becomes_part_of_a_page(
    app: Flask, owner: FlaskClient, ours: Side, allowed: set[tuple[str, str]]
) -> None:
    wrong: list[str] = []
    shown = 0
    for text in CHOSEN:
        rename(app, ours, text)
        for place in ("notices/", "listings/", "settings/authorization", "settings/warehouses", "settings/profile",
        "wizard/connect",
                      "wizard/warehouses", "listings/{listing_id}/category", "products/{product_id}",
                      "settings/authorization/{shop_id}/disconnect"):  # fmt: skip
            answer = owner.get(f"/s/{ours.hash}/{place.format(**ours.ids)}")
            found = read(answer.text)
            shown += "pwn" in " ".join(found.text)
            wrong += faults_of(f"{place} {text[:30]!r}", found, allowed)
    assert wrong[:20] == [] and shown > 100


def test_nothing_of_an_address_comes_back_as_part_of_a_page(
    app: Flask, owner: FlaskClient, stranger: FlaskClient, ours: Side, allowed: set[tuple[str, str]]
) -> None:
    names = ("q", "tab", "status", "sort", "shop", "state", "problem", "category_filter", "category", "in", "key",
    "find", "since",
             "back", "purpose", "base", "after", "before", "id", "version", "product", "map-101-kind", "asked",
             "tags", "brand")  # fmt: skip
    wrong: list[str] = []
    for number, way in enumerate(ways(app, "GET")):
        for text in PAYLOADS[number % 9 :: 9]:
            query = dict.fromkeys(names, text)
            for client in (owner, stranger) if number % 10 == 0 else (owner,):
                headers = {"HX-Request": "true", "HX-Trigger": "x"} if number % 2 else {}
                answer = client.get(way.address(ours), query_string=query, headers=headers)
                assert answer.status_code < 500, (way.rule, text)
                if answer.mimetype == "text/html":
                    wrong += faults_of(f"{way.rule} {text[:30]!r}", read(answer.text), allowed)
                wrong += [f"{way.rule}: header {name}" for name, value in answer.headers
                          if "pwn" in value and name.lower() not in ("location", "hx-push-url", "hx-trigger",
                          "hx-redirect")]  # fmt: skip
    assert wrong[:20] == []


def test_paths_and_callbacks_return_nothing_either(stranger: FlaskClient, owner: FlaskClient, ours: Side) -> None:
    for text in PAYLOADS:
        for client, answer in (
            (stranger, stranger.get("/bigcommerce/load", query_string={"signed_payload_jwt": text})),
            (stranger, stranger.get("/bigcommerce/auth", query_string={"code": text})),
            (
                stranger,
                stranger.get(
                    "/tiktok/callback", query_string={"error": text, "state": text, "error_description": text}
                ),
            ),
            (owner, owner.get(f"/s/{ours.hash}/guide/{_path(text)}")),
            (stranger, stranger.get(f"/s/{_path(text)}/listings/")),
        ):
            assert (client and "pwn" not in re.sub(r"/s/[^\"' ]*", "", answer.text)) or "<html" not in answer.text, text
            assert not [value for name, value in answer.headers if "pwn" in value and name != "Location"]


def _path(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="").replace("..", "%2e%2e") or "x"


def test_refused_forms_show_what_was_typed_as_text(
    app: Flask, owner: FlaskClient, ours: Side, allowed: set[tuple[str, str]]
) -> None:
    """422 pages put values back into their controls."""
    wrong: list[str] = []
    refused = 0
    for answer in posts(app, owner, ours, PAYLOADS, step=13):
        assert answer.status_code < 500, answer.request.path
        refused += answer.status_code == 422
        wrong += faults_of(answer.request.path, read(answer.text), allowed)
        if told := answer.headers.get("HX-Trigger"):
            assert told.isascii() and isinstance(json.loads(told), dict)
    assert wrong[:20] == [] and refused > 20


FIELDS = (
    "title", "description", "brand", "weight", "dimensions", "category", "attributes.101", "images", "value", "text",
    "length", "width", "height", "unit", "price", "sku", "code", "kind", "quantity", "threshold", "rule_kind", "find",
    "rule_amount", "image_ratio", "brand_name", "first_identifier", "default_variation_value", "map-101-kind", "move",
    "map-101-source", "map-weight-kind", "map-weight-source", "option-name-1", "option-target-1", "warehouse", "note",
    "attribute-101", "reset", "was-kind", "was-code", "length_unit",
)  # fmt: skip
# They ask a platform, and none answers here.
CALLING = {"settings.refresh", "wizard.refresh_warehouses", "settings.choose_category", "wizard.choose_category"}


def posts(app: Flask, client: FlaskClient, side: Side, texts: Sequence[str], step: int) -> Iterator[TestResponse]:
    """Each form with texts in all its fields, plain and for HTMX; every `step`-th text, another start at each route."""
    secret = token(client, side)
    taken = [way for way in ways(app, "POST") if way.endpoint not in CALLING | {"settings.disconnect"}]
    for number, way in enumerate(taken):
        for text in texts[number % step :: step]:
            data: dict[str, Any] = {**dict.fromkeys(FIELDS, text), "csrf_token": secret, "version": "1",
                                    "id": side.bulk["id"][:1], "where": "chosen"}  # fmt: skip
            for headers in (HERE, HERE | {"HX-Request": "true"}) if step == 1 else (HERE | HTMX[number % 2],):
                yield client.post(f"{way.address(side)}?shop={side.ids['shop_id']}", data=data, headers=headers)


HTMX: tuple[dict[str, str], ...] = ({}, {"HX-Request": "true"})


def test_pages_of_hostile_texts_take_no_longer_than_others(app: Flask, ours: Side, other: Side) -> None:
    """Thirty titles of the worst kind, each with 10,000 characters behind it, against as many plain ones."""
    fill(
        app,
        other,
        [f"Plain words about a mug, number {number}, and {'more ' * 2000}" for number in range(30)],
    )
    fill(app, ours, [text + "<b>\u202e\U0001f600 word&" * 800 for text in PAYLOADS[:30]])
    clients = {side.hash: signed_in(app, side) for side in (ours, other)}
    for place in ("products/", "listings/?tab=all", "notices/", "activities/"):
        took = {side.hash: best(clients[side.hash], f"/s/{side.hash}/{place}") for side in (ours, other)}
        assert took[ours.hash] < 2 * took[other.hash] + 0.01, (place, took)


def best(client: FlaskClient, address: str) -> float:
    times = []
    for _ in range(5):
        started = time.thread_time()
        assert client.get(address).status_code == 200
        times.append(time.thread_time() - started)
    return min(times)
