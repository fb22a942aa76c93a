"""A rule pack with a date to come: the same listing passes, is warned of, and fails on the right days."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from domain import rulepacks
from models import ListingProblem, Notice, Shop, db
from models.tenancy import tenant
from services import breaking, clock, readiness
from tests.services.listing_rows import add_listing, add_shop, add_store

TODAY, DAY = date(2026, 11, 21), date(2026, 12, 1)


@pytest.fixture
def shop(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """Its listings have titles of 40 characters."""
    set_day(monkeypatch, TODAY)
    with app.app_context():
        store = add_store()
        with tenant(store.id):
            yield add_shop()
            db.session.rollback()
    rulepacks._known.cache_clear()


def set_day(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(day.year, day.month, day.day, 12, tzinfo=UTC))


def announce(monkeypatch: pytest.MonkeyPatch, **changes: int) -> None:
    """TikTok says what the rules will be from that day on."""
    later = replace(rulepacks.pack_for("US", TODAY), effective_from=DAY, source="a text of November", **changes)  # type: ignore[arg-type]
    monkeypatch.setattr(rulepacks, "PACKS", (*rulepacks.PACKS, later))
    rulepacks._known.cache_clear()


def notice() -> Notice | None:
    return db.session.scalar(select(Notice).where(Notice.key.startswith("breaking:"), Notice.resolved_at.is_(None)))


def test_from_pass_to_warning_to_failure_on_the_right_days(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    listing, safe = add_listing(shop, 1), add_listing(shop, 2, title="A long title " * 6)
    readiness.recheck(shop, [listing.id, safe.id])
    assert listing.is_ready and breaking.look(shop) == ([], 0) and breaking.tell(shop.id) == 0 and notice() is None

    announce(monkeypatch, title_min=60)
    found, rest = breaking.look(shop)
    assert [(one.listing_id, one.day, rest) for one in found] == [(listing.id, DAY, 0)]
    assert [code for code, _, _ in found[0].problems] == ["title.too_short"]
    assert listing.is_ready and breaking.tell(shop.id) == 1
    told = notice()
    assert told is not None and "1 December 2026" in told.text and "1 listing " in told.text

    set_day(monkeypatch, date(2026, 11, 30))
    assert breaking.take_effect(shop.id) == 0 and len(breaking.look(shop)[0]) == 1

    set_day(monkeypatch, DAY)
    assert breaking.take_effect(shop.id) == 2
    while readiness.recheck_stale():
        pass
    db.session.refresh(listing)
    db.session.refresh(safe)
    assert (listing.is_ready, safe.is_ready) == (False, True)
    codes = set(db.session.scalars(select(ListingProblem.code).where(ListingProblem.is_blocking)))
    assert codes == {"title.too_short"}
    assert breaking.look(shop) == ([], 0) and breaking.tell(shop.id) == 0 and notice() is None
    assert breaking.take_effect(shop.id) == 0


def test_what_only_loosens_breaks_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    add_listing(shop, 1)
    announce(monkeypatch, title_max=900)
    assert breaking.coming(shop) and breaking.look(shop) == ([], 0)


def test_a_long_list_is_looked_at_in_parts(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [add_listing(shop, number).id for number in (1, 2, 3)]
    announce(monkeypatch, title_min=60)
    first, after = breaking.look(shop, limit=2)
    assert [one.listing_id for one in first] == ids[:2] and after == ids[1]
    assert [one.listing_id for one in breaking.look(shop, after, 2)[0]] == ids[2:]
    assert len(breaking.every(shop)) == 3
