"""On PostgreSQL these run with the long tests: but for the races, no database could make a difference."""

import pytest

from shared.testing.databases import Databases


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.slow])])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Runs the test on each kind of database."""
    found: Databases = request.getfixturevalue(f"{request.param}_databases")
    return found
