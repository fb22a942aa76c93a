"""The clock process: `python -m jobs.clock`. It fires schedules whose row it can claim: two clocks fire each once."""

import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, update

from app import create_app
from jobs.launch import ring_job, ring_once
from jobs.sweep import sweep
from models import Schedule, db
from services import clock
from services.bulk import insert_rows, rows_touched

log = logging.getLogger("causeway.clock")


@dataclass(frozen=True, slots=True)
class Task:
    """`run` is quick and local; anything that calls outside is rung for and done by a worker."""

    name: str
    every: timedelta
    run: Callable[[], object]


def rung(function: str) -> Callable[[], object]:
    return lambda: ring_job("live", function)


TASKS: tuple[Task, ...] = (
    Task("sweep", timedelta(seconds=5), sweep),
    Task("fold inbox", timedelta(seconds=10), lambda: ring_once("live", "jobs.inbox.fold")),
    Task("recheck listings", timedelta(seconds=15), rung("jobs.rechecks.sweep")),
    Task("push stock", timedelta(seconds=15), rung("jobs.stock.sweep")),
    Task("follow imported stock", timedelta(minutes=5), rung("jobs.stock.follow")),
    Task("read all stock", timedelta(minutes=30), rung("jobs.stock.walk")),
    Task("look after promotions", timedelta(minutes=1), rung("jobs.promotions.sweep")),
    Task("compare stock", timedelta(hours=1), rung("jobs.stock.compare")),
    Task("send prices", timedelta(seconds=15), rung("jobs.prices.sweep")),
    Task("look at all prices", timedelta(hours=1), rung("jobs.prices.walk")),
    Task("move prices by sales", timedelta(hours=1), rung("jobs.prices.steps")),
    Task("keep the catalog in step", timedelta(seconds=10), rung("jobs.catalog_sync.sweep")),
    Task("read changed products", timedelta(minutes=5), lambda: ring_job("bulk", "jobs.catalog_sync.walk")),
    Task("read the whole catalog", timedelta(hours=1), lambda: ring_job("bulk", "jobs.catalog_sync.whole")),
    Task("measure pictures", timedelta(seconds=15), rung("jobs.pictures.sweep")),
    Task("poll orders", timedelta(minutes=1), rung("jobs.orders.poll")),
    Task("tell shipments", timedelta(minutes=1), rung("jobs.shipping.sweep")),
    Task("remove labels", timedelta(hours=1), rung("jobs.shipping.tidy")),
    Task("poll returns", timedelta(minutes=1), rung("jobs.returns.poll")),
    Task("look at pictures", timedelta(minutes=5), lambda: ring_job("bulk", "jobs.looks.sweep")),
    Task("look at documents' dates", timedelta(hours=6), lambda: ring_job("bulk", "jobs.documents.sweep")),
    Task("poll reviews", timedelta(minutes=1), rung("jobs.reviews.poll")),
    Task("look for other writers", timedelta(minutes=1), rung("jobs.second_writer.poll")),
    Task("look after plans", timedelta(minutes=10), rung("jobs.plans.sweep")),
    Task("refresh tokens", timedelta(minutes=10), rung("jobs.tokens.refresh")),
    Task("read categories again", timedelta(hours=6), rung("jobs.needs.refresh")),
    Task("tell order numbers", timedelta(minutes=5), rung("jobs.order_care.tell_numbers")),
    Task("warn of orders", timedelta(minutes=5), rung("jobs.order_care.warn")),
    Task("find doubled orders", timedelta(hours=24), lambda: ring_job("bulk", "jobs.order_care.find_doubles")),
    Task("count orders", timedelta(hours=1), rung("jobs.orders.gaps")),
    Task("read statements", timedelta(hours=1), rung("jobs.money.read_statements")),
    Task("sum up sales", timedelta(minutes=5), lambda: ring_job("bulk", "jobs.money.sum_up_sales")),
    Task("send mail", timedelta(minutes=1), lambda: ring_job("bulk", "jobs.mail.send")),
    Task("ask for publishing models", timedelta(hours=1), rung("jobs.global_stores.sweep")),
    Task("find twins", timedelta(hours=1), rung("jobs.twins.sweep")),
    Task("keep webhooks", timedelta(hours=12), rung("jobs.hooks.keep")),
    Task("what breaks on a date", timedelta(hours=24), lambda: ring_job("bulk", "jobs.breaking.sweep")),
    Task("tidy up", timedelta(hours=24), lambda: ring_job("bulk", "jobs.retention.tidy")),
)


def claim(task: Task) -> bool:
    """True for the one clock that moved the row's due time. A due time further away than the rhythm comes from a clock
    that ran ahead (development: the sandbox's was set back), so it counts as due."""
    now = clock.now()
    due = or_(Schedule.due_at <= now, Schedule.due_at > now + 2 * task.every)
    claimed = db.session.execute(
        update(Schedule).where(Schedule.name == task.name, due).values(due_at=now + task.every, last_at=now),
        execution_options={"synchronize_session": False},
    )
    db.session.commit()
    return rows_touched(claimed) > 0


def tick() -> list[str]:
    """Fires what is due; a task that fails is logged and comes again. Answers the names fired."""
    fired = []
    for task in TASKS:
        try:
            if claim(task):
                task.run()
                fired.append(task.name)
        except Exception as failure:
            db.session.rollback()
            log.error("Schedule %s failed: %s", task.name, failure, exc_info=failure)
    return fired


def plan() -> None:
    """Adds rows for tasks that have none yet."""
    insert_rows(Schedule, [{"name": task.name, "due_at": clock.now(), "note": ""} for task in TASKS], ("name",))
    db.session.commit()


def main() -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    app = create_app()
    with app.app_context():
        plan()
        while not stop.wait(1.0):
            tick()
            db.session.remove()


if __name__ == "__main__":
    main()
