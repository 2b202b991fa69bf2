"""Every app that refers to an organisation takes part in a merge."""

import pytest
from django.apps import apps
from django.db import models

from apps.investors.models import Fund
from apps.organisations.merging import merge_part, merge_parts
from apps.organisations.models import Organisation
from apps.startups.models import Firm

STAYS = {
    "compliance.DeclaredInterest.operator",
    "compliance.Hit.screened",
    "compliance.Party.organisation",
    "compliance.ScreeningDue.screened",
    "compliance.ScreeningRun.screened",
    "compliance.ScreeningSubject.screened",
    "organisations.ApiKey.organisation",
    "organisations.BreakGlass.operator",
    "organisations.BreakGlass.subject",
    "organisations.Invitation.organisation",
    "organisations.Registration.organisation",
    "organisations.UndertakingAcceptance.organisation",
    "documents.Vault.organisation",
    "exchange.Import.organisation",
    "startups.Firm.organisation",
    "startups.SpeedProfile.firm",
    "investors.Fund.organisation",
}
MOVES = {
    "compliance.DeclaredInterest.organisation",
    "compliance.Permit.organisation",
    "compliance.VerificationCase.organisation",
    "organisations.DisclosureGrant.subject",
    "organisations.DisclosureGrant.viewer",
    "organisations.Identifier.organisation",
    "organisations.Membership.organisation",
    "organisations.Organisation.merged_into",
    "organisations.RegistrationClash.organisation",
    "compliance.GroupMembership.organisation",
    "compliance.OwnershipStatement.stated_by",
    "compliance.Party.stated_by",
    "compliance.Screening.organisation",
    "documents.Document.organisation",
    "documents.DocumentAccess.viewer",
    "documents.Upload.organisation",
    "exchange.Export.organisation",
    "startups.Attestation.attestor",
    "startups.AttestorAddress.organisation",
    "startups.AttestorSeat.organisation",
    "startups.SelfAttestation.attestor",
    "startups.SelfAttestation.organisation",
    "startups.StartDraft.firm",
    "startups.TrackerEndpoint.firm",
    "startups.Capability.firm",
    "startups.Financials.firm",
    "startups.Raise.firm",
    "startups.SpeedFlag.firm",
    "startups.Raise.issuer",
    "investors.Lever.organisation",
    "investors.Mandate.fund",
    "matching.Deal.firm",
    "matching.Deal.fund",
    "matching.DigestList.organisation",
    "matching.MatchPreview.organisation",
    "matching.Introduction.firm",
    "matching.Introduction.fund",
    "matching.MatchList.organisation",
    "matching.Outcome.fund",
    "matching.Outcome.firm",
    "matching.Impression.organisation",
    "startups.Listing.firm",
    "startups.Listing.organisation",
    "dealflow.PipelineStage.organisation",
    "dealflow.SavedSearch.organisation",
    "dealflow.WatchlistEntry.firm",
    "dealflow.WatchlistEntry.organisation",
    "notifications.Digest.organisation",
    "notifications.Mention.organisation",
    "notifications.Notification.organisation",
}


class TestMergePart:
    def test_every_reference_to_an_organisation_is_thought_of(self) -> None:
        parties = {Organisation, Firm, Fund}
        found = {
            f"{model._meta.label}.{field.name}"
            for model in apps.get_models()
            for field in model._meta.get_fields()
            if isinstance(field, models.ForeignKey) and field.related_model in parties
        }

        assert found - MOVES - STAYS == set()
        assert (MOVES | STAYS) - found == set()

    def test_every_app_that_refers_to_one_takes_part(self) -> None:
        assert set(merge_parts()) == {
            f"apps.{app}.merging"
            for app in (
                "documents",
                "compliance",
                "startups",
                "investors",
                "matching",
                "dealflow",
                "exchange",
                "notifications",
            )
        }

    def test_is_declared_once_by_an_app(self) -> None:
        part = merge_parts()["apps.startups.merging"]

        with pytest.raises(ValueError, match=r"apps\.startups\.merging"):
            merge_part(part)
