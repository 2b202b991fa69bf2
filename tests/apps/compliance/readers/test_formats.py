"""Every format: what a good file gives, and why a bad one is refused."""

import gzip
import io
import json
import random

import pytest

from apps.compliance.readers.entries import Unreadable
from apps.compliance.readers.formats import READERS
from apps.compliance.states import ListFormat
from tests.factories.watch_lists import FILES, read, sample

pytestmark = pytest.mark.long

XML = ("eu-fsf", "un-sc", "ofac-sdn")
COUNTS = {"eu-fsf": 25, "un-sc": 22, "ofac-sdn": 22, "uk-sanctions": 24, "ua-nsdc": 25, "ftm": 25}
BIRTH = {
    "eu-fsf": (b' birthdate="', b' birthdate="2999-01-01" was="'),
    "un-sc": (b"<DATE>", b"<DATE>2999-01-01</DATE><DATE>"),
    "ofac-sdn": (b"<dateOfBirth>", b"<dateOfBirth>01 Jan 2999</dateOfBirth><dateOfBirth>"),
    "uk-sanctions": (b"dd/mm/19", b"dd/mm/29"),
    "ua-nsdc": (b'"bd": "14.03.1968"', b'"bd": "14.03.2968"'),
    "ftm": (b'"birthDate": ["19', b'"birthDate": ["29'),
}
ROOTS = {
    "eu-fsf": b"<export>%s</export>",
    "un-sc": b"<CONSOLIDATED_LIST><INDIVIDUALS>%s</INDIVIDUALS></CONSOLIDATED_LIST>",
    "ofac-sdn": b"<sdnList>%s</sdnList>",
}
RECORDS = {"eu-fsf": b"sanctionEntity", "un-sc": b"INDIVIDUAL", "ofac-sdn": b"sdnEntry"}
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
EXTERNAL = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
FORMATS = tuple(FILES)


def refused(content: bytes, format_code: str) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read(content, format_code)
    assert caught.value.reason
    return caught.value


class TestReaders:
    def test_there_is_one_for_each_format(self):
        assert set(READERS) == set(ListFormat.values) == set(FILES)


@pytest.mark.parametrize("format_code", FORMATS)
class TestGoodFile:
    def test_gives_its_entries(self, format_code):
        entries, reading = read(sample(format_code), format_code)

        assert len(entries) == reading.entries == COUNTS[format_code]
        assert len({entry.source_id for entry in entries}) == len(entries)
        assert all(entry.names and entry.names[0].quality == "primary" for entry in entries)
        assert {entry.kind for entry in entries} >= {"person", "entity"}
        assert any(entry.birth_dates and entry.countries and entry.identifiers for entry in entries)

    def test_is_read_alike_with_a_byte_order_mark_and_as_gzip(self, format_code):
        plain = read(sample(format_code), format_code)[0]

        assert read(b"\xef\xbb\xbf" + sample(format_code), format_code)[0] == plain
        assert read(gzip.compress(sample(format_code)), format_code)[0] == plain

    def test_gives_names_in_both_scripts(self, format_code):
        names = [name for entry in read(sample(format_code), format_code)[0] for name in entry.names]

        assert {name.script for name in names} == {"latin", "cyrillic"}


