"""A shop's money: daily statements, payouts, and the transactions behind them (reference 8)."""

from pydantic import TypeAdapter

from clients.tiktok import finance_models as models
from clients.tiktok.calls import Calls, present

PAGE = 100
WITHDRAWALS = ("WITHDRAW", "SETTLE", "TRANSFER", "REVERSE")

_STATEMENTS = TypeAdapter(models.StatementPage)
_PAYOUTS = TypeAdapter(models.PayoutPage)
_WITHDRAWALS = TypeAdapter(models.WithdrawalPage)
_ORDER = TypeAdapter(models.OrderTransactions)
_STATEMENT = TypeAdapter(models.StatementTransactions)
_UNSETTLED = TypeAdapter(models.UnsettledPage)


class Finance(Calls):
    """The part of a shop that pays. Every walk goes from the oldest on."""

    def statements(
        self,
        *,
        statement_time_ge: int | None = None,
        statement_time_lt: int | None = None,
        payment_status: str = "",
        page_token: str = "",
        page_size: int = PAGE,
    ) -> models.StatementPage:
        query = _query("statement_time", page_size, page_token) | present(
            statement_time_ge=statement_time_ge, statement_time_lt=statement_time_lt, payment_status=payment_status
        )
        return self._get("statements", _STATEMENTS, query=query)

    def payments(
        self,
        *,
        create_time_ge: int | None = None,
        create_time_lt: int | None = None,
        page_token: str = "",
        page_size: int = PAGE,
    ) -> models.PayoutPage:
        """Not in South East Asia (reference 8)."""
        query = _query("create_time", page_size, page_token) | present(
            create_time_ge=create_time_ge, create_time_lt=create_time_lt
        )
        return self._get("payments", _PAYOUTS, query=query)

    def withdrawals(
        self,
        *,
        types: tuple[str, ...] = WITHDRAWALS,
        create_time_ge: int | None = None,
        create_time_lt: int | None = None,
        page_token: str = "",
        page_size: int = PAGE,
    ) -> models.WithdrawalPage:
        query = present(
            types=types,
            create_time_ge=create_time_ge,
            create_time_lt=create_time_lt,
            page_size=page_size,
            page_token=page_token,
        )
        return self._get("withdrawals", _WITHDRAWALS, query=query)

    def order_transactions(self, order_id: str) -> models.OrderTransactions:
        return self._get("order_transactions", _ORDER, {"order_id": order_id})

    def statement_transactions(
        self, statement_id: str, page_token: str = "", page_size: int = PAGE
    ) -> models.StatementTransactions:
        query = _query("order_create_time", page_size, page_token)
        return self._get("statement_transactions", _STATEMENT, {"statement_id": statement_id}, query)

    def unsettled_orders(
        self,
        *,
        search_time_ge: int | None = None,
        search_time_lt: int | None = None,
        page_token: str = "",
        page_size: int = PAGE,
    ) -> models.UnsettledPage:
        """Since 1 January 2025 only."""
        query = _query("order_create_time", page_size, page_token) | present(
            search_time_ge=search_time_ge, search_time_lt=search_time_lt
        )
        return self._get("unsettled_orders", _UNSETTLED, query=query)


def _query(sort_field: str, page_size: int, page_token: str) -> dict[str, str]:
    """`sort_field` is mandatory though there is only one to choose (reference 1.7)."""
    return present(sort_field=sort_field, sort_order="ASC", page_size=page_size, page_token=page_token)
