"""What TikTok said about a listing: taken, refused, or the review's verdict, written where the merchant reads it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from clients.errors import ItemError, Refused
from clients.tiktok.models import CreatedProduct, Product
from models import Listing, ListingProblem, ListingSku, db
from services import clock, listing_edits, platform_errors
from services.adoption import second_writer
from services.history import keeping
from services.listing_limits import count_listings, counts
from services.listings import hold
from services.publish_requests import Request
from services.tabs import problem_codes, retab

STAYS = frozenset({"ACTIVATE", "SELLER_DEACTIVATED"})
"""States in which an edit is reviewed while the product stays what it is (reference 4.10)."""


def locked(listing_ids: Sequence[int]) -> dict[int, Listing]:
    """The listings as they are now, held until the end of the transaction: whoever rechecks one meanwhile waits."""
    return {listing.id: listing for listing in hold(listing_ids)}


def accepted(listing: Listing, made: CreatedProduct, request_: Request) -> None:
    """TikTok took it; its review begins."""
    all_accepted([(listing, made, request_)])


def all_accepted(taken: Sequence[tuple[Listing, CreatedProduct, Request]]) -> None:
    """The same of several: what they have in common is asked and counted once for all."""
    now = clock.now()
    ids = [listing.id for listing, _, _ in taken]
    lines: dict[int, list[ListingSku]] = defaultdict(list)
    for line in db.session.scalars(select(ListingSku).where(ListingSku.listing_id.in_(ids))):
        lines[line.listing_id].append(line)
    fresh: Counter[int] = Counter(listing.shop_id for listing, _, _ in taken if counts(listing))
    for listing, made, request_ in taken:
        listing.tiktok_id = made.product_id
        listing.intent, listing.is_refused = "", False
        if listing.platform_status not in STAYS:
            listing.platform_status = "PENDING"
        listing.audit_status = made.audit.status[:24] if made.audit and made.audit.status else "AUDITING"
        listing.sent_hash, listing.published_at, listing.verdict_at = request_.hash, now, None
        by_code = {sku.seller_sku: sku.id for sku in made.skus}
        by_key = {sku["external_sku_id"]: sku for sku in request_.body["skus"]}
        for line in lines[listing.id]:
            sent = by_key.get(str(line.id))
            if sent is not None:
                line.tiktok_id = by_code.get(sent["seller_sku"], line.tiktok_id)
                line.sent_quantity = request_.quantities.get(str(line.id))
                line.sent_price = Decimal(sent["price"]["amount"])
            else:
                line.tiktok_id = ""  # what an edit does not name is gone (reference 4.10)
    second_writer.sent([(listing, request_) for listing, _, request_ in taken])
    keeping.sent([(listing.id, told(request_), request_.rule_version) for listing, _, request_ in taken])
    before = problem_codes(ids)
    _forget_platform_problems(ids)
    retab([listing for listing, _, _ in taken], before)
    for shop_id, count in sorted(fresh.items()):
        count_listings(shop_id, count)


def told(request_: Request) -> dict[str, Any]:
    """What a request said, as the history keeps it."""
    return keeping.document(request_.body, [image.url for image in request_.main_images])


def part_accepted(listing: Listing, made: CreatedProduct, request_: Request, whole: bool) -> None:
    """TikTok took some fields; its review begins. `whole`: nothing else differed."""
    keeping.sent([(listing.id, told(request_), request_.rule_version)], "part")
    before = problem_codes([listing.id])
    if counts(listing):
        count_listings(listing.shop_id)
    listing.intent, listing.is_refused = "", False
    if listing.platform_status not in STAYS:
        listing.platform_status = "PENDING"
    listing.audit_status = made.audit.status[:24] if made.audit and made.audit.status else "AUDITING"
    listing.sent_hash = request_.hash if whole else listing.sent_hash
    listing.published_at, listing.verdict_at = clock.now(), None
    _forget_platform_problems([listing.id])
    retab([listing], before)


def refused(listing: Listing, error: Refused) -> str:
    """The platform said no: its reasons become problems at the fields that cure them. Answers the first in words."""
    details = [ItemError(error.code, error.text), *_flat(error.details)]
    found = [platform_errors.problem(detail.code, detail.message) for detail in details if detail.code]
    # The outer code of a group says less than what is nested in it.
    if len(found) > 1 and details[0].code in platform_errors.GROUPS:
        found = found[1:]
    return _say_no(listing, found, "platform")


def unfit(listing: Listing, code: str, field_name: str, text: str) -> str:
    """Our own last check said no (a picture that cannot be used)."""
    return _say_no(listing, [platform_errors.Found(code, field_name, text)], "platform")


def _say_no(listing: Listing, found: Sequence[platform_errors.Found], source: str) -> str:
    before = problem_codes([listing.id])
    _forget_platform_problems([listing.id])
    for number, one in enumerate(found):
        db.session.add(
            ListingProblem(
                listing_id=listing.id,
                shop_id=listing.shop_id,
                code=one.code[:60],
                field=one.field,
                text=one.text,
                is_blocking=False,
                source=source,
                position=number,
            )
        )
    listing.intent, listing.is_refused = "", True
    retab([listing], before)
    return found[0].text if found else "TikTok Shop refused it without a reason."


def _flat(details: Sequence[ItemError]) -> list[ItemError]:
    return [one for detail in details for one in (detail, *_flat(detail.extra))]


def _forget_platform_problems(listing_ids: Sequence[int]) -> None:
    for row in db.session.scalars(
        select(ListingProblem).where(ListingProblem.listing_id.in_(listing_ids), ListingProblem.source != "rules")
    ):
        db.session.delete(row)


def verdict(listing: Listing, product: Product) -> bool:
    """Writes what TikTok now says about a listing; True when something changed. The product read from the API is the
    truth, so webhooks may arrive twice, late or in any order."""
    status = product.status[:24] or listing.platform_status
    audit = product.audit.status[:24] if product.audit else listing.audit_status
    if (status, audit) == (listing.platform_status, listing.audit_status) and listing.verdict_at is not None:
        return False
    changed = (status, audit) != (listing.platform_status, listing.audit_status)
    listing.platform_status, listing.audit_status = status, audit
    before = problem_codes([listing.id])
    if status == "FAILED" or audit == "FAILED":
        _forget_platform_problems([listing.id])
        number = 0
        for reason in product.audit_failed_reasons:
            for text in reason.reasons or ("TikTok Shop gave no reason.",):
                advice = " ".join(reason.suggestions)
                found = platform_errors.review(reason.position, f"{text} {advice}".strip())
                db.session.add(
                    ListingProblem(
                        listing_id=listing.id,
                        shop_id=listing.shop_id,
                        code=found.code,
                        field=found.field,
                        text=found.text,
                        is_blocking=False,
                        source="review",
                        position=number,
                    )
                )
                number += 1
    elif status == "ACTIVATE":
        _forget_platform_problems([listing.id])
    if status not in ("PENDING", "") and audit != "AUDITING":
        listing.verdict_at = clock.now()
        if changed:
            listing_edits.go_on(listing)
    retab([listing], before)
    return changed
