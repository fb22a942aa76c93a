"""The whole road once: install, connect, map, import, stage, complete, publish, live."""

from services.activities import STREAMS
from tests.journeys.road import Merchant
from tests.journeys.watching import HARBOR_SHOP

WITHOUT_WEIGHT = 3


def lighten(merchant: Merchant) -> None:
    """Three sound products of the store have no weight."""
    sound = [product["id"] for product in merchant.in_bigcommerce() if product["description"]]
    for product_id in sound[4 : 4 + WITHOUT_WEIGHT]:
        merchant.edit_product(product_id, weight=0)


def test_from_the_marketplace_to_live_listings(merchant: Merchant) -> None:
    lighten(merchant)
    assert merchant.install().title == "Connect TikTok Shop"
    assert merchant.connect().title == "TikTok Shop is connected"
    assert merchant.open("/wizard/").title == "Warehouses"
    assert merchant.map_warehouses().title == "Default profile"
    assert "12 products" in merchant.imported().text
    assert merchant.choose_profile().title == "Default configuration"
    assert merchant.finish_wizard().title == "Dashboard"

    assert merchant.stage_all().title == "Listings"
    before = merchant.tab_counts()
    assert sum(before.values()) == 12 and before["ready"] == 12 - before["incomplete"]
    assert not merchant.on_tiktok(HARBOR_SHOP)  # staging sends nothing
    assert f"No package weight · {WITHOUT_WEIGHT}" in merchant.open("/").text  # what keeps most of them back

    # All that lack a weight at once, one that lacks a description in its place.
    merchant.open("/listings/?tab=incomplete")
    merchant.follow(f"No package weight {WITHOUT_WEIGHT}")
    merchant.press("Set package weight & size", {"all": "1"})
    merchant.press(f"Change {WITHOUT_WEIGHT} listings", {"weight": "1.5"})
    ready = merchant.reaches("ready", before["ready"] + WITHOUT_WEIGHT)["ready"]
    silent = next(one for one in merchant.listings() if "description.missing" in codes(merchant, one.id))
    merchant.open(f"/listings/{silent.id}")
    text = "<p>Straight legs, a waist that sits where it should, and cloth that softens with every wash.</p>"
    merchant.press("Save", {"description": text})
    ready = merchant.reaches("ready", ready + 1)["ready"]

    page = merchant.publish()
    assert page.title.startswith(f"Publish {ready} listings") and page.bars
    activity = merchant.over("publish")
    assert (activity.total, activity.done, activity.refused, activity.failed) == (ready, ready, 0, 0)
    merchant.reaches("live", ready)

    # The verdicts came by webhook: every product's messages arrived and were applied.
    told = {str(event.body["data"]["product_id"]) for event in merchant.inbox("applied") if event.topic == "37"}
    assert told == {product["id"] for product in merchant.on_tiktok()}
    assert {product["status"] for product in merchant.on_tiktok()} == {"ACTIVATE"}
    assert len(merchant.on_tiktok()) == ready
    merchant.nothing_doubled()
    merchant.counts_hold()

    # Every step is found again.
    page = merchant.open("/activities/")
    for activity in merchant.activities():
        assert activity.title in page.text
        assert "Done" in merchant.open(f"/activities/{activity.id}").text
    by_the_clock = {"find_twins", "read_statements", *STREAMS}
    asked = [one.kind for one in merchant.activities() if one.kind not in by_the_clock]
    assert asked == ["catalog_import", "stage", "bulk_edit", "publish"]
    assert f"Live {ready}" in merchant.open("/listings/").text
    assert merchant.open("/").status == 200


def codes(merchant: Merchant, listing_id: int) -> set[str]:
    return {problem.code for problem in merchant.problems(listing_id)}
