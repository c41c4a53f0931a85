"""What operators and auditors see of the trail: `yuanban audit`, and the API."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from shared.actor import Actor
from shared.audit import AuditEntry
from shared.auditing.anchors import Anchorer
from shared.auditing.cli import audit
from shared.cli import main
from shared.ids import new_id
from shared.service import Runtime
from tests.integration.auditing.trail import act, anchors, as_owner, rewrite, rewrite_anchors

SIGNED_IN = Actor(
    kind="account", id=new_id(), name="张三", roles=frozenset({"applicant"}), address="192.0.2.7"
)


@pytest.fixture(autouse=True)
def environment(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the command line runs on."""
    monkeypatch.setenv("YUANBAN_DATABASE_URL", runtime.settings.database_url)
    monkeypatch.setenv("YUANBAN_DATA_DIR", str(runtime.settings.data_dir))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(audit, arguments)


def test_a_whole_trail_is_said_to_be_whole(runtime: Runtime) -> None:
    act(runtime, "a", times=2)
    Anchorer(runtime).keep()
    act(runtime, "b")
    said = run("verify", "notifications")
    assert said.exit_code == 0, said.output
    assert said.output == (
        "notifications: whole; 3 entries in 2 chains; anchored on 2026-11-23 for the last time, newer: 1\n"
    )
    assert "audit" in CliRunner().invoke(main, ["--help"]).output


def test_damage_is_named_and_the_exit_status_tells(runtime: Runtime) -> None:
    act(runtime, "a", times=3)
    with as_owner(runtime) as session:
        session.execute(sa.update(AuditEntry).where(AuditEntry.number == 2).values(actor_name="nobody"))
    said = run("verify", "notifications")
    assert said.exit_code == 1
    assert "notifications  edited  thing a entry 2 (position 2): Its hash does not match" in said.output
    assert "findings: 1; 3 entries in 1 chains; no anchor yet" in said.output


def test_anchors_that_were_kept_outside_are_compared(runtime: Runtime, tmp_path: Path) -> None:
    act(runtime, "a", times=2)
    Anchorer(runtime).keep()
    (anchor,) = anchors(runtime)
    outside = tmp_path / "anchors"
    outside.write_text(run("anchors", "notifications").output)
    assert json.loads(outside.read_text())["hash"] == anchor.hash
    for kept in (["--anchors", str(outside)], ["--anchor", anchor.hash]):
        assert run("verify", "notifications", *kept).exit_code == 0

    rewrite(runtime, first=1, name="nobody")
    rewrite_anchors(runtime, digest="0" * 64)
    for kept in (["--anchors", str(outside)], ["--anchor", anchor.hash]):
        said = run("verify", "notifications", *kept)
        assert said.exit_code == 1 and "contradicted" in said.output

    outside.write_text("a log without any\n")
    assert "no anchor is in" in run("verify", "--anchors", str(outside)).output


def test_the_history_of_a_thing_reads_as_a_story(runtime: Runtime) -> None:
    with runtime.transaction(SIGNED_IN, request_id="r-1") as tx:
        tx.audit("thing.touched", "thing", "a", {"fields": ["名称"]}, on_behalf_of="91990101MA0DEM013U")
    act(runtime, "a")
    said = run("show", "notifications", "thing", "a")
    assert said.exit_code == 0
    first, second = said.output.splitlines()
    assert first == (
        f"   1  2026-11-23 09:00:00  thing.touched  by 张三 (account {SIGNED_IN.id})"
        '  for 91990101MA0DEM013U  from 192.0.2.7  request r-1  {"fields": ["名称"]}'
    )
    assert "by system (system)" in second
    unknown = run("show", "notifications", "thing", "b")
    assert unknown.exit_code == 1 and "nothing is written of thing b" in unknown.output
    assert run("show", "nobody", "thing", "a").exit_code == 2


def test_an_address_longer_than_any_is_cut_rather_than_refused(runtime: Runtime) -> None:
    with runtime.transaction(replace(SIGNED_IN, address="x" * 300)) as tx:
        tx.audit("thing.touched", "thing", "a")
    assert f"  from {'x' * 64}\n" in run("show", "notifications", "thing", "a").output
    assert run("verify", "notifications").exit_code == 0


def test_a_database_that_is_not_there_is_no_stack_trace(
    runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YUANBAN_DATABASE_URL", f"sqlite:///{tmp_path}/{{service}}.sqlite3")
    for command in ("verify", "anchors"):
        said = run(command, "notifications")
        assert said.exit_code == 1 and "run `yuanban migrate` first" in said.output
