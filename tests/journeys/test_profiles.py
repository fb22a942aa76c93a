"""A profile from the browser to the platform: made in the control panel's frame, applied by a worker, sent to TikTok
Shop."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from models import Product, Profile, ProfileProduct, db
from tests.journeys.clicks import Clicks
from tests.journeys.road import Merchant

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.engines("sqlite"), pytest.mark.long]


def test_a_profile_made_by_clicking_reaches_the_platform(page: "Page", merchant: Merchant) -> None:
    merchant.settle_in()
    chosen = next(listing for listing in merchant.listings() if listing.tab == "ready")
    product = merchant.rows(lambda: db.session.get_one(Product, chosen.product_id))
    sku, price = product.sku, product.price
    clicks = Clicks(page, merchant.sandbox.control_panel_url)
    page.goto(f"{merchant.sandbox.control_panel_url}/manage/app/1?store={merchant.store}")
    clicks.place("Listings")
    clicks.app.get_by_role("link", name="Profiles", exact=True).click()
    clicks.heading("Profiles")
    clicks.app.get_by_role("link", name="Create profile").click()
    clicks.heading("New profile")
    form = clicks.app.locator("#profile-form")
    form.get_by_label("Name", exact=True).fill("Dearer")
    form.get_by_label("Field of condition 1").select_option("sku")
    form.locator("[name=rule-0-field] option[value=sku]:checked").wait_for(state="attached")
    form.get_by_label("Comparison of condition 1").select_option("equals")
    form.get_by_label("Value of condition 1").fill(sku)
    form.get_by_role("button", name="Run query").click()
    clicks.app.locator("#matches", has_text="Total 1 product will be affected").wait_for()
    assert sku in clicks.app.locator("#matches").inner_text()
    form.get_by_role("button", name="Choose a category").click()
    form.get_by_label("Search categories").fill("mugs")
    form.get_by_role("button", name="Search", exact=True).click()
    clicks.app.locator("#categories", has_text="“mugs”").wait_for()
    clicks.app.locator("#categories").get_by_role("button", name=re.compile("^Choose")).first.click()
    form.get_by_role("heading", name="Package and brand").wait_for()
    assert form.get_by_label("Value of condition 1").input_value() == sku  # nothing typed is lost
    form.locator("[name=price-kind]").select_option("percent_up")
    form.locator("[name=price-amount]").fill("10")
    form.get_by_role("button", name="Save", exact=True).click()
    effects = clicks.app.locator(".effects")
    effects.wait_for()
    assert "product goes from Default profile to Dearer" in effects.inner_text()
    assert "Price in 1" in effects.inner_text()
    assert merchant.rows(lambda: db.session.scalar(select(Profile).where(Profile.name == "Dearer"))) is None
    form.get_by_role("button", name="Save and apply").click()
    clicks.heading("Profiles")
    activity = merchant.over("rederive")
    assert (activity.notes["moved"], activity.refused, activity.failed) == (1, 0, 0)
    members = merchant.rows(lambda: list(db.session.scalars(select(ProfileProduct.product_id))))
    assert members == [chosen.product_id]
    clicks.app.get_by_role("link", name="Who wins").click()
    clicks.heading("Who wins")

    merchant.publish([chosen.id])
    merchant.over("publish")
    sent = next(one for one in merchant.on_tiktok() if sku in str(one))
    amounts = {Decimal(one["tax_exclusive_price"]) for one in sent["stored"]["prices"].values()}
    assert price is not None and min(amounts) == (price * Decimal("1.1")).quantize(Decimal("0.01"), ROUND_HALF_UP)
