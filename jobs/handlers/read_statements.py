"""Statements of a shop: the list, each one's transactions, payouts, and the orders they settle in both books."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar

from clients.bigcommerce.api import BigCommerce
from clients.errors import Refused as PlatformRefused
from clients.tiktok.api import TikTok
from clients.tiktok.finance_models import OrderTransactions
from domain.finance.amounts import ZERO
from jobs.handling import Done, Handler, Item, Outcome, Refused, Result
from models import Activity, Shop, Statement, Store, db
from services import platforms
from services.finance import comparing, reading, recording
from services.finance.comparing import InStore

TOGETHER = 10  # orders of one item: each is a call on either side


@dataclass(frozen=True, slots=True)
class Step:
    """`ids`: TikTok's number of an order -> the BigCommerce orders it became."""

    client: TikTok
    args: Mapping[str, Any]
    store: BigCommerce | None = None
    ids: Mapping[str, Sequence[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Books:
    settled: tuple[OrderTransactions, ...]
    in_store: Mapping[int, InStore | None]


class ReadStatements(Handler):
    kind: ClassVar[str] = reading.KIND
    threads: ClassVar[int] = 4
    has_effects: ClassVar[bool] = False
    of_listings: ClassVar[bool] = False

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        client = platforms.tiktok(db.session.get_one(Shop, activity.shop_id))  # pages of money are no evidence
        store = platforms.bigcommerce(db.session.get_one(Store, activity.store_id))
        steps: dict[int, Step] = {}
        for item in items:
            ids = comparing.written(item.args["orders"]) if item.args["what"] == "orders" else {}
            steps[item.id] = Step(client, item.args, store, ids)
        return steps

    def call(self, step: Step) -> Any:
        args, client = step.args, step.client
        match args["what"]:
            case "statements":
                return client.statements(statement_time_ge=args["ge"], page_token=args["token"])
            case "payments":
                return client.payments(create_time_ge=args["ge"], page_token=args["token"])
            case "transactions":
                return client.statement_transactions(args["statement"], args["token"])
        return Books(
            tuple(found for number in args["orders"] if (found := _settled(client, number)) is not None),
            {one: _in_store(step.store, one) for ids in step.ids.values() for one in ids},
        )

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        shop = db.session.get_one(Shop, activity.shop_id)
        return {result.item.id: self._record(shop, result) for result in results}

    def _record(self, shop: Shop, result: Result) -> Outcome:
        if result.error is not None:
            return Refused(result.error.code or "tiktok.refused", result.error.text)
        answer, args = result.answer, result.step.args
        match args["what"]:
            case "statements":
                unread = recording.statements(shop, answer.statements)
                more = [reading.transactions(number) for number in unread]
                if answer.next_page_token:
                    more.append(reading.statements(_at(args["ge"]), answer.next_page_token))
                return Done(f"{len(answer.statements):,} statements, {len(unread):,} to read", more=more)
            case "payments":
                count = recording.payouts(shop, answer.payments)
                following = answer.next_page_token
                more = [reading.payments(_at(args["ge"]), following)] if following else []
                return Done(f"{count:,} payouts", notes={"payouts": count}, more=more)
            case "transactions":
                return self._transactions(shop, answer, args)
        recording.skus(shop, answer.settled)
        looks = comparing.compare(shop, args["orders"], answer.in_store)
        return Done(f"{looks:,} need a look", notes={"orders": len(args["orders"]), "looks": looks})

    def _transactions(self, shop: Shop, answer: Any, args: Mapping[str, Any]) -> Done:
        statement = recording.statement_of(shop, args["statement"])
        recording.transactions(statement, answer.transactions)
        seen = args["seen"] + len(answer.transactions)
        if answer.next_page_token and answer.transactions:
            return Done(
                f"{seen:,} so far", more=[reading.transactions(args["statement"], answer.next_page_token, seen)]
            )
        numbers = recording.close(statement, answer.total_count or seen)
        more = [reading.orders(numbers[start : start + TOGETHER]) for start in range(0, len(numbers), TOGETHER)]
        notes = {"statements": 1, "incomplete": int(statement.state == "incomplete")}
        return Done(f"{statement.transactions:,} transactions", notes=notes, more=more)

    def finished(self, activity: Activity) -> None:
        if activity.details.get("one"):
            activity.message = reading.closing(activity)
            return
        shop = db.session.get_one(Shop, activity.shop_id)
        lost = activity.refused + activity.failed
        newest = db.session.scalar(
            db.select(db.func.max(Statement.day)).where(Statement.shop_id == shop.id, Statement.read_at.is_not(None))
        )
        whole = activity.state == "finished" and not lost
        note = "" if whole else f"{lost:,} parts could not be read; the next reading asks again."
        reading.advance(shop, newest if whole else None, note)
        activity.message = f"{reading.closing(activity)} {note}".strip()


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _settled(client: TikTok, number: str) -> OrderTransactions | None:
    """None for what TikTok does not give out by order; the statement has its sums all the same."""
    try:
        return client.order_transactions(number)
    except PlatformRefused:
        return None


def _in_store(client: BigCommerce | None, order_id: int) -> InStore | None:
    """None when it is not there any more."""
    found = client.order(order_id) if client else None
    if found is None or found.is_deleted:
        return None
    return InStore(found.id, found.total_inc_tax or ZERO, found.refunded_amount or ZERO)
