"""A listing that needs a certificate gets it and a video, both go up once, and TikTok holds what was chosen."""

import io
from datetime import timedelta

import pytest

from domain.draft import AttributeNeed
from domain.rules.category import holds
from models import Listing, db
from services import clock, drafts, listings
from services.actor import system
from services.media import attaching, documents, files
from tests.journeys.road import Merchant
from tests.services.media.samples import film, pdf

pytestmark = [pytest.mark.engines("sqlite"), pytest.mark.long]
CREAM, REPORT = "600711", "800003"


def test_a_certificate_makes_ready_and_files_are_uploaded_once(merchant: Merchant) -> None:
    merchant.settle_in()
    ready = [listing.id for listing in merchant.listings() if listing.tab == "ready"][:2]

    for number in ready:
        merchant.open(f"/listings/{number}/category?find=face+cream")
        merchant.press("Choose")
    merchant.until("the demands are read", lambda: merchant.rows(lambda: _needs(ready[0]) is not None))
    merchant.rows(lambda: all([_fill(number) for number in ready]))
    assert [one.code for one in merchant.problems(ready[0]) if one.is_blocking] == ["certifications.missing"]
    page = merchant.open("/documents/")
    assert "Cosmetic product safety report" in page.text and "2 listings" in page.text

    merchant.rows(lambda: _bring(ready[0]))
    merchant.open("/documents/")
    merchant.follow("report.pdf")
    merchant.press("Attach to all 2")
    merchant.until("both are ready", lambda: all(one.tab == "ready" for one in merchant.listings() if one.id in ready))

    merchant.publish(ready)
    merchant.reaches("live", 2)
    held = [one["stored"]["content"] for one in merchant.on_tiktok()]
    papers = {file["id"] for one in held for row in one["certifications"] for file in row["files"]}
    assert len(papers) == 1 and all(one["certifications"][0]["id"] == REPORT for one in held)
    assert sorted(bool(one.get("video")) for one in held) == [False, True]
    assert len(merchant.sandbox.app.extensions["tiktok"].media.files) == 2, "each file once, whatever uses it"
    (activity,) = merchant.activities("upload_files")[:1]
    assert activity.refused == 0 and activity.failed == 0

    # A comparison finds nothing, because TikTok holds exactly this.
    merchant.open("/listings/?tab=live")
    merchant.press("Re-publish changes", {"all": "1"})
    merchant.press("Compare 2 listings")
    assert merchant.over("compare").message == "Nothing differs from TikTok Shop."
    merchant.nothing_doubled()
    merchant.counts_hold()


def _needs(listing_id: int) -> object:
    listing = db.session.get_one(Listing, listing_id)
    return drafts.prepare(listing.shop, [listing_id])[listing_id].needs


def _fill(listing_id: int) -> bool:
    """Whatever the category demands, with its first value; the second round is for what the first one calls for."""
    for _ in range(2):
        listing = db.session.get_one(Listing, listing_id)
        one = drafts.prepare(listing.shop, [listing_id])[listing_id]
        assert one.needs is not None
        given = one.draft.attributes
        wanted = {
            f"attributes.{need.id}": [_first(need)]
            for need in one.needs.attributes
            if need.kind == "product" and need.id not in given and (need.required or holds(need.conditions, given))
        }
        listings.set_fields(system(listing.store_id), listing, wanted)
        db.session.commit()
    return True


def _first(need: AttributeNeed) -> dict[str, str]:
    return {"id": need.values[0][0], "text": need.values[0][1]} if need.values else {"id": "", "text": "12"}


def _bring(listing_id: int) -> bool:
    listing = db.session.get_one(Listing, listing_id)
    actor, day = system(listing.store_id), clock.now().date() + timedelta(days=300)
    documents.add(actor, "report.pdf", io.BytesIO(pdf()), ["Cosmetic product safety report"], day)
    attaching.attach(actor, listing, files.keep(actor, "video", "tour.mp4", io.BytesIO(film()))[0])
    db.session.commit()
    return True
