"""Events: everything that is heard is said by somebody, and everything said is heard or declared optional."""

from shared.messaging.worker import queues_of
from shared.service import contracts_of, installed_services
from shared.testing.systems import SystemFactory

SERVICES = installed_services()


def test_every_handled_event_is_published_by_a_service_under_its_own_name() -> None:
    published = {contract.type: service.name for service in SERVICES for contract in service.publishes}
    for service in SERVICES:
        for event_type in service.handlers:
            assert event_type in published, f"{service.name} waits for {event_type}, which nobody says"
            assert event_type.split(".")[1] == published[event_type]


def test_every_published_event_has_a_subscriber_or_says_that_it_needs_none() -> None:
    heard = {event_type for service in SERVICES for event_type in service.handlers}
    for contract in contracts_of(SERVICES):
        assert contract.type in heard or contract.subscribers_optional, f"nobody hears {contract.type}"


def test_event_types_follow_the_naming_rule() -> None:
    for contract in contracts_of(SERVICES):
        organisation, _service, aggregate, step, version = contract.type.split(".")
        assert organisation == "yuanban"
        assert version.startswith("v") and version[1:].isdigit()
        assert aggregate.islower()
        assert step.replace("-", "").isalpha()


def test_every_subscriber_has_one_versioned_queue(make_sqlite_system: SystemFactory) -> None:
    system = make_sqlite_system(SERVICES)
    queues = queues_of(list(system.runtimes.values()))
    assert {name: queue.name for name, queue in queues.items()} == {
        service.name: f"{service.name}.events.v1" for service in SERVICES if service.handlers
    }
