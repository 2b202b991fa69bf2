"""The one table of who may do what: permissions by kind of organisation and role. No logic, no Django."""

from enum import StrEnum


class Kind(StrEnum):
    FIRM = "firm"
    FUND = "fund"
    AUTHORITY = "authority"
    ATTESTOR = "attestor"
    OPERATOR = "operator"


class Role(StrEnum):
    OWNER = "owner"
    EDITOR = "editor"
    VIEWER = "viewer"
    SIGNATORY = "signatory"
    OFFICER = "officer"
    REVIEWER = "reviewer"
    COMPLIANCE = "compliance"


class Permission(StrEnum):
    ORGANISATION_READ = "organisations.organisation.read"
    ORGANISATION_UPDATE = "organisations.organisation.update"
    MEMBER_READ = "organisations.member.read"
    API_KEY_READ = "organisations.api_key.read"
    API_KEY_CREATE = "organisations.api_key.create"
    API_KEY_REVOKE = "organisations.api_key.revoke"

    FIRM_READ = "startups.firm.read"
    FIRM_UPDATE = "startups.firm.update"
    FINANCIALS_READ = "startups.financials.read"
    FINANCIALS_UPDATE = "startups.financials.update"
    CAPABILITY_READ = "startups.capability.read"
    CAPABILITY_CREATE = "startups.capability.create"
    CAPABILITY_UPDATE = "startups.capability.update"
    CAPABILITY_PUBLISH = "startups.capability.publish"
    CAPABILITY_ARCHIVE = "startups.capability.archive"
    DEVELOPMENT_EVENT_READ = "startups.development_event.read"
    DEVELOPMENT_EVENT_CREATE = "startups.development_event.create"
    RAISE_READ = "startups.raise.read"
    RAISE_CREATE = "startups.raise.create"
    RAISE_UPDATE = "startups.raise.update"
    RAISE_OPEN = "startups.raise.open"
    RAISE_CLOSE = "startups.raise.close"

    FUND_READ = "investors.fund.read"
    FUND_UPDATE = "investors.fund.update"
    LEVER_READ = "investors.lever.read"
    LEVER_CREATE = "investors.lever.create"
    LEVER_UPDATE = "investors.lever.update"
    MANDATE_READ = "investors.mandate.read"
    MANDATE_CREATE = "investors.mandate.create"
    MANDATE_UPDATE = "investors.mandate.update"
    MANDATE_ACTIVATE = "investors.mandate.activate"
    MANDATE_CLOSE = "investors.mandate.close"

    MATCH_READ = "matching.match.read"
    RUN_READ = "matching.run.read"
    RUN_START = "matching.run.start"
    RUN_CANCEL = "matching.run.cancel"
    SCORING_MODEL_READ = "matching.scoring_model.read"

    IMPORT_READ = "exchange.import.read"
    IMPORT_CREATE = "exchange.import.create"
    IMPORT_CONFIRM = "exchange.import.confirm"

    JOB_READ = "kernel.job.read"
    JOB_CANCEL = "kernel.job.cancel"


P = Permission

_EVERYBODY = frozenset({P.ORGANISATION_READ, P.FIRM_READ, P.FUND_READ, P.JOB_READ, P.SCORING_MODEL_READ})

_FIRM_READS = _EVERYBODY | {
    P.MEMBER_READ,
    P.FINANCIALS_READ,
    P.CAPABILITY_READ,
    P.DEVELOPMENT_EVENT_READ,
    P.RAISE_READ,
    P.MANDATE_READ,
    P.MATCH_READ,
    P.RUN_READ,
}
_FIRM_EDITS = _FIRM_READS | {
    P.FIRM_UPDATE,
    P.FINANCIALS_UPDATE,
    P.CAPABILITY_CREATE,
    P.CAPABILITY_UPDATE,
    P.CAPABILITY_PUBLISH,
    P.CAPABILITY_ARCHIVE,
    P.DEVELOPMENT_EVENT_CREATE,
    P.RAISE_CREATE,
    P.RAISE_UPDATE,
    P.RAISE_OPEN,
    P.RAISE_CLOSE,
    P.JOB_CANCEL,
}

_FUND_READS = _EVERYBODY | {
    P.MEMBER_READ,
    P.CAPABILITY_READ,
    P.RAISE_READ,
    P.LEVER_READ,
    P.MANDATE_READ,
    P.MATCH_READ,
    P.RUN_READ,
}
_FUND_EDITS = _FUND_READS | {
    P.FUND_UPDATE,
    P.LEVER_CREATE,
    P.LEVER_UPDATE,
    P.MANDATE_CREATE,
    P.MANDATE_UPDATE,
    P.MANDATE_ACTIVATE,
    P.MANDATE_CLOSE,
    P.JOB_CANCEL,
}

_AUTHORITY_READS = _EVERYBODY | {P.MEMBER_READ, P.CAPABILITY_READ, P.RAISE_READ, P.LEVER_READ}

_OPERATOR_READS = _EVERYBODY | {
    P.MEMBER_READ,
    P.CAPABILITY_READ,
    P.RAISE_READ,
    P.LEVER_READ,
    P.MANDATE_READ,
    P.RUN_READ,
    P.IMPORT_READ,
}
_OPERATOR_EDITS = _OPERATOR_READS | {
    P.RUN_START,
    P.RUN_CANCEL,
    P.IMPORT_CREATE,
    P.IMPORT_CONFIRM,
    P.JOB_CANCEL,
}

_OWNS = frozenset({P.ORGANISATION_UPDATE, P.MEMBER_READ, P.API_KEY_READ, P.API_KEY_CREATE, P.API_KEY_REVOKE})

ROLE_PERMISSIONS: dict[tuple[Kind, Role], frozenset[Permission]] = {
    (Kind.FIRM, Role.OWNER): _FIRM_EDITS | _OWNS,
    (Kind.FIRM, Role.EDITOR): _FIRM_EDITS,
    (Kind.FIRM, Role.VIEWER): _FIRM_READS,
    (Kind.FIRM, Role.SIGNATORY): _FIRM_READS,
    (Kind.FIRM, Role.COMPLIANCE): _FIRM_READS,
    (Kind.FUND, Role.OWNER): _FUND_EDITS | _OWNS,
    (Kind.FUND, Role.EDITOR): _FUND_EDITS,
    (Kind.FUND, Role.VIEWER): _FUND_READS,
    (Kind.FUND, Role.SIGNATORY): _FUND_READS,
    (Kind.FUND, Role.COMPLIANCE): _FUND_READS,
    (Kind.AUTHORITY, Role.OWNER): _AUTHORITY_READS | _OWNS,
    (Kind.AUTHORITY, Role.OFFICER): _AUTHORITY_READS,
    (Kind.AUTHORITY, Role.REVIEWER): _AUTHORITY_READS,
    (Kind.AUTHORITY, Role.VIEWER): _AUTHORITY_READS,
    (Kind.ATTESTOR, Role.OWNER): _EVERYBODY | _OWNS,
    (Kind.ATTESTOR, Role.EDITOR): _EVERYBODY,
    (Kind.ATTESTOR, Role.VIEWER): _EVERYBODY,
    (Kind.OPERATOR, Role.OWNER): _OPERATOR_EDITS | _OWNS,
    (Kind.OPERATOR, Role.EDITOR): _OPERATOR_EDITS,
    (Kind.OPERATOR, Role.COMPLIANCE): _OPERATOR_READS,
    (Kind.OPERATOR, Role.VIEWER): _OPERATOR_READS,
}
