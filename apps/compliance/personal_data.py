"""What screening keeps about a person who binds an organisation, and what of people who decide."""

from __future__ import annotations

from typing import Any

from apps.accounts.models import User
from apps.accounts.personal_data import PersonalData, register
from apps.compliance.models import (
    CaseNote,
    DeclaredInterest,
    Hit,
    Permit,
    ScreeningRun,
    ScreeningSubject,
    VerificationCase,
)
from apps.compliance.rules.screening import subject_key
from apps.compliance.states import SubjectRole
from kernel.access import Actor


def _export(user: User) -> dict[str, Any]:
    """As whom the person was screened, and the hits it decided; what lists said of it is the officers' alone."""
    return {
        "screened_for": list(
            _subjects(user).values("screened_id", "names", "is_current", "changed_at"),
        ),
        "hits_decided": list(
            Hit.objects.filter(decided_by=user, recalled=None)
            .order_by("pk")
            .values("id", "status", "decided_at", "reason")
        ),
    }


def _erase(user: User, _actor: Actor) -> None:
    """Forget the person's name, but where a list matched it: what was decided of that must stay to be shown."""
    key = subject_key(role=SubjectRole.MEMBER, party_id=user.pk)
    subjects = _subjects(user).filter(hits=None)
    organisations = list(subjects.values_list("screened_id", flat=True))
    ScreeningSubject.objects.filter(pk__in=list(subjects.values_list("pk", flat=True))).update(
        names=[], keys=[], is_current=False
    )
    for run in ScreeningRun.objects.filter(screened__in=organisations, query__contains=[{"key": key}]):
        run.query = [{**item, "names": []} if item["key"] == key else item for item in run.query]
        run.save(update_fields=["query"])


def _subjects(user: User) -> Any:
    return ScreeningSubject.objects.filter(role=SubjectRole.MEMBER, party_id=user.pk).order_by("pk")


register(PersonalData("screening", _export, _erase))


def _export_acts(user: User) -> dict[str, Any]:
    """What the person did in verification cases and for permits, and what interests it declared."""
    cases = VerificationCase.objects.order_by("pk")
    return {
        "cases_opened": list(cases.filter(opened_by=user).values("id", "organisation_id", "opened_at")),
        "cases_submitted": list(cases.filter(submitted_by=user).values("id", "organisation_id", "submitted_at")),
        "cases_taken": list(cases.filter(officer=user).values("id", "organisation_id", "taken_at")),
        "cases_decided": list(cases.filter(decided_by=user).values("id", "organisation_id", "decided_at")),
        "case_notes": list(CaseNote.objects.filter(author=user).order_by("pk").values("id", "case_id", "text", "at")),
        "interests": list(
            DeclaredInterest.objects.filter(user=user)
            .order_by("pk")
            .values("id", "organisation_id", "reason", "declared_at", "until")
        ),
        "permits_recorded": list(
            Permit.objects.filter(recorded_by=user).order_by("pk").values("id", "organisation_id", "recorded_at")
        ),
    }


def _keep_acts(_user: User, _actor: Actor) -> None:
    """Who decided what must stay to be shown: by the account's id, which names nobody once that is scrubbed."""


register(PersonalData("verification", _export_acts, _keep_acts))
