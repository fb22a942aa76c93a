"""The activities pages: faces, lists, items, evidence, cancel and retry."""

import html
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from clients.exchange import Exchange
from models import Activity, ActivityItem, Authorization, Shop, Store, db
from services import activities, evidence
from services.activities import NewItem
from services.actor import system
from tests.blueprints.conftest import inside, make_shop
from tests.pages import PageClient


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"SANDBOX_URL": ""}


def make(app: Flask, store: Store, title: str = "Publish 4 listings", count: int = 4, **facts: Any) -> int:
    with inside(app, store):
        items = [NewItem(f"Lamp {number}", args={"ids": []}) for number in range(count)]
        shop_id, open_key = facts.pop("shop_id", None), facts.pop("open_key", None)
        activity = activities.start(
            system(store.id), "publish", title, items, shop_id=shop_id, open_key=open_key
        ).activity
        for name, value in facts.items():
            setattr(activity, name, value)
        db.session.commit()
        return activity.id


def end(app: Flask, store: Store, number: int, **states: str) -> None:
    """Closes an activity: its items end in turn as `states` say (item position as p0, p1, ...)."""
    with inside(app, store):
        activity = db.session.get_one(Activity, number)
        rows = db.session.query(ActivityItem).filter_by(activity_id=number).order_by(ActivityItem.id).all()
        for place, row in enumerate(rows):
            row.state, row.attempt, row.finished_at = states.get(f"p{place}", "done"), 1, datetime.now(UTC)
            row.code = "12052" if row.state == "refused" else ""
        for name in ("waiting", "done", "refused", "failed", "skipped"):
            setattr(activity, name, sum(row.state == name for row in rows))
        activity.state, activity.units_done, activity.finished_at = "finished", len(rows), datetime.now(UTC)
        activity.open_key = None
        db.session.commit()


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int | None]]:
    calls: list[int | None] = []

    def launch(activity: Activity | None = None) -> bool:
        calls.append(activity.id if activity else None)
        db.session.commit()
        return True

    monkeypatch.setattr(import_module("blueprints.activities.routes"), "launch", launch)
    yield calls


def polls(client: PageClient, path: str) -> int:
    return client.get(client.at(path)).text.count('hx-trigger="every')


def test_empty_pages_say_what_comes_here(app: Flask, client: PageClient) -> None:
    answer = client.get(client.at("activities/"))
    assert (
        answer.status_code == 200 and "Nothing is running" in answer.text and "Nothing has been done yet" in answer.text
    )
    assert "every " not in answer.text


def test_lists_search_and_older_pages(app: Flask, client: PageClient, store: Store) -> None:
    for number in range(23):
        end(app, store, make(app, store, f"Import number {number}", 1))
    make(app, store, "Publish to First Shop")
    first = client.get(client.at("activities/"))
    assert (
        "Publish to First Shop" in first.text
        and "Import number 22" in first.text
        and "Import number 2<" not in first.text
    )
    older = next(url for name, _, url in client.last.addresses if name == "href" and "before=" in url)
    assert "Import number 2<" in client.get(older).text
    found = client.get(client.at("activities/?q=number 17")).text
    assert "Import number 17" in found and "Import number 16" not in found
    assert "Nothing running is called" in found
    assert "Nothing done is called" in client.get(client.at("activities/?q=%25")).text


def test_a_moving_one_shows_its_bar_and_asks_for_itself(app: Flask, client: PageClient, store: Store) -> None:
    started = datetime.now(UTC) - timedelta(seconds=100)
    number = make(app, store, "Import products", 3, state="running", units=56690, units_done=32300, started_at=started)
    page = client.get(client.at(f"activities/{number}")).text
    assert "32,300 of 56,690 · 56.9 %" in page or "32,300 of 56,690 · 56.9" in page
    live = client.get(client.at(f"activities/{number}/live"), htmx=True)
    assert 'hx-trigger="every 1s"' in live.text and 'max="56690"' in live.text
    assert re.search(r"3[012]\d a second", live.text)  # 323, less what the test itself takes
    assert json.loads(live.headers["HX-Trigger"]) == {"activity-moved": True} and "<html" not in live.text
    assert "activity-moved from:body" in page
    bar = client.get(client.at("activities/running"), htmx=True).text
    assert "every 2s" in bar and 'value="32300"' in bar


