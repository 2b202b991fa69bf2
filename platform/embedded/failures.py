"""What can go wrong with the servers and processes, named for what is wrong."""

from collections.abc import Sequence


class EmbeddedFailure(Exception):
    """Anything that keeps an installation from running; its text is one line fit for an operator."""


class ProcessDied(EmbeddedFailure):
    """A server or program ended when it should have run; `lines` holds the last ones it wrote."""

    def __init__(self, message: str, *, lines: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.lines = tuple(lines)

    def mentions(self, *phrases: str) -> bool:
        """Tell whether one of the last lines holds one of the phrases."""
        return any(phrase in line for line in self.lines for phrase in phrases)


class NotReadyInTime(EmbeddedFailure):
    """A server or program runs but did not answer within its time."""


class Interrupted(EmbeddedFailure):
    """Somebody asked to stop while something was starting."""


class CredentialsRefused(EmbeddedFailure):
    """The server does not accept the stored password: the data and the credentials are not of one installation."""


class AlreadyRunning(EmbeddedFailure):
    """Another supervisor holds this installation."""


class DirectoryOfStranger(EmbeddedFailure):
    """A directory that we would trust belongs to another user or is writable for others."""


class WheelMissing(EmbeddedFailure):
    """The binaries of a server are not installed for this platform."""


class DataOfOtherVersion(EmbeddedFailure):
    """The data directory was written by another major version of PostgreSQL."""


class ServersUnfit(EmbeddedFailure):
    """A database or broker answers but lacks what the product needs."""
