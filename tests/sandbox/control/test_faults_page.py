"""The Faults page: every form does what its JSON twin does, and the page says what is broken."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sandbox import create_app
from sandbox.bigcommerce.seeds import FIRST
from sandbox.control.faults_pages import GROUPS
from sandbox.faults.rules import KINDS
from sandbox.faults.weather import WEATHER

PAGE = "/control/faults"


@pytest.fixture
def app() -> Flask:
    app: Flask = create_app(run_timers=False, products=6, app_url="http://127.0.0.1:9")
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


class Forms(HTMLParser):
    """The forms of a page with what a browser would send when they are not touched."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.select = ""
        self.ids: list[str] = []
        self.unlabelled: list[str] = []
        self.labels = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids += [given["id"]] if "id" in given else []
        self.labels += tag == "label"
        if tag in ("input", "select") and given.get("type") != "hidden" and not self.labels:
            self.unlabelled.append(given["name"])
        if tag == "form":
            self.found.append((given.get("action", ""), {}))
        elif tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self.found[-1][1][given["name"]] = given.get("value", "")
        elif tag == "select":
            self.select = given["name"]
        elif tag == "option" and self.select:
            fields = self.found[-1][1]
            if self.select not in fields or "selected" in given:
                fields[self.select] = given["value"]

    def handle_endtag(self, tag: str) -> None:
        self.labels -= tag == "label"
        self.select = "" if tag == "select" else self.select


def rules(client: FlaskClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/control/api/faults").get_json()["rules"]
    return found


def test_the_page_is_linked_and_sound(client: FlaskClient) -> None:
    assert 'href="/control/faults"' in client.get("/control/time").text
    page = client.get(PAGE)
    forms = Forms(page.text)
    assert page.status_code == 200 and not forms.unlabelled
    assert len(forms.ids) == len(set(forms.ids)) and set(GROUPS) <= set(forms.ids)
    assert not re.search(r"style=|onclick=|javascript:", page.text)


def test_every_form_works_untouched(client: FlaskClient) -> None:
    forms = [form for form in Forms(client.get(PAGE).text).found if not form[0].endswith(("/weather", "/quiet"))]
    assert len(forms) == 13
    for action, fields in forms:
        answer = client.post(action, data=fields)
        assert answer.status_code == 303, (action, fields, answer.text)
        assert client.get(answer.location).status_code == 200
    assert {rule["kind"] for rule in rules(client)} == {
        "latency", "throttle", "error_after", "lost_after", "cut", "token_expired"
    }  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_can_be_had_from_a_form_and_is_shown_with_its_hits(client: FlaskClient, kind: str) -> None:
    assert f'value="{kind}"' in client.get(PAGE).text
    data = {"kind": kind, "percent": "50", "count": "7", "match": "GET time", "seconds": ""}
    assert client.post(f"{PAGE}/rules", data=data).status_code == 303
    [rule] = rules(client)
    assert (rule["kind"], rule["share"], rule["count"], rule["match"]) == (kind, 0.5, 7, "GET time")
    shown = client.get(f"{PAGE}/active").text
    assert "7 more" in shown and "50 %" in shown and "<code>GET time</code>" in shown


@pytest.mark.parametrize("name", WEATHER)
def test_weather_is_one_press_and_quiet_another(client: FlaskClient, name: str) -> None:
    client.post(f"{PAGE}/weather", data={"name": name})
    assert len(rules(client)) == len(WEATHER[name].rules)
    client.post("/control/api/second-writer", json={"platform": "bigcommerce", "what": "price", "every": 5})
    client.post("/control/api/tiktok/knobs", json={"honour_idempotency": False, "ip_allow": ["10.0.0.1"]})
    shown = client.get(f"{PAGE}/active").text
    assert "Somebody else" in shown and "forgets idempotency keys" in shown and "10.0.0.1" in shown
    assert client.post(f"{PAGE}/quiet").status_code == 303
    assert "Nothing is broken" in client.get(PAGE).text


def test_a_rule_is_removed_from_the_list(client: FlaskClient) -> None:
    client.post(f"{PAGE}/rules", data={"kind": "throttle", "count": "1"})
    assert client.get(f"/stores/{FIRST}/v2/time").status_code == 429
    assert "1 used up" in client.get(PAGE).text
    [rule] = rules(client)
    assert client.post(f"{PAGE}/rules/{rule['id']}/remove").status_code == 303
    assert rules(client) == []


def test_webhooks_clocks_and_verdicts(app: Flask, client: FlaskClient) -> None:
    client.post(f"{PAGE}/webhooks", data={"platform": "tiktok", "drop": "20", "reorder": "5"})
    chosen = client.get("/control/api/webhook-faults").get_json()["tiktok"]
    assert chosen == {"drop": 0.2, "duplicate": 0, "forge": 0, "delay": 0, "reorder": 5}
    client.post(f"{PAGE}/clocks", data={"platform": "bigcommerce", "seconds": "-600"})
    assert client.get("/control/api/skew").get_json()["bigcommerce"] == -600
    client.post(f"{PAGE}/verdicts", data={"policy": "refuse_share", "percent": "25", "review_seconds": "1,5"})
    knobs = app.extensions["tiktok"].knobs
    assert (knobs["policy"], knobs["share"], knobs["review_seconds"]) == ("refuse_share", 0.25, 1.5)
    shown = client.get(PAGE).text
    assert "20 % lost, shuffled within 5 s" in shown and "600 s behind" in shown


WRONG = {
    "rules": {"kind": "gremlins"},
    "rules ": {"kind": "latency", "amount": "much"},
    "clocks": {"platform": "", "seconds": "1"},
    "webhooks": {"platform": "tiktok", "drop": "200"},
    "others": {"platform": "tiktok", "what": "all"},
    "knobs": {"ip_allow": "nowhere"},
    "verdicts": {"policy": "coin"},
    "weather": {"name": "fog"},
}


@pytest.mark.parametrize("action", WRONG)
def test_a_refusal_is_told_on_the_page(client: FlaskClient, action: str) -> None:
    answer = client.post(f"{PAGE}/{action.strip()}", data=WRONG[action])
    assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert "Nothing is broken" in answer.text


def test_foreign_forms_are_refused(client: FlaskClient) -> None:
    assert client.post(f"{PAGE}/quiet", headers={"Origin": "http://127.0.0.1:8000"}).status_code == 403
