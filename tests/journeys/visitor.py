"""A person's browser without script: cookies per host, pages read, links followed, buttons pressed."""

from collections.abc import Collection
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlencode, urljoin, urlsplit

import requests

from tests.journeys.reading import Button, Form, Reading

PATIENCE = 20


class Cookies(dict[str, str]):
    """One host's. Loopback counts as secure in a browser, so Secure cookies travel over http here too."""

    def keep(self, answer: requests.Response) -> None:
        for line in answer.raw.headers.getlist("Set-Cookie"):
            pair, *facts = line.split("; ")
            name, _, value = pair.partition("=")
            self[name] = value
            if "max-age=0" in [fact.lower() for fact in facts]:
                del self[name]

    def header(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.items())} if self else {}


class Visitor:
    """`here`: the page shown. Names below localhost are reached at 127.0.0.1, as browsers do."""

    def __init__(self) -> None:
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.cookies: dict[str, Cookies] = {}
        self.here = Reading("about:blank", 0, "")

    def get(self, address: str) -> Reading:
        """Opens an address; the control panel's page gives way to the app it frames."""
        return self._show("GET", address, [])

    def follow(self, words: str) -> Reading:
        """Follows the first link with exactly these words."""
        return self.get(self.link(words))

    def link(self, words: str) -> str:
        found = next((address for text, address in self.here.links if text == words), None)
        if found is None:
            raise AssertionError(f"No link {words!r} at {self.here.address}: {[text for text, _ in self.here.links]}")
        return found

    def form(self, words: str, names: Collection[str] = (), **wanted: str) -> tuple[Form, Button]:
        """The first form with a button of these words and controls of these names; `wanted` narrows by values."""
        for form in self.here.forms:
            holds = {(control.name, value) for control in form.controls for value in control.values}
            fits = set(wanted.items()) <= holds and set(names) <= {control.name for control in form.controls}
            for button in form.buttons:
                if button.words == words and fits:
                    assert "disabled" not in button.facts, f"{words}: {button.facts.get('title')}"
                    return form, button
        pressable = [button.words for form in self.here.forms for button in form.buttons]
        shown = f"{self.here.address}: {pressable}\n{self.here.text[:1500]}"
        raise AssertionError(f"No button {words!r} with {list(names)} at {shown}")

    def press(self, words: str, changes: dict[str, str | list[str]] | None = None, **wanted: str) -> Reading:
        """Fills the form in and presses the button."""
        form, button = self.form(words, changes or (), **wanted)
        data = form.filled(button, changes or {})
        action = button.facts.get("formaction") or form.facts.get("action") or self.here.address
        method = (button.facts.get("formmethod") or form.facts.get("method") or "get").upper()
        address = urljoin(self.here.address, action)
        if method == "GET":
            return self.get(f"{address.partition('?')[0]}?{urlencode(data)}")
        return self._show(method, address, data)

    def _show(self, method: str, address: str, data: list[tuple[str, str]]) -> Reading:
        for _ in range(10):
            answer = self._send(method, address, data)
            if answer.status_code not in (301, 302, 303, 307, 308):
                break
            address, method, data = urljoin(address, answer.headers["Location"]), "GET", []
        self.here = Reading(address, answer.status_code, answer.text)
        if answer.status_code >= 500:
            raise AssertionError(f"{method} {address}: {answer.status_code}\n{self.here.text[:800]}")
        if framed := self.here.frames.get("app-frame"):
            return self._show("GET", framed, [])
        return self.here

    def _send(self, method: str, address: str, data: list[tuple[str, str]]) -> requests.Response:
        parts = urlsplit(address)
        headers = {"Host": parts.netloc, "Accept": "text/html"}
        if method != "GET":
            page = urlsplit(self.here.address)
            headers |= {"Origin": f"{page.scheme}://{page.netloc}", "Referer": self.here.address}
        reached = parts._replace(netloc=f"127.0.0.1:{parts.port}", fragment="").geturl()
        cookies = self.cookies.setdefault(parts.hostname or "", Cookies())
        answer = self.session.request(
            method, reached, data=data, headers=headers | cookies.header(), timeout=PATIENCE, allow_redirects=False
        )
        cookies.keep(answer)
        return answer
