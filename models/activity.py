"""Work a person can see: activities, their items, and the evidence of what was sent and what came back."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key, Keyed, Tenanted, child_of


class Activity(Tenanted, Base):
    """A piece of background work. `state` says whether we got to the end; the counts say how it went."""

    __tablename__ = "activity"
    shop_id: Mapped[int | None] = mapped_column(Key)
    kind: Mapped[str] = mapped_column(String(32))
    queue: Mapped[str] = mapped_column(String(8), default="bulk")
    state: Mapped[str] = mapped_column(
        String(12), default="queued"
    )  # queued, running, cancelling, finished, cancelled, broken
    open_key: Mapped[str | None] = mapped_column(String(80))  # set while it must be the only one of its kind
    priority: Mapped[int] = mapped_column(default=100)  # smaller first
    title: Mapped[str] = mapped_column(String(255))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    actor: Mapped[str] = mapped_column(String(255), default="")
    retry_of: Mapped[int | None] = mapped_column(Key)
    total: Mapped[int] = mapped_column(default=0)  # items
    waiting: Mapped[int] = mapped_column(default=0)
    working: Mapped[int] = mapped_column(default=0)  # claimed, sending or unknown
    done: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)  # the platform or our checks said no
    failed: Mapped[int] = mapped_column(default=0)  # set aside after three tries
    skipped: Mapped[int] = mapped_column(default=0)  # nothing to do, or cancelled
    units: Mapped[int] = mapped_column(default=0)  # what the bar counts (products of an import, listings of a publish)
    units_done: Mapped[int] = mapped_column(default=0)
    notes: Mapped[dict[str, Any]] = mapped_column(default=dict)  # sums a handler adds up: {"variants": 5120}
    message: Mapped[str] = mapped_column(default="")  # the closing message, or why it waits
    resumes_at: Mapped[datetime | None]  # everything left waits until then (the daily limit)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("store_id", "id"),
        child_of("shop", "shop_id"),
        Index(
            "uq_activity_open",
            "store_id",
            "open_key",
            unique=True,
            sqlite_where=sql("open_key IS NOT NULL"),
            postgresql_where=sql("open_key IS NOT NULL"),
        ),
        Index(None, "store_id", "id"),
        Index(None, "state", "queue", "store_id", "shop_id"),
    )


class ActivityItem(Tenanted, Base):
    """One unit of an activity. `attempt` is the fencing number: every write checks it."""

    __tablename__ = "activity_item"
    activity_id: Mapped[int] = mapped_column(Key)
    position: Mapped[int] = mapped_column(default=0)
    subject_id: Mapped[int | None] = mapped_column(Key)  # the listing, where there is one
    label: Mapped[str] = mapped_column(String(255), default="")
    args: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    # waiting, claimed, sending, unknown, done, refused, failed, skipped
    attempt: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)  # times it was sent without success, for the back-off
    crashes: Mapped[int] = mapped_column(default=0)  # times a worker died or our code broke on it; three set it aside
    due_at: Mapped[datetime]  # not before (settle time, back-off, tomorrow)
    lease_until: Mapped[datetime | None]  # by the database's clock
    sent_at: Mapped[datetime | None]
    code: Mapped[str] = mapped_column(String(60), default="")  # of the outcome
    message: Mapped[str] = mapped_column(default="")
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        child_of("activity", "activity_id"),
        Index(None, "activity_id", "state", "due_at", "position"),
        Index(None, "store_id", "activity_id", "id"),
        Index(None, "store_id", "subject_id"),
        Index(None, "state", "lease_until"),
    )


class Evidence(Tenanted, Base):
    """One exchange with a platform: what was sent and what came back, secrets removed. Bodies are shared by content."""

    __tablename__ = "evidence"
    activity_id: Mapped[int | None] = mapped_column(Key)
    item_id: Mapped[int | None] = mapped_column(Key)
    listing_id: Mapped[int | None] = mapped_column(Key)
    attempt: Mapped[int] = mapped_column(default=0)
    platform: Mapped[str] = mapped_column(String(16))
    method: Mapped[str] = mapped_column(String(8))
    path: Mapped[str] = mapped_column(String(255))
    status: Mapped[int | None]
    request_id: Mapped[str] = mapped_column(String(64), default="")
    rule_version: Mapped[str] = mapped_column(String(40), default="")
    milliseconds: Mapped[int] = mapped_column(default=0)
    sent: Mapped[str] = mapped_column(String(64), default="")  # EvidenceBody.digest
    received: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime]

    __table_args__ = (
        Index(None, "store_id", "item_id"),
        Index(None, "store_id", "listing_id"),
        Index(None, "store_id", "created_at"),
    )


class EvidenceBody(Tenanted, Base):
    """A body, compressed, kept once per store."""

    __tablename__ = "evidence_body"
    digest: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (UniqueConstraint("store_id", "digest"),)


class Counter(Tenanted, Base):
    """Maintained counts behind tabs and chips: scope listing_tab, listing_problem, product_status. shop 0 = store."""

    __tablename__ = "counter"
    scope: Mapped[str] = mapped_column(String(20))
    shop_id: Mapped[int] = mapped_column(Key, default=0)
    name: Mapped[str] = mapped_column(String(60))
    count: Mapped[int] = mapped_column(default=0)

    __table_args__ = (UniqueConstraint("store_id", "scope", "shop_id", "name"),)


class Notice(Tenanted, Base):
    """Something a person of the store should know; `key` keeps one open notice per matter."""

    __tablename__ = "notice"
    key: Mapped[str] = mapped_column(String(120))
    level: Mapped[str] = mapped_column(String(10), default="warning")  # info, warning, danger
    text: Mapped[str]
    action: Mapped[str] = mapped_column(String(60), default="")  # the one thing to press: its label …
    url: Mapped[str] = mapped_column(default="")  # … and where it leads, below /s/<store>/
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_notice_open",
            "store_id",
            "key",
            unique=True,
            sqlite_where=sql("resolved_at IS NULL"),
            postgresql_where=sql("resolved_at IS NULL"),
        ),
    )


class InboxEvent(Keyed, Base):
    """A verified webhook, stored once per (source, event id), applied later by the fold."""

    __tablename__ = "inbox_event"
    source: Mapped[str] = mapped_column(String(16))
    event_id: Mapped[str] = mapped_column(String(128))
    topic: Mapped[str] = mapped_column(String(80))
    account: Mapped[str] = mapped_column(String(64))  # TikTok shop id, or BigCommerce store hash
    body: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="new")  # new, applied, ignored, failed
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")

    __table_args__ = (UniqueConstraint("source", "event_id"), Index(None, "state", "due_at", "id"))


class Schedule(Keyed, Base):
    """When a periodic task is due next. A clock claims the row, so two clocks fire it once."""

    __tablename__ = "schedule"
    name: Mapped[str] = mapped_column(String(60), unique=True)
    due_at: Mapped[datetime]
    last_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")
