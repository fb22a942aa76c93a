"""A test client that reads every page it is sent, and fails on what a browser would only trip over.

Fails on: an hx-* address, a form action or a link of ours that no route serves; a duplicate id; an hx-target, a label
or an aria reference to an id that is not there; an unsafe form without its token; inline script, style or on*.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

VERBS = {"hx-get": "GET", "hx-post": "POST", "hx-put": "PUT", "hx-patch": "PATCH", "hx-delete": "DELETE"}
WITHOUT_ID = ("this", "closest ", "find ", "next", "previous", "body", "none")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# Elements HTML lets one leave open; everything else must be closed in order.
OPTIONAL_END = {"p", "li", "option", "tr", "td", "th", "tbody", "thead", "dt", "dd"}


class BadPage(AssertionError):
    """A page that a browser could not use as meant."""


@dataclass
class Reading(HTMLParser):
    """One answer, read: ids, addresses, references and faults."""

    ids: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    addresses: list[tuple[str, str, str]] = field(default_factory=list)  # attribute, method, address
    references: list[tuple[str, str]] = field(default_factory=list)  # attribute, id
    forms: list[dict[str, Any]] = field(default_factory=list)
    token: str = ""
    whole: bool = False
    text: list[str] = field(default_factory=list)
    path: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.in_form: dict[str, Any] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if len(values) != len(attrs):
            self.faults.append(f"<{tag}> repeats an attribute: {[name for name, _ in attrs]}")
        self.whole = self.whole or tag == "html"
        self._inline(tag, values)
        self._identify(values)
        self._address(tag, values)
        self._form(tag, values)
        if tag == "img" and "alt" not in values:
            self.faults.append("<img> without alt")
        if tag not in VOID:
            self.path.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._end_form()
        while self.path and self.path[-1] != tag and self.path[-1] in OPTIONAL_END:
            self.path.pop()
        if self.path and self.path[-1] == tag:
            self.path.pop()
        elif tag not in VOID:
            self.faults.append(f"</{tag}> closes nothing; open: {self.path[-4:]}")

    def handle_data(self, data: str) -> None:
        if self.path and self.path[-1] == "script" and data.strip():
            self.faults.append(f"inline script: {data.strip()[:60]}")
        elif data.strip():
            self.text.append(data.strip())

    def _inline(self, tag: str, values: dict[str, str]) -> None:
        if tag == "style" or "style" in values:
            self.faults.append(f"inline style on <{tag}>")
        for name, value in values.items():
            if name.startswith(("on", "hx-on")):
                self.faults.append(f"{name} on <{tag}>")
            if name == "hx-trigger" and "[" in value:
                self.faults.append(f"trigger filter {value!r}: without eval it lets everything through")
            if name in ("hx-vals", "hx-headers") and value.startswith(("js:", "javascript:")):
                self.faults.append(f"{name}={value[:30]!r}")
            if name == "download":  # it leaves the frame's partitioned cookie out: the door answers, not the file
                self.faults.append(f"download on <{tag}>: let the answer's Content-Disposition say it")
            if name in ("href", "src", "action") and value.strip().lower().startswith("javascript:"):
                self.faults.append(f"{name}={value[:30]!r}")

    def _identify(self, values: dict[str, str]) -> None:
        if "id" in values:
            if values["id"] in self.ids:
                self.faults.append(f"id {values['id']!r} twice")
            self.ids.append(values["id"])
        for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
            self.references += [(name, wanted) for wanted in values.get(name, "").split()]
        for name in ("hx-target", "hx-include", "hx-indicator"):
            target = values.get(name, "")
            if target.startswith("#") and " " not in target:
                self.references.append((name, target[1:]))
            elif name == "hx-target" and target and not target.startswith((*WITHOUT_ID, "#", ".")):
                self.faults.append(f"hx-target={target!r}")
        if values.get("hx-headers", "").count("X-CSRFToken"):
            self.token = values["hx-headers"].split('"')[3]

    def _address(self, tag: str, values: dict[str, str]) -> None:
        for name, method in VERBS.items():
            if name in values:
                self.addresses.append((name, method, values[name]))
        if tag in ("a", "link") and "href" in values:
            self.addresses.append(("href", "GET", values["href"]))
        if tag in ("script", "img") and "src" in values:
            self.addresses.append(("src", "GET", values["src"]))
        if tag == "form":
            self.addresses.append(("action", values.get("method", "get").upper(), values.get("action", "")))
        if "formaction" in values:
            self.addresses.append(("formaction", values.get("formmethod", "POST").upper(), values["formaction"]))

    def _form(self, tag: str, values: dict[str, str]) -> None:
        if tag == "form":
            if self.in_form is not None:
                self.faults.append("a form inside a form")
            self.in_form = {
                "method": values.get("method", "get").upper(),
                "action": values.get("action", ""),
                "fields": {},
            }
        elif self.in_form is not None and "name" in values and tag in ("input", "select", "textarea", "button"):
            self.in_form["fields"][values["name"]] = values.get("value", "")

    def _end_form(self) -> None:
        if self.in_form is None:
            return
        unsafe = self.in_form["method"] not in ("GET", "DIALOG")
        if unsafe and not any(name.endswith("csrf_token") for name in self.in_form["fields"]):
            self.faults.append(f"form to {self.in_form['action']!r} without a token")
        self.forms.append(self.in_form)
        self.in_form = None


def read(html: str) -> Reading:
    reading = Reading()
    reading.feed(html)
    reading.close()
    if open_ones := [tag for tag in reading.path if tag not in OPTIONAL_END]:
        reading.faults.append(f"never closed: {open_ones}")
    return reading


def check(app: Flask, html: str, known_ids: set[str] | None = None, base: str = "/") -> Reading:
    """Reads the answer and raises BadPage with every fault. `known_ids`: those of the page a fragment goes into."""
    reading = read(html)
    faults = list(reading.faults)
    here = set(reading.ids) | (known_ids or set())
    if reading.whole or known_ids is not None:
        faults += [
            f"{name} points to #{wanted}, which is not there"
            for name, wanted in reading.references
            if wanted not in here
        ]
    for name, method, address in reading.addresses:
        if fault := _unserved(app, method, address, base):
            faults.append(f"{name}={address!r}: {fault}")
    if faults:
        raise BadPage("\n".join(faults))
    return reading


def _unserved(app: Flask, method: str, address: str, base: str) -> str:
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or method == "DIALOG" or address.startswith("#"):
        return ""
    path = parts.path or base
    if not path.startswith("/"):
        return "not an absolute path"
    try:
        endpoint, values = app.url_map.bind("localhost").match(path, method=method)
    except RequestRedirect:
        return ""
    except HTTPException as missing:
        return f"no route ({method}, {missing.code})"
    if endpoint == "static" and not (
        values["filename"].startswith("vendor/") or Path(str(app.static_folder), values["filename"]).is_file()
    ):
        return "no such file"
    return ""


class PageClient(FlaskClient):
    """Checks each HTML answer. Unsafe requests carry our origin and the last page's token, as a browser's would;
    `forged=True` sends them bare, `htmx=True` asks as HTMX does. `last`: the last answer, `seen`: the last page."""

    home = ""  # /s/<store hash>/, of the store it is signed in to
    last: Reading
    seen: Reading | None = None

    def open(
        self, *args: Any, htmx: bool = False, forged: bool = False, check_html: bool = True, **kwargs: Any
    ) -> TestResponse:
        headers = dict(kwargs.pop("headers", None) or {})
        method = kwargs.get("method", "GET")
        if htmx:
            headers.setdefault("HX-Request", "true")
        if method not in ("GET", "HEAD", "OPTIONS") and not forged:
            headers.setdefault("Origin", "http://localhost")
            if self.home and "X-CSRFToken" not in headers:
                headers["X-CSRFToken"] = self.token()
        answer = super().open(*args, headers=headers, **kwargs)
        if (
            check_html
            and answer.mimetype == "text/html"
            and answer.data
            and answer.status_code not in (301, 302, 303, 308)
        ):
            ids = set(self.seen.ids) if self.seen else None
            self.last = check(self.application, answer.text, ids, answer.request.path)
            if self.last.whole:
                self.seen = self.last
        return answer

    def token(self) -> str:
        """The form token of this session."""
        if self.seen is None or not self.seen.token:
            self.get(self.home + "notices/")
        assert self.seen is not None
        return self.seen.token

    def at(self, path: str) -> str:
        """An address below the store this client is signed in to."""
        return self.home + path.lstrip("/")