@pytest.mark.parametrize("format_code", FORMATS)
class TestBadFile:
    def test_empty(self, format_code):
        assert refused(b"", format_code).code == "empty"

    def test_white_space(self, format_code):
        refused(b"  \n \n", format_code)

    def test_a_bare_byte_order_mark(self, format_code):
        refused(b"\xef\xbb\xbf", format_code)

    @pytest.mark.parametrize("head", [b"%PDF-1.7\n", b"PK\x03\x04\x14\0", b"\x7fELF\x02\x01", b"MZ\x90\0"])
    def test_another_kind_of_file(self, format_code, head):
        assert refused(head + sample(format_code), format_code).code == "wrong_format"

    def test_binary_noise(self, format_code):
        refused(random.Random(5).randbytes(5000), format_code)

    @pytest.mark.parametrize("other", FORMATS)
    def test_another_format(self, format_code, other):
        if other != format_code:
            refused(sample(other), format_code)

    def test_a_date_of_birth_in_the_future(self, format_code):
        old, new = BIRTH[format_code]
        content = sample(format_code).replace(old, new, 1)

        problem = refused(content, format_code)

        assert content != sample(format_code)
        assert (problem.code, bool(problem.place)) == ("date_in_future", True)

    def test_another_encoding(self, format_code):
        content = sample(format_code).decode().replace("І", "И").replace("і", "и").replace("Є", "Е")
        content = "".join(letter if letter.isascii() or "А" <= letter <= "я" else "?" for letter in content)

        assert refused(content.encode("windows-1251"), format_code).code in {"wrong_encoding", "broken_file"}

    def test_cut_off_at_any_byte_is_refused_or_loses_whole_lines_only(self, format_code):
        content, source = sample(format_code), random.Random(11)
        whole = read(content, format_code)[0]

        for _ in range(40):
            cut = content[: source.randrange(len(content) - 3)]
            try:
                entries = read(cut, format_code)[0]
            except Unreadable:
                continue
            assert format_code in {"ftm", "uk-sanctions"}
            assert cut.endswith((b"\n", b"}", b",")) or content[len(cut) :].startswith((b"\n", b"\r\n"))
            assert len(entries) <= len(whole)

    def test_a_cut_off_gzip(self, format_code):
        packed = gzip.compress(sample(format_code))

        assert refused(packed[: len(packed) // 2], format_code).code == "truncated"

    def test_a_damaged_gzip(self, format_code):
        packed = bytearray(gzip.compress(sample(format_code)))
        packed[len(packed) // 2] ^= 0xFF

        refused(bytes(packed), format_code)

    def test_a_gzip_that_unpacks_without_end(self, format_code):
        assert refused(gzip.compress(b" " * (40 * 1024 * 1024)), format_code).code == "too_large"

    def test_zero_bytes(self, format_code):
        content = sample(format_code)

        refused(content[:600] + b"\0" * 50 + content[600:], format_code)


@pytest.mark.parametrize("format_code", XML)
class TestBadXml:
    @pytest.mark.parametrize("head", [LAUGHS, EXTERNAL, b"<!DOCTYPE x>"])
    def test_a_document_type(self, format_code, head):
        assert refused(head + ROOTS[format_code] % b"&c;", format_code).code == "forbidden_xml"

    def test_no_entries(self, format_code):
        assert refused(ROOTS[format_code] % b"", format_code).code == "empty"

    def test_an_undeclared_entity(self, format_code):
        name = RECORDS[format_code]
        assert refused(ROOTS[format_code] % (b"<%s>&x;</%s>" % (name, name)), format_code).code == "broken_file"

    def test_endless_nesting(self, format_code):
        content = ROOTS[format_code] % (b"<%s>" % RECORDS[format_code] + b"<a>" * 100_000)

        assert refused(content, format_code).code == "too_deep"

    def test_a_huge_text(self, format_code):
        name = RECORDS[format_code]
        content = ROOTS[format_code] % (b"<%s><a>" % name + b"x" * 5_000_000 + b"</a></%s>" % name)

        problem = refused(content, format_code)

        assert (problem.code, problem.place) == ("too_large", "element 1")

    def test_a_huge_attribute(self, format_code):
        content = ROOTS[format_code] % (b'<%s a="' % RECORDS[format_code] + b"x" * 5_000_000 + b'"/>')

        assert refused(content, format_code).code == "too_large"

    def test_countless_elements(self, format_code):
        name = RECORDS[format_code]
        content = ROOTS[format_code] % (b"<%s>" % name + b"<a/>" * 60_000 + b"</%s>" % name)

        assert refused(content, format_code).code == "too_large"

    def test_a_record_without_an_id_or_a_kind(self, format_code):
        name = RECORDS[format_code]

        problem = refused(ROOTS[format_code] % (b"<%s/>" % name), format_code)

        assert (problem.code in {"no_id", "wrong_format"}, problem.place) == (True, "element 1")

    def test_an_encoding_that_nobody_knows(self, format_code):
        refused(b'<?xml version="1.0" encoding="x-nobody"?>' + ROOTS[format_code] % b"", format_code)

    def test_a_declared_windows_1251_is_read(self, format_code):
        content = sample(format_code).decode().replace('encoding="UTF-8"', 'encoding="windows-1251"')

        entries = read(content.encode("windows-1251", "xmlcharrefreplace"), format_code)[0]

        assert entries == read(sample(format_code), format_code)[0]

    def test_something_after_the_end(self, format_code):
        assert refused(sample(format_code) + b"<more/>", format_code).code == "broken_file"


class TestBadJson:
    @pytest.mark.parametrize("format_code", ["ftm", "ua-nsdc"])
    @pytest.mark.parametrize("value", ["NaN", "Infinity", "1e5", "true", "{}", '{"a": 1}'])
    def test_a_value_that_is_no_text(self, format_code, value):
        content = sample(format_code)
        name = '"name": ["Uliana' if format_code == "ftm" else '"bd": "14.03.1968"'
        assert name.encode() in content
        broken = (
            content.replace(b'"birthDate": ["', b'"birthDate": [' + value.encode() + b', "', 1)
            if format_code == "ftm"
            else content.replace(b'"bd": "14.03.1968"', b'"bd": ' + value.encode(), 1)
        )

        assert refused(broken, format_code).place

    @pytest.mark.parametrize("format_code", ["ftm", "ua-nsdc"])
    def test_endless_nesting(self, format_code):
        refused(b"[" * 200_000, format_code)

    @pytest.mark.parametrize("item", ["[]", "1", '"x"', "null", "{}", '{"id": "x", "schema": "Person"}'])
    def test_no_entities(self, item):
        assert refused(f"{item}\n".encode(), "ftm").place == "line 1"

    @pytest.mark.parametrize("text", ["[1]", "[{}]", "[null]", "[{}, ]", "{}", "[", "[] []", '[{"sid": 1}]', "[,]"])
    def test_no_subjects(self, text):
        refused(text.encode(), "ua-nsdc")

    def test_an_element_without_end(self):
        assert refused(b'[{"sid": "' + b"x" * 6_000_000, "ua-nsdc").code == "too_large"

    def test_a_line_without_end(self):
        assert refused(b'{"id": "' + b"x" * 9_000_000, "ftm").code == "too_large"

    def test_more_names_than_anybody_has(self):
        names = [f"Name {number}" for number in range(3000)]
        item = {"id": "x", "schema": "Person", "target": True, "properties": {"name": names}}

        assert refused(json.dumps(item).encode(), "ftm").code == "too_large"


class TestBadCsv:
    def test_missing_columns(self):
        problem = refused(b"Unique ID,Name\n1,x\n", "uk-sanctions")

        assert (problem.code, problem.place) == ("wrong_format", "row 1")
        assert "name 6" in problem.reason

    def test_a_column_twice(self):
        content = sample("uk-sanctions").replace(b"Name 2,", b"Name 1,", 1)
        assert refused(content, "uk-sanctions").code == "wrong_format"

    def test_a_row_of_another_width(self):
        content = sample("uk-sanctions") + b"15/01/2025,SYN9999\r\n"

        problem = refused(content, "uk-sanctions")

        assert (problem.code, problem.place.startswith("row ")) == ("broken_file", True)

    def test_a_quotation_mark_never_closed(self):
        assert refused(sample("uk-sanctions") + b'"SYN', "uk-sanctions").code == "broken_file"

    def test_an_unknown_type(self):
        assert refused(sample("uk-sanctions").replace(b"Individual", b"Planet"), "uk-sanctions").place == "row 3"

    def test_a_huge_cell(self):
        assert refused(sample("uk-sanctions") + b'"' + b"x" * 200_000 + b'"', "uk-sanctions").code == "broken_file"

    def test_a_report_of_the_future(self):
        content = sample("uk-sanctions").replace(b"15-Jan-2025", b"15-Jan-2035", 1)
        assert refused(content, "uk-sanctions").code == "date_in_future"

    def test_only_a_header(self):
        assert refused(b"\n".join(sample("uk-sanctions").split(b"\n")[:2]), "uk-sanctions").code == "empty"


class TestLimits:
    def test_a_file_above_the_limit(self):
        from apps.compliance.readers.streams import Limits

        with pytest.raises(Unreadable) as caught:
            read(sample("eu-fsf"), "eu-fsf", limits=Limits(packed=1000))

        assert caught.value.code == "too_large"

    def test_fewer_entries_than_announced(self):
        content = sample("ofac-sdn").replace(b"<Record_Count>22<", b"<Record_Count>23<")
        assert refused(content, "ofac-sdn").code == "truncated"

    def test_reads_in_small_steps(self):
        class Drops(io.BytesIO):
            def read(self, size=-1):
                return super().read(min(size, 7) if size > 0 else size)

        from apps.compliance.readers.entries import Reading
        from apps.compliance.readers.formats import list_read
        from tests.factories.watch_lists import TODAY

        for format_code in FORMATS:
            drops = list(list_read(Drops(sample(format_code)), format_code=format_code, reading=Reading(TODAY)))
            assert drops == read(sample(format_code), format_code)[0]
