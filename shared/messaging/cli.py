"""`yuanban events …` and `yuanban parked …`: what operators do about events."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import click

from shared.actor import SYSTEM
from shared.errors import Problem
from shared.installation import opened
from shared.messaging import operating, outbox, stuck
from shared.messaging.asyncapi import document, to_yaml
from shared.messaging.brokers.base import Message, Queue
from shared.messaging.brokers.rabbitmq import Topology
from shared.messaging.brokers.rabbitmq_publisher import RabbitPublisher
from shared.messaging.consumer import Consumer
from shared.service import Runtime, Service, installed_services


@click.group()
def parked() -> None:
    """Messages and timers that could not be handled: read, try again, or give up."""


@parked.command("list")
@click.argument("service")
def list_parked(service: str) -> None:
    """What is parked or waits for a retry in SERVICE."""
    with opened(service) as (runtime,):
        with runtime.database.read_slowly() as session:
            for found in stuck.every_stuck(session):
                again = f", again {found.next_attempt_at:%Y-%m-%d %H:%M:%S}Z" if found.next_attempt_at else ""
                click.echo(
                    f"{found.id}  {found.state:8} {found.since:%Y-%m-%d %H:%M}Z  {_name(found)}"
                    f"  {found.reason}, attempts {found.attempts}{again}"
                )


def _name(found: stuck.Stuck) -> str:
    return f"{found.name} ({found.key})" if found.key else found.name


@parked.command()
@click.argument("service")
@click.argument("stuck_id", type=click.UUID)
def show(service: str, stuck_id: UUID) -> None:
    """One of them with its error and its content, as it came."""
    with opened(service) as (runtime,), _refusing():
        with runtime.read() as session:
            found = stuck.find_stuck(session, stuck_id)
        click.echo(f"{found.kind} {_name(found)}: {found.state}, {found.reason}, attempts {found.attempts}")
        click.echo(found.error)
        click.echo(found.body.decode("utf-8", "backslashreplace"))


@parked.command()
@click.argument("service")
@click.argument("stuck_ids", type=click.UUID, nargs=-1, required=True)
def replay(service: str, stuck_ids: tuple[UUID, ...]) -> None:
    """Try them again at once."""
    with opened(service) as (runtime,), _refusing():
        for stuck_id in stuck_ids:
            with runtime.transaction(SYSTEM) as tx:
                operating.replay(tx, stuck_id)
            click.echo(f"{stuck_id}: will be tried again")


@parked.command()
@click.argument("service")
@click.argument("stuck_id", type=click.UUID)
@click.option("--reason", required=True, help="Why; kept in the audit trail.")
def discard(service: str, stuck_id: UUID, reason: str) -> None:
    """Give one up for good."""
    with opened(service) as (runtime,), _refusing():
        with runtime.transaction(SYSTEM) as tx:
            operating.discard(tx, stuck_id, reason)
        click.echo(f"{stuck_id}: discarded")


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except Problem as problem:
        said = [each.message for each in problem.errors] or [problem.detail or problem.title]
        raise click.ClickException("; ".join(text.en for text in said)) from problem


@click.group()
def events() -> None:
    """Events between the services."""


@events.command()
@click.argument("service")
def backfill(service: str) -> None:
    """Tell SERVICE, which came later than others, the current state of all registers it keeps copies of."""
    publishers = [each.name for each in installed_services() if each.backfill is not None]
    with opened(service, *publishers) as (subscriber, *owners):
        queue = subscriber.service.queue
        if queue is None:
            raise click.ClickException(f"{service} hears nothing")
        for owner in owners:
            line = DirectLine(subscriber, queue)
            told = operating.backfill(subscriber.service, owner, line)
            line.close()
            click.echo(f"{owner.service.name} → {service}: {told}")


class DirectLine:
    """Into the subscriber's queue and no other; in the embedded shape straight into its inbox."""

    def __init__(self, subscriber: Runtime, queue: Queue) -> None:
        settings = subscriber.settings
        self._consumer = Consumer(subscriber)
        self._publisher: RabbitPublisher | None = None
        if not settings.is_embedded:
            name = Topology(settings.broker_prefix).events(queue).name
            self._publisher = RabbitPublisher(settings.broker_url, exchange="", routing_key=name)

    def __call__(self, batch: Sequence[Message]) -> None:
        if self._publisher is None:
            self._consumer.receive_all([message.body for message in batch])
            return
        published = self._publisher.publish(batch)
        if len(published.confirmed) != len(batch):
            raise click.ClickException("the broker did not take everything; is the queue declared? Try again")

    def close(self) -> None:
        """Let go of the broker."""
        if self._publisher is not None:
            self._publisher.close()


@events.command()
@click.argument("service")
@click.option(
    "--hours", type=float, required=True, help="How far back; published events are kept for 7 days."
)
def republish(service: str, hours: float) -> None:
    """Send again what SERVICE has published lately, after the broker lost a queue or all its data.

    Subscribers drop what they have.
    """
    with opened(service) as (runtime,), runtime.database.write() as session:
        now = runtime.clock.now()
        count = outbox.republish(session, now - timedelta(hours=hours), now)
        click.echo(f"{service}: {count} events go out again")


@events.command()
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write there instead.")
def asyncapi(output: Path | None) -> None:
    """Print the AsyncAPI description of every event."""
    services: list[Service] = installed_services()
    text = to_yaml(document(services))
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
