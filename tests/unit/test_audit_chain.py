"""Whatever single thing is done to a chain of audit entries, it is named; its missing end alone is not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.audit import AuditEntry, entry_hash
from shared.auditing.chain import FARTHEST_MOVE, damages
from shared.auditing.findings import Damage
from shared.auditing.witnesses import read_witnesses
from shared.clock import PARK_TZ

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
CONTENT = (
    *("at", "action", "actor_kind", "actor_id", "actor_name", "on_behalf_of", "address", "request_id"),
    *("details", "previous_hash", "hash"),
)

few = settings(max_examples=40)
texts = st.text('a1 园"\\\n\x7f😀', max_size=4)
acts = st.fixed_dictionaries(
    {
        "action": texts,
        "actor_kind": st.sampled_from(["account", "system", "anonymous"]),
        "actor_id": st.none() | st.uuids(),
        "actor_name": texts,
        "on_behalf_of": st.none() | texts,
        "address": st.none() | texts,
        "request_id": st.none() | texts,
        "details": st.dictionaries(texts, st.none() | st.integers() | texts | st.lists(texts, max_size=3)),
    }
)


def chain_of(*contents: dict[str, Any], aggregate: str = "a") -> list[AuditEntry]:
    """A sound chain, written as the trail is."""
    chain: list[AuditEntry] = []
    for number, content in enumerate(contents, start=1):
        entry = AuditEntry(
            position=number * 2,  # other chains have the positions in between
            aggregate_type="case",
            aggregate_id=aggregate,
            number=number,
            at=AT + timedelta(seconds=number),
            previous_hash=chain[-1].hash if chain else "",
            **content,
        )
        entry.hash = entry_hash(entry)
        chain.append(entry)
    return chain


def plain(count: int) -> list[AuditEntry]:
    content = {"actor_kind": "system", "actor_name": "system", "details": {}}
    return chain_of(*({"action": f"case.step-{n}", **content} for n in range(count)))


def found(chain: list[AuditEntry]) -> list[tuple[Damage, int | None]]:
    """What is found, where, when the entries are read in their order."""
    ordered = sorted(chain, key=lambda entry: (entry.aggregate_id, entry.number, entry.position))
    return [(finding.damage, finding.number) for finding in damages(ordered)]


chains = st.lists(acts, min_size=2, max_size=8).map(lambda contents: chain_of(*contents))


@few
@given(chains)
def test_a_sound_chain_is_sound(chain: list[AuditEntry]) -> None:
    assert found(chain) == []


@few
@given(chains, st.data())
def test_any_edit_of_any_field_of_one_entry_is_named_there(
    chain: list[AuditEntry], data: st.DataObject
) -> None:
    entry = data.draw(st.sampled_from(chain))
    field = data.draw(st.sampled_from(CONTENT))
    before = getattr(entry, field)
    other = {
        "at": st.datetimes(timezones=st.just(UTC)),
        "actor_id": st.none() | st.uuids(),
        "details": st.dictionaries(texts, texts),
    }.get(field, texts)
    setattr(entry, field, data.draw(other.filter(lambda value: value != before)))
    assert found(chain) == [(Damage.EDITED, entry.number)]


@few
@given(chains, st.data())
def test_any_entry_dropped_before_the_end_is_named(chain: list[AuditEntry], data: st.DataObject) -> None:
    gone = data.draw(st.integers(0, len(chain) - 2))
    del chain[gone]
    assert found(chain) == [(Damage.DROPPED, gone + 2)]


@few
@given(chains, st.data())
def test_any_two_entries_exchanged_are_named(chain: list[AuditEntry], data: st.DataObject) -> None:
    first, second = data.draw(st.sampled_from([(a, b) for a in chain for b in chain if a.number < b.number]))
    first.number, second.number = second.number, first.number
    assert found(chain) == [(Damage.REORDERED, second.number), (Damage.REORDERED, first.number)]


@few
@given(chains, st.data())
def test_any_two_positions_exchanged_are_named(chain: list[AuditEntry], data: st.DataObject) -> None:
    first, second = data.draw(st.sampled_from([(a, b) for a in chain for b in chain if a.number < b.number]))
    first.position, second.position = second.position, first.position
    assert Damage.REORDERED in {damage for damage, _number in found(chain)}


@few
@given(chains, acts, st.data())
def test_any_entry_put_in_between_is_named(
    chain: list[AuditEntry], content: dict[str, Any], data: st.DataObject
) -> None:
    """By somebody who computes hashes as we do and renumbers what follows, but leaves its hashes."""
    at = data.draw(st.integers(0, len(chain) - 1))
    predecessor = chain[at - 1].hash if at else ""
    inserted = chain_of(content)[0]
    inserted.number, inserted.position, inserted.previous_hash = at + 1, at * 2 + 1, predecessor
    inserted.hash = entry_hash(inserted)
    for entry in chain[at:]:
        entry.number += 1
    expected = [(Damage.REORDERED, entry.number) for entry in chain[at:]]
    assert found([*chain, inserted]) == expected


@few
@given(chains, acts, st.data())
def test_any_entry_replaced_by_a_consistent_one_is_named_by_the_next(
    chain: list[AuditEntry], content: dict[str, Any], data: st.DataObject
) -> None:
    entry = data.draw(st.sampled_from(chain[:-1]))
    for field, value in {**content, "action": entry.action + "!"}.items():
        setattr(entry, field, value)
    entry.hash = entry_hash(entry)
    assert found(chain) == [(Damage.FORGED, entry.number + 1)]


@few
@given(chains, st.data())
def test_any_entry_doubled_is_named(chain: list[AuditEntry], data: st.DataObject) -> None:
    entry = data.draw(st.sampled_from(chain))
    columns = {column.key: getattr(entry, column.key) for column in sa.inspect(AuditEntry).columns}
    double = AuditEntry(**columns | {"position": 1000, "action": entry.action + "!"})
    double.hash = entry_hash(double)
    assert (Damage.DUPLICATE, entry.number) in found([*chain, double])


@few
@given(chains)
def test_a_chain_does_not_know_that_its_end_is_missing(chain: list[AuditEntry]) -> None:
    """That is what anchors are for."""
    assert found(chain[:-1]) == []


def test_an_entry_moved_too_far_to_be_looked_for_counts_as_edited() -> None:
    for distance, damage in ((FARTHEST_MOVE, Damage.REORDERED), (FARTHEST_MOVE + 1, Damage.EDITED)):
        chain = plain(1)
        chain[0].number += distance
        assert found(chain) == [(Damage.DROPPED, distance + 1), (damage, distance + 1)]


@pytest.mark.parametrize("number", [0, -1])
def test_an_entry_before_the_first_is_named(number: int) -> None:
    early = plain(1)[0]
    early.number = number
    early.hash = entry_hash(early)
    assert found([early, *plain(2)]) == [(Damage.FORGED, number)]


def test_each_damage_stays_where_it_is() -> None:
    """Other chains are not accused, and several damages in one are all named."""
    broken = plain(6)
    broken[1].action = "edited"
    del broken[3]
    other = chain_of({"action": "b", "actor_kind": "system", "actor_name": "", "details": {}}, aggregate="b")
    assert found([*broken, *other]) == [(Damage.EDITED, 2), (Damage.DROPPED, 5)]


def test_an_entry_means_the_same_in_every_time_zone() -> None:
    entry = plain(1)[0]
    entry.at = entry.at.astimezone(PARK_TZ)
    assert entry_hash(entry) == entry.hash


def test_anchors_are_found_among_the_lines_of_a_log() -> None:
    lines = [
        "not JSON",
        '{"event": "something else", "service": "enterprise"}',
        '{"event": "audit anchored", "service": "living", "number": 3, "day": "2026-11-23", "hash": "ab"}',
        "[1]",
    ]
    assert [(each.service, each.number, each.hash) for each in read_witnesses(lines)] == [("living", 3, "ab")]
