"""The pages of money. Semi-consignment stores are left out: TikTok settles them elsewhere (features S1-20)."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, g, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from blueprints.layout import can
from blueprints.page import done, page
from domain.capabilities import Capability, ShopKind, allowed
from domain.finance.amounts import word
from domain.finance.reconciliation import State
from domain.money import show
from jobs.launch import launch
from models import MoneyCursor, OrderMoney, Shop, db
from models.present import has_table
from services import clock
from services.errors import ServiceError
from services.finance import pages, reading

finance = Blueprint("finance", __name__, url_prefix="/s/<store_hash>/finance")
LARGEST = 2**63 - 1
WAITS = ServiceError("Money is being prepared: the database is being brought up to date. Try again in a minute.")
WAITS.status = 503
STATES = {
    "": ("All", ""),
    State.UNEXPLAINED.value: ("Unexplained", "Something differs and nothing explains it."),
    State.ATTENTION.value: ("Look at it", "Every cent has a name, but one of the names is something you should mend."),
    State.INCOMPLETE.value: (
        "TikTok's data is incomplete",
        "TikTok's own numbers do not close. Your books are not blamed; the order is read again with its statement.",
    ),
    State.WAITING.value: ("Not settled yet", "TikTok charged or paid something, but not the sale itself so far."),
    State.AGREES.value: ("Agrees", "From BigCommerce's total to what TikTok settled, every cent has a name."),
}
TONES = {"unexplained": "danger", "attention": "warning", "incomplete": "secondary", "waiting": "primary",
         "agrees": "success"}  # fmt: skip
GAPS = {
    "settlement": "Revenue, fees and adjustments do not come to the settlement",
    "transactions": "Fewer transactions were given out than announced",
    "total": "The transactions do not come to the statement's settlement",
    "revenue": "Revenue differs from its parts",
    "shipping": "Shipping differs from its parts",
    "fees": "Fees differ from their parts",
    "adjustments": "Adjustments differ from their parts",
}


@finance.before_request
def present() -> None:
    """New code may meet a database whose migration is still to come."""
    if not has_table(OrderMoney):
        raise WAITS


@finance.app_template_global("settled_order")
def settled_order(order_id: int) -> bool:
    """Whether an order's page has money to lead to."""
    return bool(can("finance")) and has_table(OrderMoney) and pages.is_settled(order_id, shops())


def shops() -> list[Shop]:
    return reading.with_money([g.shop] if g.shop else g.shops)


def _page(template: str, fragment: str = "", **data: Any) -> Response:
    """What every page of money says: whose it is, how fresh it is, and why a shop is left out."""
    query = db.select(MoneyCursor).where(MoneyCursor.shop_id.in_([shop.id for shop in g.shops]))
    cursors = {row.shop_id: row for row in db.session.scalars(query)}
    hidden = g.shop is not None and not reading.takes_part(g.shop)
    why = allowed(ShopKind.SEMI_CONSIGNMENT, Capability.SEE_PROFIT).reason if hidden else ""
    common: dict[str, Any] = {
        "active": "finance", "hidden": why, "shops": shops(), "cursors": cursors, "money": show, "word": word,
        "tones": TONES, "states": STATES, "gap_words": GAPS, "now": clock.now(),
        "shop_names": {shop.id: shop.name for shop in g.shops},
    }  # fmt: skip
    return page(template, fragment, **common, **data)


@finance.get("/")
def index() -> Response:
    """Orders in both books (feature I-38)."""
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    term = request.args.get("q", "").strip()[:32]
    numbers = pages.counts(shops())
    found = pages.compared(shops(), state, term, request.args.get("after", ""))
    tabs = [
        (words, url_for("finance.index", state=name or None), numbers[name], name == state)
        for name, (words, _) in STATES.items()
    ]
    older = url_for("finance.index", state=state or None, q=term or None, after=found.after) if found.after else ""
    return _page("finance/index.html", "finance/_orders.html", tabs=tabs, state=state, term=term, found=found,
                 total=numbers[""], older=older, meaning=STATES[state][1])  # fmt: skip


@finance.post("/read")
def read_now() -> Response:
    """Reads statements and payouts of the chosen shop, or of the one named."""
    wanted = request.form.get("shop", "")
    chosen = [shop for shop in shops() if not wanted or str(shop.id) == wanted]
    if len(chosen) != 1:
        raise ServiceError("Choose one shop whose statements are to be read.", "See statements", "/finance/statements")
    started = reading.start(g.actor, chosen[0])
    launch(started.activity)
    said = "is running already" if started.already else "has begun"
    return done(url_for("finance.statements"), event="activity-started",
                toast=f"Reading the statements of {chosen[0].name} {said}.")  # fmt: skip


@finance.get("/statements")
def statements() -> Response:
    """Statements and payouts (features S5-25, S5-26)."""
    return _page("finance/statements.html", statements=pages.statements(shops()), payouts=pages.payouts(shops()))


@finance.get(f"/statements/<int(max={LARGEST}):statement_id>")
def statement(statement_id: int) -> Response:
    """One statement: its waterfall, whether it closes, its transactions (features I-39, I-40)."""
    found = pages.statement(statement_id, shops())
    rows = pages.transactions(found)
    return _page("finance/statement.html", statement=found, waterfall=pages.parts(found), rows=rows,
                 compared=pages.known([row.order_number for row in rows]))  # fmt: skip


@finance.get("/fees")
def fees() -> Response:
    """Where the money of a time went: by kind, by SKU, by day (feature I-39)."""
    today = clock.now().date()
    last = min(_day(request.args, "until", today), today)
    first = min(_day(request.args, "since", last - timedelta(days=29)), last)
    found = pages.fees(shops(), first, last, request.args.get("currency", ""))
    mine = [shop for shop in shops() if not found.currency or shop.currency in ("", found.currency)]
    return _page("finance/fees.html", "finance/_fees.html", fees=found, skus=pages.by_sku(mine, first, last),
                 first=first, last=last)  # fmt: skip


def _day(given: MultiDict[str, str], name: str, otherwise: date) -> date:
    try:
        return max(date.fromisoformat(given.get(name, "")), date(2015, 1, 1))
    except ValueError:
        return otherwise


@finance.get(f"/orders/<int(max={LARGEST}):money_id>")
def order(money_id: int) -> Response:
    """One order in both books, step by step."""
    line = pages.line(pages.one(money_id, shops()))
    number = line.money.order_number
    return _page("finance/order.html", line=line, skus=pages.skus_of(number), settlements=pages.settlements_of(number))


@finance.post(f"/orders/<int(max={LARGEST}):money_id>/again")
def compare_again(money_id: int) -> Response:
    """Reads the order anew on both sides."""
    row = pages.one(money_id, shops())
    started = reading.again(g.actor, next(shop for shop in shops() if shop.id == row.shop_id), row.order_number)
    launch(started.activity)
    return done(url_for("finance.order", money_id=money_id), event="activity-started",
                toast="It is compared anew; look again in a moment.")  # fmt: skip


@finance.get(f"/order/<int(max={LARGEST}):order_id>")
def of_order(order_id: int) -> Answer:
    """From an order's page to its money."""
    found = pages.number_of(order_id, shops())
    return redirect(url_for("finance.order", money_id=found), 303)
