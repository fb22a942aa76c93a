"""The error dictionary, the status words, and the way from a refused item to the field that cures it."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.guide.dictionary import fixes
from clients.errors import ItemError, Refused
from clients.tiktok.codes import BRANCHES
from domain.tabs import ProductStatus, Tab
from domain.vocabulary import VOCABULARIES
from models import Activity, ActivityItem, Listing, Shop, Store, db
from services import clock, error_dictionary, settings, verdicts
from services.actor import system
from services.error_causes import cause
from services.order_refusals import ENTRIES
from services.platform_errors import TABLE, UNKNOWN
from tests.blueprints.conftest import inside
from tests.pages import PageClient
from tests.services.listing_rows import add_listing, add_shop


@pytest.fixture
def store(app: Flask, store: Store) -> Iterator[Store]:
    """Two listings refused by TikTok, one of them with a code that nobody knows."""
    with inside(app, store):
        shop = add_shop()
        codes = {1: "12052305", 2: "19999999"}
        activity = Activity(
            kind="publish", queue="bulk", title="Publish 2 listings", state="finished", total=2, refused=2,
            shop_id=shop.id, details={}, notes={}, created_at=clock.now(), finished_at=clock.now(),
        )  # fmt: skip
        db.session.add(activity)
        db.session.flush()
        for number, code in codes.items():
            listing = add_listing(shop, number)
            text = verdicts.refused(listing, Refused("TikTok says no", code=code, status=200, method="POST", path="/x"))
            db.session.add(
                ActivityItem(
                    activity_id=activity.id, subject_id=listing.id, label=listing.title, state="refused", code=code,
                    message=text, due_at=clock.now(), finished_at=clock.now(), args={}, position=number,
                )
            )  # fmt: skip
    yield store


def test_every_known_code_has_a_cause_and_a_fix_at_one_part() -> None:
    known = {code for codes, _, _ in TABLE for code in codes} | BRANCHES.keys() | ENTRIES.keys()
    assert known == error_dictionary.entries().keys()
    for entry in error_dictionary.entries().values():
        assert entry.cause.endswith(".") and entry.fix.endswith(".") and entry.field, entry
    assert cause("1") == ""


def test_the_dictionary_lists_every_code_and_finds_by_code_and_word(client: PageClient) -> None:
    page = client.get(client.at("guide/errors")).text
    for code in error_dictionary.entries():
        assert f'id="error-{code}"' in page
    found = client.get(client.at("guide/errors?find=12052305")).text
    assert re.findall(r'id="error-(\d+)"', found) == ["12052305"] and "Met by 1 listing here" in found
    assert "12052305" in client.get(client.at("guide/errors?find=ratio"), htmx=True).text
    assert UNKNOWN.split(";")[0] in client.get(client.at("guide/errors?find=nosuchthing")).text


def test_an_unknown_code_keeps_text_object_time_and_next_step(client: PageClient, app: Flask, store: Store) -> None:
    page = client.get(client.at("guide/errors")).text
    met = page[page.index("Met here and not described yet") :].partition("</ul>")[0]
    assert (
        "19999999" in met and "TikTok says no" in met and "number 2" in met and "UTC" in met and "What was sent" in met
    )
    with inside(app, store):
        listing_id = db.session.scalars(select(Listing.id).where(Listing.title.endswith("number 2"))).one()
    shown = client.get(client.at(f"listings/{listing_id}")).text
    assert "19999999" in shown and UNKNOWN.split(";")[0] in shown


def test_a_refused_item_leads_to_the_field_that_cures_it(client: PageClient, app: Flask, store: Store) -> None:
    with inside(app, store):
        items = list(db.session.scalars(select(ActivityItem).order_by(ActivityItem.position)))
        assert [fixes(items)[item.subject_id or 0] for item in items] == ["images", "general"]
        activity = items[0].activity_id
    page = client.get(client.at(f"activities/{activity}")).text
    places = re.findall(r'href="([^"]*)#(problems-\w+)" aria-label="Fix', page)
    assert len(places) == 2
    for address, anchor in places:
        assert f'id="{anchor}"' in client.get(address).text


def test_a_group_leads_to_the_first_of_its_details(app: Flask, store: Store) -> None:
    with inside(app, store):
        item = db.session.scalars(select(ActivityItem).order_by(ActivityItem.position)).first()
        assert item is not None
        listing = db.session.get_one(Listing, item.subject_id)
        item.code = "12052990"
        details = [ItemError("12052200", "Brand."), ItemError("12052073", "Price.")]
        verdicts.refused(listing, Refused("See the details", code="12052990", status=200, details=details))
        assert fixes([item]) == {listing.id: "brand"}


def test_what_was_cured_before_is_told(client: PageClient, app: Flask, store: Store) -> None:
    with inside(app, store):
        db.session.scalars(select(Listing).where(Listing.title.endswith("number 1"))).one().platform_status = "ACTIVATE"
    assert "1 is live now" in client.get(client.at("guide/errors?find=12052305")).text


@pytest.mark.parametrize("name", VOCABULARIES)
def test_the_chosen_words_stand_on_every_page(name: str, client: PageClient, app: Flask, store: Store) -> None:
    with inside(app, store):
        row = db.session.get_one(Store, store.id)
        row.wizard = {step: {"done": True} for step in ("connect", "warehouses", "profile", "configuration")}
        settings.save(system(store.id), row, {"status_words": name})
        shop = db.session.scalars(select(Shop)).one()
        add_listing(shop, 9)
        listing_id = db.session.scalars(select(Listing.id).where(Listing.title.endswith("number 9"))).one()
    words = VOCABULARIES[name]
    page = client.get(client.at("listings/?tab=all")).text
    for tab in (Tab.INCOMPLETE, Tab.READY, Tab.IN_REVIEW, Tab.LIVE, Tab.FAILED):
        assert re.search(rf">{words.of(tab)}\s*<span class=\"tab-count\">", page), tab
    assert f'state-primary">{words.of(Tab.READY)}<' in page
    assert words.of(Tab.READY) in client.get(client.at(f"listings/{listing_id}")).text
    products = client.get(client.at("products/")).text
    assert re.search(rf">{words.of(ProductStatus.NOT_UPLOADED)}\s*<span class=\"tab-count\">", products)
    assert f">{words.of(ProductStatus.DRAFT)}<" in products
    table = client.get(client.at("guide/words")).text
    for one in VOCABULARIES.values():
        for state in (*Tab, *ProductStatus):
            assert one.of(state) in table


def test_the_words_are_chosen_under_settings(client: PageClient, app: Flask, store: Store) -> None:
    page = client.get(client.at("settings/configuration")).text
    assert page.count('name="status_words"') == 1
    with inside(app, store):
        version = settings.version(db.session.get_one(Store, store.id))
    form = {"threshold": "0", "rule_kind": "none", "rule_amount": "0", "image_ratio": "auto_pad", "brand": "never",
            "first_identifier": "UPC", "default_variation_value": "One size", "version": str(version)}  # fmt: skip
    client.post(client.at("settings/configuration"), data={**form, "status_words": "bigseller"})
    with inside(app, store):
        row = db.session.get_one(Store, store.id)
        assert settings.of(row).status_words == "bigseller" and settings.of(row).brand == "never"
        version = settings.version(row)
    client.post(client.at("settings/configuration"), data={**form, "version": str(version)})
    with inside(app, store):
        assert settings.of(db.session.get_one(Store, store.id)).status_words == "bigseller"
