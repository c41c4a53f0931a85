"""A system that speaks the protocol of docs/handover.md: a WSGI application of its own, with its own file.

It takes a reference once, whatever is sent how often, and can be told to fail.
"""

import hashlib
import hmac
import time
from collections import deque
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from flask import Flask, Response, jsonify, request

from approvals.handovers.port import StepKind
from approvals.handovers.simulator.papers import paper
from approvals.handovers.simulator.rules import Planned, plan
from approvals.handovers.simulator.store import Json, Store
from shared.clock import Clock, SystemClock, local_date
from shared.ids import new_id

Fault = Literal["timeout", "500", "lost", "garbage"]
"""No answer in time; a fault before anything is done; one after it was done; an answer that is no JSON."""

ENDS = {StepKind.GRANTED, StepKind.REFUSED, StepKind.NOT_ACCEPTED, StepKind.WITHDRAWN}
MOST_BODY = 24 * 1024 * 1024


class Lost(ConnectionError):  # noqa: N818 - what became of the answer
    """The line is cut after the request was done."""


class Simulator:
    """The simulated system. `pace_s` seconds lie between two steps; `clock` says what day it is there."""

    def __init__(self, path: Path, secret: str, *, pace_s: float = 0.0, clock: Clock | None = None) -> None:
        self.store = Store(path)
        self.clock: Clock = clock or SystemClock()
        self.pace_s = pace_s
        self.hang_s = 60.0
        """How long a timeout takes."""
        self.asked: deque[str] = deque(maxlen=1000)
        """Method and path of what came, faults included."""
        self._secret = secret
        self._faults: deque[Fault] = deque()
        self.app = self._make_app()

    def fail(self, fault: Fault, times: int = 1) -> None:
        """Let the next requests fail in a way."""
        self._faults.extend([fault] * times)

    def _make_app(self) -> Flask:
        app = Flask(__name__)
        app.config["MAX_CONTENT_LENGTH"] = MOST_BODY
        app.before_request(self._enter)
        app.add_url_rule("/materials/<sha256>", view_func=self._material, methods=["PUT"])
        app.add_url_rule("/filings/<reference>", view_func=self._file, methods=["PUT"])
        app.add_url_rule("/filings/<reference>", view_func=self._status, methods=["GET"])
        app.add_url_rule("/filings/<reference>/answers/<int:number>", view_func=self._answer, methods=["PUT"])
        app.add_url_rule("/filings/<reference>/withdrawal", view_func=self._withdraw, methods=["PUT"])
        app.add_url_rule("/filings/<reference>/documents/<paper_id>", view_func=self._paper, methods=["GET"])
        return app

    def _enter(self) -> Response | None:
        self.asked.append(f"{request.method} {request.path}")
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            return _say(401, code="unauthorised", reason="the secret is wrong")
        fault = self._faults.popleft() if self._faults else None
        if fault == "500":
            return _say(500, code="fault", reason="told to fail")
        if fault == "garbage":
            return Response("<html>maintenance</html>", 200, content_type="text/html")
        if fault == "timeout":
            time.sleep(self.hang_s)
        if fault == "lost":
            request.environ["simulator.lost"] = True
        return None

    def _material(self, sha256: str) -> Response:
        body = request.get_data()
        if hashlib.sha256(body).hexdigest() != sha256:
            return _say(422, code="invalid", reason="the content is not what its name says")
        self.store.keep_material(sha256, len(body))
        return self._done(size=len(body))

    def _file(self, reference: str) -> Response:
        facts = _body()
        known = self.store.filing(reference)
        if known is None:
            named = facts.get("materials", [])
            missing = [each["code"] for each in named if not self.store.has_material(each["sha256"])]
            if missing or "item" not in facts:
                return _say(422, code="invalid", reason=f"缺少材料：{'、'.join(missing)}")
            receipt = f"税收〔{self.clock.today():%Y%m%d}〕{new_id().hex[-8:].upper()}"
            self.store.file(reference, facts, receipt, self._steps(facts, answered=False))
        elif known[0] != facts:
            return _say(409, code="conflict", reason="the reference is taken by another filing")
        else:
            receipt = known[1]
        return self._done(reference=reference, receipt_number=receipt)

    def _answer(self, reference: str, number: int) -> Response:
        facts = _body()
        known = self.store.filing(reference)
        if known is None:
            return _say(404, code="unknown", reason="nothing was filed under this reference")
        if not self.store.answered(reference, number):
            if self._last(reference) is not StepKind.CORRECTION_REQUESTED:
                return _say(409, code="not-waiting", reason="当前没有等待补正的事项")
            self.store.answer(reference, number, facts, self._steps(facts, answered=True))
        return self._done(reference=reference, receipt_number=known[1])

    def _withdraw(self, reference: str) -> Response:
        known = self.store.filing(reference)
        if known is None:
            return _say(404, code="unknown", reason="nothing was filed under this reference")
        last = self._last(reference)
        if last in ENDS - {StepKind.WITHDRAWN}:
            return _say(409, code="decided", reason="税务机关已作出处理决定，不能撤回")
        if last is not StepKind.WITHDRAWN:
            now = self.clock.now()
            self.store.withdraw(reference, now, (now, {"kind": StepKind.WITHDRAWN.value}))
        return self._done(reference=reference, receipt_number=known[1])

    def _status(self, reference: str) -> Response:
        known = self.store.filing(reference)
        if known is None:
            return _say(404, code="unknown", reason="nothing was filed under this reference")
        steps = [
            self._step(reference, known, number, at, said)
            for number, at, said in self.store.steps(reference, self.clock.now())
        ]
        return self._done(reference=reference, steps=steps)

    def _paper(self, reference: str, paper_id: str) -> Response:
        content = self.store.paper(reference, paper_id)
        if content is None:
            return _say(404, code="unknown", reason="there is no such document")
        self._cut()
        return Response(content, content_type="application/pdf")

    def _steps(self, facts: Json, *, answered: bool) -> list[tuple[datetime, Json]]:
        now = self.clock.now()
        return [
            (now + timedelta(seconds=self.pace_s * step.after), _planned(step))
            for step in plan(facts, answered=answered)
        ]

    def _step(
        self, reference: str, known: tuple[Json, str], number: int, at: datetime, said: Json
    ) -> dict[str, Any]:
        on = local_date(at)
        step = {"number": number, "effective_on": on.isoformat(), **said}
        title = step.pop("paper", None)
        if title:
            content = paper(title, str(known[0].get("subject_name")), known[1], on, said.get("text", ""))
            self.store.keep_paper(reference, f"d{number}", content)
            kept = self.store.paper(reference, f"d{number}") or content
            step["documents"] = [
                {
                    "id": f"d{number}",
                    "name": title,
                    "media_type": "application/pdf",
                    "size": len(kept),
                    "sha256": hashlib.sha256(kept).hexdigest(),
                }
            ]
        return step

    def _last(self, reference: str) -> StepKind | None:
        steps = self.store.steps(reference, self.clock.now())
        return StepKind(steps[-1][2]["kind"]) if steps else None

    def _done(self, **said: object) -> Response:
        self._cut()
        return jsonify(**said)

    def _cut(self) -> None:
        if request.environ.get("simulator.lost"):
            raise Lost("the answer is lost")


def _planned(step: Planned) -> Json:
    said: Json = {"kind": step.kind.value}
    if step.text:
        said["text"] = step.text
    if step.points:
        said["points"] = [{"target": target, "requirement": what} for target, what in step.points]
    if step.procedure:
        said["procedure"] = {"kind": step.procedure[0], "expected_days": step.procedure[1]}
    if step.paper:
        said["paper"] = step.paper
    return said


def _body() -> Json:
    found = request.get_json(silent=True)
    return found if isinstance(found, dict) else {}


def _say(status: int, **said: str) -> Response:
    response = jsonify(**said)
    response.status_code = status
    return response
