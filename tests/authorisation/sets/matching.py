"""Match runs, matches, scoring models."""

from uuid import UUID, uuid4

from apps.matching.models import MatchRun
from apps.matching.scoring_models import CURRENT
from apps.matching.services import run_start
from apps.matching.services.shadows import shadow_start
from apps.organisations.models import Organisation
from kernel.access import Actor
from tests.authorisation.scenes import FIRM, FUND, scene
from tests.authorisation.sets.investors import ACTIVE
from tests.factories.matching import drain, mandate_made, raise_made, run_drained
from tests.factories.scoring_models import evaluation_made, model_content, model_made


def run_queued(_organisation: Organisation) -> UUID:
    found = MatchRun.objects.filter(status="queued").first()
    return (found or run_start(actor=Actor.system())).pk


def run_published(_organisation: Organisation) -> UUID:
    return run_drained().pk


def model(_organisation: Organisation) -> str:
    return CURRENT


def shadowed(_organisation: Organisation) -> str:
    run_drained()
    drain(shadow_start(actor=Actor.system(), model_id=CURRENT))
    return CURRENT


def evaluated(_organisation: Organisation) -> UUID:
    return evaluation_made(model_made()).pk


def pair(organisation: Organisation) -> str:
    """A pair of the organisation and a counterpart, scored once the current run is there."""
    if organisation.kind == FUND:
        mandate, item = mandate_made(fund=organisation.fund), raise_made()
    else:
        mandate, item = mandate_made(), raise_made(firm=organisation.firm)
    return f"{mandate.pk}~{item.pk}"


BLIND = {"owner, registered": 404, "owner, suspended": 404}
"""Without being verified one sees no counterpart, so no pair either."""

scene("GET /match-runs", "GET /scoring-models")
scene("POST /match-runs", body={}, success=202)
scene("GET /match-runs/{id}", build=run_published, is_shared=True)
scene("POST /match-runs/{id}/cancel", build=run_queued, is_shared=True)
scene("GET /matches", **ACTIVE, query="?mandate={id}")
scene("GET /matches/{id}/explanation", build=pair, owners=(FIRM, FUND), ready=run_drained, instead=BLIND)
scene("GET /scoring-models/{id}", build=model, is_shared=True)
scene("POST /scoring-models", body=lambda _persona: {"content": model_content(f"m{uuid4().hex[:20]}")}, success=201)
scene(
    "POST /scoring-models/{id}/promote",
    build=lambda _organisation: model_made(),
    is_shared=True,
    body=lambda _persona: {"evaluation": str(evaluation_made("tandem-2.0.0", is_better=True).pk)},
)
scene(
    "POST /scoring-models/{id}/shadow",
    build=lambda _organisation: model_made(),
    is_shared=True,
    ready=run_drained,
    success=202,
)
scene("GET /scoring-models/{id}/agreement", build=shadowed, is_shared=True)
scene("GET /model-evaluations")
scene("GET /model-evaluations/{id}", build=evaluated, is_shared=True)
