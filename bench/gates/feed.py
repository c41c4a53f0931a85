"""The feed of the cameras: cars come and go at the times of a plan, whether or not the answers keep up."""

import heapq
import json
import random
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection
from itertools import count
from urllib.parse import urlsplit

from bench.gates.grounds import Camera, Grounds
from facilities.living.parking.gates.devices import header_of

PATH = "/api/v1/living/parking/gate-events"
SENDERS = 24
STAYS_S = (3.0, 25.0)
"""How long a car stays, at least and at most."""
AGAIN_S = 1.0
"""Within so long an event is told again."""
_LETTERS = "ABCDEFGH"
_numbers = count(1)


@dataclass(order=True, slots=True)
class Telling:
    """An event as it is told at a moment of the plan; the same body again is the same event."""

    at_s: float
    number: int
    camera: Camera = field(compare=False)
    plate: str = field(compare=False)
    event: str = field(compare=False)
    again: bool = field(compare=False, default=False)


@dataclass(slots=True)
class Feed:
    """What was told, and how long each answer took from the moment at which it was due."""

    times_s: list[float] = field(default_factory=list)
    told: set[tuple[str, str]] = field(default_factory=set)
    """Each event once: its camera and its id."""
    plates: set[str] = field(default_factory=set)
    tellings: int = 0
    failures: list[str] = field(default_factory=list)

    def p50_ms(self) -> float:
        """What half of the answers took at most."""
        return 1e3 * sorted(self.times_s)[len(self.times_s) // 2]

    def p95_ms(self) -> float:
        """What nineteen of twenty took at most."""
        return 1e3 * sorted(self.times_s)[int(0.95 * (len(self.times_s) - 1))]


def plan(grounds: Sequence[Grounds], per_minute: float, seconds: float, repeats: float) -> list[Telling]:
    """So many tellings a minute, of which such a share says again what was said before."""
    chance = random.Random(20261127)  # the same plan every time
    total = int(per_minute * seconds / 60)
    firsts = int(total * (1 - repeats))
    found = list(_passages(grounds, firsts, seconds, chance))
    for each in chance.sample(found, min(total - len(found), len(found))):
        later = each.at_s + chance.uniform(0, AGAIN_S)
        found.append(Telling(later, next(_numbers), each.camera, each.plate, each.event, again=True))
    return sorted(found)


def _passages(
    grounds: Sequence[Grounds], total: int, seconds: float, chance: random.Random
) -> Iterator[Telling]:
    """Entries and exits in turn, evenly over the time; who has not left at its end stays."""
    leaving: list[tuple[float, int, Grounds, str]] = []
    for number in range(total):
        at_s = seconds * number / total
        if leaving and leaving[0][0] <= at_s:
            _due, _number, place, plate = heapq.heappop(leaving)
            yield _telling(at_s, chance.choice(place.exits), plate)
        else:
            place, plate = chance.choice(grounds), _new_plate()
            heapq.heappush(leaving, (at_s + chance.uniform(*STAYS_S), number, place, plate))
            yield _telling(at_s, chance.choice(place.entries), plate)


def _telling(at_s: float, camera: Camera, plate: str) -> Telling:
    number = next(_numbers)
    return Telling(at_s, number, camera, plate, f"e{number}")


def _new_plate() -> str:
    series, number = divmod(next(_numbers), 100_000)
    return f"苏{_LETTERS[series]}{number:05}"


def send(addresses: Sequence[str], tellings: Sequence[Telling]) -> Feed:
    """Tell all of them at their times, by as many senders as it takes to wait for slow answers.

    Each goes to any of the addresses, as with a service of several processes; so an event that is told again
    may meet another process.
    """
    feed = Feed(tellings=len(tellings))
    waiting = list(reversed(tellings))
    lock = threading.Lock()
    bodies: dict[str, bytes] = {}
    began = time.monotonic()

    def body_of(telling: Telling) -> bytes:
        said = {"id": telling.event, "plate": telling.plate, "color": "blue", "confidence": 97}
        seen_at = datetime.now(UTC).isoformat()
        made = json.dumps({**said, "seen_at": seen_at, "waiting": True}).encode()
        return bodies.setdefault(telling.event, made)

    def sender() -> None:
        # A connection to each, kept; the plainest client, for it takes processor time from the service.
        lines = [HTTPConnection(urlsplit(each).netloc, timeout=60) for each in addresses]
        while True:
            with lock:
                if not waiting:
                    return
                telling = waiting.pop()
            time.sleep(max(0.0, began + telling.at_s - time.monotonic()))
            body, code = body_of(telling), telling.camera.code
            header = header_of(code, telling.camera.secret, "POST", PATH, datetime.now(UTC), body)
            headers = {"Authorization": header, "Content-Type": "application/json"}
            line = lines[telling.number % len(lines)]
            line.request("POST", PATH, body=body, headers=headers)
            answer = line.getresponse()
            said = answer.read()
            took = time.monotonic() - began - telling.at_s
            with lock:
                feed.times_s.append(took)
                feed.told.add((code, telling.event))
                feed.plates.add(telling.plate)
                if answer.status != 200:
                    feed.failures.append(f"{answer.status}: {said[:300]!r}")

    threads = [threading.Thread(target=sender) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return feed
