"""Which paths lead where, which are open to everybody, what a request may take of size and time: as data."""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from shared.network import TimeLimits

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Alias:
    """A short public path (below `/api/v1`) of something that a service serves below its own name."""

    path: str
    service: str
    target: str


@dataclass(frozen=True, slots=True)
class Open:
    """Paths below a service that need no token here; `*` stands for one part."""

    path: str
    methods: frozenset[str] = frozenset({"GET", "HEAD"})

    def matches(self, path: str) -> bool:
        """Whether a decoded path is one of these."""
        wanted, given = self.path.split("/"), path.split("/")
        return len(wanted) == len(given) and all(w in {"*", g} for w, g in zip(wanted, given, strict=True))


ALIASES = (Alias("verify/<certificate_id>", "enterprise", "verify/{certificate_id}"),)

# Everything else needs a token here already; what these show, their service decides.
OPEN = (
    Open("items"),
    Open("items/*"),
    Open("revocation-grounds"),
    Open("verify/*"),
    Open("notices"),
    Open("notices/*"),
    Open("calendar"),
    Open("calendar/*"),
    Open("overdue-explanations"),
    Open("openapi.json"),
    # Calendar programs cannot sign in: the address itself is signed.
    Open("machine-feeds/*/calendar/*"),
    # What the sign at the entrance of a car park says, and what a stay would cost by it.
    Open("parking/codes"),
    Open("parking/lots"),
    Open("parking/lots/*"),
    Open("parking/lots/*/tariffs"),
    Open("parking/lots/*/tariffs/try", frozenset({"POST"})),
    # Whoever stands at a machine or has scanned a code pays for parking; whoever has its number sees an order
    # or a receipt, and uses a coupon.
    Open("parking/orders", frozenset({"POST"})),
    Open("parking/orders/*"),
    Open("parking/payments/*/receipt"),
    Open("parking/coupons/*/apply", frozenset({"POST"})),
    Open("parking/sandbox/pay", frozenset({"POST"})),
    # Payment providers sign what they push.
    Open("parking/payment-callbacks/*", frozenset({"POST"})),
    # Devices at the lanes sign what they tell; a driver without a number plate has scanned the lane's code.
    Open("parking/gate-events", frozenset({"POST"})),
    Open("parking/charging-events", frozenset({"POST"})),
    Open("parking/barrier-openings", frozenset({"POST"})),
    Open("parking/lanes/*/tickets", frozenset({"POST"})),
    Open("parking/lots/*/occupancy"),
    Open("parking/lots/*/occupancy/history"),
    # Nor have visitors an account: their address is signed, too.
    Open("parking/visits/*/state/*"),
    # Other authorities' systems sign what they push; they have no account.
    Open("handovers/*/reports", frozenset({"POST"})),
)


@dataclass(frozen=True, slots=True)
class Route:
    """Requests that are treated alike: the first of `ROUTES` that fits one holds for it."""

    name: str
    methods: frozenset[str]
    paths: tuple[str, ...]
    """Patterns for the whole path, in which `*` stands for anything."""
    times: TimeLimits
    body_limit: int = MIB
    """Bytes that a body may have."""
    streams: bool = False
    """Whether a body is passed on while it comes in, rather than read first."""
    receive_s: float = field(default=30.0)
    """How long a client may take to send a body that is passed on while it comes in."""

    def fits(self, method: str, path: str) -> bool:
        """Whether a request is one of these."""
        return method in self.methods and any(fnmatchcase(path, pattern) for pattern in self.paths)


READING = frozenset({"GET", "HEAD"})
WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})

ROUTES = (
    # A file is looked into by processes of which there are few: up to 30 s to wait for one, 12 s to read
    # (`shared/uploads/data/limits.yaml`). Two minutes suffice for 10 MB over 0.7 Mbit/s.
    Route(
        "upload",
        frozenset({"PUT", "POST"}),
        ("*/materials/*", "*/quality/report", "*/evidence/*"),
        TimeLimits(answer_s=50),
        body_limit=12 * MIB,
        streams=True,
        receive_s=120,
    ),
    # Files and PDFs that are made when read; pictures of pages wait for the same few processes.
    Route(
        "document",
        READING,
        ("*/materials/*", "*/slips/*", "*/certificates/*", "*/quality/report", "*/evidence/*"),
        TimeLimits(answer_s=50),
    ),
    Route("read", READING, ("*",), TimeLimits(answer_s=10)),
    Route("write", WRITING, ("*",), TimeLimits(answer_s=20)),
)

_BY_METHOD = {
    method: tuple(route for route in ROUTES if method in route.methods) for method in READING | WRITING
}
_OTHER = next(route for route in ROUTES if route.name == "read")


@dataclass(frozen=True, slots=True)
class BreakerLimits:
    """When a service is taken to be down (see `breaker.py`)."""

    failures: int = 5
    """So many calls in a row that found nobody, or waited in vain."""
    pause_s: float = 5.0
    """For so long it is left alone; then one request tries."""


BREAKER = BreakerLimits()


def is_open(method: str, path: str) -> bool:
    """Whether anybody may ask without a token."""
    return any(method in each.methods and each.matches(path) for each in OPEN)


def route_of(method: str, path: str) -> Route:
    """How a request to this decoded path is treated; whatever is neither read nor written counts as read."""
    candidates = _BY_METHOD.get(method, ())
    return next((route for route in candidates if route.fits(method, path)), _OTHER)
