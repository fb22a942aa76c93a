"""Two stores side by side; a store that leaves and comes back."""

from tests.journeys.road import HARBOR, JUNIPER, Merchant
from tests.journeys.watching import SECOND


def test_a_second_store_sees_nothing_of_the_first(merchant: Merchant) -> None:
    merchant.settle_in()
    names = [listing.title for listing in merchant.listings()]
    other = Merchant(merchant.app, merchant.sandbox, merchant.processes, SECOND)
    assert other.install().title == "Connect TikTok Shop"
    for path in ("/", "/products/", "/listings/?tab=all", "/activities/", "/settings/authorization", "/notices/"):
        page = other.open(path)
        assert page.status == 200
        assert not [name for name in names if name in page.text]
        assert "Harbor" not in page.text and "12 products" not in page.text
    for path in ("/listings/1", "/products/1", "/activities/1"):
        assert other.open(path).status == 404
    theirs = merchant.open("/listings/").address
    assert other.get(theirs).status == 404

    # A TikTok shop sells for one store only.
    page = other.connect(HARBOR)
    assert page.status == 409 and page.title == "Not connected"
    assert other.open("/wizard/").title == "Connect TikTok Shop"
    assert merchant.shop().is_active
    assert other.connect(JUNIPER).title == "TikTok Shop is connected"
    assert merchant.tab_counts() and len(merchant.listings()) == len(names)


def test_a_store_leaves_and_comes_back(merchant: Merchant) -> None:
    merchant.settle_in()
    ready = [listing.id for listing in merchant.listings() if listing.tab == "ready"]
    merchant.publish(ready[:2])
    merchant.over("publish")
    merchant.reaches("live", 2)
    page = merchant.open("/listings/").address

    merchant.uninstall()
    assert merchant.get(page).status in (401, 404)
    assert not merchant.shop().is_active

    merchant.install()
    assert merchant.here.title == "Dashboard"
    assert merchant.shop().is_active
    assert merchant.tab_counts()["live"] == 2
    merchant.publish(ready[2:4])
    merchant.over("publish", 2)
    merchant.reaches("live", 4)
    merchant.nothing_doubled()
    merchant.counts_hold()
