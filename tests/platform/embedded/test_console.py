import io

from embedded.console import Console, Lines


class TestConsole:
    def test_puts_names_of_one_width_before_the_lines(self) -> None:
        stream = io.BytesIO()
        console = Console(stream=stream, names=["web", "worker"], is_coloured=False)

        console.write(name="web", line="привіт")
        console.write(name="worker", line="hello")

        assert stream.getvalue().decode() == "web    | привіт\nworker | hello\n"

    def test_colours_the_name_and_not_the_line(self) -> None:
        stream = io.BytesIO()

        Console(stream=stream, names=["web"], is_coloured=True).write(name="web", line="hello")

        assert stream.getvalue() == b"\x1b[36mweb |\x1b[0m hello\n"

    def test_outlives_a_stream_that_is_closed(self) -> None:
        stream = io.BytesIO()
        stream.close()

        Console(stream=stream, names=["web"], is_coloured=False).write(name="web", line="hello")

        assert stream.closed


class TestLines:
    def test_joins_what_was_read_in_parts(self) -> None:
        lines = Lines()

        assert lines.feed("перш".encode()[:-1]) == []
        assert lines.feed("перш".encode()[-1:] + b"\nsecond\r\nthi") == ["перш", "second"]
        assert lines.end() == ["thi"]
        assert lines.end() == []

    def test_cuts_a_line_that_never_ends(self) -> None:
        assert [len(line) for line in Lines().feed(b"x" * 70_000)] == [70_000]
