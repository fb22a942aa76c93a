"""Control panel, Orders: the list, one order, its status, shipments and refunds, as a merchant's staff would do it."""

from decimal import Decimal

from flask import g, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from sandbox.bigcommerce.orders import refunding, shipping, show, statuses, stock
from sandbox.bigcommerce.orders.book import OrderBook
from sandbox.bigcommerce.panel import PER_PAGE, panel
from sandbox.bigcommerce.platform import bigcommerce
from sandbox.bigcommerce.refusals import Refusal
from sandbox.state import Document

Page = str | Answer | tuple[str, int]


def book() -> OrderBook:
    return bigcommerce().orders[g.store["hash"]]


@panel.get("/orders")
def orders() -> str:
    """Newest first; search over number, marketplace number, name and SKU."""
    words, status = request.args.get("q", "").lower().strip(), request.args.get("status", "")
    page = max(1, request.args.get("page", 1, type=int))
    found = [
        order
        for order in reversed(list(book().orders.values()))
        if not order["is_deleted"] and (not status or str(order["status_id"]) == status) and words in text_of(order)
    ]
    return render_template(
        "bigcommerce/orders.html",
        rows=[show.order_row(order, g.store) for order in found[(page - 1) * PER_PAGE : page * PER_PAGE]],
        total=len(found),
        page=page,
        pages=max(1, -(-len(found) // PER_PAGE)),
        words=words,
        status=status,
        statuses=statuses.STATUSES,
    )


def text_of(order: Document) -> str:
    address, fields = order["billing_address"], order["fields"]
    names = (address.get("first_name"), address.get("last_name"), fields.get("external_order_id"))
    return " ".join(
        str(part or "") for part in (order["id"], *names, *(line["sku"] for line in order["lines"]))
    ).lower()


@panel.errorhandler(Refusal)
def refused(refusal: Refusal) -> Page:
    """What the platform does not allow is said on the page it was tried on."""
    why = "; ".join(refusal.errors.values()) or refusal.title
    number = (request.view_args or {}).get("number")
    if number is None or refusal.status == 404:
        return render_template("bigcommerce/absent.html", title=refusal.title), refusal.status
    return order_page(int(number), f"{refusal.title} {why}".strip()), 422


@panel.get("/orders/<int:number>")
def order(number: int) -> str:
    return order_page(number)


def order_page(number: int, error: str = "") -> str:
    known = book().get(number)
    return render_template(
        "bigcommerce/order.html",
        row=show.order_row(known, g.store),
        lines=[show.line_row(known, line) for line in known["lines"]],
        addresses=[show.address_row(known, address) for address in known["addresses"]],
        shipments=[show.shipment_row(known, shipment) for shipment in known["shipments"]],
        refunds=[refunding.refund_row(refund) for refund in known["refunds"]],
        statuses=statuses.STATUSES,
        providers=[each for each in shipping.PROVIDERS if each],
        error=error,
    )


def back(number: int, notice: str) -> Answer:
    return redirect(f"/manage/orders/{number}?notice={notice}", 303)


@panel.post("/orders/<int:number>/status")
def change_status(number: int) -> Answer:
    book().update(number, {"status_id": request.form.get("status", type=int)})
    return back(number, "order-status")


@panel.post("/orders/<int:number>/shipments")
def add_shipment(number: int) -> Answer:
    known = book().get(number)
    items = [
        {"order_product_id": line["id"], "quantity": quantity}
        for line in known["lines"]
        if (quantity := request.form.get(f"ship-{line['id']}", 0, type=int))
    ]
    first = next((line["address_id"] for line in known["lines"] if line["address_id"]), 0)
    fields = {name: request.form.get(name, "") for name in ("tracking_number", "shipping_provider", "comments")}
    shipping.create(book(), number, {"order_address_id": first, "items": items, **fields})
    return back(number, "order-shipped")


@panel.post("/orders/<int:number>/shipments/<int:shipment_id>")
def change_shipment(number: int, shipment_id: int) -> Answer:
    if request.form.get("action") == "delete":
        shipping.delete(book(), number, shipment_id)
        return back(number, "shipment-deleted")
    fields = {name: request.form.get(name, "") for name in ("tracking_number", "shipping_provider")}
    shipping.update(book(), number, shipment_id, fields)
    return back(number, "shipment-changed")


@panel.post("/orders/<int:number>/refunds")
def refund(number: int) -> Answer:
    """Units and shipping; the panel, unlike the API, may put the units back into stock."""
    known = book().get(number)
    units = {line["id"]: request.form.get(f"refund-{line['id']}", 0, type=int) for line in known["lines"]}
    items: list[Document] = [
        {"item_type": "PRODUCT", "item_id": line, "quantity": quantity} for line, quantity in units.items() if quantity
    ]
    shipped = request.form.get("shipping", type=float)
    if shipped and known["addresses"]:
        items.append({"item_type": "SHIPPING", "item_id": known["addresses"][0]["id"], "amount": shipped})
    total, _, _ = refunding.quote(known, {"items": items})
    paid = [{"provider_id": "custom", "amount": float(Decimal(total)), "offline": True}]
    body = {"items": items, "payments": paid, "reason": request.form.get("reason", "")}
    refunding.create(book(), number, body, g.user["id"])
    if request.form.get("restock"):
        restock(known, units)
    return back(number, "order-refunded")


def restock(known: Document, units: dict[int, int]) -> None:
    moved: stock.Moved = []
    with book().box.state.lock:
        for line in known["lines"]:
            moved += stock.give_back(book().catalog, line, units.get(line["id"], 0))
        book().orders.save(str(known["id"]))
    stock.tell(book().catalog, moved)


@panel.post("/orders/<int:number>/archive")
def archive(number: int) -> Answer:
    book().archive(number)
    return redirect("/manage/orders?notice=order-archived", 303)
