"""Files of listings on their way to TikTok: each once for a seller, two at a time, because a video may be large."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from jobs import trail
from jobs.handling import Done, Handler, Item, Later, Outcome, Refused, Result, Skipped
from models import Activity, Shop, db
from services import clock, platforms, publishing
from services.media import uploads
from services.media.uploads import Sent, Upload
from services.patience import persistently
from services.publish_requests import Request

PAUSE = timedelta(seconds=8)
PATIENCE = 60  # times a listing waits for its files; about as many minutes later they are given up


class UploadFiles(Handler):
    kind: ClassVar[str] = uploads.KIND
    threads: ClassVar[int] = 2
    has_effects: ClassVar[bool] = False  # a file that is there twice does no harm

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        shop = db.session.get_one(Shop, activity.shop_id)
        client = platforms.tiktok_seller(shop.authorization, trail.observe)
        steps: dict[int, Any] = {}
        for item in items:
            step = uploads.prepare(client, shop, item.subject_id or 0)
            steps[item.id] = step or Skipped("It is there already, or was removed.")
        return steps

    def call(self, step: Upload) -> Sent:
        return persistently(lambda: uploads.send(step))

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        shop = db.session.get_one(Shop, activity.shop_id)
        return {result.item.id: self._record(shop, result) for result in results}

    def _record(self, shop: Shop, result: Result) -> Outcome:
        if result.error is not None:
            return Refused(result.error.code or "tiktok.refused", result.error.text)
        sent: Sent = result.answer
        uploads.remember(shop, result.step.file_id, sent)
        return Refused("files.refused", sent.fault) if sent.fault else Done("Uploaded.")


def first(shop: Shop, request: Request, item: Item) -> Outcome | None:
    """For a listing that is to be sent: what must happen before, when files of it are not on TikTok yet."""
    if not request.files_missing or item.was_sent:
        return None
    if item.tries > PATIENCE:
        publishing.cancelled([request.listing_id])
        return Refused("files.not_uploaded", "Its documents or its video could not be uploaded. Try again later.")
    uploads.order(shop, request.files_missing)
    return Later(clock.now() + PAUSE, "Its documents or its video are being uploaded first.")
