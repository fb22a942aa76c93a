"""One run: import, stage and publish a catalog while everything is killed, then count."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from app import create_app
from soak.control import Control
from soak.ledger import Ledger
from soak.nemesis import Nemesis
from soak.oracle import Oracle, Row, row
from soak.report import Console, table, wrong
from soak.road import FIRST, HARBOR_SHOP, Road, wait
from soak.sampler import Sampler
from soak.stack import Stack
from soak.weather import Weather

READY_SHARE = 0.8  # of a made-up catalog about so many products are ready as they are
PATIENCE = 60.0  # after the last fault everything must be true
TAIL = 0.03  # the faults stop when so little is left, because the rate limit alone decides how long the rest takes


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run looks like. `pause`: seconds between two blows, at least and at most."""

    engine: str = "sqlite"
    workers: int = 1
    seed: int = 1
    items: int = 3000
    minutes: float = 30.0
    pause: tuple[float, float] = (2.0, 6.0)
    share: float = 0.2
    settle: float = 8.0
    search_lag: float = 0.5
    rate: float = 48.0
    leave_out: tuple[str, ...] = ()
    patience: float = PATIENCE
    decks: int = 0  # the faults stop when every blow was dealt so often; 0: not before hardly any work is left
    planted: int = 30  # creations that take effect long after the settle time, in a second phase
    import_latency: int = 400  # milliseconds a BigCommerce call takes, so that there is time to kill something

    @property
    def products(self) -> int:
        return math.ceil(self.items / READY_SHARE)

    @property
    def name(self) -> str:
        workers = f"{self.workers} worker{'s' if self.workers > 1 else ''}"
        return f"{self.items:,} items, {self.engine}, {workers}, seed {self.seed}"


@dataclass
class Outcome:
    rows: list[Row] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    struck: dict[str, int] = field(default_factory=dict)
    hits: dict[str, int] = field(default_factory=dict)
    deaths: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        return wrong(self.rows)


