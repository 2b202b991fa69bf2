"""Django REST framework and the OpenAPI document."""

from config import env

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "apps.organisations.authentication.ApiKeyAuthentication",
        "apps.organisations.authentication.SessionTokenAuthentication",
        "apps.organisations.authentication.BrowserSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["kernel.api.permissions.DeclaredPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "kernel.api.schema.AutoSchema",
    "EXCEPTION_HANDLER": "kernel.api.handler.problem_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "COERCE_DECIMAL_TO_STRING": True,
    "DATETIME_FORMAT": "iso-8601",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "NUM_PROXIES": int(env.number("NUM_PROXIES", 0)),
}

API_READS_RECORDER = "apps.audit.services.reads_record"

API_RATES = {"key": "600/minute", "organisation": "3000/minute", "anonymous": "60/minute", "invitation": "60/hour"}

SPECTACULAR_SETTINGS = {
    "TITLE": "Tandem",
    "VERSION": "1.0.0",
    "DESCRIPTION": "Matches European capital with Ukrainian defence technology: registry, mandates, explained matches.",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "AmountBand": "apps.startups.rules.bands.AMOUNT_BANDS",
        "CapabilityStatus": "apps.startups.states.CapabilityStatus",
        "CaseAction": "apps.compliance.services.actions.OFFICER_ACTIONS",
        "CaseCause": "apps.compliance.states.CaseCause",
        "CaseStatus": "apps.compliance.states.CaseStatus",
        "DevelopmentEventKind": "apps.startups.states.EventKind",
        "DocumentStatus": "apps.documents.states.VersionStatus",
        "EvidenceTier": "apps.reference.evidence.EvidenceTier",
        "GroupRole": "apps.compliance.states.GroupRole",
        "HitStatus": "apps.compliance.states.HitStatus",
        "ImportStatus": "apps.exchange.states.ImportStatus",
        "ItemState": "apps.compliance.states.ItemState",
        "JobStatus": "kernel.job_states.JobStatus",
        "LeverKind": "apps.investors.states.LeverKind",
        "ListEntryKind": "apps.compliance.states.EntryKind",
        "ListVersionStatus": "apps.compliance.states.ListVersionStatus",
        "MandateStatus": "apps.investors.states.MandateStatus",
        "MatchRunStatus": "apps.matching.states.RunStatus",
        "OrganisationKind": "apps.organisations.states.KINDS",
        "OrganisationKindRegistered": "apps.organisations.states.REGISTERED_KINDS",
        "OwnerKind": "apps.compliance.states.OwnerKind",
        "PartyKind": "apps.compliance.states.PartyKind",
        "Permission": "apps.organisations.states.PERMISSIONS",
        "PermitKind": "apps.compliance.states.PermitKind",
        "PermitStatus": "apps.compliance.states.PermitStatus",
        "RaiseStatus": "apps.startups.states.RaiseStatus",
        "RegistrationClashStatus": "apps.organisations.states.ClashStatus",
        "RegistrationStatus": "apps.organisations.states.RegistrationStatus",
        "RequestKind": "apps.compliance.states.RequestKind",
        "ScreeningCause": "apps.compliance.states.ScreeningCause",
        "Standing": "apps.organisations.states.Standing",
        "SubjectRole": "apps.compliance.states.SubjectRole",
        "UploadStatus": "apps.documents.states.UploadStatus",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "kernel.api.schema_examples.examples_fill",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}
