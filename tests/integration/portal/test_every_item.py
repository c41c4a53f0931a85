"""Every item that can be applied for, from its guide to the outcome, in a browser without scripts."""

from collections.abc import Iterator

import pytest

from shared.clock import ManualClock
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory
from tests.conftest import MONDAY_MORNING
from tests.stories.stories import STORIES, Story, fileable
from tests.stories.walk import Applicant, Company, Enter, Park, ends_well, found_company, walk
from tests.stories.without_scripts import PlainApplicant

POSTGRES = pytest.param("postgres", marks=(pytest.mark.postgres, pytest.mark.slow))


@pytest.fixture(scope="module", params=["sqlite", POSTGRES])
def park(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Park]:
    """One for the whole file; its clock only goes forward."""
    databases: Databases = request.getfixturevalue(f"{request.param}_databases")
    folder, clock = tmp_path_factory.mktemp("every-item"), ManualClock(MONDAY_MORNING)
    factory = SystemFactory(databases, folder, clock)
    yield Park(factory, clock, folder)
    factory.close()


@pytest.fixture(scope="module")
def enter(park: Park) -> Enter:
    """Opens the window of the one who applies."""

    def open_one() -> Applicant:
        return PlainApplicant(park.browser("agent"))

    return open_one


@pytest.fixture(scope="module")
def company(park: Park, enter: Enter) -> Company:
    """A company that stays."""
    return found_company(park, enter, "万象湾")


def test_every_item_that_can_be_applied_for_has_its_story() -> None:
    assert {story.slug for story in STORIES} == fileable()


@pytest.mark.parametrize("story", STORIES, ids=str)
def test_from_the_guide_to_the_outcome(park: Park, enter: Enter, company: Company, story: Story) -> None:
    if story.own_company:
        company = found_company(park, enter, "终章湾")
    application = walk(park, enter, story, None if story.founds else company.uscc)
    ends_well(enter(), story, application, company)
