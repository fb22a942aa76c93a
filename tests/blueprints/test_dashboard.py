"""The dashboard: the wizard first, then what needs a person, in order, with counts that lead to their rows."""

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from flask import Flask

from domain.tabs import Tab
from models import Activity, Authorization, InboxEvent, Listing, ListingProblem, Shop, Store, db
from models.tenancy import across_stores
from services import notices
from services.counters import LISTING_PROBLEM, LISTING_TAB, PRODUCT_STATUS, Deltas
from services.finance import sales
from services.orders import recording
from services.tabs import chip
from tests.blueprints.conftest import inside, make_shop
from tests.pages import PageClient
from tests.services.order_rows import facts, line, moment, sell


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"SANDBOX_URL": ""}


@pytest.fixture
def app(app: Flask) -> Flask:
    if "listings.index" not in app.view_functions:
        app.add_url_rule("/s/<store_hash>/listings/", "listings.index", lambda: "")  # the page belongs to another area
    return app


@pytest.fixture
def ready(app: Flask, store: Store) -> Store:
    """A store whose wizard is done, with a shop."""
    with inside(app, store):
        db.session.get_one(Store, store.id).wizard = {"done": {"by": "owner@example.com"}}
    make_shop(app, store)
    return store


def count(app: Flask, store: Store, scope: str, name: str, number: int, shop_id: int = 0) -> None:
    with inside(app, store):
        deltas = Deltas()
        deltas.add(scope, shop_id, name, number)
        deltas.write()
        db.session.commit()


def problem(app: Flask, store: Store, code: str, shop_id: int, is_blocking: bool) -> None:
    with inside(app, store):
        listing = Listing(shop_id=shop_id, title="Mug", changed_at=datetime.now(UTC))
        db.session.add(listing)
        db.session.flush()
        about = {"code": code, "field": "title", "text": code, "is_blocking": is_blocking}
        db.session.add(ListingProblem(listing_id=listing.id, shop_id=shop_id, **about))


def activity(app: Flask, store: Store, **facts: Any) -> int:
    with inside(app, store):
        row = Activity(
            kind="publish", title="Publish 10 listings", created_at=datetime.now(UTC), details={}, notes={}, **facts
        )
        db.session.add(row)
        db.session.commit()
        return row.id


def test_the_wizard_comes_first(app: Flask, client: PageClient, store: Store) -> None:
    answer = client.get(client.at(""))
    assert answer.status_code == 303 and answer.location.endswith(f"/s/{store.hash}/wizard/")


def test_nothing_needs_anybody(app: Flask, client: PageClient, ready: Store) -> None:
    answer = client.get(client.at(""))
    assert answer.status_code == 200 and "Nothing needs you" in answer.text and "Nothing is running" in answer.text
    assert "first live listing" in answer.text and 'hx-trigger="every' not in answer.text
    assert "Gross" not in answer.text and "order-counts" not in answer.text


def test_needs_stand_in_the_order_of_their_cost(app: Flask, client: PageClient, ready: Store) -> None:
    shop_id = 1
    count(app, ready, LISTING_TAB, Tab.FAILED.value, 2, shop_id)
    count(app, ready, LISTING_TAB, Tab.INCOMPLETE.value, 40, shop_id)
    count(app, ready, LISTING_TAB, Tab.READY.value, 7, shop_id)
    count(app, ready, LISTING_PROBLEM, chip("incomplete", "weight.missing"), 31, shop_id)
    count(app, ready, LISTING_PROBLEM, chip("incomplete", "category.missing"), 9, shop_id)
    count(app, ready, LISTING_PROBLEM, chip("incomplete", "images.unmeasured"), 40, shop_id)  # only advice
    problem(app, ready, "weight.missing", shop_id, True)
    problem(app, ready, "images.unmeasured", shop_id, False)
    activity(
        app,
        ready,
        state="running",
        waiting=900,
        resumes_at=datetime.now(UTC) + timedelta(hours=5),
        message="Limit used up.",
    )
    broken = activity(app, ready, state="broken", finished_at=datetime.now(UTC), message="Our fault.")
    with inside(app, ready):
        db.session.query(Authorization).one().state = "needs_reauthorisation"
        notices.raise_notice("x", "warning", "A warehouse has no location.", "Map it", "/wizard/warehouses")
        notices.raise_notice(
            "authorization:1", "danger", "told by its own line", "Reconnect", "/settings/authorization"
        )
        db.session.commit()
    text = client.get(client.at("")).text
    parts = [
        "must be connected again",
        "2 listings failed",
        "Our fault.",
        "Limit used up",
        "A warehouse has no location",
        "40 listings cannot be published",
        "7 listings are ready",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places) and "told by its own line" not in text
    assert "31" in text and "/listings/?tab=incomplete&amp;problem=weight.missing" in text
    assert f"/s/{ready.hash}/activities/{broken}" in text
    assert text.index("31") and "problem=category.missing" not in text


