"""Pieces kept back for promotions: reserved in the stock ledger from a moment on, a word at the beginning and at the
end, released by themselves. TikTok does not tell what its promotions hold (feature U-09), so a person writes it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from models import MerchantSku, Promotion, PromotionLine, Shop, db
from models.present import has_table
from models.tenancy import tenant_id
from services import clock, notices
from services.actor import Actor
from services.errors import Invalid, NotFound, ServiceError
from services.stock import ledger, levels

MOST_SKUS = 200
MOVING = ("planned", "kept")


def add(
    actor: Actor,
    shop: Shop,
    name: str,
    pieces: Mapping[str, int],
    keeps_from: datetime,
    starts_at: datetime,
    ends_at: datetime,
) -> Promotion:
    """`pieces`: by SKU code. Reserved at once when `keeps_from` has come."""
    name = name.strip()[:100]
    if not name:
        raise Invalid("Give the promotion a name, as in Seller Center.")
    now = clock.now()
    if ends_at <= starts_at:
        raise Invalid("The promotion ends before it starts. Choose a later end.")
    if ends_at <= now:
        raise Invalid("The promotion is over already. Choose an end in the future.")
    found = _skus(pieces)
    promotion = Promotion(
        store_id=tenant_id(),
        shop_id=shop.id,
        name=name,
        keeps_from=min(keeps_from, starts_at),
        starts_at=starts_at,
        ends_at=ends_at,
        changed_by=actor.name[:255],
        changed_at=now,
    )
    db.session.add(promotion)
    db.session.flush()
    for sku_id, quantity in found.items():
        db.session.add(PromotionLine(promotion_id=promotion.id, merchant_sku_id=sku_id, quantity=quantity))
    db.session.flush()
    if promotion.keeps_from <= now:
        _keep(promotion)
    return promotion


def _skus(pieces: Mapping[str, int]) -> dict[int, int]:
    """Merchant SKU -> pieces. Refuses what does not exist, is nothing, or is more than there is."""
    if not pieces:
        raise Invalid("Name at least one SKU and how many pieces of it to keep, as “MUG-1 20”.")
    if len(pieces) > MOST_SKUS:
        raise Invalid(f"A promotion keeps at most {MOST_SKUS} SKUs. Make a second one for the rest.")
    rows = db.session.execute(select(MerchantSku.code, MerchantSku.id).where(MerchantSku.code.in_(pieces)))
    known: dict[str, int] = {code: sku_id for code, sku_id in rows}
    missing = [code for code in pieces if code not in known]
    if missing:
        raise Invalid(f"No product has the SKU “{missing[0]}”.")
    there = {sku_id: sum(places.values()) for sku_id, places in levels.available(known.values()).items()}
    for code, quantity in pieces.items():
        if quantity < 1:
            raise Invalid(f"“{code}”: keep at least one piece.")
        if known[code] not in there:
            raise Invalid(f"BigCommerce does not count “{code}”, so nothing can be kept of it.")
        if quantity > there[known[code]]:
            raise Invalid(f"“{code}” has {max(0, there[known[code]])} pieces for sale; {quantity} cannot be kept.")
    return {known[code]: quantity for code, quantity in pieces.items()}


def reference(promotion: Promotion) -> str:
    """The ledger's name of the present reservation."""
    return f"promotion:{promotion.id}:{promotion.turn}"


def _keep(promotion: Promotion) -> None:
    promotion.turn += 1
    promotion.state, promotion.changed_at = "kept", clock.now()
    lines = [(line.merchant_sku_id, None, line.quantity) for line in lines_of(promotion)]
    # Without a shop: these are no orders of it.
    ledger.reserve(reference(promotion), lines)


def _let_go(promotion: Promotion, state: str, cause: str) -> None:
    if promotion.state == "kept":
        ledger.release(reference(promotion), cause)
    promotion.state, promotion.changed_at = state, clock.now()


def release(actor: Actor, promotion: Promotion) -> list[int]:
    """By hand, before its end; answers the merchant SKUs that are for sale again. `resume` takes it back."""
    if promotion.state not in MOVING:
        raise ServiceError("Nothing is kept for this promotion any more.", "See promotions", "/stock/promotions")
    _let_go(promotion, "released", "promotion_released")
    promotion.changed_by = actor.name[:255]
    for when in ("start", "end"):
        notices.resolve(_notice(promotion, when))
    db.session.flush()
    return skus(promotion)


def resume(actor: Actor, promotion: Promotion) -> list[int]:
    """Takes a release by hand back, as far as the pieces are still there."""
    if promotion.state != "released" or promotion.ends_at <= clock.now():
        raise ServiceError("The promotion is over, so nothing is kept for it.", "See promotions", "/stock/promotions")
    codes = codes_of([promotion])
    _skus({codes[line.merchant_sku_id]: line.quantity for line in lines_of(promotion)})
    promotion.state, promotion.changed_by = "planned", actor.name[:255]
    if promotion.keeps_from <= clock.now():
        _keep(promotion)
    db.session.flush()
    return skus(promotion)


