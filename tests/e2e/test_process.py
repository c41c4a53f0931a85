"""The real process on both kinds of database: the story by HTTP, signals, restarts, memory, demo mode."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import sqlalchemy as sa
from openapi_spec_validator import validate
from psycopg import sql

from shared.testing.answers import ID_NUMBERS
from shared.testing.databases import postgres_url
from tests.e2e.api import ITEM, Person, ask, sign_in, when_told
from tests.e2e.guide import run_guide
from tests.e2e.server import Server, running, wait_until
from tests.unit.material_samples import pdf

SERVICES = ("gateway", "enterprise", "living", "production", "notifications")
MEMORY_LIMIT = 300_000_000  # bytes, seeded and idle


@pytest.fixture(scope="module")
def postgres_template(postgres_databases: object) -> Iterator[str]:
    """A URL template of databases that do not exist yet; dropped afterwards."""
    assert postgres_databases  # it skips, or fails in CI, where no server answers
    server = sa.make_url(postgres_url())
    prefix = f"yb_e2e_{uuid4().hex[:8]}"
    yield server.set(database=f"{prefix}_SERVICE").render_as_string(False).replace("SERVICE", "{service}")
    address = server.set(drivername="postgresql").render_as_string(False)
    with psycopg.connect(address, autocommit=True) as connection:
        for service in SERVICES:
            name = sql.Identifier(f"{prefix}_{service}")
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


@pytest.fixture(
    scope="module",
    params=["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.slow])],
)
def installation(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A freshly seeded installation on one kind of database, running."""
    environment = {}
    if request.param == "postgres":
        environment["YUANBAN_DATABASE_URL"] = request.getfixturevalue("postgres_template")
    folder = tmp_path_factory.mktemp("process") / request.param
    with running(Server(folder, **environment)) as server:
        yield server


def test_seeded_and_idle_it_needs_little_memory(installation: Server) -> None:
    _wait_for_silence(installation)
    assert installation.memory() < MEMORY_LIMIT


def _wait_for_silence(server: Server) -> None:
    def silent() -> bool:
        figures = ask(server.url, "GET", "/metrics").content.decode().splitlines()
        return all(line.endswith(" 0.0") for line in figures if line.startswith("yuanban_outbox_waiting{"))

    wait_until(silent, "an empty outbox")


def test_operators_see_whether_it_lives_and_works(installation: Server) -> None:
    look = partial(ask, installation.url, "GET")
    assert look("/healthz").expect(200).json["status"] == "alive"
    assert look("/readyz").expect(200).json == {"status": "ready", "database": "ok"}
    figures = look("/metrics").expect(200)
    assert figures.headers["Content-Type"].startswith("text/plain")
    for service in SERVICES:
        assert f'yuanban_inbox_parked{{service="{service}"}} 0.0' in figures.content.decode()


def test_one_description_covers_all_services_and_is_valid(installation: Server) -> None:
    document = ask(installation.url, "GET", "/api/v1/openapi.json").expect(200).json
    validate(document)
    for path in (
        "/api/v1/auth/token",
        "/api/v1/me",
        "/api/v1/verify/{certificate_id}",
        "/api/v1/enterprise/cases/{case_id}/submit",
        "/api/v1/living/enterprises",
        "/api/v1/production/enterprises",
        "/api/v1/notifications/messages",
        *(f"/api/v1/{service}/stuck-events/{{stuck_id}}/replay" for service in SERVICES),
    ):
        assert path in document["paths"]


def test_the_story_by_the_public_api(installation: Server) -> None:
    agent, window, reviewer, approver, operator, anybody = (
        Person(installation.url, name)
        for name in ("agent", "window", "reviewer", "approver", "operator", None)
    )
    item = anybody.get(f"/enterprise/items/{ITEM}")
    assert item["legal_bases"][0]["text_version"]

    case_id = agent.submitted()
    filed = agent.case(case_id)
    assert filed["state"] == "received" and filed["number"] and filed["due"]["on"]

    window.on_task(case_id, "claim").expect(200)
    point = {"target": "/materials/articles", "requirement": "章程请全体股东签名。"}
    window.act(case_id, "request-correction", {"items": [point]}).expect(200)
    articles = next(each for each in agent.case(case_id)["materials"] if each["code"] == "articles")
    agent.upload(case_id, "articles", pdf(2), If_Match=articles["uploaded"]["etag"]).expect(200)
    agent.act(case_id, "answer-correction").expect(200)

    window.on_task(case_id, "claim").expect(200)
    window.act(case_id, "accept").expect(200)
    reviewer.on_task(case_id, "claim").expect(200)
    reviewer.give_opinion(case_id).expect(200)
    approver.on_task(case_id, "claim").expect(200)
    approver.act(case_id, "decide", {"granted": True}).expect(200)

    wait_until(lambda: bool(agent.case(case_id)["certificate"]), "the certificate")
    certificate = agent.case(case_id)["certificate"]
    licence = agent.ask("GET", f"/enterprise/cases/{case_id}/certificate").expect(200)
    assert licence.content.startswith(b"%PDF")
    assert anybody.get(f"/verify/{certificate['id']}")["valid"]
    for slip in agent.get(f"/enterprise/cases/{case_id}/slips")["items"]:
        assert agent.ask("GET", f"/enterprise/cases/{case_id}/slips/{slip['id']}").content.startswith(b"%PDF")

    def role() -> str | None:
        memberships = agent.get("/me")["memberships"]
        roles = {each["organisation"]["uscc"]: each["role"] for each in memberships}
        return roles.get(certificate["uscc"])

    wait_until(lambda: role() is not None, "the organisation")
    assert role() == "admin"
    for service in ("living", "production"):
        path = f"/{service}/enterprises/{certificate['uscc']}"
        wait_until(lambda path=path: operator.ask("GET", path).status == 200, path)  # type: ignore[misc]
    steps = 6  # handed in, correction, handed in again, accepted, granted, certificate
    links = [each["link"] for each in when_told(agent, "/notifications/messages", steps)]
    assert sum(case_id in (link or "") for link in links) >= steps


