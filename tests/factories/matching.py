"""A small world that can be matched, and runs over it, for tests."""

import datetime as dt

from apps.compliance.models import Screening
from apps.compliance.states import ScreeningResult
from apps.matching import services
from apps.matching.models import MatchRun
from apps.organisations.models import Organisation
from apps.organisations.states import Basis
from apps.reference.models import CapabilityArea
from apps.reference.services import areas_load
from kernel.access import Actor
from kernel.chunks import chunk_run
from kernel.job_states import ChunkStatus
from tests.factories.investors import MandateFactory
from tests.factories.startups import CapabilityFactory, ComponentFactory, FirmFactory, RaiseFactory

AS_OF = dt.date(2026, 11, 15)


def screened(organisation: Organisation) -> Organisation:
    """The organisation with a clear screening."""
    Screening.objects.get_or_create(
        organisation=organisation, defaults={"result": ScreeningResult.CLEAR, "basis": Basis.IMPORT}
    )
    return organisation


def mandate_made(**fields):
    """A mandate that unmanned systems of Ukraine fit."""
    if not CapabilityArea.objects.filter(code="UMS").exists():
        areas_load(actor=Actor.system())
    open_to_all = {"max_foreign_share": None, "perimeter": "", "exclusions": [], "offered_cost_of_capital": "0.300000"}
    mandate = MandateFactory(**{**open_to_all, **fields})
    screened(mandate.fund.organisation)
    return mandate


def raise_made(*, area: str = "UMS.UAS.FPV", firm=None, maturity: str = "fielded", **fields):
    """An open raise of a screened firm with one published capability and a bill of materials."""
    firm = firm or FirmFactory()
    screened(firm.organisation)
    lead = CapabilityFactory(firm=firm, area=CapabilityArea.objects.get(code=area), maturity=maturity)
    ComponentFactory(capability=lead, origin="UA")
    return RaiseFactory(firm=firm, lead_capability=lead, **{"terms": [], "opened_on": dt.date(2026, 1, 1), **fields})


def run_drained(**options) -> MatchRun:
    """A run carried to its end in this process."""
    run = services.run_start(actor=Actor.system(), **{"as_of": AS_OF, **options})
    drain(run)
    return run


def drain(run: MatchRun) -> None:
    """Work off every chunk of the run's job."""
    while chunks := list(run.job.chunks.filter(status=ChunkStatus.QUEUED)):
        for chunk in chunks:
            chunk_run(chunk_id=chunk.pk)
    run.refresh_from_db()
    run.job.refresh_from_db()
