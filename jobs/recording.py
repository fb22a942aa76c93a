"""One call in a pool thread, and writing down what came of a group of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from clients import wire
from clients.errors import ClientError, Throttled, Unauthorised
from clients.errors import Refused as PlatformRefused
from clients.exchange import Exchange
from clients.wire import Permit
from jobs import ledger, settlement, trail
from jobs.handling import Handler, Item, Later, Outcome, Result, Skipped
from models import Activity, Shop, Store, db
from models.tenancy import tenant_id
from services import clock, evidence, grants, setup, stores
from services.activities import hold
from services.history.because import because
from services.patience import wait_for

LOOKED_UP = "No clear answer came; it is looked up before anything is sent again."
STORE_REFUSED = "Waits because BigCommerce no longer accepts the app's access to this store."
SCOPE_REFUSED = "Waits because BigCommerce did not grant the app what this needs."
PERMISSION_REFUSED = "Waits because TikTok Shop did not grant a permission that this needs."

NO_SCOPE = 403  # the token itself works (reference 1.2)


@dataclass(frozen=True, slots=True)
class Back:
    """What a pool thread brings back. `unproven`: an earlier call may have taken effect and nothing has disproved it;
    `given_up`: it was proven absent and, because the activity is being cancelled, not sent again."""

    item: Item
    step: Any
    answer: Any = None
    error: ClientError | None = None
    unproven: bool = False
    given_up: bool = False
    exchanges: list[Exchange] = field(default_factory=list)


def call(handler: Handler, item: Item, step: Any, stopping: bool = False, permit: Permit | None = None) -> Back:
    """Runs in a pool thread: looks an item up that may have been applied, and sends it only when it surely was not.
    `permit` says until when the item is ours."""
    wire.call.permit = permit
    try:
        return _call(handler, item, step, stopping)
    finally:
        wire.call.permit = None


def _call(handler: Handler, item: Item, step: Any, stopping: bool) -> Back:
    exchanges = trail.begin()
    if item.was_sent:
        try:
            found = handler.look_up(step)
        except ClientError as error:
            return Back(item, step, error=error, unproven=True, exchanges=exchanges)
        if found is not None:
            return Back(item, step, answer=found, exchanges=exchanges)
        if stopping:
            return Back(item, step, given_up=True, exchanges=exchanges)
    try:
        return Back(item, step, answer=handler.call(step), exchanges=exchanges)
    except ClientError as error:
        return Back(item, step, error=error, unproven=error.unknown and handler.has_effects, exchanges=exchanges)


def write(activity_id: int, handler: Handler, answered: Sequence[Back], shop_id: int | None) -> tuple[int, bool, bool]:
    """Records a group in the current transaction. (items settled, nothing is left, an access token has ended)"""
    hold(activity_id)
    mine = ledger.still_ours([one.item for one in answered])
    answered = [one for one in answered if one.item.id in mine]
    activity = db.session.get_one(Activity, activity_id, populate_existing=True)
    expired = _note_rejected(answered, shop_id)
    unknown, results = [], []
    outcomes: dict[int, Outcome] = {}
    for one in answered:
        if one.unproven:
            unknown.append(one)
        elif one.given_up:
            outcomes[one.item.id] = Skipped(settlement.STOPPED, units=0)
        elif (waits := _not_applied(one, shop_id)) is not None:
            outcomes[one.item.id] = waits
        else:
            refusal = one.error if isinstance(one.error, PlatformRefused) else None
            results.append(Result(one.item, one.step, one.answer, refusal))
    if results:
        with because(activity.actor, activity.kind, activity_id):
            outcomes.update(handler.record(activity, results))
    evidence.keep_all(
        [
            evidence.Kept(
                one.exchanges,
                activity_id,
                one.item.id,
                one.item.attempt,
                one.item.subject_id if handler.of_listings else None,
                handler.rule_version(one.step),
            )
            for one in answered
        ]
    )
    over = False
    if unknown:
        messages = {one.item.id: f"{LOOKED_UP} ({one.error})" for one in unknown}
        over = settlement.settle_unknown(
            activity_id, [one.item for one in unknown], setup.config().settle_seconds, messages
        )
    settled = [one.item for one in answered if one.item.id in outcomes]
    if settled:
        over = settlement.settle(activity_id, settled, outcomes)
    return len(settled), over, expired


def _note_rejected(answered: Sequence[Back], shop_id: int | None) -> bool:
    """Rejected credentials stop the shop's work once; a token that only ended by time is renewed."""
    rejected = [one.error for one in answered if isinstance(one.error, Unauthorised)]
    if not rejected:
        return False
    if shop_id is None:
        lost = [error for error in rejected if error.status != NO_SCOPE]
        if lost:
            stores.reject(db.session.get_one(Store, tenant_id()), lost[0].text)
        return False
    authorization = db.session.get_one(Shop, shop_id).authorization
    for error in rejected:
        if error.permission:
            grants.heed(authorization, error)
    rejected = [error for error in rejected if not error.permission and not grants.is_over(authorization, error)]
    if not rejected:
        return False
    if all(error.expired for error in rejected):
        authorization.access_expires_at = min(authorization.access_expires_at, clock.now())
        return True
    grants.reject(authorization, next(error.text for error in rejected if not error.expired))
    # Not given up: its time was over, so renewing it shows whether it still counts.
    return authorization.state == "active"


def _not_applied(one: Back, shop_id: int | None) -> Later | None:
    """Errors that say "not applied, try again" are the engine's business; refusals are the handler's."""
    now, error = clock.now(), one.error
    if isinstance(error, Throttled):
        return Later(
            now + timedelta(seconds=min(max(error.retry_after or 1.0, 0.5), 120)), "The platform asked to slow down."
        )
    if isinstance(error, Unauthorised):
        if shop_id is None and error.status == NO_SCOPE:
            return Later(now + timedelta(minutes=5), SCOPE_REFUSED, everything=True)
        if error.permission:
            return Later(now + timedelta(minutes=5), PERMISSION_REFUSED, everything=True)
        if shop_id is None:  # goes on as soon as the store may be called again
            return Later(now, STORE_REFUSED, everything=True)
        return Later(
            now + timedelta(seconds=5),
            "Waiting until the access token is renewed or the shop is connected again.",
            everything=True,
        )
    if error is not None and not isinstance(error, PlatformRefused):
        wait = wait_for(1.0, one.item.tries)
        return Later(now + timedelta(seconds=wait), "The platform could not be reached; trying again.")
    return None
