import os
import signal

from embedded.stopping import Signals


class TestSignals:
    def test_counts_and_restores_what_was_there(self) -> None:
        before = signal.getsignal(signal.SIGTERM)

        with Signals() as signals:
            assert not signals.stop_asked()
            os.kill(os.getpid(), signal.SIGTERM)
            assert signals.stop_asked()
            assert not signals.hurry_asked()
            os.kill(os.getpid(), signal.SIGINT)
            assert signals.hurry_asked()

        assert signal.getsignal(signal.SIGTERM) is before

    def test_leaves_a_hang_up_alone_that_is_to_be_ignored(self) -> None:
        before = signal.signal(signal.SIGHUP, signal.SIG_IGN)

        with Signals() as signals:
            os.kill(os.getpid(), signal.SIGHUP)

        signal.signal(signal.SIGHUP, before)
        assert not signals.stop_asked()
