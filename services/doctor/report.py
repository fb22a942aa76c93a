"""What the doctor found, kept until it runs again."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, select

from clients.errors import ClientError
from clients.tiktok.api import TikTok
from domain.diagnosis import DANGER, OK, WARNING, Finding
from domain.roles import SEND, Page
from models import DoctorReport, Shop, db
from models.present import has_table
from services import clock, grants, platforms, setup
from services.actor import Actor
from services.people.access import require

ORDER = {DANGER: 0, WARNING: 1, OK: 2}


@dataclass(frozen=True, slots=True)
class Report:
    """Findings, the worst first."""

    findings: Sequence[Finding]
    by: str
    at: datetime | None

    @property
    def wrong(self) -> int:
        return sum(finding.level != OK for finding in self.findings)


def keep(actor: Actor, findings: Sequence[Finding]) -> None:
    if not has_table(DoctorReport):
        return
    db.session.execute(delete(DoctorReport))
    rows = [asdict(one) for one in findings]
    db.session.add(DoctorReport(store_id=actor.store_id, findings=rows, by=actor.name[:255], at=clock.now()))
    db.session.flush()


def last() -> Report:
    row = db.session.scalar(select(DoctorReport).order_by(DoctorReport.id.desc())) if has_table(DoctorReport) else None
    if row is None:
        return Report((), "", None)
    findings = [Finding(**{**one, "steps": tuple((name, text) for name, text in one["steps"])}) for one in row.findings]
    return Report(sorted(findings, key=lambda one: ORDER.get(one.level, 3)), row.by, row.at)


@dataclass(frozen=True, slots=True)
class Registrar:
    """A shop's client and where its webhooks must lead."""

    client: TikTok
    address: str


def prepare_webhooks(actor: Actor, shop: Shop) -> Registrar:
    require(actor, Page.AUTHORIZATION, SEND, shop)
    config = setup.config()
    return Registrar(platforms.tiktok(shop), (config.hooks_url or config.app_url).rstrip("/") + "/hooks/tiktok")


def register_webhooks(registrar: Registrar) -> str:
    """Registers all of a shop's webhooks again (putting again replaces); what came of it in words."""
    try:
        for event in grants.EVENTS:
            registrar.client.put_webhook(event, registrar.address)
    except ClientError as fault:
        return f"TikTok did not take them ({fault.text}). Try again in a minute."
    return "The webhooks are registered again."
