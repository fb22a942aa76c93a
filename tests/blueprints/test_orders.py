"""The pages of orders: list, one order, deadlines, required options, import, settings."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from models import Activity, ActivityItem, Listing, Order, OrderHour, RequiredOption, Store, StoreOrder, Variant, db
from services import clock
from services.orders import evidence_file, options, recording, rules
from tests.blueprints.conftest import SignIn, inside
from tests.pages import PageClient
from tests.services import listing_rows
from tests.services.order_rows import NUMBER, facts, line, moment, sell


@pytest.fixture
def store(app: Flask, store: Store) -> Iterator[Store]:
    """Six orders: on hold, to ship, shipped, cancelled, one with a stranger, one by TikTok."""
    with inside(app, store):
        shop = listing_rows.add_shop()
        sell(shop)
        soon = moment() + timedelta(hours=1)
        orders = [
            facts(1, lines=(line(1), line(2))),
            facts(2, "AWAITING_SHIPMENT", buyer_name="Ada Lovelace", ship_by=soon),
            facts(3, "AWAITING_COLLECTION", placed_at=moment() - timedelta(days=3)),
            facts(4, "CANCELLED", cancel_reason="Out of stock", cancelled_by="SELLER"),
            facts(5, lines=(line(50, "elsewhere", seller_sku="OLD-7"),)),
            facts(6, "AWAITING_SHIPMENT", fulfillment="FULFILLMENT_BY_TIKTOK", total=Decimal("1234.5")),
        ]
        recording.record(shop, orders, "import")
    yield store


def number(page: str, count: int) -> bool:
    return str(NUMBER + count) in page


def shown(page: str) -> list[int]:
    return [int(found) - NUMBER for found in re.findall(r'orders/\d+">(\d{18})</a>', page)]


def test_columns_tabs_and_counts(client: PageClient) -> None:
    page = client.get(client.at("orders/")).text
    for column in (
        "Order number", "BigCommerce order id", "Customer name", "Created at", "Order status", "Price", "Quantity",
    ):  # fmt: skip
        assert f">{column}</th>" in page
    assert sorted(shown(page)) == [1, 2, 3, 4, 5, 6] and "N/A" in page and "1,234.50 USD" in page
    tabs = dict(re.findall(r'tab=(\w+)"(?: aria-current="page")?>[^<]*<span class="tab-count">([\d,]+)', page))
    assert tabs == {
        "ON_HOLD": "2", "AWAITING_SHIPMENT": "2", "PARTIALLY_SHIPPING": "0", "AWAITING_COLLECTION": "1",
        "IN_TRANSIT": "0", "DELIVERED": "0", "COMPLETED": "0", "CANCELLED": "1", "error": "1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tab=AWAITING_SHIPMENT", [2, 6]), ("tab=error", [5]), (f"q={NUMBER + 3}", [3]), ("q=love", [2]), ("q=zz", []),
        ("kind=tiktok", [6]), ("sku=OLD-7", [5]), ("tab=nonsense", [1, 2, 3, 4, 5, 6]), ("q=%00", []),
        ("tab=error&code=order.unlinked", [5]), ("since=2099-01-01", []), ("since=never", [1, 2, 3, 4, 5, 6]),
    ],
)  # fmt: skip
def test_filters(client: PageClient, query: str, found: list[int]) -> None:
    assert sorted(shown(client.get(client.at(f"orders/?{query}")).text)) == found


def test_dates_include_both_days(client: PageClient) -> None:
    day = f"{datetime.now(UTC) - timedelta(days=3):%Y-%m-%d}"
    assert shown(client.get(client.at(f"orders/?since={day}&until={day}")).text) == [3]


def test_pages_forth_and_back_show_each_order_once(app: Flask, store: Store, client: PageClient) -> None:
    with inside(app, store):
        shop = db.session.get_one(Listing, 1).shop
        more = [facts(n, placed_at=moment() - timedelta(days=9, minutes=n // 3)) for n in range(100, 125)]
        recording.record(shop, more, "import")
    page = client.get(client.at("orders/?size=10")).text
    seen: list[int] = []
    while True:
        seen += shown(page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        if following is None:
            break
        page = client.get(following[1].replace("&amp;", "&")).text
    assert len(seen) == len(set(seen)) == 31
    back = re.search(r'rel="prev" href="([^"]+)"', page)
    assert back is not None
    assert shown(client.get(back[1].replace("&amp;", "&")).text) == seen[20:30]


def of(app: Flask, store: Store, count: int) -> int:
    with inside(app, store):
        return db.session.scalars(select(Order.id).where(Order.tiktok_id == str(NUMBER + count))).one()


def test_an_order_shows_both_sides_money_lines_and_timeline(app: Flask, store: Store, client: PageClient) -> None:
    page = client.get(client.at(f"orders/{of(app, store, 1)}")).text
    assert "The buyer may still cancel for an hour" in page and "withholds name and address" in page
    assert "Hold ends" in page and "Placed on TikTok Shop." in page and "held" in page
    assert "MUG-1-0" in page and "25.00 USD" in page, "two pieces in one row"
    assert "Alder Street" in client.get(client.at(f"orders/{of(app, store, 2)}")).text


def test_status_words_of_the_former_tool(app: Flask, store: Store, client: PageClient) -> None:
    with app.app_context():
        db.session.get_one(Store, store.id).settings = {"status_words": "cartcom"}
        db.session.commit()
    page = client.get(client.at("orders/")).text
    assert ">Pending</span>" in page and ">Unshipped</span>" in page


def test_a_late_link_cures_the_order_and_writes_it(app: Flask, store: Store, client: PageClient) -> None:
    order_id = of(app, store, 5)
    page = client.get(client.at(f"orders/{order_id}")).text
    assert "Link to a product" in page
    client.get(client.at(f"orders/{order_id}/link?sku=elsewhere&q=stoneware"))
    with inside(app, store):
        variant = db.session.scalars(select(Variant.id).where(Variant.sku == "MUG-1-1")).one()
    answer = client.post(client.at(f"orders/{order_id}/link"), data={"sku": "elsewhere", "variant": str(variant)})
    assert answer.status_code == 303
    with inside(app, store):
        assert db.session.get_one(Order, order_id).problem == ""
        queued = select(ActivityItem.subject_id).join(Activity, Activity.id == ActivityItem.activity_id)
        copies = select(StoreOrder.id).where(StoreOrder.order_id == order_id)
        written = db.session.scalars(queued.where(Activity.kind == "write_orders")).all()
        assert db.session.scalars(copies).one() in written
    client.post(client.at("orders/replay"), data={})


def test_required_options_are_listed_suggested_and_decided(app: Flask, store: Store, client: PageClient) -> None:
    with inside(app, store):
        chosen = [{"id": 7, "label": "None", "is_default": False}, {"id": 8, "label": "Red", "is_default": True}]
        options.record([1], [options.Found(1, 99, "Ribbon", "dropdown", chosen)])
    assert "would make orders fail" in client.get(client.at("orders/")).text
    page = client.get(client.at("orders/options")).text
    assert "Ribbon" in page and 'value="8" selected' in page
    with inside(app, store):
        option_id = db.session.scalars(select(RequiredOption.id)).one()
    assert client.post(client.at(f"orders/options/{option_id}"), data={"value": "55"}).status_code == 422
    client.post(client.at("orders/options/accept"), data={})
    with inside(app, store):
        assert db.session.scalars(select(RequiredOption.value)).one() == "8"


def test_the_board_is_sorted_by_what_is_left(app: Flask, store: Store, client: PageClient) -> None:
    page = client.get(client.at("orders/deadlines")).text
    assert page.index(str(NUMBER + 1)) < page.index(str(NUMBER + 2)) and not number(page, 3)
    assert "Ship by" in page and number(client.get(client.at("orders/deadlines?kind=ship")).text, 2)


def test_an_import_of_days_is_an_activity(app: Flask, store: Store, client: PageClient) -> None:
    client.get(client.at("orders/import"))
    assert client.post(client.at("orders/import"), data={"since": "2026-01-01", "until": "x"}).status_code == 422
    answer = client.post(client.at("orders/import"), data={"since": "2026-01-01", "until": "2026-01-03"})
    assert "/activities/" in answer.headers["Location"]
    client.post(client.at("orders/sync"), data={})
    with inside(app, store):
        activity = db.session.scalars(select(Activity).where(Activity.kind == "order_import")).one()
        assert (activity.total, activity.queue) == (3, "live")


def test_settings_are_kept_and_the_second_of_two_is_told(app: Flask, store: Store, client: PageClient) -> None:
    page = client.get(client.at("settings/orders/")).text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    form = {"version": version[1], "moment": "hold_ended", "create": "after_hold", "grouping": "sku", "download": "1",
            "by_tiktok": "ignore", "unlinked": "stop", "status-CANCELLED": "6", "holidays": "2026-12-25",
            "guest_name": "Guest", "channel_id": "3"}  # fmt: skip
    assert client.post(client.at("settings/orders/"), data=form).status_code == 303
    with inside(app, store):
        kept = rules.of()
        assert (kept.grouping, kept.create, kept.statuses["CANCELLED"], kept.samples) == ("sku", "after_hold", 6, False)
        assert kept == replace(kept, channel_id=3, guest_name="Guest")
    assert client.post(client.at("settings/orders/"), data=form).status_code == 409
    assert client.post(client.at("settings/orders/"), data=form | {"holidays": "x"}).status_code == 422


def test_the_evidence_file_is_chained(app: Flask, store: Store, client: PageClient) -> None:
    made = client.get(client.at(f"orders/{of(app, store, 1)}/file")).get_json()
    assert made["order"]["tiktok_id"] == str(NUMBER + 1) and len(made["lines"]) == 2
    chain = made["timeline"]
    assert made["last_hash"] == chain[-1]["hash"]
    before = evidence_file.FIRST
    for entry in chain:
        assert entry["previous"] == before and entry["hash"] == evidence_file.digest(entry)
        before = entry["hash"]
    assert [entry["kind"] for entry in chain][:3] == ["status", "status", "seen"]
    client.get(client.at(f"orders/{of(app, store, 1)}/evidence"))


def test_an_export_of_what_the_list_shows(app: Flask, store: Store, client: PageClient) -> None:
    client.get(client.at("orders/"))
    form = {"kind": "orders", "from": "orders", "all": "1", "tab": "AWAITING_SHIPMENT", "format": "csv"}
    assert client.post(client.at("spreadsheets/export"), data=form).status_code == 303
    with inside(app, store):
        activity = db.session.scalars(select(Activity).where(Activity.kind == "sheet_export")).one()
        assert activity.units == 2


def test_what_was_missing_is_named(app: Flask, store: Store, client: PageClient) -> None:
    with inside(app, store):
        hour = clock.now().replace(minute=0, second=0, microsecond=0)
        db.session.add(OrderHour(shop_id=1, hour=hour, theirs=5, ours=5, unpaid=0, filled=2, checked_at=clock.now()))
    assert "2 orders of Harbor" in client.get(client.at("orders/gaps")).text


def test_another_store_sees_none_of_it(
    app: Flask, store: Store, other_store: Store, sign_in: SignIn, client: PageClient
) -> None:
    with inside(app, other_store):
        from models import Person

        person = db.session.scalars(select(Person)).one()
        db.session.expunge(person)
    other = sign_in(other_store, person)
    assert "No orders yet" in other.get(other.at("orders/")).text
    assert other.get(other.at(f"orders/{of(app, store, 1)}")).status_code == 404
