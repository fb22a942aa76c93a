"""One listing as a colleague explains it: chains of facts, the matrix, the description before and after."""

import html
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from domain import rulepacks
from models import Listing, Store, Variant, db
from tests.blueprints.conftest import inside
from tests.pages import PageClient
from tests.services.listing_rows import add_listing, add_product, add_shop

TABLE = "<h2>Care</h2><table><tr><th>Wash</th><td>cold</td></tr></table>"


@pytest.fixture
def listing_id(app: Flask, store: Store) -> int:
    """A product with four variants, two of them alike."""
    with inside(app, store):
        found = add_listing(add_shop(), 1, 4, description=TABLE)
        ids = list(db.session.scalars(select(Variant.id).order_by(Variant.position)))
        pairs = [("Red", "S"), ("Red", "M"), ("Blue", "S"), ("Blue", "S")]
        for variant_id, (color, size) in zip(ids, pairs, strict=True):
            options = [["Color", color], ["Size", size]]
            db.session.execute(update(Variant).where(Variant.id == variant_id).values(options=options))
        return int(db.session.scalars(select(Listing.id).where(Listing.id == found.id)).one())


def test_every_value_says_why(client: PageClient, listing_id: int) -> None:
    page = client.get(client.at(f"listings/{listing_id}")).text
    assert page.count("Why this value") >= 7
    title = page[page.index('id="field-title"') :].partition("</section>")[0]
    assert re.search(r'class="fact-used"><a href="[^"]*/products/\d+">BigCommerce</a>', title)
    client.post(client.at(f"listings/{listing_id}/fields/title"), data={"title": "A title of its own, long enough"})
    title = (
        client.get(client.at(f"listings/{listing_id}")).text.partition('id="field-title"')[2].partition("</section>")[0]
    )
    assert re.search(r'class="fact-used"><a href="[^"]*#field-title">Set here</a>', title) and "not used" in title
    material = page[page.index('id="attribute-101"') :].partition("attribute-origin")[0]
    assert "custom field “Material” → Ceramic" in material


def test_the_matrix_shows_doubles_and_gaps(client: PageClient, listing_id: int) -> None:
    page = client.get(client.at(f"listings/{listing_id}")).text
    matrix = page[page.index('class="matrix"') :].partition("</table>")[0]
    assert re.findall(r'class="cell-(\w+)"', matrix) == ["ok", "ok", "double", "missing"]
    assert "2 times" in matrix and "1 missing" in page and "1 double" in page
    for anchor in re.findall(r'href="#(sku-\d+)"', matrix):
        assert f'id="{anchor}"' in page


def test_the_description_stands_before_and_after(client: PageClient, listing_id: int) -> None:
    page = client.get(client.at(f"listings/{listing_id}")).text
    before, _, after = page[page.index("<h4>Before</h4>") :].partition("<h4>As TikTok keeps it</h4>")
    assert "<td>cold</td>" in before and "<h2>Care</h2>" in before
    assert "<b>Care</b>" in after and "<li>Wash: cold</li>" in after.partition("</details>")[0]


def test_a_suggested_value_needs_a_yes(client: PageClient, app: Flask, store: Store) -> None:
    with inside(app, store):
        listing_id = int(add_listing(add_shop(), 2, custom_fields={}).id)
    page = client.get(client.at(f"listings/{listing_id}")).text
    offer = re.search(r'name="take" value="(101:1)"[^>]*>Use “Ceramic”</button> <small class="quiet">([^<]+)', page)
    assert offer and "sure" in offer[2]
    with inside(app, store):
        assert db.session.get_one(Listing, listing_id).fields == {}
    client.post(client.at(f"listings/{listing_id}/fields/attributes"), data={"take": offer[1], "was-101": ""})
    with inside(app, store):
        row = db.session.get_one(Listing, listing_id)
        assert row.fields == {"attributes.101": [{"id": "1", "text": "Ceramic"}]} and row.is_ready
    wrong = client.post(client.at(f"listings/{listing_id}/fields/attributes"), data={"take": "101:77"})
    assert wrong.status_code == 404
    assert "55.5%" in client.get(client.at("guide/suggestions")).text


def test_staging_says_what_the_category_asks_for(client: PageClient, app: Flask, store: Store) -> None:
    with inside(app, store):
        add_shop()
        product_id = add_product(5).id
    page = client.get(client.at(f"products/stage?id={product_id}")).text
    assert "What “Mugs” asks for" in page and "Package size" in page


def test_the_list_of_what_breaks_on_a_date(
    client: PageClient, app: Flask, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with inside(app, store):
        listing_id = int(add_listing(add_shop(), 1).id)
    assert "No change of TikTok's rules" in html.unescape(client.get(client.at("listings/breaking")).text)
    today = datetime.now(UTC).date()
    day = today + timedelta(days=9)
    later = replace(rulepacks.pack_for("US", today), effective_from=day, title_min=60)
    monkeypatch.setattr(rulepacks, "PACKS", (*rulepacks.PACKS, later))
    page = client.get(client.at("listings/breaking")).text
    assert f"listings/{listing_id}" in page and "Title too short" in page and day.isoformat() in page
