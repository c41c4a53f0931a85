"""The firms of the stories of shared machines as users of the public API."""

from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from facilities.capacity.lifecycle import State
from facilities.capacity.waiting.model import WaitState
from shared.clock import PARK_TZ
from tests.e2e.api import Json, Person
from tests.stories.trade import When


class ApiFirm:
    """Sends what the description of the API asks for."""

    def __init__(self, person: Person, name: str) -> None:
        self._person = person
        self._name = name

    @cached_property
    def _uscc(self) -> str:
        firms = [each["organisation"] for each in self._person.get("/me")["memberships"]]
        found: str = next(each["uscc"] for each in firms if self._name in each["name"])
        return found

    def _post(self, path: str, body: Json, **headers: str) -> Json:
        answer = self._person.ask("POST", f"/production{path}", body=body, **headers)
        assert answer.status < 300, answer.content.decode()
        found: Json = answer.json
        return found

    def _act(self, path: str, verb: str, body: Json | None = None, method: str = "POST") -> Json:
        """A verb on something at its present version."""
        version = self._person.ask("GET", f"/production{path}").expect(200).headers["ETag"]
        answer = self._person.ask(method, f"/production{path}{verb}", body=body or {}, If_Match=version)
        assert answer.status < 300, answer.content.decode()
        found: Json = answer.json
        return found

    def _get(self, path: str) -> Any:
        return self._person.get(f"/production{path}")

    def _booking(self, booking: str) -> Json:
        found: Json = self._get(f"/machine-bookings/{booking}")
        return found

    def _wish(self, machine: str, when: When) -> Json:
        wish = {"starts_at": when.start.isoformat(), "ends_at": when.end.isoformat()}
        return {"machine_id": machine, "on_behalf_of": self._uscc, "purpose": "A-1", **wish}

    def lists(self, machine: dict[str, Any]) -> str:
        """As a draft, then for all."""
        made: str = self._post("/machines", {**machine, "owner": self._uscc})["id"]
        self._act(f"/machines/{made}", "/publish")
        return made

    def closes(self, machine: str, when: When) -> None:
        """With its reason."""
        span = {"starts_at": when.start.isoformat(), "ends_at": when.end.isoformat()}
        self._act(f"/machines/{machine}", "/closures", {**span, "reason": "A-2"})

    def finds(self, machine: str, place: str, when: When) -> bool:
        """By its place."""
        found = self._get(f"/machines?place={place}&{_query(when)}")["items"]
        (hit,) = (each for each in found if each["id"] == machine)
        free: bool = hit["available"]
        return free

    def price(self, machine: str, when: When) -> int:
        """Without its deposit."""
        quote = self._get(f"/machines/{machine}/quote?{_query(when)}")
        assert quote["bookable"] and not quote["broken"]
        total: int = quote["total_fen"]
        return total

    def holds(self, machine: str, when: When) -> str:
        """For the firm."""
        made: str = self._post("/machine-bookings", self._wish(machine, when))["id"]
        return made

    def does(self, booking: str, verb: str) -> None:
        """At its present version."""
        self._act(f"/machine-bookings/{booking}", f"/{verb}")

    def state(self, booking: str) -> State:
        """By its code."""
        return State(self._booking(booking)["state"])

    def code(self, machine: str) -> str:
        """The token of the code."""
        token: str = self._get(f"/machines/{machine}/check-in-code")["token"]
        return token

    def checks_in(self, machine: str, code: str, booking: str) -> None:
        """What is due at the machine."""
        (due,) = self._get(f"/machines/{machine}/check-in/{code}")["items"]
        assert (due["id"], due["action"]) == (booking, "check-in")
        self._act(f"/machine-bookings/{booking}", "/check-in", {"token": code})

    def finishes(self, booking: str, ran: When) -> None:
        """With one run."""
        machine = self._booking(booking)["machine_id"]
        span = {"started_at": ran.start.isoformat(), "ended_at": ran.end.isoformat()}
        self._act(f"/machine-bookings/{booking}", "/finish", {"runs": [{"machine_id": machine, **span}]})

    def account(self, booking: str) -> list[int]:
        """The charges of the booking."""
        return [each["amount_fen"] for each in self._booking(booking)["charges"]]

    def records_quality(self, booking: str) -> None:
        """For the first time: at version 0."""
        said = {"accepted_pieces": 96, "rejected_pieces": 4, "measured": "20.01"}
        path = f"/production/machine-bookings/{booking}/quality"
        self._person.ask("PUT", path, body=said, If_Match='"0"').expect(200)

    def accepts_quality(self, booking: str) -> None:
        """At the version of the result."""
        self._act(f"/machine-bookings/{booking}/quality", "/accept")

    def rates(self, booking: str, stars: int, text: str) -> None:
        """At the version of the booking."""
        self._act(f"/machine-bookings/{booking}", "/ratings", {"stars": stars, "text": text})

    def reads_ratings(self, booking: str, *texts: str) -> bool:
        """Among the ratings of the booking."""
        found = self._get(f"/machine-bookings/{booking}/ratings")["items"]
        return set(texts) <= {each["text"] for each in found}

    def statement(self, month: str, booking: str) -> list[int]:
        """Page by page."""
        path = f"/statements/{self._uscc}/{month}/lines?limit=100"
        page = self._get(path)
        lines = list(page["items"])
        while page["next"]:
            page = self._get(f"{path}&cursor={page['next']}")
            lines += page["items"]
        return [each["amount_fen"] for each in lines if each["about"] == booking]

    def subscribes(self, machine: str) -> str:
        """The address of a new feed."""
        url: str = self._post("/machine-feeds", {"owner": self._uscc, "machine_id": machine})["url"]
        return url

    def waits(self, machine: str, when: When) -> str:
        """For what was refused as full."""
        wish = self._wish(machine, when)
        refused = self._person.ask("POST", "/production/machine-bookings", body=wish).expect(409).json
        assert refused["type"].endswith(":capacity-full"), refused
        entry: str = self._post("/machine-waitlist", wish)["id"]
        return entry

    def offered(self, entry: str) -> tuple[WaitState, str | None]:
        """The entry."""
        found = self._get(f"/machine-waitlist/{entry}")
        return WaitState(found["state"]), found["booking_id"]

    def books_weekly(self, machine: str, when: When, times: int) -> str:
        """By a rule of RFC 5545."""
        rule = f"FREQ=WEEKLY;COUNT={times}"
        quote = self._get(f"/machines/{machine}/series-quote?{_query(when)}&rule={rule}")
        assert (quote["free"], quote["refused"]) == (times - 1, 1)
        made = self._post("/machine-series", {**self._wish(machine, when), "rule": rule, "mode": "skip"})
        assert len(made["refused"]) == 1
        series: str = made["id"]
        return series

    def approves_all(self, series: str) -> None:
        """At once."""
        self._act(f"/machine-series/{series}", "/approve")

    def moves_date(self, series: str, date: datetime, since: str) -> None:
        """That one and no other."""
        part = {"scope": "this", "occurrence": _wall(date), "since": since, "length_min": 120}
        self._act(f"/machine-series/{series}", "/change", {**part, "quantity": 1, "mode": "all"})

    def gives_up_from(self, series: str, date: datetime) -> None:
        """That one and those after it."""
        part = {"scope": "following", "occurrence": _wall(date)}
        self._act(f"/machine-series/{series}", "/cancel", {**part, "reason": "A-3"})

    def dates(self, series: str) -> list[tuple[str, str]]:
        """The occurrences by the wall clock of the park."""
        return [
            (
                datetime.fromisoformat(each["starts_at"]).astimezone(PARK_TZ).strftime("%H:%M"),
                each["state"] or each["outcome"],
            )
            for each in self._get(f"/machine-series/{series}")["occurrences"]
        ]

    def told(self, about: str) -> int:
        """In the whole inbox."""
        page = self._person.get("/notifications/messages?limit=100")
        messages = list(page["items"])
        while page["next"]:
            page = self._person.get(f"/notifications/messages?limit=100&cursor={page['next']}")
            messages += page["items"]
        return sum(about in (each["link"] or "") for each in messages)


def _query(when: When) -> str:
    """In UTC, since a plus would have to be quoted."""
    return "&".join(
        f"{name}={_utc(each)}" for name, each in (("starts_at", when.start), ("ends_at", when.end))
    )


def _utc(instant: datetime) -> str:
    return datetime.fromtimestamp(instant.timestamp(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _wall(instant: datetime) -> str:
    return instant.astimezone(PARK_TZ).replace(tzinfo=None).isoformat()