class Run:
    """Holds the parts of one run together."""

    def __init__(self, plan: Plan, folder: Path, console: Console) -> None:
        self.plan = plan
        self.console = console
        self.say = console.say
        self.outcome = Outcome()
        self.seen_doubles: tuple[int, float] = (-1, 0.0)
        self.until = time.monotonic() + plan.minutes * 60
        self.stack = Stack(
            folder, engine=plan.engine, live=1, bulk=plan.workers, webs=1, clocks=min(2, plan.workers),
            products=plan.products, seed=plan.seed, sandbox="soak.box:create_app()",
            settings={"PUBLISH_RATE": str(plan.rate), "SETTLE_SECONDS": str(plan.settle)},
        )  # fmt: skip

    def go(self) -> Outcome:
        self.say(f"starting: {self.plan.name}")
        with self.stack as stack:
            self.control = Control(stack.sandbox_url)
            self.app = create_app(stack.environment)
            self.ledger = Ledger(self.app, FIRST)
            self.road = Road(stack, self.app, self.ledger)
            self.nemesis = Nemesis(stack, self.control, self.plan.seed, self.plan.pause, self.say)
            self.weather = Weather(self.control, self.plan.seed, self.plan.settle, self.plan.share)
            self.sampler = Sampler(self.ledger, self.say)
            self.prepare()
            self.road.connect()
            self.sampler.start()
            try:
                self.import_everything()
                self.publish_everything()
            finally:
                self.nemesis.stop()
                self.sampler.stop()
            self.count()
            if self.plan.planted:
                self.plant_twins()
        return self.outcome

    def prepare(self) -> None:
        """The platforms as this run wants them: no help from idempotency keys, no daily limit."""
        self.control.post("tiktok/knobs", honour_idempotency=False, search_lag=self.plan.search_lag)
        self.control.post("tiktok/limits", shop_id=HARBOR_SHOP, daily_listings=1_000_000)
        self.control.post("bigcommerce/quota", requests=0)
        self.control.post("bigcommerce/latency", milliseconds=self.plan.import_latency)

    def under_fire(self, what: str, begin: Callable[[], object], kind: str, leave_out: tuple[str, ...] = ()) -> None:
        """Begins the work, breaks everything until hardly anything is left of it, then times the rest."""
        self.say(f"{what}: begins, and so do the faults")
        began = time.monotonic()
        begin()
        self.weather.bad()
        self.nemesis.start(leave_out=(*self.plan.leave_out, *leave_out))
        wait(f"{what} is nearly done", lambda: self.nearly(kind), self.until - time.monotonic())
        self.nemesis.stop()
        for kind_of_fault, hits in self.weather.hits().items():
            self.outcome.hits[kind_of_fault] = self.outcome.hits.get(kind_of_fault, 0) + hits
        self.weather.clear()
        last = time.monotonic()
        self.stack.wait_ready()
        self.say(f"{what}: the last fault, now it must come to its end")
        self.keep_hits()
        wait(f"{what} is over and true", lambda: self.over(kind), PATIENCE * 3)
        took = time.monotonic() - last
        self.outcome.seconds[what] = took
        self.say(f"{what}: over {took:.0f} s after the last fault, {last - began:.0f} s under fire")

    def nearly(self, kind: str) -> bool:
        found = [one for one in self.ledger.progress() if one.kind == kind]
        total = sum(sum(one.counts.values()) for one in found)
        if self.plan.decks and self.nemesis.decks_dealt >= self.plan.decks:
            return True
        return bool(found) and (all(not one.is_open for one in found) or found[-1].left <= TAIL * total)

    def over(self, kind: str) -> bool:
        open_ones = [one for one in self.ledger.progress() if one.kind == kind and one.is_open]
        return not open_ones and not self.ledger.unfinished() and not self.ledger.inbox().get("new", 0)

    def import_everything(self) -> None:
        self.under_fire("import", self.road.begin_import, "catalog_import", ("tokens end",))
        self.control.post("bigcommerce/latency", milliseconds=0)

    def publish_everything(self) -> None:
        ready = self.road.prepare(self.until - time.monotonic())
        self.say(f"staged and checked: {ready:,} listings are ready")
        self.under_fire("publish", self.road.publish, "publish")

    def plant_twins(self) -> None:
        """Second phase: the platform applies creations after anybody would wait for them. Nothing can prevent doubles
        then; the check must find them all."""
        size = math.ceil(self.plan.planted / READY_SHARE) + 5
        known = {product.bigcommerce_id for product in self.ledger.products()}
        self.control.post("catalog", store=FIRST, seed=self.plan.seed + 1, size=size, quiet=True)
        for product in list(self.oracle.catalog(FIRST)):
            if product["id"] not in known:  # TikTok takes an identifier once, which would prevent doubles
                bare = [{"id": variant["id"], "upc": "", "gtin": ""} for variant in product["variants"]]
                self.control.patch(f"products/{FIRST}/{product['id']}", upc="", gtin="", variants=bare)
        self.road.import_again()
        wait("the new products are here", lambda: self.over("catalog_import"), PATIENCE * 2)
        self.road.stage(PATIENCE * 5)
        late = self.plan.settle * 3
        self.weather.add(kind="late", platform="tiktok", match="POST product/products", amount=late,
                         count=self.plan.planted)  # fmt: skip
        self.say(f"second phase: {self.plan.planted} creations take effect {late:.0f} s late")
        self.road.publish()
        wait("the second publishing is over", lambda: self.over("publish"), PATIENCE * 5)
        self.outcome.hits |= {f"{kind} (second phase)": hits for kind, hits in self.weather.hits().items()}
        self.weather.clear()
        wait("the late effects are there", self.no_more_doubles, PATIENCE * 2, pause=2.0)
        self.ledger.find_twins()
        wait("the check for doubles is over", lambda: self.over("find_twins"), PATIENCE * 5)
        self.outcome.rows += self.oracle.twins(self.plan.planted)

    def no_more_doubles(self) -> bool:
        """Nothing has come for longer than an effect is late."""
        now = len(self.oracle.doubles())
        if now != self.seen_doubles[0]:
            self.seen_doubles = (now, time.monotonic())
        return time.monotonic() - self.seen_doubles[1] > self.plan.settle * 3 + 2

    def keep_hits(self) -> None:
        self.outcome.struck = dict(self.nemesis.struck)

    def count(self) -> None:
        self.oracle = oracle = Oracle(self.control, self.ledger, HARBOR_SHOP)
        rows = [*oracle.importing(FIRST), *oracle.publishing(), *oracle.bookkeeping()]
        rows.append(row("moments at which the progress did not add up", self.sampler.samples, self.sampler.wrong))
        late = [f"{what}: {took:.0f} s" for what, took in self.outcome.seconds.items() if took > self.plan.patience]
        said = f"phases not true {self.plan.patience:.0f} s after the last fault"
        rows.append(row(said, len(self.outcome.seconds), late))
        rows.append(oracle.silence(self.stack.logs, {**self.stack.secrets, **self.ledger.secrets()}))
        self.outcome.rows = rows
        for name, child in self.stack.children.items():
            self.outcome.deaths += [f"{name} ended by itself with {code}" for _, code in child.deaths]


def run(plan: Plan, folder: Path, console: Console) -> Outcome:
    """Does it and prints the table."""
    outcome = Run(plan, folder, console).go()
    blows = ", ".join(f"{name} {count}" for name, count in sorted(outcome.struck.items()))
    console.say(f"blows: {blows}")
    failed = ", ".join(f"{name} {count:,}" for name, count in sorted(outcome.hits.items()))
    console.say(f"calls that failed: {failed}")
    for death in outcome.deaths:
        console.say(death)
    console.print(table(plan.name, outcome.rows))
    return outcome
