"""What the figures of the labelled queries are made of; `python -m tests.labels.deal_flow` prints them."""

from tests.labels.deal_flow import Answer, Measured, told
from tests.labels.deal_flow_queries import LabelledQuery

QUERY = LabelledQuery(id="en-1", text="kite", kind="english", right=frozenset({"b"}), half="development")


def answer(*firms: str) -> Answer:
    return Answer(QUERY, firms, 0.01)


class TestMeasured:
    def test_counts_the_first_and_the_first_five(self) -> None:
        figures = Measured((answer("b"), answer("a", "b"), answer("a", "c", "d", "e", "f", "b"), answer()))

        assert (figures.first, figures.among_first) == (0.25, 0.5)


class TestTold:
    def test_names_what_was_missed(self) -> None:
        text = told("development", Measured((answer("b"), answer("a", "b"), answer())))

        assert "right firm first 33.3%, among the first 5 66.7%" in text
        assert "en-1 «kite»: right b at 2, before it a, b" in text
        assert "en-1 «kite»: right b not found, before it " in text
