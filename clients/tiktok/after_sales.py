"""A shop's returns, refunds and cancellations (reference 7)."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from clients.tiktok import after_sale_models as models
from clients.tiktok.calls import Calls, given, present, rows

PAGE = 50

_RETURNS = TypeAdapter(models.ReturnPage)
_CANCELLATIONS = TypeAdapter(models.CancellationPage)
_RETURN = TypeAdapter(models.CreatedReturn)
_CANCELLATION = TypeAdapter(models.CreatedCancellation)
_CALCULATION = TypeAdapter(models.Calculation)


class AfterSales(Calls):
    """The part of a shop that takes back. `idempotency_key` makes an answer to a request safe to repeat."""

    def search_returns(
        self,
        *,
        return_ids: Sequence[str] = (),
        order_ids: Sequence[str] = (),
        return_status: Sequence[str] = (),
        update_time_ge: int | None = None,
        update_time_lt: int | None = None,
        locale: str = "",
        page_token: str = "",
        page_size: int = PAGE,
    ) -> models.ReturnPage:
        body = given(
            return_ids=tuple(return_ids),
            order_ids=tuple(order_ids),
            return_status=tuple(return_status),
            update_time_ge=update_time_ge,
            update_time_lt=update_time_lt,
            locale=locale,
        )
        return self._post("search_returns", _RETURNS, body, query=_query(page_size, page_token))

    def return_records(self, return_id: str, locale: str = "") -> list[models.ReturnRecord]:
        kind, query = rows("records", models.ReturnRecord), present(locale=locale)
        return list(self._get("return_records", kind, {"return_id": return_id}, query).records)

    def create_return(self, body: Mapping[str, Any], idempotency_key: str = "") -> models.CreatedReturn:
        return self._post("create_return", _RETURN, body, query=present(idempotency_key=idempotency_key))

    def approve_return(
        self,
        return_id: str,
        decision: str,
        *,
        buyer_keep_item: bool | None = None,
        partial_refund: Mapping[str, str] | None = None,
        idempotency_key: str = "",
    ) -> None:
        body = given(decision=decision, buyer_keep_item=buyer_keep_item, partial_refund=partial_refund)
        self._change("approve_return", body, {"return_id": return_id}, present(idempotency_key=idempotency_key))

    def reject_return(
        self,
        return_id: str,
        decision: str,
        reject_reason: str,
        comment: str = "",
        idempotency_key: str = "",
        images: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """`images`: uploaded before, each image_id, mime_type, width, height."""
        body = given(decision=decision, reject_reason=reject_reason, comment=comment, images=tuple(images))
        self._change("reject_return", body, {"return_id": return_id}, present(idempotency_key=idempotency_key))

    def search_cancellations(
        self,
        *,
        cancel_ids: Sequence[str] = (),
        order_ids: Sequence[str] = (),
        cancel_types: Sequence[str] = (),
        cancel_status: Sequence[str] = (),
        update_time_ge: int | None = None,
        update_time_lt: int | None = None,
        locale: str = "",
        page_token: str = "",
        page_size: int = PAGE,
    ) -> models.CancellationPage:
        body = given(
            cancel_ids=tuple(cancel_ids),
            order_ids=tuple(order_ids),
            cancel_types=tuple(cancel_types),
            cancel_status=tuple(cancel_status),
            update_time_ge=update_time_ge,
            update_time_lt=update_time_lt,
            locale=locale,
        )
        return self._post("search_cancellations", _CANCELLATIONS, body, query=_query(page_size, page_token))

    def cancel_order(
        self,
        order_id: str,
        cancel_reason: str,
        *,
        line_ids: Sequence[str] = (),
        skus: Mapping[str, int] | None = None,
    ) -> models.CreatedCancellation:
        """The whole order, or single units where the market allows it. Takes no key against repetition: after an
        answer that never came, `search_cancellations` tells."""
        units = [{"sku_id": sku, "quantity": quantity} for sku, quantity in (skus or {}).items()]
        body = given(
            order_id=order_id, cancel_reason=cancel_reason, order_line_item_ids=tuple(line_ids), skus=tuple(units)
        )
        return self._post("cancel_order", _CANCELLATION, body)

    def approve_cancellation(self, cancel_id: str, idempotency_key: str = "") -> None:
        self._change("approve_cancellation", {}, {"cancel_id": cancel_id}, present(idempotency_key=idempotency_key))

    def reject_cancellation(
        self,
        cancel_id: str,
        reject_reason: str,
        comment: str = "",
        idempotency_key: str = "",
        images: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        body = given(reject_reason=reject_reason, comment=comment, images=tuple(images))
        self._change("reject_cancellation", body, {"cancel_id": cancel_id}, present(idempotency_key=idempotency_key))

    def reject_reasons(self, return_or_cancel_id: str, locale: str = "") -> list[models.Reason]:
        """What may be said right now: prefer it to any table (reference 7.4)."""
        query = present(return_or_cancel_id=return_or_cancel_id, locale=locale)
        return list(self._get("reject_reasons", rows("reasons", models.Reason), query=query).reasons)

    def decisions(self, return_or_cancel_id: str, check: Sequence[str] = ()) -> list[models.Decision]:
        """Which answers are possible, and with which reasons."""
        query = present(return_or_cancel_id=return_or_cancel_id, check_decisions=list(check))
        return list(self._get("decisions", rows("decisions", models.Decision), query=query).decisions)

    def eligibility(
        self, order_id: str, request_types: Sequence[str] = (), initiated_by: str = "SELLER"
    ) -> list[models.SkuEligibility]:
        query = present(initiate_aftersale_user=initiated_by, request_types=list(request_types))
        kind = rows("sku_eligibility", models.SkuEligibility)
        return list(self._get("eligibility", kind, {"order_id": order_id}, query).sku_eligibility)

    def calculate_refund(
        self, order_id: str, request_type: str, reason_name: str, line_ids: Sequence[str] = ()
    ) -> models.RefundAmount:
        """What a request of this kind would give back."""
        body = given(
            order_id=order_id, request_type=request_type, reason_name=reason_name, order_line_item_ids=tuple(line_ids)
        )
        return self._post("calculate_refund", _CALCULATION, body).order_refund_amount


def _query(page_size: int, page_token: str) -> dict[str, str]:
    """Oldest change first, so that a walk misses nothing that changes meanwhile."""
    return present(page_size=page_size, page_token=page_token, sort_field="update_time", sort_order="ASC")
