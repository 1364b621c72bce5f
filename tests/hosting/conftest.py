"""One department's server for the tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.hosting.department import RunningDepartment, running_department


@pytest.fixture(scope="session")
def department(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDepartment]:
    """Three processes behind nginx, without sign-in."""
    with running_department(tmp_path_factory.mktemp("department")) as running:
        yield running
