"""Addresses of the registry."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from apps.startups.api import reveals
from apps.startups.api.views import (
    attestations,
    attestors,
    capabilities,
    components,
    development,
    evidence,
    export_control,
    financials,
    firms,
    origin,
    raises,
    readiness,
    speed,
    starts,
    teasers,
    trackers,
)
from kernel.api.routers import ApiRouter

router = ApiRouter()
router.register("teasers", teasers.Teasers, basename="teasers")
router.register("startups", firms.Startups, basename="startups")
router.register("capabilities", capabilities.Capabilities, basename="capabilities")
router.register("export-class-declarations", export_control.ExportClasses, basename="export-class-declarations")
router.register("raises", raises.Raises, basename="raises")
router.register("development-events", development.DevelopmentEvents, basename="development-events")
router.register("event-evidence", evidence.EventEvidences, basename="event-evidence")
router.register("evidence-templates", evidence.EvidenceTemplates, basename="evidence-templates")
router.register("tracker-endpoints", trackers.TrackerEndpoints, basename="tracker-endpoints")
router.register("speed-flags", speed.SpeedFlags, basename="speed-flags")
router.register("attestation-requests", attestations.AttestationRequests, basename="attestation-requests")
router.register("attestations", attestations.Attestations, basename="attestations")
router.register("attestor-seats", attestors.AttestorSeats, basename="attestor-seats")
router.register("attestor-admissions", attestors.AttestorAdmissions, basename="attestor-admissions")
router.register("attestor-addresses", attestors.AttestorAddresses, basename="attestor-addresses")
router.register("self-attestations", attestors.SelfAttestations, basename="self-attestations")

START = starts.Start.as_view({"get": "retrieve", "patch": "partial_update"})
START_PUBLISH = starts.Start.as_view({"post": "publish"})
READINESS = readiness.Readiness.as_view({"get": "retrieve"})
FINANCIALS = financials.StartupFinancials.as_view({"get": "list", "post": "create"})
WITHDRAW = financials.StartupFinancials.as_view({"post": "withdraw"})
ORIGIN = origin.CapabilityOrigin.as_view({"get": "retrieve"})
SUBSTITUTIONS = origin.CapabilitySubstitutions.as_view({"post": "find"})
COMPONENTS = components.CapabilityComponents.as_view({"get": "list", "put": "update"})
EVENTS = development.CapabilityEvents.as_view({"get": "list", "post": "create"})
EVIDENCE = evidence.EvidenceOfEvent.as_view({"get": "list", "post": "create"})
EVIDENCE_WITHDRAW = evidence.EvidenceOfEvent.as_view({"post": "withdraw"})
TRACKERS = trackers.Trackers.as_view({"post": "receive"})
CAPABILITY_SPEED = speed.CapabilitySpeed.as_view({"get": "retrieve"})
CAPABILITY_HISTORY = speed.CapabilitySpeedHistory.as_view({"get": "retrieve"})
FIRM_SPEED = speed.StartupSpeed.as_view({"get": "retrieve"})
FIRM_HISTORY = speed.StartupSpeedHistory.as_view({"get": "retrieve"})
EVENT_REQUESTS = attestations.EventAttestationRequests.as_view({"get": "list", "post": "create"})
EVENT_ATTESTATIONS = attestations.EventAttestations.as_view({"get": "list"})
ATTESTOR_EVENTS = attestations.AttestorEvents.as_view({"post": "create"})
LINKS = {name: attestations.AttestationLinks.as_view({"post": name}) for name in ("open", "decide", "withdraw")}

urlpatterns: list[URLPattern | URLResolver] = [
    path("startups/start", START, name="startups-start"),
    path("startups/start/publish", START_PUBLISH, name="startups-start-publish"),
    path("startups/<str:id>/readiness", READINESS, name="startups-readiness"),
    path("startups/<str:id>/financials", FINANCIALS, name="startups-financials"),
    path("startups/<str:id>/financials/<str:year>/withdraw", WITHDRAW, name="startups-financials-withdraw"),
    path("capabilities/<str:id>/components", COMPONENTS, name="capabilities-components"),
    path("capabilities/<str:id>/origin", ORIGIN, name="capabilities-origin"),
    path("capabilities/<str:id>/origin/substitutions", SUBSTITUTIONS, name="capabilities-origin-substitutions"),
    path("capabilities/<str:id>/events", EVENTS, name="capabilities-events"),
    path("development-events/<str:id>/evidence", EVIDENCE, name="development-events-evidence"),
    path(
        "development-events/<str:id>/evidence/<str:evidence>/withdraw",
        EVIDENCE_WITHDRAW,
        name="development-events-evidence-withdraw",
    ),
    path("trackers/<str:id>", TRACKERS, name="trackers"),
    path("startups/<str:id>/reveal", reveals.Reveals.as_view({"post": "reveal"}), name="startups-reveal"),
    path("startups/<str:id>/speed", FIRM_SPEED, name="startups-speed"),
    path("startups/<str:id>/speed/history", FIRM_HISTORY, name="startups-speed-history"),
    path("capabilities/<str:id>/speed", CAPABILITY_SPEED, name="capabilities-speed"),
    path("capabilities/<str:id>/speed/history", CAPABILITY_HISTORY, name="capabilities-speed-history"),
    path("development-events/<str:id>/attestation-requests", EVENT_REQUESTS, name="events-attestation-requests"),
    path("development-events/<str:id>/attestations", EVENT_ATTESTATIONS, name="events-attestations"),
    path("attestor-events", ATTESTOR_EVENTS, name="attestor-events"),
    *(path(f"attestation-links/{name}", view, name=f"attestation-links-{name}") for name, view in LINKS.items()),
    *router.urls,
]
