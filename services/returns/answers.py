"""Answering a request: what may be said, that it is said once, and what TikTok made of it."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from PIL import Image
from sqlalchemy import select

from clients.errors import Refused
from domain.capabilities import Capability, allowed
from domain.money import show
from domain.orders.statuses import Guard
from domain.returns.decisions import DECISIONS, FOR, OFFER, Decision
from domain.roles import SEND, Page
from models import AfterSale, AfterSalePicture, Shop, db
from services import activities, clock
from services.activities import NewItem, Started
from services.actor import Actor
from services.errors import Forbidden, Invalid, NotFound, ServiceError
from services.order_refusals import say
from services.people.access import asks
from services.returns import events, recording

KIND = "answer_returns"
PICTURES, LARGEST_PICTURE = 3, 5 * 1024 * 1024
FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png"}
ALREADY = frozenset({"25020009", "25020010", "25020011", "25001010"})  # decided before: read what it is now


@dataclass(frozen=True, slots=True)
class Option:
    """One answer as it is offered. `why` says why not; `reasons`: (name, words) of TikTok's own list."""

    decision: Decision
    yes: bool
    why: str = ""
    reasons: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """What a person filled in. `pictures`: (name, bytes)."""

    decision: str
    reason: str = ""
    comment: str = ""
    amount: Decimal | None = None
    keep_item: bool = False
    pictures: Sequence[tuple[str, bytes]] = field(default_factory=tuple)


def get(number: int) -> AfterSale:
    request = db.session.scalar(select(AfterSale).where(AfterSale.id == number))
    if request is None:
        raise NotFound("This request does not exist.", "See returns", "/returns/")
    return request


def shop_of(request: AfterSale) -> Shop:
    return db.session.scalars(select(Shop).where(Shop.id == request.shop_id)).one()


def verdict(request: AfterSale, shop: Shop) -> Guard:
    """Whether the request can be answered here at all, and why not."""
    said = allowed(shop.kind, Capability.ACCEPT_RETURNS)
    guard = recording.verdict(request, shop, Guard(said.yes, "" if said else "return.shop_kind", said.reason))
    if guard and request.answer_state == "sending":
        return Guard(False, "return.sending", "An answer is on its way to TikTok.")
    return guard


def options(request: AfterSale) -> list[Option]:
    """What TikTok takes now; only what fits this kind of request. Empty while TikTok has not been asked yet."""
    found = []
    for name in FOR.get(request.kind, ()):
        told = next((one for one in request.choices if one["decision"] == name), None)
        if told is None:
            continue
        reasons = [(one["name"], one["text"] or one["name"]) for one in told["reasons"]]
        decision = DECISIONS[name]
        yes = bool(told["eligible"]) and (decision.approves or bool(reasons))
        found.append(Option(decision, yes, told["why"], reasons))
    return found


@asks(Page.RETURNS, SEND)
def answer(actor: Actor, shop: Shop, request: AfterSale, given: Given) -> Started:
    """Sends one answer; refuses what TikTok would refuse."""
    if guard := verdict(request, shop):
        option = next((one for one in options(request) if one.decision.name == given.decision), None)
    else:
        raise Forbidden(guard.reason)
    where = f"/returns/{request.id}"
    if option is None or not option.yes:
        why = f" {option.why}." if option and option.why else ""
        raise ServiceError(f"TikTok does not take this answer now.{why}", "Look again", where)
    args: dict[str, Any] = {"decision": given.decision, "seen": request.status}
    if not option.decision.approves:
        if given.reason not in dict(option.reasons):
            raise Invalid("Choose one of TikTok's reasons.", "Choose a reason", where)
        args |= {"reason": given.reason, "comment": given.comment.strip()[:500]}
        args["pictures"] = _keep(request, given.pictures)
    if given.decision == OFFER:
        args["partial"] = _part(request, given.amount, where)
    if given.decision == "APPROVE_RETURN" and given.keep_item:
        args["keep_item"] = True
    held = db.session.scalars(
        select(AfterSale).where(AfterSale.id == request.id).with_for_update(),
        execution_options={"populate_existing": True},
    ).one()
    if held.answer_state == "sending":
        raise ServiceError("An answer is on its way to TikTok already.", "See it", where)
    held.answer, held.answer_state, held.answered_at = given.decision, "sending", clock.now()
    held.answer_text = f"{option.decision.words}, by {actor.name}"
    item = NewItem(recording.summary(held), subject_id=held.id, args=args)
    title = f"{option.decision.words}: {recording.summary(held)}"
    started = activities.start(actor, KIND, title, [item], shop_id=shop.id, queue="live", priority=40)
    events.add(held, f"{option.decision.words}: being sent.", actor.name)
    return started


