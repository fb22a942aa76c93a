"""Answers to requests. A key goes with each, and an answer that never came is looked up by the request's state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from clients.tiktok.api import TikTok
from domain.returns import statuses
from domain.returns.decisions import CANCEL, DECISIONS, KEEP
from jobs import returns, trail
from jobs.handling import Done, Handler, Item, Outcome, Result
from jobs.handling import Refused as NotTaken
from models import Activity, AfterSale, Shop, db
from services import platforms
from services.returns import answers


@dataclass(frozen=True, slots=True)
class Step:
    client: TikTok
    number: str
    is_cancellation: bool
    args: Mapping[str, Any]
    key: str
    pictures: Sequence[tuple[bytes, str, int, int]]


class AnswerReturns(Handler):
    """Subjects are rows of `after_sale`."""

    kind: ClassVar[str] = answers.KIND
    threads: ClassVar[int] = 4
    of_listings: ClassVar[bool] = False

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        client = platforms.tiktok(db.session.get_one(Shop, activity.shop_id), trail.observe)
        steps = {}
        for item in items:
            request = db.session.get_one(AfterSale, item.subject_id)
            shown = answers.pictures(item.args.get("pictures") or [])
            key = f"{item.args['decision']}-{request.tiktok_id}-{item.id}"
            is_cancellation = request.kind == statuses.Kind.CANCEL
            steps[item.id] = Step(client, request.tiktok_id, is_cancellation, item.args, key, shown)
        return steps

    def call(self, step: Step) -> str:
        args, decision = step.args, step.args["decision"]
        images = [_upload(step.client, *picture) for picture in step.pictures]
        if decision == CANCEL:
            step.client.approve_cancellation(step.number, step.key)
        elif decision == KEEP:
            step.client.reject_cancellation(step.number, args["reason"], args["comment"], step.key, images)
        elif DECISIONS[decision].approves:
            step.client.approve_return(
                step.number,
                decision,
                buyer_keep_item=args.get("keep_item"),
                partial_refund=args.get("partial"),
                idempotency_key=step.key,
            )
        else:
            step.client.reject_return(step.number, decision, args["reason"], args["comment"], step.key, images)
        return "taken"

    def look_up(self, step: Step) -> str | None:
        """The request has moved on since the person looked at it: the answer took effect, or another one did."""
        if step.is_cancellation:
            found = [
                one.cancel_status for one in step.client.search_cancellations(cancel_ids=[step.number]).cancellations
            ]
        else:
            found = [one.return_status for one in step.client.search_returns(return_ids=[step.number]).return_orders]
        return "moved on" if found and statuses.read(found[0]) != step.args["seen"] else None

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        outcomes: dict[int, Outcome] = {}
        for result in results:
            number, args = result.item.subject_id or 0, result.step.args
            if result.error is not None:
                outcomes[result.item.id] = NotTaken(*answers.refused(number, args, result.error, result.item.id))
            else:
                outcomes[result.item.id] = Done(answers.sent(number, args, result.item.id))
        return outcomes

    def finished(self, activity: Activity) -> None:
        activity.message = "TikTok took the answer." if not activity.refused else "TikTok did not take the answer."
        returns.read_soon(activity.store_id, activity.shop_id or 0)


def _upload(client: TikTok, body: bytes, form: str, width: int, height: int) -> dict[str, Any]:
    kind = answers.FORMATS[form]
    made = client.upload_image(body, "DESCRIPTION_IMAGE", f"evidence.{form.lower()}")
    return {"image_id": made.uri, "mime_type": kind, "width": made.width or width, "height": made.height or height}