def test_a_broken_one_that_was_made_good_is_no_need(app: Flask, client: PageClient, ready: Store) -> None:
    activity(app, ready, state="broken", finished_at=datetime.now(UTC), message="Our fault.")
    assert "Our fault." in client.get(client.at("")).text
    activity(app, ready, state="finished", finished_at=datetime.now(UTC), message="Good.")
    assert "did not get to its end" not in client.get(client.at("")).text


def test_counters_lead_to_their_rows(app: Flask, client: PageClient, ready: Store) -> None:
    count(app, ready, PRODUCT_STATUS, "not_uploaded", 1234)
    count(app, ready, LISTING_TAB, Tab.LIVE.value, 5, 1)
    text = client.get(client.at("")).text
    assert "<b>1,234</b><span>Not uploaded</span>" in text and f"/s/{ready.hash}/products/?status=not_uploaded" in text
    assert "<b>5</b><span>Live</span>" in text and f"/s/{ready.hash}/listings/?tab=live" in text
    assert "first live listing" not in text


def test_running_and_completed_activities(app: Flask, client: PageClient, ready: Store) -> None:
    activity(app, ready, state="running", units=10, units_done=5, total=10)
    activity(app, ready, state="finished", finished_at=datetime.now(UTC), message="60 products with 208 variants.")
    text = client.get(client.at("")).text
    assert "5 of 10 · 50.0 %" in text and "60 products with 208 variants." in text
    moving = client.get(client.at("dashboard/moving"), htmx=True)
    assert "every 2s" in moving.text and "HX-Trigger" not in moving.headers
    with inside(app, ready):
        for row in db.session.query(Activity):
            row.state, row.finished_at = "finished", datetime.now(UTC)
        db.session.commit()
    moving = client.get(client.at("dashboard/moving"), htmx=True)
    assert "every 2s" not in moving.text and "activity-over" in moving.headers["HX-Trigger"]


def test_refresh_answers_the_content_alone(app: Flask, client: PageClient, ready: Store) -> None:
    client.get(client.at(""))
    answer = client.get(client.at(""), htmx=True)
    assert answer.status_code == 200 and "<html" not in answer.text and 'id="dashboard"' in answer.text


def test_health_names_the_lag_of_this_store_only(
    app: Flask, client: PageClient, ready: Store, other_store: Store
) -> None:
    def arrive(account: str, event_id: str) -> None:
        with app.app_context(), across_stores("the inbox holds events of every store"):
            long_ago = datetime.now(UTC) - timedelta(minutes=10)
            db.session.add(
                InboxEvent(
                    source="tiktok",
                    event_id=event_id,
                    topic="5",
                    account=account,
                    body={},
                    received_at=long_ago,
                    due_at=long_ago,
                )
            )
            db.session.commit()

    arrive("7499999999999999999", "other")
    assert "Every message is applied." in client.get(client.at("")).text
    arrive("7490000000000000001", "mine")
    text = client.get(client.at("")).text
    assert "1 wait, the oldest for 10 min" in text and ">Behind</span>" in text


