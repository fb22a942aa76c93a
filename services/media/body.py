"""The part of a product's body that names uploaded files (reference 4.8)."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any

from domain.draft import CategoryNeeds, Draft
from domain.media import DocumentDraft
from services.media import uploads


def build(
    draft: Draft, needs: CategoryNeeds | None, uploaded: Mapping[tuple[str, str], str], most: int
) -> tuple[dict[str, Any], tuple[int, ...]]:
    """(fields of the body, ids of files that must be uploaded first). Only what the category knows goes along."""
    ids = {file_id: uploaded.get((uploads.key(file_id), ""), "") for file_id in uploads.needed(draft)}
    body: dict[str, Any] = {}
    if draft.video:
        body["video"] = {"id": ids[draft.video.file_id]}
    chart = draft.size_chart
    if chart and needs is not None and needs.size_chart_taken:
        body["size_chart"] = {"image": {"uri": ids[chart.file_id]}}
    elif chart:
        del ids[chart.file_id]
    papers = [one for one in draft.documents if one.file_id in ids]
    targets = list(dict.fromkeys(one.target for one in papers))[:most]
    if targets:
        body["certifications"] = [
            _certification(target, [one for one in papers if one.target == target], ids) for target in targets
        ]
    return body, tuple(file_id for file_id, known in ids.items() if not known)


def _certification(target: str, papers: list[DocumentDraft], ids: Mapping[int, str]) -> dict[str, Any]:
    pictures = [{"uri": ids[one.file_id]} for one in papers if one.format != "PDF"]
    pdfs = [{"id": ids[one.file_id], "name": one.name, "format": "PDF"} for one in papers if one.format == "PDF"]
    days = [one.expires_on for one in papers if one.expires_on]
    found: dict[str, Any] = {"id": target}
    if pictures:
        found["images"] = pictures
    if pdfs:
        found["files"] = pdfs
    if days:  # the first one to end; seconds, at the beginning of that day
        found["expiration_date"] = int(datetime.combine(min(days), time(), UTC).timestamp())
    return found
