"""What the seller starts: TikTok is asked what it takes, then the cancellation or refund is made, once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from clients.errors import Refused
from clients.tiktok.after_sale_models import RefundAmount, SkuEligibility
from clients.tiktok.api import TikTok
from jobs import returns, trail
from jobs.handling import Done, Handler, Item, Outcome, Result
from jobs.handling import Refused as NotTaken
from models import Activity, Order, Shop, db
from services import platforms
from services.returns import starting

ENDED = ("CANCELLATION_REQUEST_CANCEL", "CANCELLATION_REQUEST_CANCELLED", "RETURN_OR_REFUND_REQUEST_CANCEL")


@dataclass(frozen=True, slots=True)
class Question:
    client: TikTok
    number: str


@dataclass(frozen=True, slots=True)
class Told:
    skus: Sequence[SkuEligibility]
    amounts: Mapping[str, tuple[str, str]]


class AskReturns(Handler):
    """Subjects are orders."""

    kind: ClassVar[str] = starting.ASK
    threads: ClassVar[int] = 4
    has_effects: ClassVar[bool] = False
    of_listings: ClassVar[bool] = False

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        client = platforms.tiktok(db.session.get_one(Shop, activity.shop_id))
        return {item.id: Question(client, db.session.get_one(Order, item.subject_id).tiktok_id) for item in items}

    def call(self, step: Question) -> Told:
        skus = step.client.eligibility(step.number, list(starting.TYPES))
        amounts = {}
        for kind in starting.TYPES:
            fits = [
                one for sku in skus for one in sku.line_item_eligibility if one.request_type == kind and one.eligible
            ]
            if fits and fits[0].available_reason_names:
                lines = [number for one in fits for number in one.order_line_items_ids]
                amount = _amount(step, kind, fits[0].available_reason_names[0], lines)
                if amount is not None:
                    amounts[kind] = (str(amount.refund_total or 0), amount.currency)
        return Told(skus, amounts)

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        shop = db.session.get_one(Shop, activity.shop_id)
        outcomes: dict[int, Outcome] = {}
        for result in results:
            number = result.item.subject_id or 0
            if result.error is not None:
                starting.unheard(number, result.error)
                outcomes[result.item.id] = NotTaken(result.error.code or "tiktok.refused", result.error.text)
            else:
                starting.heard(number, result.answer.skus, result.answer.amounts, shop)
                outcomes[result.item.id] = Done("TikTok said what it takes.")
        return outcomes


def _amount(step: Question, kind: str, reason: str, lines: Sequence[str]) -> RefundAmount | None:
    """What all of it would give back; unknown where TikTok does not say."""
    try:
        return step.client.calculate_refund(step.number, kind, reason, lines)
    except Refused:
        return None


@dataclass(frozen=True, slots=True)
class Step:
    client: TikTok
    number: str
    args: Mapping[str, Any]
    key: str


class StartReturns(Handler):
    """Subjects are orders. A cancellation takes no key against repetition (reference 7.1), so it is looked up."""

    kind: ClassVar[str] = starting.KIND
    threads: ClassVar[int] = 4
    of_listings: ClassVar[bool] = False

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        client = platforms.tiktok(db.session.get_one(Shop, activity.shop_id), trail.observe)
        return {
            item.id: Step(client, db.session.get_one(Order, item.subject_id).tiktok_id, item.args, f"start-{item.id}")
            for item in items
        }

    def call(self, step: Step) -> str:
        args = step.args
        if args["type"] == "CANCEL":
            return step.client.cancel_order(step.number, args["reason"], line_ids=args["lines"]).cancel_id
        body = {"order_id": step.number, "return_type": args["type"], "return_reason": args["reason"]}
        if args["lines"]:
            body["order_line_item_ids"] = args["lines"]
        return step.client.create_return(body, step.key).return_id

    def look_up(self, step: Step) -> str | None:
        """A request of ours for these pieces that is not older than the wish."""
        wanted = set(step.args["lines"])
        if step.args["type"] == "CANCEL":
            rows = [
                (
                    one.cancel_id,
                    one.role,
                    one.cancel_status,
                    one.create_time,
                    {line.order_line_item_id for line in one.cancel_line_items},
                )
                for one in step.client.search_cancellations(order_ids=[step.number]).cancellations
            ]
        else:
            rows = [
                (
                    one.return_id,
                    one.role,
                    one.return_status,
                    one.create_time,
                    {line.order_line_item_id for line in one.return_line_items},
                )
                for one in step.client.search_returns(order_ids=[step.number]).return_orders
            ]
        for number, role, status, created, lines in rows:
            mine = role == "SELLER" and status not in ENDED and created >= step.args["since"] - 60
            if mine and (not wanted or wanted == lines):
                return number
        return None

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        outcomes: dict[int, Outcome] = {}
        for result in results:
            number, args = result.item.subject_id or 0, result.step.args
            if result.error is not None:
                outcomes[result.item.id] = NotTaken(*starting.refused(number, args, result.error, result.item.id))
            else:
                outcomes[result.item.id] = Done(starting.started(number, args, result.answer, result.item.id))
        return outcomes

    def finished(self, activity: Activity) -> None:
        activity.message = "TikTok took it." if not activity.refused else "TikTok did not take it."
        returns.read_soon(activity.store_id, activity.shop_id or 0)
