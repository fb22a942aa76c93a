"""The oversell simulator: what each push rule would have done with the sales of the last weeks (feature I-21)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from domain import oversell
from domain.oversell import Candidate, Outcome, RuleOf
from domain.stock import StockRule
from models import Shop, Store, db
from services.stock import demand, rules
from services.stock.demand import Demand

COLLISIONS, CALM = 8, 24
KINDS = ("orders", "generated")


@dataclass(frozen=True, slots=True)
class Row:
    candidate: Candidate
    outcome: Outcome

    def changes(self, standing: StockRule) -> dict[str, int]:
        """The numbers in which its rule differs, as a push rule takes them."""
        pairs = {name: (getattr(self.candidate.rule, name), getattr(standing, name)) for name in rules.FIELDS}
        return {name: 99_999 if new is None else new for name, (new, old) in pairs.items() if new != old}


@dataclass(frozen=True, slots=True)
class Simulation:
    """`known`: oversells that the generated stream was made with; None with real orders."""

    rows: Sequence[Row]
    lag: float
    measured: float | None
    skus: int
    wanted: int
    known: int | None = None
    past: Demand | None = None


def run(shop: Shop, kind: str, lag: float | None, days: int, own: StockRule | None = None) -> Simulation:
    """Compares the shop's rule, some neighbours of it and, when given, a rule of one's own. Others keep theirs.
    Changes nothing."""
    store = db.session.get_one(Store, shop.store_id)
    measured = demand.seconds([shop.id])
    seconds = lag if lag is not None else measured if measured is not None else demand.USUAL
    standing = {str(one.id): rules.of(one, (), store).rule for one in _shops()}
    mine = str(shop.id)
    past, known = None, None
    if kind == "generated":
        others = [name for name in standing if name != mine]
        channels = [mine, others[0] if others else "0"]
        streams = oversell.generated(COLLISIONS, CALM, seconds, channels)
        known = COLLISIONS if seconds > 0 else 0
    else:
        past = demand.of(days)
        streams = past.streams
    compared = list(oversell.candidates(standing[mine]))
    if own is not None and all(own != one.rule for one in compared):
        compared.insert(1, Candidate("Your own", own))
    rows = [
        # In a generated stream the other shop has the same rule, so that the truth is known.
        Row(one, oversell.simulate(streams, _rules(one.rule, mine, {} if past is None else standing), seconds))
        for one in compared
    ]
    wanted = sum(getattr(rows[0].outcome, name) for name in ("sold", "oversells", "lost", "empty"))
    return Simulation(rows, seconds, measured, len(streams), wanted, known, past)


def _rules(rule: StockRule, mine: str, standing: Mapping[str, StockRule]) -> RuleOf:
    def of(channel: str, _: int) -> StockRule:
        return rule if channel == mine else standing.get(channel, rule)

    return of


def _shops() -> Sequence[Shop]:
    return db.session.scalars(select(Shop).where(Shop.is_active).order_by(Shop.id)).all()
