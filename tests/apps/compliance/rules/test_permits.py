"""Whether a permit covers an item for a recipient on a day."""

import datetime as dt
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

import pytest

from apps.compliance.rules.permits import Uncovered, Wanted, permit_gaps

RECIPIENT, CAPABILITY = UUID(int=1), UUID(int=2)
FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 12, 31)


@dataclass
class Row:
    kind: str = "export"
    status: str = "confirmed"
    export_codes: list[str] = field(default_factory=lambda: ["ML10", "9A012"])
    capability_ids: list[UUID] = field(default_factory=list)
    document_ids: list[UUID] = field(default_factory=list)
    recipient_ids: list[UUID] = field(default_factory=lambda: [RECIPIENT])
    recipient_countries: list[str] = field(default_factory=list)
    valid_from: dt.date = FIRST
    valid_to: dt.date = LAST


WANTED = Wanted(kind="export", item="ML10", recipient_id=RECIPIENT, recipient_country="EE", on=FIRST)


class TestPermitGaps:
    def test_covers_what_it_names(self) -> None:
        assert permit_gaps(permit=Row(), wanted=WANTED) == ()

    @pytest.mark.parametrize(
        ("day", "gaps"),
        [
            (FIRST - dt.timedelta(days=1), (Uncovered.NOT_YET_VALID,)),
            (FIRST, ()),
            (LAST, ()),
            (LAST + dt.timedelta(days=1), (Uncovered.EXPIRED,)),
        ],
    )
    def test_both_days_are_inside(self, day: dt.date, gaps: tuple[Uncovered, ...]) -> None:
        assert permit_gaps(permit=Row(), wanted=replace(WANTED, on=day)) == gaps

    @pytest.mark.parametrize(
        ("item", "is_covered"),
        [
            ("ML10", True),
            ("ML10.c", True),
            ("ML10.c.1", True),
            ("ML1", False),
            ("ML100", False),
            ("9A012.a", True),
            ("9A0121", False),
            (str(CAPABILITY), False),
        ],
    )
    def test_a_code_covers_what_stands_below_it(self, item: str, is_covered: bool) -> None:
        assert (Uncovered.ITEM not in permit_gaps(permit=Row(), wanted=replace(WANTED, item=item))) == is_covered

    def test_an_entry_below_does_not_cover_the_class(self) -> None:
        assert permit_gaps(permit=Row(export_codes=["ML10.c"]), wanted=WANTED) == (Uncovered.ITEM,)

    def test_covers_a_capability_by_its_id(self) -> None:
        permit = Row(export_codes=[], capability_ids=[CAPABILITY])

        assert permit_gaps(permit=permit, wanted=replace(WANTED, item=str(CAPABILITY))) == ()

    @pytest.mark.parametrize(
        ("named", "countries", "gaps"),
        [
            ([], ["EE", "PL"], ()),
            ([], ["PL"], (Uncovered.RECIPIENT_COUNTRY,)),
            ([uuid4()], [], (Uncovered.RECIPIENT,)),
            ([uuid4()], ["EE"], (Uncovered.RECIPIENT,)),
            ([RECIPIENT], ["PL"], (Uncovered.RECIPIENT_COUNTRY,)),
            ([RECIPIENT], ["EE"], ()),
            ([], [], (Uncovered.RECIPIENT,)),
        ],
    )
    def test_a_recipient_fits_every_way_it_is_named(
        self, named: list[UUID], countries: list[str], gaps: tuple[Uncovered, ...]
    ) -> None:
        permit = Row(recipient_ids=named, recipient_countries=countries)

        assert permit_gaps(permit=permit, wanted=WANTED) == gaps

    @pytest.mark.parametrize(
        ("status", "gaps"),
        [
            ("recorded", (Uncovered.NOT_CONFIRMED,)),
            ("refused", (Uncovered.NOT_CONFIRMED,)),
            ("revoked", (Uncovered.REVOKED,)),
        ],
    )
    def test_only_what_is_confirmed_covers(self, status: str, gaps: tuple[Uncovered, ...]) -> None:
        assert permit_gaps(permit=Row(status=status), wanted=WANTED) == gaps

    def test_another_kind_covers_nothing(self) -> None:
        assert permit_gaps(permit=Row(kind="negotiation"), wanted=WANTED) == (Uncovered.KIND,)

    def test_names_everything_that_is_wrong(self) -> None:
        permit = Row(kind="negotiation", status="recorded", export_codes=["ML4"], recipient_ids=[uuid4()])
        late = replace(WANTED, on=LAST + dt.timedelta(days=1))

        assert permit_gaps(permit=permit, wanted=late) == (
            Uncovered.KIND,
            Uncovered.NOT_CONFIRMED,
            Uncovered.EXPIRED,
            Uncovered.ITEM,
            Uncovered.RECIPIENT,
        )