def set_pieces(actor: Actor, promotion: Promotion, merchant_sku_id: int, quantity: int) -> list[int]:
    """Another number for one SKU, for instance as the promotion sells; 0 keeps nothing of it any more."""
    if promotion.state not in MOVING:
        raise ServiceError("Nothing is kept for this promotion any more.", "See promotions", "/stock/promotions")
    line = next((one for one in lines_of(promotion) if one.merchant_sku_id == merchant_sku_id), None)
    if line is None or quantity < 0:
        raise Invalid("Give a number of pieces, 0 or more.")
    there = sum(levels.available([merchant_sku_id]).get(merchant_sku_id, {}).values())
    more = quantity - (line.quantity if promotion.state == "kept" else 0)
    if more > there:
        raise Invalid(f"Only {max(0, there)} more pieces are for sale; {quantity} cannot be kept.")
    was_kept = promotion.state == "kept"
    if was_kept:
        ledger.release(reference(promotion), "promotion_changed")
    line.quantity = quantity
    db.session.flush()
    if was_kept:
        _keep(promotion)
    promotion.changed_by = actor.name[:255]
    db.session.flush()
    return [merchant_sku_id]


def turn_over() -> set[int]:
    """A minute's work of the current store: reserves, reminds and releases what is due. Answers the merchant SKUs whose
    number moved."""
    now, moved = clock.now(), set[int]()
    due = select(Promotion).where(Promotion.state.in_(MOVING)).order_by(Promotion.id).with_for_update()
    for promotion in db.session.scalars(due).all():
        if promotion.ends_at <= now:
            kept = promotion.state == "kept"
            _let_go(promotion, "over", "promotion_over")
            if kept:
                moved |= set(skus(promotion))
            _remind(promotion, "end")
            continue
        if promotion.state == "planned" and promotion.keeps_from <= now:
            _keep(promotion)
            moved |= set(skus(promotion))
        if promotion.starts_at <= now and promotion.reminded == "":
            _remind(promotion, "start")
    db.session.flush()
    return moved


def _remind(promotion: Promotion, when: str) -> None:
    pieces = sum(line.quantity for line in lines_of(promotion))
    words = f"{pieces:,} {'piece' if pieces == 1 else 'pieces'}"
    if when == "start":
        text = f"“{promotion.name}” starts: {words} are kept for it. See that Seller Center has the same numbers."
    else:
        notices.resolve(_notice(promotion, "start"))
        text = f"“{promotion.name}” is over: {words} are for sale again. Look whether any are left in Seller Center."
    notices.raise_notice(_notice(promotion, when), "info", text, "See promotions", "/stock/promotions")
    promotion.reminded = when


def _notice(promotion: Promotion, when: str) -> str:
    return f"promotion.{when}:{promotion.id}"


def listed(past: int = 20) -> list[Promotion]:
    """What is to come and runs, by start; then the last that are over."""
    if not has_table(Promotion):
        return []
    query = select(Promotion)
    moving = query.where(Promotion.state.in_(MOVING)).order_by(Promotion.starts_at, Promotion.id)
    over = query.where(Promotion.state.not_in(MOVING)).order_by(Promotion.ends_at.desc(), Promotion.id.desc())
    return [*db.session.scalars(moving), *db.session.scalars(over.limit(past))]


def get(promotion_id: int) -> Promotion:
    """Held for this transaction."""
    query = select(Promotion).where(Promotion.id == promotion_id).with_for_update()
    found = db.session.scalar(query) if has_table(Promotion) else None
    if found is None:
        raise NotFound("This promotion does not exist.", "See promotions", "/stock/promotions")
    return found


def lines_of(promotion: Promotion) -> Sequence[PromotionLine]:
    query = select(PromotionLine).where(PromotionLine.promotion_id == promotion.id)
    return db.session.scalars(query.order_by(PromotionLine.id)).all()


def skus(promotion: Promotion) -> list[int]:
    return [line.merchant_sku_id for line in lines_of(promotion)]


def codes_of(promotions: Sequence[Promotion]) -> dict[int, str]:
    """SKU codes of all their lines."""
    query = (
        select(MerchantSku.id, MerchantSku.code)
        .join(PromotionLine, PromotionLine.merchant_sku_id == MerchantSku.id)
        .where(PromotionLine.promotion_id.in_([one.id for one in promotions]))
    )
    return {sku_id: code for sku_id, code in db.session.execute(query)}


def read_pieces(text: str) -> dict[str, int]:
    """“MUG-1 20”, one a line; the same SKU twice is added up."""
    found: Counter[str] = Counter()
    for row in text.splitlines():
        if not row.strip():
            continue
        code, _, count = row.replace("\t", " ").replace(",", " ").strip().rpartition(" ")
        if not code.strip() or not count.isdigit() or len(count) > 6:
            raise Invalid(f"“{row.strip()[:60]}”: write the SKU, a space and the pieces, as “MUG-1 20”.")
        found[code.strip()] += int(count)
    return dict(found)
