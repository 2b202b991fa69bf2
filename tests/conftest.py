"""What every test may use."""

import gc
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from hypothesis import settings
from xdist.remote import Producer

from kernel import ids
from tests.scheduling import SCHEDULINGS, ByFile, longest_first
from tests.template import Template

# The suite tries the same examples each time and does not judge by the clock: the machine may be busy.
settings.register_profile("suite", derandomize=True, deadline=None)
settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rounds", type=int, default=1, help="how often each fault is injected")
    parser.addoption("--whole", action="store_true", help="whole campaigns instead of samples: hostile inputs, leaks")
    parser.addoption("--viewers", choices=("some", "all"), default="some", help="for whom two worlds are compared")


@pytest.fixture(autouse=True)
def ids_of_today() -> Iterator[None]:
    """Ids never step back within a process: what a test made in the future would carry all later ones there."""
    yield
    ids._last = min(ids._last, time.time_ns() // 1_000_000 << 12)


@pytest.fixture(scope="session")
def rounds(request: pytest.FixtureRequest) -> int:
    """How often each fault is injected: once in the suite, more often in campaigns."""
    return int(request.config.getoption("--rounds"))


@pytest.fixture(scope="session")
def whole(request: pytest.FixtureRequest) -> bool:
    """Whether everything is tried: a sample in the suite, everything in campaigns."""
    return bool(request.config.getoption("--whole"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    longest_first(items)


def pytest_collection_finish() -> None:
    """What was imported and collected lives to the end: looking through it for garbage takes an eighth of the time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile | None:
    scheduling = SCHEDULINGS.get(config.getvalue("dist"))
    if scheduling is None:
        return None
    config.option.loadscopereorder = False  # the order of collection holds
    return scheduling(config, log)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, request: pytest.FixtureRequest, django_db_blocker: Any
) -> Iterator[None]:
    """Each of several workers copies the one database that was made for all; one alone makes it the same way."""
    if request.config.getvalue("reuse_db"):
        yield
        return
    run = getattr(request.config, "workerinput", {}).get("testrunuid") or uuid.uuid4().hex
    with django_db_blocker.unblock():
        template = Template(run=run)
        template.ensure()
    connection.settings_dict["TEST"]["TEMPLATE"] = template.name
    yield
    with django_db_blocker.unblock():
        template.drop()
