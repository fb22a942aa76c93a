"""Orders that stand in BigCommerce more than once. A creation that landed later than its look-up may have made a second
one (decision 9); once a day BigCommerce is asked."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from models import Order, StoreOrder, db
from services.orders import bodies, copies, timeline

DOUBLED = "order.doubled"


def source() -> str:
    """By which our own orders are known there."""
    return bodies.source()


def suspects() -> list[str]:
    """References that were found doubled before."""
    return list(db.session.scalars(select(StoreOrder.reference).where(StoreOrder.problem == DOUBLED)))


def judge(found: Mapping[str, Sequence[int]]) -> int:
    """`found`: a reference -> the BigCommerce orders that carry it and are open. Answers how many are doubled."""
    rows = db.session.scalars(
        select(StoreOrder).where(StoreOrder.reference.in_(found)).order_by(StoreOrder.id).with_for_update()
    ).all()
    doubled = 0
    for copy in rows:
        numbers = sorted(set(found[copy.reference]))
        if len(numbers) > 1:
            doubled += 1
            _show(copy, numbers)
        elif copy.problem == DOUBLED:
            _set(copy, "", "")
    db.session.flush()
    return doubled


def _show(copy: StoreOrder, numbers: Sequence[int]) -> None:
    kept = copy.bigcommerce_id if copy.bigcommerce_id in numbers else numbers[0]
    others = " and ".join(str(one) for one in numbers if one != kept)
    text = (
        f"BigCommerce has this order {len(numbers)} times. Causeway follows {kept}; cancel {others} there, so that "
        "nothing is sent twice and the stock comes back."
    )
    if copy.problem and copy.problem != DOUBLED:
        return  # what stands there is shown first
    if copy.problem_text != text:
        timeline.add(copy.order_id, "problem", text, "BigCommerce", details={"code": DOUBLED})
        _set(copy, DOUBLED, text)


def _set(copy: StoreOrder, code: str, text: str) -> None:
    order = db.session.scalars(select(Order).where(Order.id == copy.order_id).with_for_update()).one()
    before, copy.problem, copy.problem_text = order.problem, code, text
    db.session.flush()
    copies.set_problem(order, *copies.first_problem(copies.copies_of([order.id])[order.id]))
    copies.recount([(order, before)])
