"""What an upload may be."""

import io
import zipfile

import pytest

from apps.exchange.readers import archives, folder_digest, folder_open, upload_open
from apps.exchange.rows import rows_read
from apps.exchange.tables.problems import Problems
from tests.factories.exchange import MARKET, as_csv, as_folder, as_zip, found, market, read

FUNDS = as_csv(MARKET["funds"])


def zipped(members: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return content.getvalue()


class TestCsvUpload:
    def test_is_named_after_its_table(self):
        rows, problems = read(FUNDS.encode(), name="C:\\exports\\Funds.CSV")

        assert (problems.count, list(rows)) == (0, ["funds"])

    def test_may_begin_with_a_byte_order_mark(self):
        assert read(b"\xef\xbb\xbf" + FUNDS.encode(), name="funds.csv")[1].count == 0

    def test_quotes_hold_commas_and_line_breaks(self):
        rows, _ = read(b'key,legal_name,country\r\na,"One, ""Two""\r\nThree",DE\r\n', name="funds.csv")

        assert rows["funds"].all[0].values["legal_name"] == 'One, "Two"\r\nThree'

    def test_of_no_table_of_the_format_is_a_problem(self):
        _, problems = read(FUNDS.encode(), name="money.csv")

        assert found(problems) == [("money", 0, "", "unknown_table"), ("", 0, "", "no_tables")]

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"key,legal_name,country\na,\xff\xfe,DE\n", "not_utf8"),
            (b'key,legal_name,country\na,"open,DE\n', "broken_csv"),
            (b'key,legal_name,country\na,"A"x,DE\n', "broken_csv"),
            (b"key,legal_name,country\na," + b"A" * 200_000 + b",DE\n", "broken_csv"),
            (b"," * 200 + b"\n", "too_many_columns"),
        ],
    )
    def test_that_breaks_off_is_a_problem(self, content, code):
        _, problems = read(content, name="funds.csv")

        assert ("funds", 0, "", code) in found(problems)


class TestZipUpload:
    def test_may_hold_a_folder_and_what_systems_add(self):
        content = zipped(
            {"data/funds.csv": FUNDS, "data/README.md": "", "__MACOSX/._funds.csv": "x", "data/outcomes.csv": "x"}
        )

        rows, problems = read(content)

        assert (problems.count, list(rows)) == (0, ["funds"])

    def test_with_a_table_twice_is_a_problem(self):
        _, problems = read(zipped({"a/funds.csv": FUNDS, "b/funds.csv": FUNDS}))

        assert found(problems) == [("funds", 0, "", "duplicate_table")]

    def test_without_tables_is_a_problem(self):
        assert found(read(zipped({"notes.txt": ""}))[1]) == [("", 0, "", "no_tables")]

    def test_that_unpacks_to_much_more_than_its_size_is_refused(self):
        bomb = zipped({"funds.csv": b"0" * (archives.FREE_SIZE + 1)})

        assert found(read(bomb)[1]) == [("", 0, "", "too_large")]

    def test_with_too_many_members_is_refused(self):
        many = zipped({f"{number}.txt": "" for number in range(archives.MAX_MEMBERS + 1)})

        assert found(read(many)[1]) == [("", 0, "", "too_large")]

    def test_larger_than_the_bound_is_refused(self, monkeypatch):
        monkeypatch.setattr(archives, "MAX_UNPACKED", 10)

        assert found(read(zipped({"funds.csv": FUNDS}))[1]) == [("", 0, "", "too_large")]

    def test_packed_in_another_way_is_refused(self):
        assert found(read(zipped({"funds.csv": FUNDS}, zipfile.ZIP_BZIP2))[1]) == [("", 0, "", "broken_file")]

    def test_that_is_encrypted_is_refused(self):
        content = bytearray(zipped({"funds.csv": FUNDS}, zipfile.ZIP_STORED))
        content[content.index(b"PK\x01\x02") + 8] |= 1

        assert found(read(bytes(content))[1]) == [("", 0, "", "encrypted")]

    def test_that_is_cut_off_is_refused(self):
        content = as_zip(market())

        assert found(read(content[: len(content) // 2])[1]) == [("", 0, "", "broken_file")]

    def test_with_a_damaged_member_is_a_problem_of_its_table(self):
        content = bytearray(zipped({"funds.csv": FUNDS}, zipfile.ZIP_STORED))
        content[content.index(b"Fund")] ^= 0xFF

        _, problems = read(bytes(content))

        assert found(problems)[0][0] == "funds"
        assert found(problems)[0][3] in {"broken_file", "not_utf8"}


class TestFolder:
    def test_reads_tables_in_the_order_of_loading(self, tmp_path):
        problems = Problems()
        folder = as_folder(market(), tmp_path)
        (folder / "README.md").write_text("not a table")

        rows = rows_read(sheets=folder_open(folder=folder, problems=problems), problems=problems)

        assert problems.count == 0
        assert list(rows)[:4] == ["areas", "organisations", "startups", "funds"]

    def test_its_digest_changes_with_its_content(self, tmp_path):
        folder = as_folder(market(), tmp_path)
        before = folder_digest(folder=folder)

        (folder / "funds.csv").write_text(FUNDS + "b,B,DE,\n")

        assert (len(before), folder_digest(folder=folder) == before) == (64, False)

    def test_an_empty_upload_is_a_problem_and_no_exception(self):
        problems = Problems()

        sheets = upload_open(file_name="", content=b"", problems=problems)

        assert (sheets, problems.count) == ([], 2)
