"""Price rules typed by a person: checked, looked at, saved as they were looked at."""

import hashlib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update

from domain.capabilities import Capability, allowed
from domain.price import PRICE_RULE_KINDS
from domain.pricing import velocity
from domain.pricing.endings import ENDINGS
from domain.pricing.rules import FOLLOWS
from domain.pricing.velocity import InvalidVelocity
from domain.roles import CHANGE, Page
from models import Listing, PricePolicy, PriceStep, Shop, Store, db
from models.tenancy import tenant_id
from services import clock
from services.actor import Actor
from services.errors import Forbidden, Invalid, NotFound, Stale
from services.people.access import asks
from services.pricing import policies
from services.pricing.policies import COLUMNS

MOST = Decimal("999999999")


def checked(shop: Shop, said: Mapping[str, str], *, listing_id: int = 0) -> dict[str, Any]:
    """The columns of a rule from what was typed; a wrong value raises Invalid in words."""
    follow, kind, ending = said.get("follow", ""), said.get("kind", ""), said.get("ending", "")
    if follow not in ("", *FOLLOWS) or kind not in ("", *PRICE_RULE_KINDS) or ending not in ("", *ENDINGS):
        raise Invalid("Choose what the price follows, the rule and the ending from the lists.")
    amount = _amount(said.get("amount", ""), "The amount of the rule")
    if kind and kind != "none" and amount is None:
        raise Invalid("The rule needs an amount: a percentage, or an amount in the shop's currency.")
    if kind == "percent_down" and amount is not None and amount >= 100:
        raise Invalid("A price cannot be lowered by 100 % or more.")
    floor, ceiling = _amount(said.get("floor", ""), "The floor"), _amount(said.get("ceiling", ""), "The ceiling")
    if floor is not None and ceiling is not None and floor > ceiling:
        raise Invalid("The floor is above the ceiling, so no price could fit.")
    rate, rate_on = ("", "") if listing_id else _rate(said)
    try:
        moves = velocity.read({name: said.get(name, "") for name in velocity.LABELS})
    except InvalidVelocity as wrong:
        raise Invalid(f"{velocity.LABELS[wrong.args[0]]} must be {wrong.args[1]}.") from wrong
    return {
        "is_on": not listing_id,
        "follow": follow,
        "source_shop_id": _source(shop, said.get("source_shop_id", "")) if follow == "shop" else None,
        "kind": kind,
        "amount": amount if kind and kind != "none" else None,
        "ending": ending,
        "floor": floor,
        "ceiling": ceiling,
        "rate": rate,
        "rate_on": rate_on,
        "compare_at": True if said.get("compare_at") == "1" else None,
        "velocity": velocity.to_json(moves) if moves else {},
    }


def _amount(text: str, what: str) -> Decimal | None:
    if not text.strip():
        return None
    try:
        value = Decimal(text.strip())
    except ArithmeticError:
        value = Decimal("NaN")
    if not value.is_finite() or not 0 <= value <= MOST or value != round(value, 4):
        raise Invalid(f"{what} must be a number such as 9.90, not below 0, with at most four decimals.")
    return value


def _rate(said: Mapping[str, str]) -> tuple[str, str]:
    text, day = said.get("rate", "").strip(), said.get("rate_on", "").strip()
    if not text:
        return "", ""
    try:
        value = Decimal(text)
        on = date.fromisoformat(day) if day else clock.now().date()
    except (ArithmeticError, ValueError):
        raise Invalid("The rate must be a number, and its day a date such as 2026-11-21.") from None
    if not value.is_finite() or not Decimal("0.000001") <= value <= Decimal(10_000_000) or len(text) > 24:
        raise Invalid("The rate must be between 0.000001 and 10,000,000.")
    if on > clock.now().date():
        raise Invalid("The rate's day lies in the future. Enter the day on which the rate was true.")
    return format(value, "f"), on.isoformat()


def _source(shop: Shop, text: str) -> int:
    """The shop that is followed: another one of the same currency that follows none itself."""
    source = db.session.get(Shop, int(text)) if text.isdigit() and len(text) < 19 else None
    if source is None or source.id == shop.id:
        raise Invalid("Choose the other shop whose prices are followed.")
    if source.currency != shop.currency:
        raise Invalid(
            f"“{source.name}” sells in {source.currency}, “{shop.name}” in {shop.currency}; only shops of one currency "
            "can follow each other."
        )
    theirs = select(PricePolicy.id).where(PricePolicy.shop_id == source.id, PricePolicy.follow == "shop")
    if db.session.scalar(theirs.limit(1)) is not None:
        raise Invalid(f"“{source.name}” follows another shop itself. Follow that one.")
    followed = select(PricePolicy.id).where(PricePolicy.source_shop_id == shop.id, PricePolicy.follow == "shop")
    if db.session.scalar(followed.limit(1)) is not None:
        raise Invalid(f"Another shop follows “{shop.name}”, so it cannot follow one itself.")
    return source.id