def test_redis_away_is_said_and_the_page_works(
    app: Flask, client: PageClient, ready: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.dashboard.redis_away", lambda: True)
    answer = client.get(client.at(""))
    assert answer.status_code == 200 and "Background work rests" in answer.text


def test_another_store_shows_nothing_here(app: Flask, client: PageClient, ready: Store, other_store: Store) -> None:
    count(app, other_store, PRODUCT_STATUS, "live", 777)
    activity(app, other_store, state="running", units=10, message="other's work")
    text = client.get(client.at("")).text
    assert "777" not in text and "other's work" not in text and "Other" not in text and "secret matter" not in text


@pytest.fixture
def sold(app: Flask, ready: Store) -> Store:
    """Orders of today, of three days ago and of two months ago; one is cancelled, one is late, one a stranger's."""
    with inside(app, ready):
        shop = db.session.scalars(db.select(Shop)).one()
        sell(shop)
        now = moment()
        orders = [
            facts(1, "AWAITING_SHIPMENT", total=Decimal("20.00"), ship_by=now - timedelta(hours=1)),
            facts(2, "AWAITING_SHIPMENT", total=Decimal("30.50"), ship_by=now + timedelta(hours=3)),
            facts(3, "CANCELLED", total=Decimal("99.00")),
            facts(4, "COMPLETED", total=Decimal("10.00"), placed_at=now - timedelta(days=3)),
            facts(5, "COMPLETED", total=Decimal("70.00"), placed_at=now - timedelta(days=61)),
            facts(6, lines=(line(60, "elsewhere"),), total=Decimal("5.00")),
        ]
        recording.record(shop, orders, "import")
    return ready


def test_orders_are_counted_and_what_is_late_or_stuck_comes_first(client: PageClient, sold: Store) -> None:
    text = client.get(client.at("")).text
    assert "<b>2</b><span>Awaiting shipment</span>" in text and f"/s/{sold.hash}/orders/?tab=AWAITING_SHIPMENT" in text
    assert "<b>1</b><span>Error</span>" in text and "<b>1</b><span>Cancelled</span>" in text
    assert text.index("1 order is past a deadline") < text.index("1 order could not be brought")
    assert text.index("could not be brought") < text.index("1 order has a deadline within 24 hours")


def chart(text: str) -> list[dict[str, Any]]:
    found = re.search(r'data-chart="([^"]*)"', text)
    assert found is not None
    points: list[dict[str, Any]] = json.loads(unescape(found.group(1)))
    return points


def test_gross_sales_by_week_month_and_year(app: Flask, client: PageClient, sold: Store) -> None:
    def totals() -> list[tuple[int, float, bool]]:
        found = []
        for period in ("week", "month", "year"):
            text = client.get(client.at(f"?period={period}")).text
            points = chart(text)
            total = sum(point["amount"] for point in points)
            found.append((len(points), total, f"<b>{total:,.2f} USD</b>" in text))
        return found

    before = totals()
    assert before == [(7, 65.5, True), (30, 65.5, True), (12, 135.5, True)]
    with inside(app, sold):
        assert sales.settle() >= 3 and sales.changed() == []
    assert totals() == before
    answer = client.get(client.at("dashboard/sales?period=month"), headers={"HX-Request": "true"})
    assert answer.text.lstrip().startswith('<section id="sales"') and "<html" not in answer.text
    assert "The numbers behind the bars" in answer.text and "30.50" not in client.get(client.at("?period=year")).text


def test_without_sales_the_chart_says_so_and_the_page_leaves_it_out(client: PageClient, ready: Store) -> None:
    answer = client.get(client.at("dashboard/sales?period=month"), headers={"HX-Request": "true"})
    assert answer.status_code == 200 and "There are no sales to show." in answer.text
    assert 'id="sales"' not in client.get(client.at("")).text


def test_a_day_whose_orders_change_is_summed_again(app: Flask, client: PageClient, sold: Store) -> None:
    with inside(app, sold):
        sales.settle()
    with inside(app, sold):
        shop = db.session.scalars(db.select(Shop)).one()
        recording.record(shop, [facts(2, "CANCELLED", age=-5, total=Decimal("30.50"))], "poll")
        assert [day for _, day, _ in sales.changed()] == [facts(2).placed_at.date()]
    assert sum(point["amount"] for point in chart(client.get(client.at("")).text)) == 35.0


def test_how_far_orders_stock_and_statements_are_behind(client: PageClient, sold: Store) -> None:
    text = client.get(client.at("")).text
    assert (
        "Orders from TikTok Shop" in text and "Stock to TikTok Shop" in text and "Statements from TikTok Shop" in text
    )
