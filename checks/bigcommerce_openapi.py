"""BigCommerce's own OpenAPI description looks over every call: Prism stands between as a reporting proxy."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus, urlsplit

import requests

from checks import bigcommerce_calls, bigcommerce_index
from checks.bigcommerce_allowed import ROWS, Row, Violation, sort_out
from checks.ground import CLIENT_ID, CLIENT_SECRET, FOLDER, Report, free_port, npm_folder, program, running, sandbox
from clients.bigcommerce.api import BigCommerce
from clients.budget import NoBudget
from clients.transport import Answer, Request, Transport

PRISM = "@stoplight/prism-cli@5.14.2"
APP = "http://127.0.0.1:9"  # nobody listens: the sandbox's deliveries go nowhere
FAULTS = re.compile(r"VIOLATION|NO_PATH_MATCHED|NO_METHOD_MATCHED|NO_SERVER")


class Judge:
    """Reads what Prism reports with each answer and keeps to the allow-list."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.used: set[Row] = set()

    def hear(
        self,
        method: str,
        url: str,
        status: int,
        headers: Mapping[str, str],
        body: bytes,
        expect: int = 0,
        wrong: str = "",
    ) -> None:
        parts = urlsplit(url)
        path = re.sub(r"^/stores/[^/]+", "", parts.path)
        shown = f"{method} {path}{'?' + parts.query if parts.query else ''} {status}"
        if status in (404, 405, 500) and FAULTS.search(body[:2000].decode(errors="replace")):
            self.report.failed(f"{shown}: {body[:200].decode(errors='replace')}")
            return
        if expect and status != expect:
            self.report.failed(f"{shown}, expected {expect}: {body[:300].decode(errors='replace')}")
            return
        found = {
            Violation(
                method, re.sub(r"\d+", "#", path), status,
                "/".join("#" if str(part).isdigit() else str(part) for part in row["location"]),
                re.sub(r"\.\d+", ".#", row["message"]),
            )
            for row in json.loads(headers.get("sl-violations") or "[]")
        }  # fmt: skip
        if wrong:
            seen = {one.place for one in found if one.place == wrong}
            (self.report.passed if seen else self.report.failed)(f"{shown}, refused by both for {wrong}")
            found = {one for one in found if not one.place.startswith("request/")}
        left = sort_out(sorted(found, key=str), self.used)
        for violation in left:
            self.report.failed(str(violation))
        if not left and not wrong:
            self.report.passed(shown)


class Watched(Transport):
    """The product's transport, with every answer shown to the judge."""

    def __init__(self, judge: Judge) -> None:
        super().__init__("conformance")
        self.judge = judge

    def send(self, request: Request) -> Answer:
        answer = super().send(request)
        self.judge.hear(request.method, request.url, answer.status, answer.headers, answer.body)
        return answer


def run(specs: str, report: Report) -> None:
    index, count = bigcommerce_index.write(bigcommerce_index.find(specs))
    prism = npm_folder(PRISM) / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
    port = free_port()
    with sandbox("bigcommerce", APP) as address:
        store, token = install(address)
        command = [program("node"), str(prism), "proxy", str(index), address, "-h", "127.0.0.1", "-p", str(port)]
        with running(command, f"http://127.0.0.1:{port}/", FOLDER / "prism.log"):
            print(f"{PRISM} over {count} published paths", flush=True)
            judge = Judge(report)
            base = f"http://127.0.0.1:{port}"
            print("The product's own client:", flush=True)
            bigcommerce_calls.product_client(BigCommerce(Watched(judge), base, store, token, NoBudget()))
            print("Everything the sandbox offers:", flush=True)
            with requests.Session() as session:
                session.trust_env = False
                session.headers.update({"X-Auth-Token": token, "Accept": "application/json"})

                def call(method: str, path: str, body: Any = None, expect: int = 200, wrong: str = "") -> Any:
                    url = f"{base}/stores/{store}{path}"
                    answer = session.request(method, url, json=body, timeout=30)
                    judge.hear(method, url, answer.status_code, answer.headers, answer.content, expect, wrong)
                    return answer.json() if answer.content else None

                for area in bigcommerce_calls.AREAS:
                    area(call)
    for row in ROWS:
        if row not in judge.used:
            report.failed(f"the allow-list has a row that nothing needs: {row}")


def install(address: str) -> tuple[str, str]:
    """Through the control panel and the code exchange, as a merchant and the app would."""
    panel = address.replace("127.0.0.1", "localhost")
    with requests.Session() as session:
        session.trust_env = False
        page = session.get(f"{panel}/manage/app/1?install=1", timeout=30).text
        facts = {name: re.search(rf"{name}=([^&\"]+)", page) for name in ("code", "context", "scope")}
        code, context, scope = (unquote_plus(found[1] if found else "") for found in facts.values())
        answer = session.post(f"{address}/oauth2/token", json={
            "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "code": code, "context": context, "scope": scope,
            "grant_type": "authorization_code", "redirect_uri": f"{APP}/bigcommerce/auth",
        }, timeout=30).json()  # fmt: skip
    return context.removeprefix("stores/"), answer["access_token"]
