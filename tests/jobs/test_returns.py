"""Requests are answered once and followed in BigCommerce once, whatever the platforms do."""

import io
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from flask import current_app
from PIL import Image
from sqlalchemy import select, update

from jobs import returns as coming
from jobs.drain import Drain
from jobs.taken import Taken
from models import ActivityItem, AfterSale, Location, Notice, Product, Restock, Shop, StoreOrder, StoreRefund, db
from services import clock, platforms
from services.actor import Actor
from services.errors import Forbidden, Invalid
from services.returns import answers, refunds, restocks, rules, starting
from services.returns.answers import Given
from tests.jobs.after_sales import Books, Buyers
from tests.services.listing_rows import add_shop
from tests.services.order_rows import NUMBER, facts, line, order, sell, take

NAME = str(NUMBER + 1)
DELIVERED = "DELIVERED"


@pytest.fixture
def buyers(monkeypatch: pytest.MonkeyPatch) -> Buyers:
    there = Buyers()
    monkeypatch.setattr(platforms, "tiktok", lambda shop, observe=None: there)
    return there


@pytest.fixture
def books(monkeypatch: pytest.MonkeyPatch) -> Books:
    there = Books()
    monkeypatch.setattr(platforms, "bigcommerce", lambda store, observe=None: there)
    return there


