"""Who does something. Every changing service takes an actor, so that every change has a name."""

from dataclasses import dataclass, field

from domain.roles import Access


@dataclass(frozen=True, slots=True)
class Actor:
    """A person of a store, or Causeway itself (`person_id` None). `access` is what the person may do; where it is not
    known yet, services.people.access reads it."""

    name: str
    store_id: int
    person_id: int | None = None
    is_owner: bool = False
    access: Access | None = field(default=None, compare=False)


def system(store_id: int) -> Actor:
    """Causeway acting by itself: schedules, webhooks, workers."""
    return Actor("Causeway", store_id)
