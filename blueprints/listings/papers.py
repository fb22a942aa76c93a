"""Documents, size chart and video of one listing as its page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.draft import CertificationNeed
from domain.rules.category import holds
from models import Listing, MediaFile
from services.drafts import Prepared
from services.media import attaching, files
from services.media.plan import meets

EXPIRY = {"ok": ("Valid", "success"), "soon": ("Expires soon", "warning"), "expired": ("Expired", "danger")}
CHOICES = 200


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that goes with the listing; `by_hand`: attached here, else it covers all that ask for it."""

    file: MediaFile
    by_hand: bool
    state: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """One requirement of the category: what is there for it, what could be."""

    need: CertificationNeed
    demanded: bool
    papers: Sequence[Paper]
    fitting: Sequence[MediaFile]  # tagged with it
    others: Sequence[MediaFile]


def data(listing: Listing, one: Prepared) -> dict[str, Any]:
    """For `_documents.html` and `_video.html`."""
    if not files.ready():
        return {"asked_papers": [], "chart": None, "charts": [], "film": None, "films": [], "chart_taken": False,
                "media_ready": False}  # fmt: skip
    own = attaching.attached(listing.id)
    needs = one.needs
    known = {file.id: file for file in files.listed("document", CHOICES)} if needs and needs.certifications else {}
    known |= {file.id: file for kind, _, file in own if kind == "document"}
    by_hand = {(target, file.id) for kind, target, file in own if kind == "document"}
    asked = [
        _asked(need, one, known, by_hand)
        for need in (needs.certifications if needs else ())
    ]  # fmt: skip
    chart = next((file for kind, _, file in own if kind == "size_chart"), None)
    film = next((file for kind, _, file in own if kind == "video"), None)
    taken = bool(needs and needs.size_chart_taken)
    return {
        "asked_papers": sorted(asked, key=lambda row: not row.demanded),
        "chart": chart,
        "chart_taken": taken,
        "chart_demanded": bool(needs and needs.size_chart_required),
        "charts": [file for file in files.listed("size_chart", CHOICES) if file != chart] if taken else [],
        "film": film,
        "films": [file for file in files.listed("video", CHOICES) if file != film],
        "film_words": film_words(film) if film else "",
        "media_ready": True,
        "documents": bool(asked or taken or chart),
    }


def _asked(need: CertificationNeed, one: Prepared, known: dict[int, MediaFile], by_hand: set[tuple[str, int]]) -> Asked:
    there = [paper for paper in one.draft.documents if paper.target == need.id]
    papers = []
    for paper in there:
        file = known.get(paper.file_id) or files.get(paper.file_id)
        papers.append(Paper(file, (need.id, file.id) in by_hand, EXPIRY[paper.expiry]))
    demanded = need.required or bool(need.conditions and holds(need.conditions, one.draft.attributes))
    left = [file for file in known.values() if file.id not in {paper.file_id for paper in there}]
    fitting = [file for file in left if meets(file, need.name) and file.expiry != "expired"]
    return Asked(need, demanded, papers, fitting, [file for file in left if file not in fitting])


def film_words(film: MediaFile) -> str:
    """Size, length and shape in a line."""
    parts = [film.format, f"{film.size / 1024**2:.1f} MB"]
    if film.milliseconds:
        parts.append(f"{film.milliseconds / 1000:.0f} s")
    if film.width and film.height:
        parts.append(f"{film.width} x {film.height}")
    return ", ".join(parts)
