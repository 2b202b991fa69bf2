"""Taking in and giving out BODS 0.4."""

from typing import Any

import pytest

from apps.compliance.models import OwnershipStatement, Party
from apps.compliance.services.bods import BodsImport, ownership_export_bods, ownership_import_bods
from apps.compliance.services.ownership import OwnershipNotAcceptable
from apps.organisations.models import Identifier, Organisation
from apps.organisations.rules import NotYours
from tests.apps.compliance.rules.bods_files import SUBJECT, declaration, interest, relationship
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


def take_in(firm: Organisation, bods: Any, **more: Any) -> BodsImport:
    return ownership_import_bods(actor=actor_of(firm), organisation_id=firm.pk, bods=bods, **more)


def refused(firm: Organisation, bods: Any) -> list[tuple[str, str]]:
    with pytest.raises(OwnershipNotAcceptable) as refusal:
        take_in(firm, bods)
    return [(problem.pointer, problem.code) for problem in refusal.value.errors]


class TestOwnershipImportBods:
    def test_states_the_chain(self) -> None:
        firm = OrganisationFactory(legal_name="Firm")

        assert take_in(firm, declaration()) == BodsImport(parties=2, statements=2, unchanged=0, is_trial=False)

        rows = OwnershipStatement.objects.order_by("share_min")
        assert [(row.owned.organisation, row.owned.legal_name, row.owner.legal_name) for row in rows] == [
            (None, "Holding OÜ", "Olena Test"), (firm, "", "Holding OÜ")
        ]  # fmt: skip

    @pytest.mark.parametrize("by", ["id", "number", "name"])
    def test_knows_the_organisation(self, by: str) -> None:
        firm = OrganisationFactory(legal_name="Firm" if by == "name" else "Something else")
        bods = declaration()
        if by == "number":
            Identifier.objects.create(organisation=firm, scheme="UA-EDR", value="32855961")
        if by == "id":
            bods = eval(repr(bods).replace(SUBJECT, str(firm.pk)))  # noqa: S307

        assert take_in(firm, bods).statements == 2

    def test_refuses_the_declaration_of_another(self) -> None:
        assert refused(OrganisationFactory(legal_name="Another"), declaration()) == [
            ("/bods/0/declarationSubject", "not_your_organisation")
        ]

    def test_writes_nothing_when_one_is_wrong(self) -> None:
        firm = OrganisationFactory(legal_name="Firm")
        bods = [*declaration(), relationship(6, SUBJECT, "olena", interest(10))]

        assert refused(firm, bods) == [
            ("/bods/3/recordDetails/interests/0", "more_than_the_whole"),
            ("/bods/5/recordDetails/interests/0", "more_than_the_whole"),
        ]
        assert not OwnershipStatement.objects.exists()
        assert not Party.objects.filter(organisation=None).exists()

    def test_names_the_row_of_a_party(self) -> None:
        bods = declaration()
        bods[2]["recordDetails"]["nationalities"] = [{"name": "Nowhere", "code": "QQ"}]

        assert refused(OrganisationFactory(legal_name="Firm"), bods) == [("/bods/2/recordDetails", "unknown_country")]

    def test_names_a_date_in_the_future(self) -> None:
        bods = [
            *declaration(),
            relationship(6, SUBJECT, "olena", interest(None, "boardMember", startDate="2999-01-01")),
        ]

        assert refused(OrganisationFactory(legal_name="Firm"), bods) == [
            ("/bods/5/recordDetails/interests/0", "in_the_future")
        ]

    def test_a_trial_writes_nothing(self) -> None:
        assert take_in(OrganisationFactory(legal_name="Firm"), declaration(), is_trial=True).statements == 2

        assert not OwnershipStatement.objects.exists()

    def test_nobody_else_may(self) -> None:
        firm = OrganisationFactory(legal_name="Firm")

        with pytest.raises(NotYours):
            ownership_import_bods(actor=actor_of(OrganisationFactory()), organisation_id=firm.pk, bods=declaration())


class TestOwnershipExportBods:
    def test_is_taken_in_as_the_same(self) -> None:
        firm = OrganisationFactory(legal_name="Firm")
        take_in(firm, declaration())

        exported = ownership_export_bods(organisation_id=firm.pk)

        assert take_in(firm, exported) == BodsImport(parties=0, statements=0, unchanged=2, is_trial=False)
        assert OwnershipStatement.objects.count() == 2

    def test_tells_another_organisation_the_same(self) -> None:
        firm, other = OrganisationFactory(legal_name="Firm"), OrganisationFactory(legal_name="Firm")
        take_in(firm, declaration())
        exported = ownership_export_bods(organisation_id=firm.pk)
        OwnershipStatement.objects.all().delete()

        assert take_in(other, exported).statements == 2

    def test_says_what_was_corrected_and_ended(self) -> None:
        firm = OrganisationFactory(legal_name="Firm")
        take_in(firm, declaration())
        first = OwnershipStatement.objects.order_by("pk").first()
        assert first is not None
        later = OwnershipStatement.objects.create(
            owned=first.owned, owner=first.owner, to_date="2024-01-01", supersedes=first, stated_by=firm
        )

        rows = {item["statementId"]: item for item in ownership_export_bods(organisation_id=firm.pk)}

        assert str(first.pk) not in rows
        assert (rows[str(later.pk)]["recordId"], rows[str(later.pk)]["recordStatus"]) == (
            f"relationship-{first.pk}", "closed"
        )  # fmt: skip

    def test_of_nothing_is_the_organisation(self) -> None:
        firm = OrganisationFactory()

        assert [item["recordId"] for item in ownership_export_bods(organisation_id=firm.pk)] == [str(firm.pk)]
