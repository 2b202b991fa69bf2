import json
from pathlib import Path

from embedded import leftovers, processes


class TestEnd:
    def test_kills_what_does_not_end_by_itself(self, place: Path) -> None:
        process = processes.spawn(argv=["/bin/sleep", "60"], environment={})
        leftovers.record(var=place, pids=[process.pid])

        assert leftovers.end(var=place, patience=0.1) == [process.pid]
        assert process.wait() == -9

    def test_spares_another_process_with_the_same_number(self, place: Path) -> None:
        process = processes.spawn(argv=["/bin/sleep", "60"], environment={})
        (place / "processes.json").write_text(json.dumps({str(process.pid): "some other boot 1"}))

        assert leftovers.end(var=place, patience=0.1) == []
        assert process.poll() is None
        process.kill()
        process.wait()

    def test_finds_nothing_where_nothing_was_recorded(self, place: Path) -> None:
        leftovers.record(var=place, pids=[])

        assert leftovers.end(var=place) == []
        assert leftovers.end(var=place) == []
