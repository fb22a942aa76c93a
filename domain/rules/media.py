"""What goes with a listing besides pictures: documents that are still valid, a size chart and a video TikTok takes."""

from domain.draft import Problem
from domain.media import VideoDraft
from domain.rules import Case


def documents(case: Case, out: list[Problem]) -> None:
    """Attached documents are valid, dated where the category wants it, and taken by TikTok (features S2-50, S5-87)."""
    if case.needs is None or case.needs.id != case.draft.category_id:
        return
    needs = {need.id: need for need in case.needs.certifications}
    for paper in case.draft.documents:
        need, field = needs.get(paper.target), f"certifications.{paper.target}"
        if need is None:
            continue
        if paper.fault:
            text = f'TikTok did not take the document "{paper.name}": {paper.fault}. Attach another file.'
            out.append(Problem("certifications.refused", field, text))
        elif paper.expiry == "expired":
            text = (
                f'The document "{paper.name}" for "{need.name}" has expired{_day(paper.expires_on)}. Attach a new one.'
            )
            out.append(Problem("certifications.expired", field, text))
        elif paper.expires_on is None and need.expires:
            text = f'The category wants to know until when "{paper.name}" is valid. Enter its last day.'
            out.append(Problem("certifications.no_expiry", field, text))
        elif paper.expiry == "soon":
            text = (
                f'The document "{paper.name}" for "{need.name}" expires{_day(paper.expires_on)}. Get a new one in time.'
            )
            out.append(Problem("certifications.expires_soon", field, text, False))


def _day(day: object) -> str:
    return f" on {day:%-d %B %Y}" if day else ""


def size_chart(case: Case, out: list[Problem]) -> None:
    """Large enough, wanted by the category, and taken by TikTok."""
    chart, needs = case.draft.size_chart, case.needs
    if chart is None:
        return
    least = case.pack.size_chart_side_min
    if chart.fault:
        text = f'TikTok did not take the size chart "{chart.name}": {chart.fault}. Choose another picture.'
        out.append(Problem("size_chart.refused", "size_chart", text))
    elif min(chart.width, chart.height) < least:
        text = (
            f'The size chart "{chart.name}" is {chart.width} x {chart.height} pixels; '
            f"{least:,} on the short side are needed. Choose a larger one."
        )
        out.append(Problem("size_chart.too_small", "size_chart", text))
    elif needs is not None and needs.id == case.draft.category_id and not needs.size_chart_taken:
        text = "The category takes no size chart; it is not sent."
        out.append(Problem("size_chart.not_taken", "size_chart", text, False))


def video(case: Case, out: list[Problem]) -> None:
    """Of a kind, size, length and shape that TikTok takes (features S5-83, S5-84, P-13)."""
    film = case.draft.video
    if film is None:
        return
    pack, name = case.pack, f'The video "{film.name}"'
    if film.fault:
        out.append(Problem("video.refused", "video", f"TikTok did not take it: {film.fault}. Choose another video."))
    if film.format not in pack.video_formats:
        out.append(Problem("video.format", "video", f"{name} is {film.format}, which TikTok does not take. Use MP4."))
    if film.size > pack.video_bytes_max:
        text = f"{name} has {_mb(film.size)} MB; {_mb(pack.video_bytes_max)} are allowed. Compress it."
        out.append(Problem("video.too_heavy", "video", text))
    if film.milliseconds is not None:
        seconds = film.milliseconds / 1000
        if seconds > pack.video_seconds_max:
            text = f"{name} lasts {seconds:.0f} seconds; {pack.video_seconds_max} are allowed. Shorten it."
            out.append(Problem("video.too_long", "video", text))
        elif seconds > pack.video_seconds_advised:
            text = f"{name} lasts {seconds:.0f} seconds; about {pack.video_seconds_advised} are watched to the end."
            out.append(Problem("video.long", "video", text, False))
    if not shape_allowed(film):
        text = f"{name} is {film.width} x {film.height} pixels, outside 9:16 to 16:9. Crop it."
        out.append(Problem("video.bad_ratio", "video", text))


def shape_allowed(film: VideoDraft) -> bool:
    """Between 9:16 and 16:9 (reference 4.6), or not known. One pixel is forgiven: encoders want even numbers."""
    if not film.width or not film.height:
        return True
    wide, tall = max(film.width, film.height), min(film.width, film.height)
    return 9 * (wide - 1) <= 16 * tall


def _mb(size: int) -> str:
    return f"{size / 1024**2:.1f}".removesuffix(".0")
