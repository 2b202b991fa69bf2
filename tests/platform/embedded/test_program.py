import http.server
import threading
from collections.abc import Iterator

import pytest

from embedded import ports
from embedded.program import Program, answers


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(503 if self.path == "/busy" else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def site() -> Iterator[str]:
    with http.server.HTTPServer((ports.LOOPBACK, 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://{ports.LOOPBACK}:{server.server_port}"
        server.shutdown()
        thread.join()


class TestAnswers:
    def test_needs_a_status_below_400(self, site: str) -> None:
        assert answers(url=f"{site}/")
        assert not answers(url=f"{site}/busy")

    def test_is_false_when_nobody_listens(self) -> None:
        assert not answers(url=f"http://{ports.LOOPBACK}:{ports.choose()}/")


class TestIsReady:
    def test_asks_the_url_or_the_function(self, site: str) -> None:
        assert Program(name="web", argv=["web"], ready=site).is_ready()
        assert not Program(name="web", argv=["web"], ready=f"{site}/busy").is_ready()
        assert not Program(name="worker", argv=["worker"], ready=lambda: False).is_ready()

    def test_takes_a_silent_program_at_its_word(self) -> None:
        assert Program(name="beat", argv=["beat"]).is_ready()