@pytest.fixture
def shop(place: int, buyers: Buyers, books: Books, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A shop with a delivered order of two pieces that is BigCommerce order 100."""
    monkeypatch.setattr(coming, "ring_job", lambda *_: True)
    shop = add_shop()
    shop.authorization.state = "active"
    sell(shop)
    db.session.scalars(select(Product)).one().inventory_tracking = "variant"
    if db.session.scalars(select(Location)).first() is None:
        db.session.add(Location(bigcommerce_id=1, label="Main"))
    ordered(shop, DELIVERED)
    yield shop


def ordered(shop: Shop, status: str, **more: Any) -> None:
    take(shop, facts(1, status, lines=(line(10), line(11)), total=Decimal("31.00"), **more))
    copy = db.session.scalars(select(StoreOrder)).one()
    copy.bigcommerce_id, copy.state, copy.status_id, copy.is_due = 100, "written", 2, False
    db.session.commit()


def owner(shop: Shop) -> Actor:
    return Actor("owner@example.com", shop.store_id, 1, True)


def tell(shop: Shop, *numbers: str) -> set[int]:
    """Webhooks about these requests."""
    events = [
        Taken(place, "tiktok", "12", "x", {"data": {"order_id": NAME, "return_id": number, "cancel_id": number}})
        for place, number in enumerate(numbers, 1)
    ]
    again = coming.fold(shop.store_id, shop.id, events)
    db.session.rollback()
    return again


def drain(shop: Shop, of_shop: bool = False, turns: int = 1) -> None:
    """A worker's turns; between them the settle time passes."""
    for turn in range(turns):
        if turn:
            waiting = update(ActivityItem).where(ActivityItem.state.in_(("waiting", "unknown")))
            db.session.execute(waiting.values(due_at=clock.now()))
            db.session.commit()
        place = shop.id if of_shop else None
        Drain(current_app._get_current_object(), "live", shop.store_id, place).run()  # type: ignore[attr-defined]
        db.session.rollback()


def asked() -> AfterSale:
    db.session.expire_all()
    return db.session.scalars(select(AfterSale).order_by(AfterSale.id.desc())).first()  # type: ignore[return-value]


def say(shop: Shop, given: Given, turns: int = 1) -> AfterSale:
    answers.answer(owner(shop), shop, asked(), given)
    db.session.commit()
    drain(shop, True, turns)
    return asked()


def test_a_request_comes_once_with_its_deadline_and_what_can_be_said(shop: Shop, buyers: Buyers) -> None:
    number = buyers.ask(NAME, "RETURN_AND_REFUND", {"line-10": "13.50"})
    assert tell(shop, number, number) == set()
    one = asked()
    assert (one.tab, one.order_id, one.total) == ("answer", order().id, Decimal("13.50"))
    assert one.deadline_at is not None and (one.deadline_at - one.asked_at).total_seconds() == 172_800
    offered = {option.decision.name for option in answers.options(one) if option.yes}
    assert offered == {
        "APPROVE_RETURN",
        "DIRECT_REFUND",
        "OFFER_PARTIAL_REFUND",
        "REJECT_RETURN",
        "REJECT_RECEIVED_PACKAGE",
    }
    assert "1 request waits" in db.session.scalars(select(Notice.text).where(Notice.resolved_at.is_(None))).one()
    buyers.move(number, "RETURN_OR_REFUND_REQUEST_CANCEL")
    coming.poll()
    assert asked().tab == "closed"
    assert db.session.scalars(select(Notice).where(Notice.resolved_at.is_(None))).all() == []


def test_a_return_is_accepted_sent_back_refunded_once_and_restocked_by_the_rule(
    shop: Shop, buyers: Buyers, books: Books
) -> None:
    number = buyers.ask(NAME, "RETURN_AND_REFUND", {"line-10": "13.50"})
    tell(shop, number)
    assert say(shop, Given("APPROVE_RETURN")).answer_state == "sent"
    coming.poll()
    assert asked().tab == "waiting" and books.made == []
    buyers.move(number, "RETURN_OR_REFUND_REQUEST_SUCCESS", return_tracking_number="RET1")
    for _ in range(3):
        tell(shop, number)
        coming.poll()
        drain(shop, turns=3)
    assert [(one["total_amount"], one["items"][0]["quantity"]) for one in books.made] == [("13.50", 1)]
    assert books.made[0]["reason"].startswith(f"TikTok Shop {number}: ")
    assert (books.stock, books.calls.count("add")) == (11, 1)
    assert db.session.scalars(select(Restock.state)).one() == "done"
    assert db.session.scalars(select(StoreRefund.state)).one() == "written"


@pytest.mark.parametrize("fault", ["lost", "nothing"])
def test_answers_that_never_came_double_nothing(shop: Shop, buyers: Buyers, books: Books, fault: str) -> None:
    number = buyers.ask(NAME, "RETURN_AND_REFUND", {"line-10": "13.50"}, return_tracking_number="RET1")
    tell(shop, number)
    buyers.faults = [fault]
    assert say(shop, Given("DIRECT_REFUND"), turns=2).answer_state == "sent"
    assert buyers.calls.count("DIRECT_REFUND") == (1 if fault == "lost" else 2)
    books.faults = [fault, "", fault]
    coming.poll()
    drain(shop, turns=5)
    assert len(books.made) == 1 and asked().tab == "accepted"
    assert books.stock == 11, books.calls


def test_a_restock_that_cannot_be_judged_is_left_to_a_person(shop: Shop, buyers: Buyers, books: Books) -> None:
    number = buyers.ask(NAME, "RETURN_AND_REFUND", {"line-10": "13.50"}, return_tracking_number="RET1")
    buyers.move(number, "RETURN_OR_REFUND_REQUEST_SUCCESS")
    tell(shop, number)
    drain(shop)
    row = db.session.scalars(select(Restock)).one()
    assert row.state == "done"
    row.state, row.before = "due", None
    db.session.commit()
    books.faults, books.others = ["lost"], 3
    coming.poll()
    drain(shop, turns=4)
    db.session.expire_all()
    row = db.session.scalars(select(Restock)).one()
    assert row.state == "unclear" and "cannot be seen" in row.why
    restocks.decide(owner(shop), row.id, False)
    assert row.state == "kept_out"


@pytest.mark.parametrize(
    ("reason", "state"), [("x_no_need", "done"), ("x_damaged", "kept_out"), ("x_unheard_of", "ask")]
)
def test_the_rule_for_the_reason_decides(shop: Shop, buyers: Buyers, books: Books, reason: str, state: str) -> None:
    number = buyers.ask(NAME, "RETURN_AND_REFUND", {"line-10": "13.50"}, reason, return_tracking_number="RET1")
    buyers.move(number, "RETURN_OR_REFUND_REQUEST_SUCCESS")
    tell(shop, number)
    drain(shop, turns=2)
    assert db.session.scalars(select(Restock.state)).one() == state
    assert books.stock == (11 if state == "done" else 10)


def test_a_refund_without_a_return_moves_no_stock(shop: Shop, buyers: Buyers, books: Books) -> None:
    lines = {"line-10": "13.50", "line-11": "13.50"}
    number = buyers.ask(NAME, "REFUND", lines, shipping="4.00")
    buyers.returns[number]["refund_amount"]["refund_shipping_fee"] = "4.00"
    tell(shop, number)
    say(shop, Given("APPROVE_REFUND"))
    coming.poll()
    drain(shop, turns=2)
    assert [one["total_amount"] for one in books.made] == ["31.00"] and books.stock == 10
    assert [item["item_type"] for item in books.made[0]["items"]] == ["PRODUCT", "SHIPPING"]
    assert db.session.scalars(select(Restock)).all() == []


def test_a_part_is_offered_and_written_as_an_amount(shop: Shop, buyers: Buyers, books: Books) -> None:
    number = buyers.ask(NAME, "REFUND", {"line-10": "13.50"})
    tell(shop, number)
    for wrong in (None, Decimal(0), Decimal("13.50"), Decimal(99)):
        with pytest.raises(Invalid):
            answers.answer(owner(shop), shop, asked(), Given("OFFER_PARTIAL_REFUND", amount=wrong))
    say(shop, Given("OFFER_PARTIAL_REFUND", amount=Decimal("5.00")))
    coming.poll()
    assert asked().tab == "waiting"
    buyers.returns[number]["refund_amount"]["refund_total"] = "5.00"
    buyers.move(number, "RETURN_OR_REFUND_REQUEST_SUCCESS")
    tell(shop, number)
    drain(shop)
    assert [(one["total_amount"], one["items"][0]["item_type"]) for one in books.made] == [("5.00", "ORDER")]


def test_a_refusal_takes_a_reason_of_tiktoks_and_pictures(shop: Shop, buyers: Buyers, books: Books) -> None:
    tell(shop, buyers.ask(NAME, "REFUND", {"line-10": "13.50"}))
    picture = io.BytesIO()
    Image.new("RGB", (200, 100)).save(picture, "PNG")
    for wrong in (Given("REJECT_REFUND"), Given("REJECT_REFUND", "made up"),
                  Given("REJECT_REFUND", "not_now", pictures=[("a.png", b"no picture")])):  # fmt: skip
        with pytest.raises(Invalid):
            answers.answer(owner(shop), shop, asked(), wrong)
    say(shop, Given("REJECT_REFUND", "not_now", "Worn.", pictures=[("proof.png", picture.getvalue())]))
    coming.poll()
    assert asked().tab == "rejected" and books.made == []
    assert [(one["mime_type"], one["width"], one["height"]) for one in buyers.images] == [("image/png", 200, 100)]


def test_what_tiktok_refuses_is_told_and_can_be_answered_again(shop: Shop, buyers: Buyers) -> None:
    tell(shop, buyers.ask(NAME, "REFUND", {"line-10": "13.50"}))
    buyers.faults = ["refused"]
    one = say(shop, Given("APPROVE_REFUND"))
    assert (one.answer_state, one.tab) == ("refused", "answer") and "decided already" in one.answer_text
    coming.poll_shop(shop.store_id, shop.id)
    assert say(shop, Given("APPROVE_REFUND")).answer_state == "sent"


def test_a_refused_refund_waits_for_a_person(shop: Shop, buyers: Buyers, books: Books) -> None:
    number = buyers.ask(NAME, "REFUND", {"line-10": "13.50"})
    buyers.move(number, "RETURN_OR_REFUND_REQUEST_SUCCESS")
    books.faults = ["refused"]
    tell(shop, number)
    drain(shop)
    coming.poll()
    drain(shop)
    assert books.made == [] and db.session.scalars(select(StoreRefund.state)).one() == "refused"
    refunds.again(owner(shop), db.session.scalars(select(StoreRefund.id)).one())
    db.session.commit()
    coming.poll()
    drain(shop)
    assert len(books.made) == 1


def test_a_piece_cancelled_by_itself_is_refunded_and_the_whole_order_is_not(
    shop: Shop, buyers: Buyers, books: Books
) -> None:
    books.status_id = 11
    part = buyers.ask(NAME, "CANCEL", {"line-10": "13.50"})
    buyers.move(part, "CANCELLATION_REQUEST_SUCCESS")
    tell(shop, part)
    drain(shop, turns=3)
    assert [one["total_amount"] for one in books.made] == ["13.50"] and books.stock == 11
    assert (books.status_id, books.calls.count("update")) == (11, 1), "the rest is still to be shipped"
    assert books.notes.startswith("Cancelled on TikTok Shop, do not ship: 1 × "), "and this piece is not"
    books.made.clear()
    db.session.execute(update(StoreRefund).values(state="x"))
    rest = buyers.ask(NAME, "CANCEL", {"line-11": "13.50"})
    buyers.move(rest, "CANCELLATION_REQUEST_SUCCESS")
    tell(shop, rest)
    drain(shop, turns=3)
    assert len(books.made) == 1, "the first piece was refunded, so the order is not simply cancelled"


def test_a_whole_cancellation_leaves_the_order_to_its_status(shop: Shop, buyers: Buyers, books: Books) -> None:
    number = buyers.ask(NAME, "CANCEL", {"line-10": "13.50", "line-11": "13.50"})
    tell(shop, number)
    say(shop, Given("APPROVE_REQUEST_CANCEL"))
    coming.poll()
    drain(shop, turns=2)
    assert asked().tab == "accepted" and books.made == [] and books.stock == 10


def test_a_refused_cancellation_is_rejected_and_a_withdrawn_one_closed(shop: Shop, buyers: Buyers) -> None:
    tell(shop, buyers.ask(NAME, "CANCEL", {"line-10": "13.50"}))
    say(shop, Given("REJECT_REQUEST_CANCEL", "not_now"))
    coming.poll()
    assert asked().tab == "rejected"
    other = buyers.ask(NAME, "CANCEL", {"line-10": "13.50"})
    buyers.move(other, "CANCELLATION_REQUEST_CANCEL")
    tell(shop, other)
    assert asked().tab == "closed"


def test_requests_of_unknown_orders_are_kept_and_followed_when_the_order_comes(
    shop: Shop, buyers: Buyers, books: Books
) -> None:
    number = buyers.ask(str(NUMBER + 7), "REFUND", {"line-70": "13.50"})
    buyers.move(number, "RETURN_OR_REFUND_REQUEST_SUCCESS")
    tell(shop, number)
    assert asked().order_id is None and asked().is_unplanned
    take(shop, facts(7, DELIVERED, lines=(line(70),)), source="import")
    copy = db.session.scalars(select(StoreOrder).where(StoreOrder.reference == str(NUMBER + 7))).one()
    copy.bigcommerce_id, copy.state, copy.status_id, copy.is_due = 107, "written", 2, False
    db.session.commit()
    coming.poll()
    drain(shop)
    assert [one["order_id"] for one in books.made] == [107]


def test_who_only_looks_answers_nothing_and_follows_nothing(shop: Shop, buyers: Buyers, books: Books) -> None:
    rules.save(owner(shop), replace(rules.of(), show_only=(shop.id,), follow=False), 0)
    db.session.commit()
    number = buyers.ask(NAME, "REFUND", {"line-10": "13.50"})
    tell(shop, number)
    with pytest.raises(Forbidden):
        answers.answer(owner(shop), shop, asked(), Given("APPROVE_REFUND"))
    buyers.move(number, "RETURN_OR_REFUND_REQUEST_SUCCESS")
    tell(shop, number)
    drain(shop)
    assert asked().tab == "accepted" and books.made == []


@pytest.mark.parametrize("fault", ["", "lost", "nothing"])
def test_an_order_is_cancelled_from_here_once(shop: Shop, buyers: Buyers, fault: str) -> None:
    take(shop, facts(2, "AWAITING_SHIPMENT", lines=(line(10), line(11))))
    there = order(2)
    starting.ask(owner(shop), shop, there)
    db.session.commit()
    drain(shop, True)
    choice = starting.choice_of(order(2))
    assert choice is not None and choice.choices[0]["total"] == "27.00"
    with pytest.raises(Invalid):
        starting.start(owner(shop), shop, order(2), "CANCEL", "made up", [])
    with pytest.raises(Forbidden):
        starting.start(owner(shop), shop, order(2), "REFUND", "x", [])
    starting.start(owner(shop), shop, order(2), "CANCEL", "seller_cancel_reason_out_of_stock", [])
    db.session.commit()
    buyers.faults = [fault] if fault else []
    drain(shop, True, turns=2)
    assert len(buyers.cancellations) == 1
    assert buyers.calls.count("cancel") == (2 if fault == "nothing" else 1)
