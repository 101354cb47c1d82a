"""What every test stands on: no settings, data or variables of the person who runs it."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from tests.databases import Desk

# How long an example takes says more about the machine than about us; speed is measured elsewhere.
settings.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("desk")

REQUIRE_ALL = "CALLBACK_DESK_REQUIRE_ALL"


@pytest.fixture(scope="session", autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Generator[Path, None, None]:
    """Settings and data folders of the run's own, an English terminal, no variables of ours."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("CALLBACK_DESK_")]:
            if name != REQUIRE_ALL and not name.startswith("CALLBACK_DESK_TEST_"):
                patch.delenv(name)
        for name in ("LC_ALL", "LC_MESSAGES", "NO_COLOR", "FORCE_COLOR", "TZ"):
            patch.delenv(name, raising=False)
        patch.setenv("LANG", "en_GB.UTF-8")
        patch.setenv("HOME", str(home))
        for name in ("CONFIG", "DATA", "CACHE", "STATE"):
            patch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
        yield home


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables, to be copied for each test."""
    from tests.databases import make_template  # noqa: PLC0415 - most tests need no database

    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path) -> Iterator[Desk]:
    """An empty desk on SQLite; the database suite has one on PostgreSQL too."""
    from tests.databases import copy_template, desk_on  # noqa: PLC0415 - as above

    with desk_on(copy_template(sqlite_template, tmp_path)) as made:
        yield made


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Where everything must run, a skipped test has failed: something is missing here."""
    if os.environ.get(REQUIRE_ALL) and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped although {REQUIRE_ALL} is set: {report.longrepr}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report)
    return report
