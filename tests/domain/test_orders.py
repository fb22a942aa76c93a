"""Statuses, deadlines, grouping, buyers and settings of orders: rules as tables."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.orders import buyers, deadlines, grouping, statuses, words
from domain.orders.facts import LineFacts, OrderFacts
from domain.orders.settings import STATUSES, OrderSettings
from domain.orders.statuses import Status

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a Friday
ORDER = OrderFacts("1", "AWAITING_SHIPMENT", NOON, NOON, paid_at=NOON, ship_by=NOON + timedelta(days=2))


@pytest.mark.parametrize(
    ("status", "more", "code"),
    [
        ("UNPAID", {}, "ship.unpaid"), ("ON_HOLD", {}, "ship.on_hold"), ("AWAITING_SHIPMENT", {}, ""),
        ("PARTIALLY_SHIPPING", {}, ""), ("AWAITING_COLLECTION", {}, "ship.gone"), ("CANCELLED", {}, "ship.cancelled"),
        ("AWAITING_SHIPMENT", {"cancel_asked": True}, "ship.cancel_asked"),
        ("AWAITING_SHIPMENT", {"by_tiktok": True}, "ship.by_tiktok"), ("COMPLETED", {}, "ship.gone"),
    ],
)  # fmt: skip
def test_goods_leave_only_for_an_order_that_stands(status: str, more: dict[str, bool], code: str) -> None:
    given: dict[str, Any] = {"by_tiktok": False, "cancel_asked": False, "paid_at": NOON} | more
    guard = statuses.may_ship(status, **given)
    assert (guard.code, bool(guard)) == (code, code == "")
    assert guard.until == (NOON + timedelta(hours=1) if status == "ON_HOLD" else None)


def test_both_spellings_of_cancelled_and_the_order_of_versions() -> None:
    assert statuses.read("CANCEL") == "CANCELLED" and statuses.read("NEW_WORD") == "NEW_WORD"
    later = NOON + timedelta(seconds=1)
    assert statuses.is_newer(later, "ON_HOLD", NOON, "COMPLETED")
    assert not statuses.is_newer(NOON, "ON_HOLD", NOON, "AWAITING_SHIPMENT")
    assert statuses.is_newer(NOON, "CANCELLED", NOON, "ON_HOLD")


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({}, ["ship"]),
        ({"status": "ON_HOLD"}, ["hold"]),
        ({"status": "AWAITING_COLLECTION", "collect_by": NOON}, ["collect"]),
        ({"status": "IN_TRANSIT", "deliver_by": NOON}, ["deliver"]),
        ({"cancel_asked": True, "cancel_asked_at": NOON - timedelta(hours=1)}, ["answer", "ship"]),
        ({"status": "CANCELLED"}, []),
        ({"fulfillment": "FULFILLMENT_BY_TIKTOK"}, []),
        ({"ship_by": None}, []),
        ({"ship_by": None, "handling_days": 2}, ["ship"]),
    ],
)
def test_which_clocks_run(changes: dict[str, Any], kinds: list[str]) -> None:
    assert [clock.kind for clock in deadlines.clocks(replace(ORDER, **changes))] == kinds


@pytest.mark.parametrize(
    ("start", "days", "holidays", "end"),
    [
        (NOON, 0, (), NOON),
        (NOON, 1, (), NOON + timedelta(days=3)),
        (NOON, 1, (date(2026, 11, 23),), NOON + timedelta(days=4)),
        (NOON + timedelta(days=1), 1, (), NOON + timedelta(days=4)),
        (datetime(2026, 12, 24, 9, tzinfo=UTC), 2, (date(2026, 12, 25),), datetime(2026, 12, 29, 9, tzinfo=UTC)),
    ],
)
def test_business_days(start: datetime, days: int, holidays: tuple[date, ...], end: datetime) -> None:
    assert deadlines.add_business_days(start, days, holidays) == end
    order = replace(ORDER, paid_at=start, ship_by=None, handling_days=days, handling_in_business_days=True)
    assert [clock.at for clock in deadlines.clocks(order, holidays)] == ([end] if days else [])


@pytest.mark.parametrize(
    ("minutes", "text"), [(5, "5 min left"), (125, "2 h 5 min left"), (-40, "40 min late"), (4320, "3 days left")]
)
def test_what_is_left_in_words(minutes: int, text: str) -> None:
    assert deadlines.left(NOON + timedelta(minutes=minutes), NOON) == text


@pytest.mark.parametrize(
    ("how", "keys"),
    [("whole", [""]), ("sku", ["sku-a", "sku-b"]), ("warehouse", ["wh-w", ""]), ("package", ["pkg-p", ""])],
)
def test_every_line_is_in_one_group(how: Any, keys: list[str]) -> None:
    lines = [LineFacts("1", "a", package_id="p", warehouse_id="w"), LineFacts("2", "b"), LineFacts("3", "a")]
    found = grouping.groups(lines, how)
    assert [group.key for group in found] == keys
    assert sorted(line for group in found for line in group.lines) == ["1", "2", "3"]
    assert len({grouping.reference("576", group.key) for group in found}) == len(found)


def test_buyers_are_complete_whatever_tiktok_withholds() -> None:
    nobody = buyers.recipient({}, "US")
    assert nobody.street_1 == buyers.WITHHELD and len(nobody.zip) > 1 and nobody.country == "US"
    assert buyers.masking({}).withheld
    address = {"name": "Jane D***", "phone_number": "(+1)213-***-1234", "address_line1": "1 Alder", "post_town": "Ham"}
    someone = buyers.recipient(address, "GB", "x@chat.example")
    assert (someone.first_name, someone.last_name, someone.city, someone.email) == (
        "Jane", "D***", "Ham", "x@chat.example",
    )  # fmt: skip
    assert buyers.masking(address).masked == ("the name", "the phone number")
    assert buyers.masking({"name": "Jane Doe"}).text == ""


def test_every_status_has_a_word_in_every_vocabulary() -> None:
    for name in words.WORDS:
        assert set(words.words(name)) == {*(tab.value for tab in statuses.TABS), "error"}
        assert all(word and "*" not in word for word in words.words(name).values())
    assert words.words("cartcom")["ON_HOLD"] == "Pending" and words.words("cartcom")["AWAITING_SHIPMENT"] == "Unshipped"
    assert set(STATUSES) == {status.value for status in statuses.TABS}


def test_settings_come_back_and_nonsense_is_as_by_default() -> None:
    settings = OrderSettings(create="after_hold", grouping="sku", holidays=(date(2026, 12, 25),), samples=False)
    assert OrderSettings.from_json(settings.to_json()) == settings
    broken = {"create": "sometimes", "statuses": {"CANCELLED": "99", "X": "1"}, "channel_id": "x", "more": 1}
    assert OrderSettings.from_json(broken) == OrderSettings()
    assert OrderSettings().creates(Status.ON_HOLD) and not settings.creates(Status.ON_HOLD)
