"""What every test may use."""

import pytest
from hypothesis import settings

# The suite tries the same examples each time and does not judge by the clock: the machine may be busy.
settings.register_profile("suite", derandomize=True, deadline=None)
settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rounds", type=int, default=1, help="how often each fault is injected")
    parser.addoption("--whole", action="store_true", help="whole campaigns instead of samples: hostile inputs, leaks")
    parser.addoption("--viewers", choices=("some", "all"), default="some", help="for whom two worlds are compared")


@pytest.fixture(scope="session")
def rounds(request: pytest.FixtureRequest) -> int:
    """How often each fault is injected: once in the suite, more often in campaigns."""
    return int(request.config.getoption("--rounds"))


@pytest.fixture(scope="session")
def whole(request: pytest.FixtureRequest) -> bool:
    """Whether everything is tried: a sample in the suite, everything in campaigns."""
    return bool(request.config.getoption("--whole"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the tests of whole processes: one worker is busy with them while the others do the rest."""
    items.sort(key=lambda item: item.get_closest_marker("process") is None)
