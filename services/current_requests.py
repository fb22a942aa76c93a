"""What would be sent of listings now, with the warehouses that are assigned to them."""

from collections.abc import Sequence

from models import Shop
from services import drafts, pictures, publish_requests
from services.listings import hold
from services.places import assigned
from services.publish_requests import Request


def requests(shop: Shop, listing_ids: Sequence[int]) -> dict[int, Request]:
    """By listing; those without a draft are left out."""
    prepared = drafts.prepare(shop, listing_ids)
    known = pictures.uploaded(shop.authorization_id, [one.draft for one in prepared.values()])
    listings = {listing.id: listing for listing in hold(listing_ids)}
    has = assigned.of(listing_ids)
    return {
        listing_id: publish_requests.with_assigned(
            publish_requests.request(shop, listings[listing_id], one, known, one.policy), has
        )
        for listing_id, one in prepared.items()
    }
