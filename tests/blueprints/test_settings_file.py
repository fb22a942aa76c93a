"""Settings exported, compared and imported on their page; two shops compared; a setting found."""

import json
from io import BytesIO
from typing import Any

from flask import Flask
from sqlalchemy import select

from models import AuditEntry, Role, Store, db
from services import settings
from tests.blueprints.conftest import inside, make_person
from tests.pages import PageClient
from tests.services.listing_rows import add_shop

FILE = "settings/file/"


def exported(client: PageClient) -> dict[str, Any]:
    answer = client.get(client.at(f"{FILE}settings.json"))
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    found: dict[str, Any] = json.loads(answer.text)
    return found


def test_a_file_goes_out_is_compared_and_comes_back(app: Flask, store: Store, client: PageClient) -> None:
    with inside(app, store):
        add_shop()
    wanted = exported(client)
    assert "token" not in json.dumps(wanted)
    wanted["configuration"]["threshold"] = 4
    client.get(client.at(FILE))
    upload = {"file": (BytesIO(json.dumps(wanted).encode()), "settings.json")}
    shown = client.post(client.at(f"{FILE}look"), data=upload, content_type="multipart/form-data")
    assert shown.status_code == 200 and "configuration › threshold" in shown.text
    seen = shown.text.split('name="seen" value="')[1].split('"')[0]
    into = {f"into-{key}": key for key in wanted["shops"]}
    text = json.dumps(wanted)
    sent = json.dumps(wanted, indent=1).replace("\n", "\r\n")  # as a browser sends what it was shown
    assert client.post(client.at(FILE), data={"text": sent, "seen": seen, **into}).status_code == 303
    with inside(app, store):
        assert settings.of(db.session.get_one(Store, store.id)).threshold == 4
        assert "settings.imported" in db.session.scalars(select(AuditEntry.action)).all()
    client.get(client.at(FILE))
    assert client.post(client.at(FILE), data={"text": text, "seen": seen, **into}).status_code == 409


def test_what_is_no_file_says_so(client: PageClient) -> None:
    client.get(client.at(FILE))
    assert client.post(client.at(f"{FILE}look"), data={"text": "{"}).status_code == 422


def test_two_shops_are_compared_and_settings_found(app: Flask, store: Store, client: PageClient) -> None:
    with inside(app, store):
        one, other = add_shop(), add_shop("Copper Quay", "7490000000000000002")
        other_id, one_id = other.id, one.id
    page = client.get(client.at(f"{FILE}?one={one_id}&other={other_id}"))
    assert page.status_code == 200 and "warehouses › 74900000000000000021" in page.text
    found = client.get(client.at(f"{FILE}find?q=threshold")).text
    assert client.at("settings/configuration#threshold") in found and client.at("stock/rules") in found


def test_roles_go_out_and_in_with_the_owner_only(app: Flask, store: Store, sign_in: Any) -> None:
    member = sign_in(store, make_person(app, store, 8, "member@example.com"))
    assert "roles" not in exported(member)
    text = json.dumps({"causeway": {"format": 1}, "roles": {"All": {"cells": ["people:see"]}}})
    member.get(member.at(FILE))
    shown = member.post(member.at(f"{FILE}look"), data={"text": text})
    assert "roles › All" in shown.text and 'name="seen"' not in shown.text
    with inside(app, store):
        assert db.session.scalars(select(Role)).all() == []
