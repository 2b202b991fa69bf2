"""What compliance does after the commit: a registered organisation gets its party."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.accounts import events as accounts
from apps.compliance import events, notices
from apps.compliance.models import Hit
from apps.compliance.services import renewals, rescreening, suspensions
from apps.compliance.services.parties import parties_ensure
from apps.compliance.services.screening import rescreen_enqueue
from apps.compliance.states import CaseCause
from apps.organisations import events as organisations
from kernel.events import subscribe


@subscribe("organisations.organisation.registered")
def enter_party(event: Any) -> None:
    """Enter the organisation among the parties that own and are owned."""
    parties_ensure(organisation_ids=[event.object_id])


@subscribe(organisations.ORGANISATION_REGISTERED)
@subscribe(organisations.ORGANISATION_UPDATED)
@subscribe(organisations.ORGANISATION_STANDING_CHANGED)
def screen_organisation(event: Any) -> None:
    """Screen an organisation that is new or called otherwise."""
    rescreening.organisation_follow(organisation_id=event.object_id)


@subscribe(organisations.ORGANISATION_MERGED)
def screen_merged(event: Any) -> None:
    """Screen what two entries became."""
    rescreening.organisation_follow(organisation_id=UUID(event.data["into"]))


@subscribe(organisations.MEMBERSHIP_ADDED)
@subscribe(organisations.MEMBERSHIP_CHANGED)
@subscribe(organisations.MEMBERSHIP_REMOVED)
@subscribe(organisations.MEMBERSHIP_LEFT)
def screen_members(event: Any) -> None:
    """Screen an organisation with other people who bind it."""
    rescreening.subjects_follow(organisation_id=event.organisation_id)


@subscribe(accounts.USER_UPDATED)
@subscribe(accounts.USER_ERASED)
def screen_person(event: Any) -> None:
    """Screen the organisations that a person binds who is called otherwise."""
    rescreening.person_follow(user_id=event.object_id)


@subscribe(events.OWNERSHIP_CHANGED)
def screen_owners(event: Any) -> None:
    """Screen an organisation with other owners, and whatever lies below it."""
    rescreening.organisation_follow(organisation_id=UUID(event.data["organisation"]))


@subscribe(events.HIT_JUDGED_TRUE)
def suspend_listed(event: Any) -> None:
    """Suspend an organisation of which a person confirmed that somebody is listed, if that has not happened yet."""
    organisation_id = Hit.objects.values_list("screened_id", flat=True).get(pk=event.object_id)
    suspensions.suspend_on_hit(organisation_id=organisation_id)


@subscribe(events.OWNERSHIP_CHANGED)
def renew_after_change_of_ownership(event: Any) -> None:
    """Have a verified organisation that stated a change of its ownership renew its verification.

    What an import brings is the operator's own.
    """
    if event.actor_organisation_id != event.organisation_id:
        return
    renewals.changed(organisation_id=event.organisation_id, cause=CaseCause.OWNERSHIP_CHANGED)


@subscribe("organisations.organisation.updated")
def renew_after_change_of_name(event: Any) -> None:
    """Have a verified organisation whose name, country or numbers changed renew its verification."""
    if {"legal_name", "country", "identifiers"} & set(event.data.get("fields", ())):
        renewals.changed(organisation_id=event.object_id, cause=CaseCause.DATA_CHANGED)


@subscribe(events.CASE_OPENED)
def tell_of_renewal(event: Any) -> None:
    """Tell the owners that the verification is to be renewed, where they did not begin that themselves."""
    if event.actor == "system":
        notices.case_tell(case_id=event.object_id, told=notices.Told.RENEWAL)


@subscribe(events.CASE_REMINDED)
def remind_of_renewal(event: Any) -> None:
    """Remind the owners that the day of a renewal comes near."""
    notices.case_tell(case_id=event.object_id, told=notices.Told.REMINDER)


@subscribe(events.CASE_ASKED)
def tell_of_request(event: Any) -> None:
    """Tell the owners that the officer asks something, or gives notice of a refusal."""
    notices.case_tell(case_id=event.object_id, told=notices.Told.REQUEST)


@subscribe(events.CASE_VERIFIED)
def tell_of_verification(event: Any) -> None:
    """Tell the owners that their organisation is verified."""
    notices.case_tell(case_id=event.object_id, told=notices.Told.VERIFIED)


@subscribe(events.CASE_REFUSED)
def tell_of_refusal(event: Any) -> None:
    """Tell the owners that the verification was refused."""
    notices.case_tell(case_id=event.object_id, told=notices.Told.REFUSED)


@subscribe(events.CASE_SUSPENDED)
def tell_of_suspension(event: Any) -> None:
    """Tell the owners that their organisation is suspended."""
    notices.case_tell(case_id=event.object_id, told=notices.Told.SUSPENDED)


@subscribe(events.CASE_REINSTATED)
def tell_of_reinstatement(event: Any) -> None:
    """Tell the owners that their organisation has its standing back."""
    notices.case_tell(case_id=event.object_id, told=notices.Told.REINSTATED)


@subscribe(events.LIST_VERSION_IN_FORCE)
def screen_changes(event: Any) -> None:
    """Look whom the changes of a list concern."""
    rescreen_enqueue(list_version_id=event.object_id)
