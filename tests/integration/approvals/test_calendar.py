"""Keeping the calendar by the API: who may, what is refused, and what a notice in force changes."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from approvals.cases.deadline import Deadlines
from approvals.enterprise.service import service as enterprise
from shared.actor import Actor
from shared.audit import AuditEntry
from shared.clock import ManualClock
from shared.messaging.outbox import OutboxMessage
from shared.service import Runtime
from shared.testing.systems import SystemFactory
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.notices import PATH, in_force, prepare, publish
from tests.integration.approvals.people import ADMIN, AGENT, AUDITOR, OTHER_ADMIN, WINDOW
from tests.integration.approvals.refusals import nothing_changes, refusal, wrongs
from tests.integration.approvals.test_claims import at_once
from tests.unit.calendar_cases import CSV, TITLE, body

MANAGER = Actor(kind="account", id=ADMIN.id, name="园区管理", roles=frozenset({"manager"}))
DRAFT = f"{PATH}/draft"


def test_everybody_may_read_which_days_count_and_who_says_so(lasting_desk: Desk) -> None:
    for reader in (None, AGENT, MANAGER):
        years = lasting_desk.get(reader, "/calendar").json["items"]
        assert [(year["year"], year["standing"], year["working_days"]) for year in years[:3]] == [
            (2024, "official", 251),
            (2025, "official", 248),
            (2026, "official", 248),
        ]
        assert years[-1]["year"] == 2027 and years[-1]["standing"] == "provisional"
        assert all(year["has_draft"] is None for year in years)
        year = lasting_desk.get(reader, "/calendar/2026").json
        assert year["sources"][0]["document"] == "国办发明电〔2025〕7号"
        assert {"date": "2026-10-10", "kind": "work", "name": {"zh": "国庆节", "en": "National Day"}} in year[
            "days"
        ]
        assert sum(year["working_days_by_month"]) == year["working_days"] == 248
        assert year["actions"] == [] and year["history"] is None
    assert lasting_desk.get(ADMIN, "/calendar/2027").json["actions"] == ["prepare"]
    rule = lasting_desk.get(None, "/calendar/2031").json
    assert (
        rule["standing"] == "provisional" and rule["sources"][0]["title"]["zh"] == "全国年节及纪念日放假办法"
    )
    for year_number in ("1999", "2101", "20270", "-1", "x"):
        assert lasting_desk.get(None, f"/calendar/{year_number}").status_code == 404


def test_administrators_alone_enter_and_publish_and_auditors_look_on(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    for who in (AGENT, WINDOW, AUDITOR, MANAGER):
        with nothing_changes(desk.system):
            refusal(prepare(desk, who), 403)
            refusal(publish(desk, who), 403)
            answer = desk.client(who).delete(DRAFT, headers={"If-Match": '"0"'})
            refusal(answer, 403)
    assert prepare(desk).status_code == 200
    for who in (ADMIN, AUDITOR):
        assert desk.get(who, DRAFT).json["entered_by"] == ADMIN.name
        assert desk.get(who, f"{DRAFT}/moves").json == {"items": [], "next": None}
    assert desk.get(AUDITOR, DRAFT).json["actions"] == []
    for reader in (AGENT, WINDOW, MANAGER):
        refusal(desk.get(reader, DRAFT), 403)
        refusal(desk.get(reader, f"{DRAFT}/moves"), 403)
    assert desk.get(AUDITOR, "/calendar").json["items"][-1]["has_draft"] is True


def test_a_notice_that_contradicts_itself_is_refused_with_the_reasons_and_nothing_changes(
    sqlite_desk: Desk,
) -> None:
    desk = sqlite_desk
    assert prepare(desk).status_code == 200
    wrong = f"{CSV}2027-01-10,off,元旦\n2027-03-01,work,元旦\n2028-01-01,off,元旦\n"
    with nothing_changes(desk.system):
        problem = refusal(prepare(desk, csv=wrong, published_on="2027-01-01"), 422)
        assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [
            ("/published_on", "future"),
            ("/csv", "both"),
            ("/csv", "ordinary-weekday"),
            ("/csv", "outside-year"),
        ]
        assert problem["errors"][1]["message"].startswith("第24行：2027年1月10日既列为放假又列为上班")
        assert wrongs(refusal(prepare(desk, path="/calendar/2025", csv=CSV), 422))["/year"] == "past"
        refusal(prepare(desk, csv=7), 422)
        refusal(prepare(desk, csv="x" * 20_001), 422)
        refusal(prepare(desk, title={"zh": "长" * 201, "en": "x"}), 422)
        refusal(prepare(desk, surprise=1), 422)
        refusal(prepare(desk, path="/calendar/3000", seen='"0"'), 404)
        reason = desk.client(ADMIN).post(f"{PATH}/publish", json={"reason": " "}, headers={"If-Match": '"1"'})
        assert wrongs(refusal(reason, 422)) == {"/reason": "required"}


def test_a_draft_is_entered_as_a_list_or_as_lines_replaced_and_given_up(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    refusal(desk.get(ADMIN, DRAFT), 404)
    refusal(publish(desk), 404, "not-found")
    client = desk.client(ADMIN)
    refusal(client.put(DRAFT, json=body()), 428)
    refusal(prepare(desk, seen='"1"'), 412)
    lines = [line.split(",") for line in CSV.splitlines()[1:]]
    days = [{"date": day, "kind": kind, "name": {"zh": name}} for day, kind, name in lines]
    by_list = prepare(desk, csv=None, days=days)
    assert by_list.status_code == 200 and by_list.headers["ETag"] == '"1"'
    by_lines = prepare(desk)
    assert by_lines.headers["ETag"] == '"2"' and by_lines.json["days"] == by_list.json["days"]
    assert by_lines.json["source"]["title"] == TITLE.to_dict()
    assert by_lines.json["working_days"] == 365 - 104 - len(
        [d for d, k, _n in lines if k == "off" and date.fromisoformat(d).weekday() < 5]
    ) + len([k for _d, k, _n in lines if k == "work"])
    refusal(client.delete(DRAFT), 428)
    refusal(client.delete(DRAFT, headers={"If-Match": '"1"'}), 412)
    assert client.delete(DRAFT, headers={"If-Match": '"2"'}).status_code == 204
    refusal(client.delete(DRAFT, headers={"If-Match": '"3"'}), 404)
    assert desk.get(ADMIN, PATH).headers["ETag"] == '"3"'  # and not 0: who saw the old draft finds out
    assert desk.get(None, PATH).json["standing"] == "provisional"
    with desk.system.runtime("enterprise").read() as session:
        acts = session.scalars(sa.select(AuditEntry).where(AuditEntry.aggregate_type == "calendar")).all()
    assert [(act.action, act.aggregate_id) for act in acts] == [
        ("calendar.prepared", "2027"),
        ("calendar.prepared", "2027"),
        ("calendar.given-up", "2027"),
    ]


def test_a_notice_in_force_is_the_calendar_of_everybody_and_is_announced(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    in_force(desk)

    year = desk.get(ADMIN, PATH).json
    assert year["standing"] == "official" and year["has_draft"] is False
    assert [source["title"] for source in year["sources"]] == [TITLE.to_dict()]
    assert [(past["confirmed_by"], past["reason"]) for past in year["history"]] == [
        (ADMIN.name, "已与原文核对")
    ]
    with desk.system.runtime("enterprise").read() as session:
        event = session.scalars(
            sa.select(OutboxMessage).where(OutboxMessage.type == "yuanban.enterprise.calendar.published.v1")
        ).one()
        published = session.scalars(
            sa.select(AuditEntry).where(AuditEntry.action == "calendar.published")
        ).one()
        facts = [fact for fact in enterprise.backfill(session) if fact.subject == "2027"]  # type: ignore[misc]
    assert b'"standing": "official"' in event.body or b'"standing":"official"' in event.body
    assert published.details["reason"] == "已与原文核对" and published.actor_name == ADMIN.name
    assert [(fact.sequence, fact.data["year"], len(fact.data["days"])) for fact in facts] == [(1, 2027, 22)]

    in_force(desk, csv=CSV.replace("2027-01-10,work", "2027-01-09,work"))
    year = desk.get(ADMIN, PATH).json
    assert len(year["history"]) == 2
    assert {"2027-01-09"} == {
        day["date"] for day in year["days"] if "2027-01-0" in day["date"] and day["kind"] == "work"
    }


@pytest.mark.parametrize("verb", [publish, prepare])
def test_of_two_administrators_at_once_one_acts_and_the_other_is_told(
    enterprise_desk: Desk, verb: Any
) -> None:
    assert prepare(enterprise_desk).status_code == 200

    answers = at_once([lambda who=who: verb(enterprise_desk, who, '"1"') for who in (ADMIN, OTHER_ADMIN)])

    assert sorted(answer.status_code for answer in answers) == [200, 412], [a.text for a in answers]
    assert enterprise_desk.get(None, PATH).headers["ETag"] == '"2"'


def test_first_entries_about_a_year_at_once_leave_one(enterprise_desk: Desk) -> None:
    answers = at_once([lambda who=who: prepare(enterprise_desk, who, '"0"') for who in (ADMIN, OTHER_ADMIN)])
    assert sorted(answer.status_code for answer in answers) == [200, 412], [a.text for a in answers]


def test_notices_of_two_years_at_once_both_come_into_force(enterprise_desk: Desk) -> None:
    desk, other = enterprise_desk, "/calendar/2026"
    assert prepare(desk).status_code == 200
    assert prepare(desk, path=other, csv=_mended_2026(desk)).status_code == 200
    answers = at_once([lambda path=path: publish(desk, path=path) for path in (PATH, other)])
    assert [answer.status_code for answer in answers] == [200, 200], [a.text for a in answers]
    with desk.system.runtime("enterprise").read() as session:
        calendar = desk.system.runtime("enterprise").context.resources.get(Deadlines).calendar_of(session)
    assert not calendar.is_working_day(date(2026, 12, 31)) and not calendar.is_working_day(date(2027, 1, 4))


def test_a_repeated_publication_gets_the_first_answer(sqlite_desk: Desk) -> None:
    assert prepare(sqlite_desk).status_code == 200
    answers = [publish(sqlite_desk, seen='"1"', Idempotency_Key="once") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json == answers[1].json
    assert len(sqlite_desk.get(ADMIN, PATH).json["history"]) == 1


def test_every_process_counts_by_the_calendar_in_force(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    """The other process had read the calendar before; it is told nothing, and yet counts by the new one."""
    desk = Desk(make_system([enterprise], demo=True))
    here = desk.system.runtime("enterprise")
    there = Runtime(here.service, here.settings, here.contracts, clock)

    def due() -> date:
        with there.read() as session:
            calendar = there.context.resources.get(Deadlines).calendar_of(session)
        return calendar.add_working_days(date(2026, 12, 31), 1)

    try:
        assert due() == date(2027, 1, 4)
        in_force(desk)
        assert due() == date(2027, 1, 5)
        path = "/calendar/2026"
        assert prepare(desk, path=path, csv=_mended_2026(desk)).status_code == 200
        assert publish(desk, path=path).status_code == 200
        with there.read() as session:
            calendar = there.context.resources.get(Deadlines).calendar_of(session)
        assert calendar.next_working_day(date(2026, 12, 30)) == date(2027, 1, 5)
    finally:
        there.close()


def test_what_was_rolled_back_is_remembered_by_no_process(sqlite_desk: Desk) -> None:
    """Publishing fails after the answer was made, so after the new calendar was read within it."""
    desk = sqlite_desk
    runtime = desk.system.runtime("enterprise")
    assert prepare(desk).status_code == 200
    path = "/calendar/2026"
    mended = _mended_2026(desk)
    with runtime.database.write() as session:
        session.execute(
            sa.text(
                "CREATE TRIGGER no BEFORE INSERT ON idempotency_record BEGIN SELECT RAISE(ABORT, 'x'); END"
            )
        )
    refusal(publish(desk, Idempotency_Key="fails"), 409)
    with runtime.database.write() as session:
        session.execute(sa.text("DROP TRIGGER no"))
    assert desk.get(None, PATH).json["standing"] == "provisional"
    assert prepare(desk, path=path, csv=mended).status_code == 200
    assert publish(desk, path=path).status_code == 200
    assert publish(desk).status_code == 200
    with runtime.read() as session:
        calendar = runtime.context.resources.get(Deadlines).calendar_of(session)
    assert not calendar.is_working_day(date(2026, 12, 31)) and not calendar.is_working_day(date(2027, 1, 4))


def _mended_2026(desk: Desk) -> str:
    """The notice of 2026 with an invented day off more: 31 December."""
    days = desk.get(None, "/calendar/2026").json["days"]
    lines = [f"{day['date']},{day['kind']},{day['name']['zh']}" for day in days]
    return "\n".join([*lines, "2026-12-31,off,元旦"])