def _part(request: AfterSale, amount: Decimal | None, where: str) -> dict[str, str]:
    if amount is None or not Decimal(0) < amount < request.total:
        most = show(request.total, request.currency)
        raise Invalid(f"Offer more than nothing and less than {most}.", "Change the amount", where)
    return {"currency": request.currency, "amount": str(amount)}


def _keep(request: AfterSale, pictures: Sequence[tuple[str, bytes]]) -> list[int]:
    where = f"/returns/{request.id}"
    if len(pictures) > PICTURES:
        raise Invalid(f"Add {PICTURES} pictures at most.", "Choose again", where)
    kept = []
    for name, body in pictures:
        if len(body) > LARGEST_PICTURE:
            raise Invalid(f"{name} is larger than 5 MB.", "Choose again", where)
        try:
            with Image.open(io.BytesIO(body)) as picture:
                form, width, height = picture.format, *picture.size
        except (OSError, ValueError, Image.DecompressionBombError):
            form, width, height = "", 0, 0
        if form not in FORMATS or min(width, height) < 100 or max(width, height) > 20_000:
            raise Invalid(f"{name} is no JPEG or PNG picture of at least 100 × 100 pixels.", "Choose again", where)
        row = AfterSalePicture(
            store_id=request.store_id, after_sale_id=request.id, name=f"{form.lower()}|{name}"[:120], body=body,
            width=width, height=height, created_at=clock.now(),
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        kept.append(row.id)
    return kept


def pictures(ids: Sequence[int]) -> list[tuple[bytes, str, int, int]]:
    """(bytes, JPEG or PNG, width, height)."""
    query = select(AfterSalePicture).where(AfterSalePicture.id.in_(ids)).order_by(AfterSalePicture.id)
    return [(row.body, row.name.partition("|")[0].upper(), row.width, row.height) for row in db.session.scalars(query)]


def pictures_of(request: AfterSale) -> list[str]:
    """Names of the pictures that went with a refusal."""
    query = select(AfterSalePicture.name).where(AfterSalePicture.after_sale_id == request.id)
    return [name.partition("|")[2] for name in db.session.scalars(query)]


def sent(number: int, args: Mapping[str, Any], item_id: int) -> str:
    """TikTok took it; what it made of it is read right after."""
    request = _held(number)
    decision = DECISIONS[args["decision"]]
    request.answer_state = "sent"
    request.choices_at = None
    said = f" ({args['comment']})" if args.get("comment") else ""
    text = f"{decision.words}: TikTok took the answer{said}."
    events.add(request, text, "TikTok Shop", item_id=item_id)
    return text


def refused(number: int, args: Mapping[str, Any], refusal: Refused, item_id: int) -> tuple[str, str]:
    request = _held(number)
    words = DECISIONS[args["decision"]].words
    request.answer_state, request.choices_at = "refused", None
    request.answer_text = f"{words}: TikTok did not take it. {say(refusal.code, refusal.text)}"
    events.add(request, request.answer_text, "TikTok Shop", item_id=item_id)
    return refusal.code or "tiktok.refused", request.answer_text


def _held(number: int) -> AfterSale:
    query = select(AfterSale).where(AfterSale.id == number).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()
