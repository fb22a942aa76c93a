"""Two people edited the same thing: what the second typed beside what is there now. The page that holds the form is
drawn as it is now, and its form of the same address is read, so that no form needs words of its own for this."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from flask import Response, current_app, request
from flask.globals import request_ctx
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

TOKENS = ("version", "seen", "seen_version", "digest")
UNSEEN = ("csrf_token", *TOKENS)
VOID = ("submit", "button", "image", "reset", "file")
LONGEST = 400  # characters shown of a value
MOST = 100  # differences shown


@dataclass(frozen=True, slots=True)
class Difference:
    """One field. `yours` and `now` are words; empty: nothing."""

    label: str
    yours: str
    now: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """`fields`: what saving again would send, (name, value) each, with the tokens as they are now."""

    differences: Sequence[Difference]
    fields: Sequence[tuple[str, str]] = ()


@dataclass(slots=True)
class Shown:
    """A form as a browser would send it untouched."""

    values: MultiDict[str, str] = field(default_factory=MultiDict)
    hidden: MultiDict[str, str] = field(default_factory=MultiDict)
    names: list[str] = field(default_factory=list)  # of what a person can change, in order
    switches: set[str] = field(default_factory=set)
    ids: dict[str, str] = field(default_factory=dict)  # of an element -> its field's name
    labels: dict[str, str] = field(default_factory=dict)  # by field
    options: dict[tuple[str, str], str] = field(default_factory=dict)  # (field, value) -> word


def of(page: str) -> Conflict | None:
    """The conflict of this request's form; `page` is an address of the form's page. None: nothing was typed, or
    the form is not there any more."""
    typed = MultiDict((name, value) for name, value in request.form.items(multi=True) if name not in UNSEEN)
    if not typed:
        return None
    for address in (page, request.path, urlsplit(request.referrer or "").path):
        shown = _shown(address)
        if shown is not None and (shown.names or shown.hidden):
            return _compare(typed, shown)
    return None


def _compare(typed: MultiDict[str, str], shown: Shown) -> Conflict:
    visible = [name for name in shown.names if name not in shown.hidden or name in shown.switches]
    different = []
    for name in dict.fromkeys(visible):
        yours, now = typed.getlist(name), shown.values.getlist(name)
        sent = yours or name in shown.switches  # a form may be sent in part; a switch that is off is never sent
        if sent and [_plain(one) for one in yours] != [_plain(one) for one in now]:
            label = shown.labels.get(name) or name.replace("_", " ").replace("-", " ").capitalize()
            different.append(Difference(label, _words(name, yours, shown), _words(name, now, shown)))
    tokens = [(name, value) for name, value in shown.hidden.items(multi=True) if name in TOKENS]
    return Conflict(different[:MOST], [*typed.items(multi=True), *tokens])


def _plain(value: str) -> str:
    return value.replace("\r\n", "\n").strip()


def _words(name: str, values: Sequence[str], shown: Shown) -> str:
    words = [shown.options.get((name, value), value) for value in values]
    if name in shown.switches and set(values) <= {"y", "1", "on"}:
        return "On" if values else "Off"
    return ", ".join(words)[:LONGEST]


def _shown(address: str) -> Shown | None:
    """This request's form as the page at that address draws it now."""
    try:
        endpoint, given = request_ctx.url_adapter.match(address, method="GET")  # type: ignore[union-attr]
    except (HTTPException, AttributeError):
        return None
    arguments = {name: value for name, value in given.items() if name != "store_hash"}
    if endpoint == request.endpoint or not address.startswith("/s/"):
        return None
    drawn: Response = current_app.ensure_sync(current_app.view_functions[endpoint])(**arguments)
    reader = _Reader(request.path)
    reader.feed(drawn.get_data(as_text=True))
    return reader.shown


class _Reader(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.shown = path, Shown()
        self.inside = False
        self.select, self.option, self.area, self.label = "", ("", False), "", ""
        self.text: list[str] = []
        self.pending: dict[str, str] = {}  # element id -> words of its label

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        of = {name: value or "" for name, value in attributes}
        if tag == "form":
            leads = [of[name] for name in ("action", "hx-post") if of.get(name)] or [self.path]
            self.inside = of.get("method") == "post" and self.path in (urlsplit(one).path for one in leads)
        if tag == "label" and of.get("for"):
            self.label, self.text = of["for"], []
        if not self.inside:
            return
        name = of.get("name", "")
        if name and tag in ("input", "select", "textarea"):
            self._field(tag, name, of)
        if tag == "option" and self.select:
            self.option, self.text = (of.get("value", ""), "selected" in of), []

    def _field(self, tag: str, name: str, of: dict[str, str]) -> None:
        kind, shown = of.get("type", "text"), self.shown
        if tag == "input" and kind in VOID:
            return
        if tag == "input" and kind == "hidden":
            shown.hidden.add(name, of.get("value", ""))
            return
        shown.names.append(name)
        if of.get("id"):
            shown.ids[of["id"]] = name
        if of.get("aria-label"):
            shown.labels.setdefault(name, of["aria-label"])
        if tag == "input" and kind in ("checkbox", "radio"):
            if kind == "checkbox":
                shown.switches.add(name)
            if "checked" in of:
                shown.values.add(name, of.get("value", "on"))
        elif tag == "input":
            shown.values.add(name, of.get("value", ""))
        elif tag == "select":
            self.select = name
        else:
            self.area, self.text = name, []

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        words = "".join(self.text)
        if tag == "label" and self.label:
            self.pending[self.label], self.label = " ".join(words.split()), ""
            self._name_fields()
        elif tag == "form":
            self.inside = False
        elif tag == "textarea" and self.area:
            self.shown.values.add(self.area, words.removeprefix("\n"))
            self.area = ""
        elif tag == "select":
            self.select = ""
        elif tag == "option" and self.select:
            value, chosen = self.option
            self.shown.options[self.select, value] = " ".join(words.split())
            if chosen:
                self.shown.values.add(self.select, value)
        self._name_fields()

    def _name_fields(self) -> None:
        for element, words in self.pending.items():
            if element in self.shown.ids and words:
                self.shown.labels[self.shown.ids[element]] = words
