"""Two people edit the same thing: the second sees both, and nothing is lost silently."""

import re
from html import unescape

from flask import Flask
from sqlalchemy import select

from models import Role, Store, db
from tests.blueprints.conftest import inside
from tests.blueprints.test_people import SEES, add_role
from tests.pages import PageClient
from tests.services.listing_rows import seed


def rows(page: str) -> list[tuple[str, str, str]]:
    found = re.findall(r'<tr><th scope="row">(.*?)</th><td[^>]*>(.*?)</td><td[^>]*>(.*?)</td></tr>', page, re.S)
    return [(unescape(what), unescape(yours), unescape(now)) for what, yours, now in found]


def again(page: str) -> dict[str, list[str]]:
    """What the button that saves again would send."""
    form = re.search(r'<form method="post"(?:(?!</form>).)*?Save what I typed', page, re.S)
    assert form is not None
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0]):
        found.setdefault(name, []).append(unescape(value))
    return found


def untouched(client: PageClient, address: str) -> dict[str, str]:
    """The configuration's form as it stands, its switches on."""
    page = client.get(address).text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    return {"version": version[1], "threshold": "0", "rule_kind": "none", "rule_amount": "0", "image_ratio": "auto_pad",
            "brand": "send_if_authorised", "first_identifier": "GTIN", "default_variation_value": "One size",
            "status_words": "causeway"}  # fmt: skip


def test_a_late_configuration_sees_both_and_may_save(client: PageClient) -> None:
    address = client.at("settings/configuration")
    form = untouched(client, address)
    assert client.post(address, data={**form, "threshold": "3", "brand": "never"}).status_code == 303
    late = client.post(address, data={**form, "threshold": "5"})
    assert late.status_code == 409
    assert rows(late.text) == [("Threshold", "5", "3"), ("Brand", "Send when authorised", "Never send")]
    assert client.post(address, data=again(late.text)).status_code == 303
    assert re.search(r'<input[^>]*name="threshold"[^>]*value="5"', client.get(address).text)


def test_a_late_role_sees_both(client: PageClient, app: Flask, store: Store) -> None:
    role_id = add_role(client)
    address = client.at(f"people/roles/{role_id}")
    with inside(app, store):
        version = str(db.session.scalars(select(Role.version)).one())
    client.get(address)
    assert client.post(address, data={"name": "Editor", "cell": SEES, "version": version}).status_code == 303
    late = client.post(address, data={"name": "Writer", "cell": SEES, "version": version})
    assert late.status_code == 409
    assert ("Writer", "Editor") in {(yours, now) for _, yours, now in rows(late.text)}


def test_a_late_field_of_a_listing_sees_both_above_the_page(client: PageClient, store: Store) -> None:
    with client.application.app_context():
        _, [number] = seed(store, 1)
    address = client.at(f"listings/{number}/fields/title")
    client.get(client.at(f"listings/{number}"))
    assert client.post(address, data={"title": "The first of two titles for a mug", "version": "1"}).status_code == 303
    late = client.post(address, data={"title": "The second of two titles for a mug", "version": "1"}, htmx=True)
    assert late.status_code == 409 and late.headers["HX-Retarget"] == "#session-notice"
    [(_, yours, now)] = rows(late.text)
    assert (yours, now) == ("The second of two titles for a mug", "The first of two titles for a mug")
    assert client.post(address, data=again(late.text)).status_code == 303
