"""The price pages: steps, a rule looked at before it is saved, a listing's own rule, the trial, incidents."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from models import Activity, Listing, ListingSku, PriceIncident, PricePolicy, Shop, Store, db
from services import clock
from tests.blueprints.conftest import inside
from tests.pages import PageClient
from tests.services.listing_rows import add_listing, add_shop


@pytest.fixture
def store(app: Flask, store: Store) -> Store:
    """A shop with two live listings that show 12.50."""
    with inside(app, store):
        shop = add_shop()
        shop.authorization.state = "active"
        for number in (1, 2):
            listing = add_listing(shop, number)
            listing.tiktok_id, listing.platform_status = f"10{number}", "ACTIVATE"
            for line in db.session.scalars(select(ListingSku).where(ListingSku.listing_id == listing.id)):
                line.tiktok_id, line.sent_price = f"S{line.id}", Decimal("12.50")
    return store


def first(app: Flask, store: Store) -> int:
    with inside(app, store):
        return db.session.scalars(select(Listing.id).order_by(Listing.id)).all()[0]


def saved(app: Flask, store: Store) -> list[tuple[int, str, Decimal | None, bool]]:
    with inside(app, store):
        rows = db.session.scalars(select(PricePolicy).order_by(PricePolicy.id))
        return [(row.listing_id, row.kind, row.amount, row.is_on) for row in rows]


def digest_in(text: str) -> str:
    return text.split('name="digest" value="')[1].split('"')[0]


def test_every_sku_with_what_it_should_cost(client: PageClient, store: Store) -> None:
    page = client.get(f"{client.home}prices/")
    assert page.status_code == 200 and "MUG-1-0" in page.text and "Not switched on yet" in page.text
    assert "MUG-2-0" not in client.get(f"{client.home}prices/?q=number 1").text
    assert "Nothing matches" in client.get(f"{client.home}prices/?q=100%25").text


def test_a_rule_is_looked_at_saved_and_sent(client: PageClient, app: Flask, store: Store) -> None:
    rule = {"kind": "percent_up", "amount": "10", "ending": ".99", "days": "7", "up_at": "5", "down_at": "0",
            "step": "2", "most_up": "10", "most_down": "10"}  # fmt: skip
    looked = client.post(f"{client.home}prices/rule/look", data=rule)
    assert "13.99 USD" in looked.text and "On the past" in looked.text and saved(app, store) == []
    stale = client.post(f"{client.home}prices/rule", data=rule | {"digest": "another"})
    assert stale.status_code == 409 and saved(app, store) == []
    done = client.post(f"{client.home}prices/rule", data=rule | {"digest": digest_in(looked.text)})
    assert done.status_code == 303 and saved(app, store) == [(0, "percent_up", Decimal(10), True)]
    with inside(app, store):
        assert [(row.kind, row.total) for row in db.session.scalars(select(Activity))] == [("reprice", 2)]
        assert all(row.is_stale for row in db.session.scalars(select(Listing)))
    assert "as they happen" in client.get(f"{client.home}prices/rule").text
    client.post(f"{client.home}prices/rule/switch", data={"on": "0"})
    assert saved(app, store)[0][3] is False


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "percent_up"}, {"kind": "percent_down", "amount": "100"}, {"floor": "5", "ceiling": "4"}, {"rate": "x"},
     {"rate": "1.1", "rate_on": "2999-01-01"}, {"follow": "shop"}, {"ending": ".42"}, {"days": "7"},
     {"days": "7", "up_at": "1", "down_at": "1", "step": "1", "most_up": "1", "most_down": "1"}, {"floor": "NaN"}],
)  # fmt: skip
def test_nonsense_is_refused(client: PageClient, app: Flask, store: Store, wrong: dict[str, str]) -> None:
    assert client.post(f"{client.home}prices/rule/look", data=wrong).status_code == 422
    assert saved(app, store) == []


def test_a_listing_with_a_rule_of_its_own(client: PageClient, app: Flask, store: Store) -> None:
    number = first(app, store)
    here = f"{client.home}prices/listing/{number}"
    assert "price 12.5" in client.get(here).text
    looked = client.post(f"{here}/look", data={"kind": "fixed_down", "amount": "2.5"})
    assert "10.00 USD" in looked.text and saved(app, store) == []
    rule = {"kind": "fixed_down", "amount": "2.5", "digest": digest_in(looked.text)}
    assert client.post(here, data=rule).status_code == 303
    assert saved(app, store) == [(number, "fixed_down", Decimal("2.5"), False)]
    assert "this listing" in client.get(here).text
    client.post(f"{here}/drop")
    assert saved(app, store) == []


def test_a_trial_changes_nothing(client: PageClient, app: Flask, store: Store) -> None:
    page = client.get(f"{client.home}prices/trial?try=1&kind=percent_down&amount=60&fee=9")
    assert "down by more than half" in page.text and "moves by more than half: 2" in page.text
    assert saved(app, store) == []
    assert client.get(f"{client.home}prices/trial").status_code == 200
    assert client.get(f"{client.home}prices/trial?try=1&fee=x").status_code == 422


def test_sending_one_listing_by_hand(client: PageClient, app: Flask, store: Store) -> None:
    assert client.get(f"{client.home}prices/send").status_code == 200
    assert client.post(f"{client.home}prices/send", data={"listing": first(app, store)}).status_code == 303
    with inside(app, store):
        assert [row.total for row in db.session.scalars(select(Activity))] == [1]


def test_a_semi_consignment_store_has_no_price(client: PageClient, app: Flask, store: Store) -> None:
    with inside(app, store):
        db.session.scalars(select(Shop)).one().kind = "semi_consignment"
    assert "set by TikTok" in client.get(f"{client.home}prices/rule").text
    refused = client.post(f"{client.home}prices/rule/look", data={"kind": "percent_up", "amount": "1"})
    assert refused.status_code in (403, 404)


def test_incidents(client: PageClient, app: Flask, store: Store) -> None:
    number = first(app, store)
    with inside(app, store):
        listing = db.session.get_one(Listing, number)
        now = clock.now()
        db.session.add(PriceIncident(shop_id=listing.shop_id, listing_id=number, listing_sku_id=0, kind="not_applied",
                                     told=Decimal(9), found=Decimal(8), first_at=now, last_at=now))  # fmt: skip
    page = client.get(f"{client.home}prices/incidents")
    assert "Told 9.00 USD, shows 8.00 USD" in page.text
