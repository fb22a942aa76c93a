"""What TikTok answers (clients.tiktok.after_sale_models) as plain facts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from clients.tiktok.after_sale_models import Cancellation, CancelLine, Decision, NextAction, RefundAmount, Return
from clients.tiktok.after_sale_models import ReturnLine as TheirLine
from domain.returns import statuses
from domain.returns.statuses import Kind

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of the request; `amount`: what is paid back for it."""

    line_id: str
    sku_id: str = ""
    seller_sku: str = ""
    product_name: str = ""
    sku_name: str = ""
    image_url: str = ""
    amount: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Facts:
    """A request as TikTok has it now."""

    id: str
    order_number: str
    kind: str
    status: str
    asked_at: datetime
    changed_at: datetime
    arbitration: str = ""
    role: str = ""
    reason: str = ""
    reason_text: str = ""
    total: Decimal = ZERO
    currency: str = ""
    action: str = ""
    deadline_at: datetime | None = None
    tracking_number: str = ""
    carrier: str = ""
    pieces: tuple[Piece, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


def moment(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def of_return(one: Return) -> Facts:
    kind = one.return_type if one.return_type in {Kind.REFUND, Kind.RETURN, Kind.REPLACEMENT} else Kind.REFUND.value
    partial = one.partial_refund
    return Facts(
        one.return_id,
        one.order_id,
        kind,
        statuses.read(one.return_status),
        asked_at=_times(one.create_time, one.update_time)[0],
        changed_at=_times(one.create_time, one.update_time)[1],
        arbitration=one.arbitration_status,
        role=one.role,
        reason=one.return_reason,
        reason_text=one.return_reason_text,
        tracking_number=one.return_tracking_number,
        carrier=one.return_provider_name,
        pieces=_pieces(one.return_line_items),
        details={
            "refund": _parts(one.refund_amount),
            "may_keep": one.can_buyer_keep_item,
            "offered": str(partial.amount) if partial and partial.amount is not None else "",
            "offer_refused": one.buyer_rejected_partial_refund,
            "quick": one.is_quick_refund,
            "return_to": one.return_warehouse_address.full_address if one.return_warehouse_address else "",
        },
        **_asked(one.seller_next_action_response),
        **_money(one.refund_amount),
    )


def of_cancellation(one: Cancellation) -> Facts:
    return Facts(
        one.cancel_id,
        one.order_id,
        Kind.CANCEL.value,
        statuses.read(one.cancel_status),
        asked_at=_times(one.create_time, one.update_time)[0],
        changed_at=_times(one.create_time, one.update_time)[1],
        role=one.role,
        reason=one.cancel_reason,
        reason_text=one.cancel_reason_text,
        pieces=_pieces(one.cancel_line_items),
        details={"refund": _parts(one.refund_amount), "replenish": one.should_replenish_stock},
        **_asked(one.seller_next_action_response),
        **_money(one.refund_amount),
    )


def choices(decisions: Iterable[Decision]) -> list[dict[str, Any]]:
    """As they are kept with the request."""
    return [
        {
            "decision": one.decision,
            "eligible": one.eligible,
            "code": "" if one.eligible else one.ineligible_code,
            "why": one.ineligible_reason,
            "reasons": [{"name": reason.name, "text": reason.text} for reason in one.available_reject_reasons],
        }
        for one in decisions
    ]


def _times(created: int, updated: int) -> tuple[datetime, datetime]:
    start = moment(created or updated) or datetime.fromtimestamp(0, UTC)
    return start, moment(updated) or start


def _asked(actions: Sequence[NextAction]) -> dict[str, Any]:
    if not actions:
        return {}
    first = min(actions, key=lambda one: one.deadline or 2**40)
    return {"action": first.action, "deadline_at": moment(first.deadline)}


def _money(amount: RefundAmount | None) -> dict[str, Any]:
    return {"total": amount.refund_total or ZERO, "currency": amount.currency[:3]} if amount else {}


def _parts(amount: RefundAmount | None) -> dict[str, str]:
    if amount is None:
        return {}
    named = amount.model_dump(exclude={"currency"})
    return {name: str(value) for name, value in named.items() if isinstance(value, Decimal)}


def _pieces(lines: Iterable[TheirLine | CancelLine]) -> tuple[Piece, ...]:
    found = {}
    for line in lines:
        picture = getattr(line, "product_image", None)
        found[line.order_line_item_id] = Piece(
            line.order_line_item_id,
            line.sku_id,
            line.seller_sku,
            line.product_name,
            line.sku_name,
            picture.url if picture else "",
            (line.refund_amount.refund_total if line.refund_amount else None) or ZERO,
        )
    return tuple(piece for number, piece in found.items() if number)
