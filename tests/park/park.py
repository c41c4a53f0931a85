"""The whole park in one process, reached through its edge as the public reaches it."""

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from approvals.cases.model import Case
from approvals.handovers.connecting import simulated
from approvals.handovers.port import Connection, Connections
from approvals.handovers.simulator.app import Simulator
from approvals.items.catalogue import Catalogue
from shared.actor import SYSTEM, Actor
from shared.config import Settings
from shared.service import Service, installed_services
from shared.testing.answers import PARENT_USCC
from shared.testing.systems import SystemFactory, SystemUnderTest, Verbs
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.tax import CALLBACK, POLL_S, SECRET
from tests.park.people import NOBODY, Registry, actor
from tests.unit.item_cases import a1, catalogue_for_tests, with_every_procedure

API = "/api/v1"
OLD_VERSION = "2025.1"
"""Of the item people apply for here; the shipped one has replaced it."""
_SYLLABLES = "云澜川栖峰岚溪屿松柏"


class EdgeClient(Verbs):
    """Sends requests to one service through the edge; a path that starts with `/` is below its name."""

    def __init__(self, system: SystemUnderTest, prefix: str, token: str | None) -> None:
        self._http: FlaskClient = system.edge_app.test_client(use_cookies=False)
        self._prefix = prefix
        self._token = token

    def send(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **options: Any
    ) -> TestResponse:
        """Any request; `options` are those of werkzeug's test client."""
        sent = dict(headers or {})
        if self._token is not None:
            sent.setdefault("Authorization", f"Bearer {self._token}")
        return self._http.open(self._prefix + path, method=method, headers=sent, **options)


class Park(Desk):
    """Every installed service behind the real edge, with everybody's account in it.

    It is a `Desk` whose people are signed in at the edge; whatever it does for them comes as their request.
    """

    def __init__(self, make_system: SystemFactory) -> None:
        services = [with_an_old_version(each) for each in installed_services()]
        super().__init__(make_system(services, parking_provider="sandbox"))
        simulator = self.system.runtime("enterprise").context.resources.get(Simulator)
        simulator.clock = self.system.clock
        self.registry = Registry(self.system.runtime("gateway"))
        self.services = [service.name for service in installed_services()]
        self._names = ("".join(pair) for pair in itertools.permutations(_SYLLABLES, 3))
        self._tokens: dict[str, str] = {}

    other_organisation = ""
    """That of `rival`, once organisations are founded."""

    def found_organisations(self) -> None:
        """Let `head` found the organisation that cases are made for from now on, and `rival` another."""
        for founder, members in (("head", ("applicant", "member")), ("rival", ())):
            case_id = self.decided(actor=actor(founder))
            uscc: str = self.case(actor(founder), case_id)["certificate"]["uscc"]
            self.system.settle()
            self.registry.join(uscc, *members)
            if founder == "head":
                organisation = uscc
        self.on_behalf_of = organisation
        self.other_organisation = uscc

    @contextmanager
    def for_nobody_else(self) -> Iterator[None]:
        """Within the block people apply for themselves."""
        organisation, self.on_behalf_of = self.on_behalf_of, None
        yield
        self.on_behalf_of = organisation

    def ask(self, caller: str, method: str, path: str, **options: Any) -> Any:
        """A request to a path below `/api/v1` by a person, by name; by `nobody` without a token."""
        token = None
        if caller != NOBODY:
            token = self._tokens.setdefault(caller, self.registry.token(actor(caller)))
        return EdgeClient(self.system, API, token).send(method, path, **options)

    def client(self, actor: Actor | None, service: str = "enterprise") -> Any:
        """Sends requests to a service as `actor`."""
        token = self.registry.token(actor) if actor is not None else None
        return EdgeClient(self.system, f"{API}/{service}", token)

    def draft(self, *args: Any, **overrides: Any) -> str:
        """A complete draft, for a company of a name of its own."""
        named = {"company": {"trade_name": next(self._names)}}
        return super().draft(*args, **{**named, **overrides})

    def file_under_old_version(self, case_id: str) -> None:
        """Let a draft be one that was begun before the present version of its item came into force."""
        with self.system.runtime("enterprise").transaction(SYSTEM) as tx:
            tx.session.get_one(Case, UUID(case_id)).item_version = OLD_VERSION

    @contextmanager
    def for_somebody_without_record(self, case_id: str) -> Iterator[None]:
        """Within the block the case is another organisation's, whom no credit record keeps from promising.

        What is promised in it is due long after, so that time does not end the case.
        """
        runtime = self.system.runtime("enterprise")
        with runtime.transaction(SYSTEM) as tx:
            tx.session.get_one(Case, UUID(case_id)).on_behalf_of = PARENT_USCC
        yield
        with runtime.transaction(SYSTEM) as tx:
            case = tx.session.get_one(Case, UUID(case_id))
            case.on_behalf_of = self.on_behalf_of
            for deferral in case.deferrals:
                deferral.due_on = tx.today + timedelta(days=365)

    def description(self) -> dict[str, Any]:
        """The OpenAPI document that the edge publishes."""
        answer = self.ask(NOBODY, "GET", "/openapi.json")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.get_json()
        return found


def with_an_old_version(service: Service) -> Service:
    """The service as it is; the one that keeps the catalogue with one version of A1 more.

    Its A1 names every special procedure.
    """
    if service.name != "enterprise":
        return service
    shipped = catalogue_for_tests()
    old = replace(with_every_procedure(a1()), version=OLD_VERSION, effective_on=date(2025, 1, 1))
    both = Catalogue((*shipped.versions, old), shipped.categories, shipped.chapters)

    def resources(settings: Settings) -> Mapping[type, object]:
        return {**service.resources(settings), Catalogue: both, **connections(settings.data_dir)}

    return replace(service, resources=resources)


def connections(folder: Path) -> Mapping[type, object]:
    """The simulated tax authority, which does everything at once, and the connection to it."""
    simulator = Simulator(folder / "simulator.sqlite3", SECRET)
    connection = Connection(simulated(simulator, SECRET), POLL_S, CALLBACK)
    return {Simulator: simulator, Connections: Connections({"tax": connection})}
