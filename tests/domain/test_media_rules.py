"""Rules about documents, size chart, video and the look of the main picture: one change, exactly this code."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.draft import CertificationNeed
from domain.media import ChartDraft, DocumentDraft, LookDraft, VideoDraft, expiry
from domain.policy import Policy
from domain.readiness import check
from domain.rulepacks import pack_for
from tests.domain.examples import DRAFT, NEEDS

PACK = pack_for("US", date(2026, 11, 21))
EARLY = pack_for("US", date(2025, 1, 15))
PAPER = DocumentDraft("900", 1, "report.pdf", "PDF", date(2027, 5, 1))
FILM = VideoDraft(2, "tour.mp4", "MP4", 3_000_000, 720, 1280, 15_000)
CHART = ChartDraft(3, "sizes.png", 1200, 1600)
LOOK = LookDraft(0.99, True, 0.8)
MIB = 1024 * 1024


def codes(pack: Any = PACK, needs: Any = NEEDS, **changes: Any) -> list[tuple[str, bool]]:
    draft = replace(DRAFT, **changes)
    found = check(draft, needs, pack, Policy())
    names = ("certifications", "size_chart", "video", "images")
    return [(one.code, one.blocking) for one in found if one.code.partition(".")[0] in names]


def looked(**changes: Any) -> dict[str, Any]:
    first = replace(DRAFT.images[0], look=replace(LOOK, **changes))
    return {"images": (first, *DRAFT.images[1:])}


def test_nothing_wrong() -> None:
    assert codes(documents=(PAPER,), size_chart=CHART, video=FILM, **looked()) == []


@pytest.mark.parametrize(
    ("changes", "code", "blocking"),
    [
        ({"expiry": "soon"}, "certifications.expires_soon", False),
        ({"expiry": "expired"}, "certifications.expired", True),
        ({"fault": "format (12019105)"}, "certifications.refused", True),
        ({"fault": "format", "expiry": "expired"}, "certifications.refused", True),
        ({"target": "1"}, "", False),  # of another category: not sent, no problem of this one
    ],
)
def test_documents(changes: dict[str, Any], code: str, blocking: bool) -> None:
    assert codes(documents=(replace(PAPER, **changes),)) == ([(code, blocking)] if code else [])


def test_a_category_may_want_the_last_day() -> None:
    needs = replace(NEEDS, certifications=(CertificationNeed("900", "Safety report", True, expires=True),))
    assert codes(needs=needs, documents=(PAPER,)) == []
    assert codes(needs=needs, documents=(replace(PAPER, expires_on=None),)) == [("certifications.no_expiry", True)]


@pytest.mark.parametrize(
    ("changes", "code", "blocking"),
    [
        ({"milliseconds": 61_000}, "video.too_long", True),
        ({"milliseconds": 60_000}, "video.long", False),
        ({"milliseconds": 20_000}, "", False),
        ({"milliseconds": None, "width": None, "height": None}, "", False),
        ({"size": 100 * MIB}, "", False),
        ({"size": 100 * MIB + 1}, "video.too_heavy", True),
        ({"width": 1920, "height": 1080}, "", False),
        ({"width": 854, "height": 480}, "", False),  # 16:9, rounded to an even number
        ({"width": 1080, "height": 1080}, "", False),
        ({"width": 2000, "height": 1080}, "video.bad_ratio", True),
        ({"width": 500, "height": 1080}, "video.bad_ratio", True),
        ({"format": "GIF"}, "video.format", True),
        ({"fault": "aspect (12019122)"}, "video.refused", True),
    ],
)
def test_videos(changes: dict[str, Any], code: str, blocking: bool) -> None:
    assert codes(video=replace(FILM, **changes)) == ([(code, blocking)] if code else [])


def test_a_video_s_limit_is_that_of_its_day() -> None:
    film = replace(FILM, size=11 * MIB)
    assert ("video.too_heavy", True) in codes(EARLY, video=film) and codes(video=film) == []


@pytest.mark.parametrize(
    ("changes", "code", "blocking"),
    [
        ({"width": 1024, "height": 1024}, "", False),
        ({"width": 1023}, "size_chart.too_small", True),
        ({"fault": "x"}, "size_chart.refused", True),
    ],
)
def test_size_charts(changes: dict[str, Any], code: str, blocking: bool) -> None:
    assert codes(size_chart=replace(CHART, **changes)) == ([(code, blocking)] if code else [])


def test_a_size_chart_that_nobody_wants_is_not_sent() -> None:
    needs = replace(NEEDS, size_chart_required=False)
    assert codes(needs=needs, size_chart=CHART) == [("size_chart.not_taken", False)]
    assert codes(needs=replace(needs, size_chart_supported=True), size_chart=CHART) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"plain": 0.5, "fill": None}, ["images.busy_background"]),
        ({"is_white": False}, ["images.not_white"]),
        ({"plain": None}, []),
        ({"fill": 0.59}, ["images.small_product"]),
        ({"fill": 0.6}, []),
        ({"fill": 1.0}, ["images.cut_off"]),
        ({"plain": 0.5, "is_white": False, "fill": 0.3}, ["images.busy_background", "images.small_product"]),
    ],
)
def test_the_look_of_the_main_picture_is_advice(changes: dict[str, Any], expected: list[str]) -> None:
    assert codes(**looked(**changes)) == [(code, False) for code in expected]


def test_only_the_main_picture_is_judged() -> None:
    other = replace(DRAFT.images[0], key="2", look=replace(LOOK, is_white=False))
    assert codes(images=(DRAFT.images[0], other)) == []


@pytest.mark.parametrize(
    ("day", "state"),
    [(None, "ok"), (date(2026, 12, 22), "ok"), (date(2026, 12, 21), "soon"), (date(2026, 11, 22), "soon"),
     (date(2026, 11, 21), "expired"), (date(2020, 1, 1), "expired")],
)  # fmt: skip
def test_how_a_last_day_stands(day: date | None, state: str) -> None:
    assert expiry(day, date(2026, 11, 21)) == state
