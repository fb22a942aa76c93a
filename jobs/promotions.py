"""Promotions by the clock: kept, reminded of, released; shops are told what that changes."""

from sqlalchemy import select

from jobs.launch import launch
from jobs.stock import each
from models import Promotion, db
from models.present import has_table
from models.tenancy import across_stores
from services import clock
from services.stock import promotions, pushes


def sweep() -> int:
    """Every minute; answers how many SKUs moved."""
    if not has_table(Promotion):
        return 0
    with across_stores("whose promotions begin or end"):
        query = select(Promotion.store_id).where(
            Promotion.state.in_(promotions.MOVING),
            (Promotion.keeps_from <= clock.now()) | (Promotion.starts_at <= clock.now()),
        )
        places = sorted(set(db.session.scalars(query)))
        db.session.rollback()
    return sum(each(places, _sweep))


def _sweep(store_id: int) -> int:
    moved = promotions.turn_over()
    poured = pushes.pour(moved, "promotion") if moved else []
    db.session.commit()
    for activity in poured:
        launch(activity)
    return len(moved)
