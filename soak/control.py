"""The sandbox's control API, asked until it answers: the sandbox itself is among those that are killed."""

import time
from typing import Any

import requests

PATIENCE = 30.0


class Control:
    """`session` opens no proxies; every call is repeated while the sandbox is down."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False

    def post(self, path: str, **body: Any) -> Any:
        return self._ask("POST", path, json=body)

    def patch(self, path: str, **body: Any) -> Any:
        return self._ask("PATCH", path, json=body)

    def get(self, path: str, **query: Any) -> Any:
        return self._ask("GET", path, params=query)

    def delete(self, path: str) -> None:
        self._ask("DELETE", path)

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                answer = self.session.request(method, f"{self.url}/control/api/{path}", timeout=20, **more)
                if answer.status_code < 500:
                    break
            except requests.RequestException:
                if time.monotonic() > until:
                    raise
            if time.monotonic() > until:
                raise RuntimeError(f"The sandbox does not answer {method} {path}.")
            time.sleep(0.2)
        if answer.status_code >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json() if answer.content else None