def test_a_repeated_request_has_one_effect(installation: Server) -> None:
    agent, window = Person(installation.url, "agent2"), Person(installation.url, "window")
    key = str(uuid4())
    first, second = (
        agent.ask("POST", "/enterprise/cases", body={"item_code": ITEM}, Idempotency_Key=key)
        for _ in range(2)
    )
    assert first.expect(201).content == second.expect(201).content

    case_id = agent.draft(company={"trade_name": "重放湾"})
    etag = f'"{agent.case(case_id)["version"]}"'
    submit = partial(agent.act, case_id, "submit", {"declaration": True}, If_Match=etag)
    assert (
        submit(Idempotency_Key="k1").expect(200).content == submit(Idempotency_Key="k1").expect(200).content
    )
    assert submit(Idempotency_Key="k2").status == 412
    submit_with_another_body = partial(agent.act, case_id, "submit", {"declaration": False}, If_Match=etag)
    assert submit_with_another_body(Idempotency_Key="k1").status in {409, 422}
    slips = agent.get(f"/enterprise/cases/{case_id}/slips")["items"]
    assert [slip["kind"] for slip in slips] == ["receipt"]
    assert window.get(f"/enterprise/cases/{case_id}/task")["state"] == "open"


def test_the_log_holds_nothing_of_what_people_typed(installation: Server) -> None:
    """After the story: names, ID numbers and files have gone through all services by now."""
    url = installation.url
    token = sign_in(url, "agent").expect(200).json["access_token"]
    known = {"Authorization": f"Bearer {token}", "X-Request-Id": "log-test"}
    wrong = {"username": "agent", "password": "a-wrong-pass-word"}
    ask(url, "POST", "/api/v1/auth/token", body=wrong).expect(401)
    ask(url, "GET", "/api/v1/enterprise/enterprises?q=990101199001010019", **known).expect(200)
    ask(url, "GET", "/api/v1/enterprise/cases?cursor=990101199001010019", **known).expect(400)
    named = {"Content-Disposition": 'attachment; filename="photo-of-somebody.pdf"', "If-None-Match": "*"}
    path = f"/api/v1/enterprise/cases/{uuid4()}/materials/articles"
    ask(url, "PUT", path, body=pdf(), **known, **named).expect(404)
    ask(url, "GET", "/applications?state=990101199001010019&name=somebodys-name").expect(303)

    log = installation.log.read_text("utf-8")
    assert log.count("request_id=log-test") >= 6, "one line of the gateway and one of the service, each time"
    secrets = (token, "a-wrong-pass-word", "photo-of-somebody", "somebodys-name", "示范股东甲", "13800000001")
    assert [each for each in (*secrets, *ID_NUMBERS) if each in log] == []


def test_the_commands_of_the_guide_print_what_it_says(installation: Server, tmp_path: Path) -> None:
    blocks = list(run_guide(installation.url, tmp_path))
    assert len(blocks) > 10
    for commands, said, printed in blocks:
        assert printed == said, commands
    (newest,) = Person(installation.url, "agent").get("/enterprise/cases?limit=1")["items"]
    assert newest["state"] == "received" and "海棠湾" in newest["subject_name"]


def test_a_request_in_flight_is_answered_before_the_process_ends(installation: Server) -> None:
    agent, other = Person(installation.url, "agent"), Person(installation.url, "agent2")
    case_id = agent.start()
    before = _cases(agent), _cases(other)
    with agent.slow_upload(case_id, "articles", pdf(30)) as upload:
        installation.signal_end()
        wait_until(lambda: not installation.answers(), "an end of new answers")
        assert upload.finish() == 201, installation.log_tail()
    installation.wait_for_end()

    installation.start()
    assert (_cases(agent), _cases(other)) == before, "a restart loses nothing and seeds nothing twice"
    material = next(each for each in agent.case(case_id)["materials"] if each["code"] == "articles")
    assert material["uploaded"]["pages"] == 30


def _cases(person: Person) -> list[str]:
    page = person.get("/enterprise/cases")
    found = [case["id"] for case in page["items"]]
    while page["next"]:
        page = person.get(f"/enterprise/cases?cursor={page['next']}")
        found += [case["id"] for case in page["items"]]
    return sorted(found)


def test_outside_the_demo_nobody_signs_in_with_a_published_password(installation: Server) -> None:
    token_of_the_demo = Person(installation.url, "agent")
    token_of_the_demo.get("/me")
    installation.stop()
    installation.start(demo=False)
    for username in ("agent", "window", "admin"):
        assert sign_in(installation.url, username).status == 401
    assert token_of_the_demo.ask("GET", "/me").status == 401
    page = ask(installation.url, "GET", "/sign-in").expect(200).content.decode()
    assert "yuanban-demo" not in page and "agent2" not in page
