"""The publishing model of a global seller's shop: what TikTok told, what the owner chose, and what follows from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from domain.capabilities import Capability, ShopKind, Verdict
from domain.publishing_models import REFUSALS, WORDS, PublishingModel, may, of_methods
from domain.roles import SEND, Page
from models import Shop, ShopPublishing, db
from models.present import has_table
from services import clock, notices
from services.actor import Actor
from services.errors import Forbidden, Invalid
from services.people import audit
from services.people.access import of as access_of
from services.people.access import require

RULES, REFUSAL = "rules", "refusal"
HERE = "/settings/authorization"
LOOK = timedelta(hours=24)  # how old a telling may be before TikTok is asked again


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one shop. `model` None: nobody has said yet."""

    model: PublishingModel | None
    told: PublishingModel | None
    told_at: datetime | None
    told_by: str
    chosen: PublishingModel | None
    chosen_by: str

    @property
    def word(self) -> str:
        return WORDS[self.model] if self.model else "Not known yet"

    @property
    def contradicted(self) -> bool:
        """The owner chose otherwise than TikTok tells."""
        return bool(self.chosen and self.told and self.chosen != self.told)


UNKNOWN = Standing(None, None, None, "", None, "")


def _model(text: str) -> PublishingModel | None:
    return PublishingModel(text) if text in set(PublishingModel) else None


def standings(shops: Sequence[Shop]) -> Mapping[int, Standing]:
    """By shop, for shops of global sellers."""
    ids = [shop.id for shop in shops if shop.kind == ShopKind.GLOBAL_SELLER]
    if not ids or not has_table(ShopPublishing):
        return dict.fromkeys(ids, UNKNOWN)
    rows = {
        row.shop_id: row for row in db.session.scalars(select(ShopPublishing).where(ShopPublishing.shop_id.in_(ids)))
    }
    return {number: _standing(rows[number]) if number in rows else UNKNOWN for number in ids}


def _standing(row: ShopPublishing) -> Standing:
    told, chosen = _model(row.told), _model(row.chosen)
    return Standing(chosen or told, told, row.told_at, row.told_by, chosen, row.chosen_by)


def verdict(shop: Shop, capability: Capability) -> Verdict:
    """Whether this shop can do it: by its kind, and by its publishing model where it has one."""
    return may(shop.kind, capability, standings([shop]).get(shop.id, UNKNOWN).model)


def demand(shop: Shop, capability: Capability) -> None:
    """Raises Forbidden with the reason."""
    if not (said := verdict(shop, capability)):
        raise Forbidden(said.reason, "Publishing models", HERE)


def _row(shop: Shop) -> ShopPublishing | None:
    if shop.kind != ShopKind.GLOBAL_SELLER or not has_table(ShopPublishing):
        return None
    row = db.session.scalar(select(ShopPublishing).where(ShopPublishing.shop_id == shop.id))
    if row is None:
        row = ShopPublishing(shop_id=shop.id, told="", told_by="", chosen="", chosen_by="")
        db.session.add(row)
    return row


def told(shop: Shop, methods: Sequence[str]) -> None:
    """TikTok named the listing methods of the shop."""
    row, found = _row(shop), of_methods(tuple(methods))
    if row is None or found is None:
        return
    before = _model(row.told)
    row.told, row.told_by, row.told_at = found.value, RULES, clock.now()
    if found == PublishingModel.LOCAL_TO_LOCAL:
        notices.resolve(_key(shop))
        if before == PublishingModel.GLOBAL_TO_LOCAL:
            text = (
                f"TikTok has moved “{shop.name}” to local publishing: products can be created in it and copied to it."
            )
            notices.raise_notice(_key(shop), "info", text, "Publishing models", HERE)
    db.session.flush()


def refused(shop: Shop, codes: Sequence[str]) -> bool:
    """TikTok refused a product with these codes; True when they say that the shop takes none of its own."""
    row = _row(shop) if REFUSALS & set(codes) else None
    if row is None:
        return False
    row.told, row.told_by, row.told_at = PublishingModel.GLOBAL_TO_LOCAL.value, REFUSAL, clock.now()
    text = f"TikTok takes no products of its own in “{shop.name}” yet: publish from the global store in Seller Center."
    if row.chosen == PublishingModel.LOCAL_TO_LOCAL:
        text += " Here “Local to local” is chosen for it; set that back."
    notices.raise_notice(_key(shop), "warning", text, "Publishing models", HERE)
    db.session.flush()
    return True


def _key(shop: Shop) -> str:
    return f"publishing-model:{shop.id}"


def choose(actor: Actor, shop: Shop, wanted: str) -> Standing:
    """The owner says which model a shop has; empty: as TikTok tells."""
    require(actor, Page.AUTHORIZATION, SEND, shop)
    if not access_of(actor).owns:
        raise Forbidden("Only the store's owner chooses the publishing model of a shop.", "Back", HERE)
    if shop.kind != ShopKind.GLOBAL_SELLER:
        raise Invalid(f"“{shop.name}” does not belong to a global seller, so it has no publishing model.", "Back", HERE)
    row = _row(shop)
    if row is None:
        raise Invalid("Publishing models are being set up by an update that is running. Try again in a minute.")
    model = _model(wanted)
    if wanted and model is None:
        raise Invalid("There is no such publishing model.", "Back", HERE)
    row.chosen = model.value if model else ""
    row.chosen_by, row.chosen_at = (actor.name[:255], clock.now()) if model else ("", None)
    db.session.flush()
    said = WORDS[model] if model else "as TikTok tells"
    audit.note(actor, "shop.publishing_model", f"Publishing model of “{shop.name}”: {said}.", shop_id=shop.id)
    return _standing(row)


def overdue() -> Sequence[Shop]:
    """Shops of global sellers whose model TikTok was not asked for within a day; of the present store."""
    if not has_table(ShopPublishing):
        return ()
    query = (
        select(Shop)
        .outerjoin(ShopPublishing, (ShopPublishing.shop_id == Shop.id) & (ShopPublishing.store_id == Shop.store_id))
        .where(Shop.is_active, Shop.kind == ShopKind.GLOBAL_SELLER.value)
        .where(or_(ShopPublishing.told_at.is_(None), ShopPublishing.told_at < clock.now() - LOOK))
    )
    return [shop for shop in db.session.scalars(query) if shop.authorization.state == "active"]
