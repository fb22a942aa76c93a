"""Who is told by mail: everybody decides for themselves, and nobody is told unasked (feature S3-31)."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from models import MailWish, Notice, Person, Store, db
from services import clock, setup
from services.errors import Invalid
from services.mail import outbox

LEVELS = {
    "none": "Nothing",
    "urgent": "What is urgent: a shop that lost its connection, work that broke, orders that are stuck",
    "all": "Every notice: also stock that reached its threshold, limits, dates that come near",
}
PATIENCE = timedelta(minutes=2)  # what settles itself so soon is not worth a letter


def level_of(person: Person) -> str:
    wish = db.session.scalar(select(MailWish).where(MailWish.person_id == person.id))
    return wish.level if wish else "none"


def choose(person: Person, level: str) -> None:
    """From now on; what was noticed before is not sent."""
    if level not in LEVELS:
        raise Invalid("Choose what you want to be told by mail.", "See notices", "/notices/mail")
    if level != "none" and "@" not in person.email:
        raise Invalid("BigCommerce told no mail address of yours.", "See notices", "/notices/")
    wish = db.session.scalar(select(MailWish).where(MailWish.person_id == person.id))
    if wish is None:
        wish = MailWish(store_id=person.store_id, person_id=person.id, since=clock.now())
        db.session.add(wish)
    elif wish.level == "none":
        wish.since = clock.now()
    wish.level = level
    db.session.flush()


def try_out(person: Person) -> None:
    """A letter on request, to see that mail arrives."""
    if "@" not in person.email:
        raise Invalid("BigCommerce told no mail address of yours.", "See notices", "/notices/")
    key = f"try:{person.id}:{clock.now():%Y%m%d%H%M}"  # one a minute
    outbox.write(key, person.email, "Causeway: mail works", "This letter was asked for under Notices → Mail.\n")


def gather(store: Store) -> int:
    """Writes a letter to each person about the notices that are new for them; answers how many letters."""
    until, letters = clock.now() - PATIENCE, 0
    query = select(MailWish, Person).join(Person, Person.id == MailWish.person_id).where(MailWish.level != "none")
    for wish, person in db.session.execute(query).all():
        levels = ("danger",) if wish.level == "urgent" else ("danger", "warning", "info")
        new = select(Notice).where(
            Notice.created_at > wish.since,
            Notice.created_at <= until,
            Notice.resolved_at.is_(None),
            Notice.level.in_(levels),
        )
        found = db.session.scalars(new.order_by(Notice.id).limit(50)).all()
        if found:
            key = f"notices:{person.id}:{found[-1].id}"
            outbox.write(key, person.email, _subject(store, found), _text(store, found))
            letters += 1
        if until > wish.since:
            wish.since = found[-1].created_at if len(found) == 50 else until
    db.session.flush()
    return letters


def _subject(store: Store, found: Sequence[Notice]) -> str:
    first = " ".join(found[0].text.split())
    words = first if len(first) <= 90 else f"{first[:89].rsplit(' ', 1)[0]} …"
    return f"{store.name}: {words}" if len(found) == 1 else f"{store.name}: {len(found)} notices"


def _text(store: Store, found: Sequence[Notice]) -> str:
    """Plain text: what is the matter, and where to go. The address opens inside BigCommerce."""
    here = f"{setup.config().app_url}/s/{store.hash}"
    parts = [f"{one.text}\n{one.action or 'See it'}: {here}{one.url or '/notices/'}" for one in found]
    end = f"What you are told by mail is chosen here: {here}/notices/mail"
    return "\n\n".join([f"Causeway, store {store.name}", *parts, end]) + "\n"
