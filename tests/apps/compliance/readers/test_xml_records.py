"""XML read record by record."""

import io

import pytest

from apps.compliance.readers.entries import Unreadable
from apps.compliance.readers.xml_records import records


def found(text: str):
    return list(records(io.BytesIO(text.encode()), root="all", names=("one",)))


class TestRecords:
    def test_gives_each_with_its_number_and_the_root(self):
        given = found(
            '<p:all xmlns:p="x" day="1"><skip><a/></skip><p:one p:b=" 2 "><c>x<!-- --> y</c><c/></p:one><one/></p:all>'
        )

        assert [number for number, _, _ in given] == [1, 2]
        node, head = given[0][1], given[0][2]
        assert (head.get("day"), head.children, node.get("b"), node.get("absent")) == ("1", [], "2", "")
        assert (node.value("c"), node.value("d"), len(list(node.all("c")))) == ("x y", "", 2)

    def test_a_record_inside_a_record_belongs_to_it(self):
        given = found("<all><one><one>x</one></one></all>")

        assert [node.value("one") for _, node, _ in given] == ["x"]

    def test_gives_what_came_before_a_break(self):
        given = records(io.BytesIO(b"<all>" + b"<one/>" * 20_000 + b"<"), root="all", names=("one",))

        assert next(given)[0] == 1
        with pytest.raises(Unreadable) as caught:
            list(given)
        assert (caught.value.code, caught.value.place) == ("truncated", "element 20000, line 1")

    def test_a_comment_without_end_is_given_up(self):
        with pytest.raises(Unreadable, match="too long"):
            found("<all><one/><!--" + "x" * 3_000_000)