def digest(values: Mapping[str, Any], before: PricePolicy | None) -> str:
    """Names what was looked at, and on top of what."""
    then = [] if before is None else [str(getattr(before, name)) for name in COLUMNS]
    plain = repr([(name, str(values[name])) for name in COLUMNS]) + repr(then)
    return hashlib.blake2b(plain.encode(), digest_size=8).hexdigest()


def able(shop: Shop) -> None:
    """Raises Forbidden with the reason where the shop has no price of its own (semi-consignment)."""
    verdict = allowed(shop.kind, Capability.EDIT_PRICE)
    if not verdict:
        raise Forbidden(verdict.reason)


@asks(Page.STOCK, CHANGE)
def save(actor: Actor, shop: Shop, values: Mapping[str, Any], seen: str, listing_id: int = 0) -> PricePolicy:
    """Keeps what was looked at (`seen`: its digest); listings that it concerns are rechecked."""
    able(shop)
    db.session.scalar(select(Store.id).where(Store.id == tenant_id()).with_for_update())
    if listing_id:
        listing = db.session.get(Listing, listing_id)
        if listing is None or listing.shop_id != shop.id:
            raise NotFound("This listing does not exist.", "See prices", "/prices/")
    row = policies.row(shop.id, listing_id)
    if seen != digest(values, row):
        raise Stale(
            "The rule is not as it was looked at. Look at what would change again, then save.",
            "Look again",
            "/prices/rule",
        )
    if row is None:
        row = PricePolicy(shop_id=shop.id, listing_id=listing_id)
        db.session.add(row)
    stepped = bool(row.velocity) and not values["velocity"]
    for name in COLUMNS:
        setattr(row, name, values[name])
    row.changed_by, row.changed_at = actor.name[:255], clock.now()
    db.session.flush()
    if stepped:
        _reset(shop, listing_id)
    mark_stale(shop, listing_id)
    return row


@asks(Page.STOCK, CHANGE)
def switch(actor: Actor, shop: Shop, on: bool) -> None:
    """On or off, without touching the rule."""
    row = policies.row(shop.id)
    if row is None:
        raise Invalid("Look at what the shop would be told first, then switch it on.", "Price rule", "/prices/rule")
    row.is_on, row.changed_by, row.changed_at = on, actor.name[:255], clock.now()
    db.session.flush()


@asks(Page.STOCK, CHANGE)
def drop(actor: Actor, shop: Shop, listing_id: int) -> None:
    """The listing follows its profile and shop again."""
    row = policies.row(shop.id, listing_id) if listing_id else None
    if row is None:
        raise NotFound("This listing has no price rule of its own.", "See prices", "/prices/")
    if row.velocity:
        _reset(shop, listing_id)
    db.session.delete(row)
    db.session.flush()
    mark_stale(shop, listing_id)


def mark_stale(shop: Shop, listing_id: int = 0) -> None:
    """Listings of the shop, or one of them, are rechecked, which shows and sends the new price."""
    query = update(Listing).where(Listing.shop_id == shop.id)
    query = query.where(Listing.id == listing_id) if listing_id else query
    db.session.execute(query.values(is_stale=True), execution_options={"synchronize_session": False})


def _reset(shop: Shop, listing_id: int) -> None:
    """Steps by sales end where the strategy does: the price of the rule holds again."""
    moved = select(PriceStep.listing_id).where(PriceStep.shop_id == shop.id).distinct()
    moved = moved.where(PriceStep.listing_id == listing_id) if listing_id else moved
    own = select(PricePolicy.listing_id).where(PricePolicy.shop_id == shop.id, PricePolicy.listing_id != 0)
    keep = set() if listing_id else {
        row for row in db.session.scalars(own) if (policies.row(shop.id, row) or PricePolicy(velocity={})).velocity
    }  # fmt: skip
    for number in set(db.session.scalars(moved)) - keep:
        db.session.add(
            PriceStep(shop_id=shop.id, listing_id=number, at=clock.now(), percent=Decimal(0), sold=0, why="reset")
        )
    db.session.flush()
