"""What can be answered to a request, and what each answer does to money and stock (reference 7.2, 7.3)."""

from dataclasses import dataclass
from typing import Literal

from domain.returns.statuses import Kind

Money = Literal["all", "part", "later", "none"]
Goods = Literal["back", "later", "kept", "again", "stay"]
CANCEL, KEEP = "APPROVE_REQUEST_CANCEL", "REJECT_REQUEST_CANCEL"
OFFER = "OFFER_PARTIAL_REFUND"


@dataclass(frozen=True, slots=True)
class Decision:
    """`money`: what the buyer gets back by it; `goods`: what becomes of the pieces."""

    name: str
    words: str
    approves: bool
    money: Money
    goods: Goods


DECISIONS: dict[str, Decision] = {
    one.name: one
    for one in (
        Decision(CANCEL, "Accept the cancellation", True, "all", "back"),
        Decision("APPROVE_REFUND", "Accept and refund", True, "all", "kept"),
        Decision("APPROVE_RETURN", "Accept the return", True, "later", "later"),
        Decision("APPROVE_RECEIVED_PACKAGE", "The parcel is here: refund", True, "all", "back"),
        Decision("DIRECT_REFUND", "Refund without the return", True, "all", "kept"),
        Decision(OFFER, "Offer a part of the money", True, "part", "kept"),
        Decision("APPROVE_REPLACEMENT", "Send another one", True, "none", "again"),
        Decision("ISSUE_REPLACEMENT_REFUND", "Refund instead of replacing", True, "all", "kept"),
        Decision(KEEP, "Refuse the cancellation", False, "none", "stay"),
        Decision("REJECT_REFUND", "Refuse", False, "none", "kept"),
        Decision("REJECT_RETURN", "Refuse the return", False, "none", "kept"),
        Decision("REJECT_RECEIVED_PACKAGE", "Refuse the parcel", False, "none", "kept"),
        Decision("REJECT_REPLACEMENT", "Refuse", False, "none", "kept"),
    )
}
FOR: dict[str, tuple[str, ...]] = {
    Kind.CANCEL: (CANCEL, KEEP),
    Kind.REFUND: ("APPROVE_REFUND", OFFER, "REJECT_REFUND"),
    Kind.RETURN: ("APPROVE_RETURN", "APPROVE_RECEIVED_PACKAGE", "DIRECT_REFUND", OFFER, "REJECT_RETURN",
                  "REJECT_RECEIVED_PACKAGE"),
    Kind.REPLACEMENT: ("APPROVE_REPLACEMENT", "ISSUE_REPLACEMENT_REFUND", "REJECT_REPLACEMENT"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Effect:
    """What happens when the answer is given, in words. `refund` is what the buyer gets at most."""

    money: str
    stock: str
    bigcommerce: str


def effect(decision: Decision, *, kind: str, amount: str, pieces: int, restocks: str, in_bigcommerce: bool) -> Effect:
    """`amount` as shown; `restocks`: what the store's rule says of these pieces (domain.returns.settings.Restock)."""
    count, one = f"{pieces} {'piece' if pieces == 1 else 'pieces'}", pieces == 1
    money = {
        "all": f"TikTok pays the buyer {amount} back.",
        "part": f"The buyer is offered the amount you name, at most {amount}. Nothing is paid until they agree.",
        "later": f"Nothing yet; {amount} when you have the parcel and accept it.",
        "none": "Nothing is paid back.",
    }[decision.money]
    back = {
        "yes": f"{count} {'goes' if one else 'go'} back on sale.",
        "no": f"{count} {'stays' if one else 'stay'} out of sale, by your rule for this reason.",
        "ask": f"You are asked whether {count} {'goes' if one else 'go'} back on sale.",
    }[restocks]
    stock = {
        "back": f"{count} {'is' if one else 'are'} for sale again." if kind == Kind.CANCEL else back,
        "later": f"Nothing yet; when the parcel is accepted: {back[0].lower()}{back[1:]}",
        "kept": "No change: the goods stay with the buyer."
        if kind != Kind.RETURN or decision.approves
        else "No change.",
        "again": f"TikTok makes a new order for {count}, taken from stock.",
        "stay": f"No change: {count} {'stays' if one else 'stay'} reserved for the order.",
    }[decision.goods]
    if not in_bigcommerce:
        order = "Its order is not in BigCommerce; nothing is written there."
    elif decision.money == "all":
        order = ("Its BigCommerce order becomes Cancelled." if kind == Kind.CANCEL
                 else f"A refund of {amount} is recorded in its BigCommerce order, once.")  # fmt: skip
    elif decision.money in ("part", "later"):
        order = "A refund is recorded in its BigCommerce order when TikTok pays."
    else:
        order = "Nothing changes in its BigCommerce order."
    return Effect(money, stock, order)
