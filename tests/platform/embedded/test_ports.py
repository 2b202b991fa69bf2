import socket

from embedded import ports


class TestChoose:
    def test_keeps_the_preferred_port_while_it_is_free(self) -> None:
        free = ports.choose()

        assert ports.choose(preferred=free) == free

    def test_takes_another_one_when_the_preferred_port_is_taken(self) -> None:
        with socket.create_server((ports.LOOPBACK, 0)) as taken:
            number = taken.getsockname()[1]

            assert not ports.is_free(port=number)
            assert ports.choose(preferred=number) != number

    def test_stays_below_the_range_of_outgoing_connections(self) -> None:
        assert all(ports.LOWEST <= ports.choose() < 32_768 for _ in range(20))