def test_the_last_answer_stops_asking_and_tells_the_page(app: Flask, client: PageClient, store: Store) -> None:
    number = make(app, store)
    assert "every 1s" in client.get(client.at(f"activities/{number}/live"), htmx=True).text
    end(app, store, number)
    last = client.get(client.at(f"activities/{number}/live"), htmx=True)
    assert "every 1s" not in last.text and "activity-over" in json.loads(last.headers["HX-Trigger"])
    assert client.get(client.at(f"activities/{number}/live")).status_code == 303
    assert "every 2s" not in client.get(client.at("activities/running"), htmx=True).text
    lists = client.get(client.at("activities/"), htmx=True)
    assert "<html" not in lists.text and "activity-over" in json.loads(lists.headers["HX-Trigger"])


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({}, "Queued"),
        ({"state": "running"}, "Running"),
        ({"state": "cancelling"}, "Stopping"),
        ({"state": "cancelled"}, "Cancelled"),
        ({"state": "broken"}, "Failed"),
        ({"state": "finished", "done": 4}, "Done"),
        ({"state": "finished", "refused": 3}, "Done, 3 refused"),
    ],
)
def test_faces(app: Flask, client: PageClient, store: Store, facts: dict[str, Any], word: str) -> None:
    number = make(app, store, **facts)
    assert f">{word}</span>" in client.get(client.at(f"activities/{number}")).text


def test_it_says_why_it_waits(app: Flask, client: PageClient, store: Store) -> None:
    shop = make_shop(app, store)
    tomorrow = datetime.now(UTC) + timedelta(hours=8)
    parked = make(
        app, store, shop_id=shop.id, state="running", resumes_at=tomorrow, message="Today's listing limit is used up."
    )
    page = client.get(client.at(f"activities/{parked}")).text
    assert "limit is used up" in page and tomorrow.isoformat() in page and ">Waiting</span>" in page
    with inside(app, store):
        db.session.query(Authorization).one().state = "needs_reauthorisation"
        db.session.commit()
    page = client.get(client.at(f"activities/{parked}")).text
    assert "connected again" in page and f"/s/{store.hash}/settings/authorization" in page
    queued = make(app, store, "Old", created_at=datetime.now(UTC) - timedelta(minutes=2))
    assert "No worker has taken it yet" in client.get(client.at(f"activities/{queued}")).text


def test_items_are_filtered_and_show_their_outcome(app: Flask, client: PageClient, store: Store) -> None:
    number = make(app, store)
    end(app, store, number, p1="refused", p2="failed")
    every = client.get(client.at(f"activities/{number}")).text
    assert all(f"Lamp {place}" in every for place in range(4))
    refused = client.get(client.at(f"activities/{number}?state=refused"), htmx=True).text
    assert "Lamp 1" in refused and "Lamp 0" not in refused and "12052" in refused and "<html" not in refused
    assert "Retry the 2 refused" in every and ">Cancel</button>" not in every.split('id="ask"')[0]


def test_items_come_in_pages(app: Flask, client: PageClient, store: Store) -> None:
    number = make(app, store, count=70)
    client.get(client.at(f"activities/{number}"))
    after = next(url for name, _, url in client.last.addresses if name == "href" and "after=" in url)
    second = client.get(after).text
    assert "Lamp 69" in second and "Lamp 49<" not in second


def test_evidence_is_escaped_and_readable(app: Flask, client: PageClient, store: Store) -> None:
    number = make(app, store)
    with inside(app, store):
        row = db.session.query(ActivityItem).filter_by(activity_id=number).first()
        assert row is not None
        sent = '{"title": "<script>alert(1)</script>", "price": "2.11"}'
        exchange = Exchange("tiktok", "POST", "/product/202309/products", 200, "REQ-77", sent, "<b>not json</b>", 0.25)
        evidence.keep([exchange], activity_id=number, item_id=row.id, attempt=1, rule_version="US-2026-11")
        db.session.commit()
        path = f"activities/{number}/items/{row.id}"
    drawer = client.get(client.at(path), htmx=True).text
    assert "REQ-77" in drawer and "US-2026-11" in drawer and "250 ms" in drawer
    assert "<script>" not in drawer and "&lt;script&gt;" in drawer and "\n  &#34;price&#34;" in drawer
    assert "<html" in client.get(client.at(path)).text
    other = make(app, store, "Another")
    assert "REQ-77" not in client.get(client.at(f"activities/{other}/items/{path.rsplit('/', 1)[1]}"), htmx=True).text


