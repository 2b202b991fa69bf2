"""Being asked to stop: signals are counted, and the main loop looks at the count when it can act on it."""

import signal
from types import FrameType
from typing import Self


class Signals:
    """SIGINT, SIGTERM and SIGHUP, counted while this is entered: the first asks to stop, a second one to hurry."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> Self:
        numbers = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup means: outlive the terminal
            numbers.append(signal.SIGHUP)
        self._before = {number: signal.signal(number, self._note) for number in numbers}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.count += 1

    def stop_asked(self) -> bool:
        """Tell whether anybody asked to stop."""
        return self.count > 0

    def hurry_asked(self) -> bool:
        """Tell whether somebody asked again."""
        return self.count > 1