def test_cancel_skips_what_waits_and_rings(app: Flask, client: PageClient, store: Store, rung: list[int]) -> None:
    number = make(app, store)
    client.get(client.at(f"activities/{number}"))
    answer = client.post(client.at(f"activities/{number}/cancel"))
    assert answer.status_code == 303 and rung == [number]
    with inside(app, store):
        activity = db.session.get_one(Activity, number, populate_existing=True)
        assert (activity.state, activity.skipped, activity.waiting) == ("cancelling", 4, 0)
    again = client.post(client.at(f"activities/{number}/cancel"))
    assert again.status_code == 303
    end(app, store, number)
    assert client.post(client.at(f"activities/{number}/cancel")).status_code == 409
    assert client.post(client.at(f"activities/{number}/cancel"), forged=True).status_code in (400, 403)


def test_retry_starts_a_new_one_with_the_refused(app: Flask, client: PageClient, store: Store, rung: list[int]) -> None:
    number = make(app, store, kind="bulk_edit")
    end(app, store, number, p1="refused", p3="failed")
    answer = client.post(client.at(f"activities/{number}/retry"))
    assert answer.status_code == 303
    with inside(app, store):
        fresh = db.session.query(Activity).filter_by(retry_of=number).one()
        labels = [row.label for row in db.session.query(ActivityItem).filter_by(activity_id=fresh.id)]
        assert (fresh.total, fresh.state, labels, rung) == (2, "queued", ["Lamp 1", "Lamp 3"], [fresh.id])
    end(app, store, rung[0])
    assert client.post(client.at(f"activities/{rung[0]}/retry")).status_code == 409


def test_another_stores_work_is_not_there(app: Flask, client: PageClient, store: Store, other_store: Store) -> None:
    number = make(app, other_store, "Other store's import")
    with inside(app, other_store):
        item = db.session.query(ActivityItem).first()
        assert item is not None
        item_id = item.id
    mine = make(app, store)
    for path in (f"activities/{number}", f"activities/{number}/live", f"activities/{number}/buttons",
                 f"activities/{number}/items/{item_id}", f"activities/{mine}/items/{item_id}"):  # fmt: skip
        assert client.get(client.at(path), htmx=True).status_code == 404
    for act in ("cancel", "retry"):
        assert client.post(client.at(f"activities/{number}/{act}")).status_code == 404
    for path in ("activities/", "activities/?q=import", "activities/running"):
        assert "Other store" not in client.get(client.at(path)).text


def test_the_shop_is_named_where_there_are_several(app: Flask, client: PageClient, store: Store) -> None:
    one, two = make_shop(app, store), make_shop(app, store, "7490000000000000002", "Second Shop")
    for shop in (one, two):
        end(app, store, make(app, store, "Publish", shop_id=shop.id))
    page = client.get(client.at("activities/")).text
    assert '<td data-label="Shop">First Shop</td>' in page and '<td data-label="Shop">Second Shop</td>' in page
    assert isinstance(two, Shop)


def test_a_page_that_shows_it_already_is_sent_nothing(app: Flask, store: Store, client: PageClient) -> None:
    with inside(app, store):
        activity = activities.start(system(store.id), "publish", "Publish", [NewItem("one")], units=10).activity
        activity.state = "running"
        db.session.flush()
        number = activity.id
    first = client.get(client.at(f"activities/{number}/live"), htmx=True).text
    asked = html.unescape(first.partition('hx-get="')[2].partition('"')[0])
    assert client.get(asked, htmx=True).status_code == 204
    bar = client.get(client.at("activities/running"), htmx=True).text
    watched = html.unescape(bar.partition('hx-get="')[2].partition('"')[0])
    assert client.get(watched, htmx=True).status_code == 204
    with inside(app, store):
        db.session.execute(update(Activity).where(Activity.id == number).values(units_done=4))
    again = client.get(asked, htmx=True)
    assert again.status_code == 200 and "4 of 10" in again.text
    assert client.get(watched, htmx=True).status_code == 200
