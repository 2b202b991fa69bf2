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
    ORGANISATION_GO_DARK = "organisations.organisation.go_dark"
    ORGANISATION_MERGE = "organisations.organisation.merge"
    MEMBER_READ = "organisations.member.read"
    MEMBER_UPDATE = "organisations.member.update"
    MEMBER_REMOVE = "organisations.member.remove"
    INVITATION_READ = "organisations.invitation.read"
    INVITATION_CREATE = "organisations.invitation.create"
    INVITATION_REVOKE = "organisations.invitation.revoke"
    REGISTRATION_CLASH_READ = "organisations.registration_clash.read"
    REGISTRATION_CLASH_DECIDE = "organisations.registration_clash.decide"
    UNDERTAKING_READ = "organisations.undertaking.read"
    UNDERTAKING_ACCEPT = "organisations.undertaking.accept"
    GRANT_READ = "organisations.grant.read"
    GRANT_CREATE = "organisations.grant.create"
    GRANT_REVOKE = "organisations.grant.revoke"
    BREAK_GLASS_READ = "organisations.break_glass.read"
    BREAK_GLASS_REQUEST = "organisations.break_glass.request"
    BREAK_GLASS_APPROVE = "organisations.break_glass.approve"
    BREAK_GLASS_END = "organisations.break_glass.end"
    API_KEY_READ = "organisations.api_key.read"
    API_KEY_CREATE = "organisations.api_key.create"
    API_KEY_REVOKE = "organisations.api_key.revoke"

    DOCUMENT_READ = "documents.document.read"
    DOCUMENT_UPDATE = "documents.document.update"
    DOCUMENT_WITHDRAW = "documents.document.withdraw"
    UPLOAD_READ = "documents.upload.read"
    UPLOAD_CREATE = "documents.upload.create"
    UPLOAD_CANCEL = "documents.upload.cancel"

    TEASER_READ = "startups.teaser.read"
    FIRM_READ = "startups.firm.read"
    FIRM_UPDATE = "startups.firm.update"
    FIRM_REVEAL = "startups.firm.reveal"
    READINESS_READ = "startups.readiness.read"
    START_READ = "startups.start.read"
    START_UPDATE = "startups.start.update"
    START_PUBLISH = "startups.start.publish"
    FINANCIALS_READ = "startups.financials.read"
    FINANCIALS_UPDATE = "startups.financials.update"
    CAPABILITY_READ = "startups.capability.read"
    CAPABILITY_CREATE = "startups.capability.create"
    CAPABILITY_UPDATE = "startups.capability.update"
    CAPABILITY_PUBLISH = "startups.capability.publish"
    CAPABILITY_ARCHIVE = "startups.capability.archive"
    EXPORT_CLASS_READ = "startups.export_class.read"
    EXPORT_CLASS_CONFIRM = "startups.export_class.confirm"
    CODIFICATION_CONFIRM = "startups.codification.confirm"
    DEVELOPMENT_EVENT_READ = "startups.development_event.read"
    DEVELOPMENT_EVENT_CREATE = "startups.development_event.create"
    EVIDENCE_READ = "startups.evidence.read"
    EVIDENCE_ATTACH = "startups.evidence.attach"
    EVIDENCE_WITHDRAW = "startups.evidence.withdraw"
    EVIDENCE_JUDGE = "startups.evidence.judge"
    TRACKER_READ = "startups.tracker.read"
    TRACKER_CREATE = "startups.tracker.create"
    TRACKER_UPDATE = "startups.tracker.update"
    TRACKER_DISABLE = "startups.tracker.disable"
    ATTESTATION_READ = "startups.attestation.read"
    ATTESTATION_REQUEST = "startups.attestation.request"
    ATTESTATION_GIVE = "startups.attestation.give"
    ATTESTATION_WITHDRAW = "startups.attestation.withdraw"
    ATTESTOR_SEAT_READ = "startups.attestor_seat.read"
    ATTESTOR_SEAT_OPEN = "startups.attestor_seat.open"
    ATTESTOR_SEAT_DISABLE = "startups.attestor_seat.disable"
    ATTESTOR_ADMISSION_READ = "startups.attestor_admission.read"
    ATTESTOR_ADMISSION_CREATE = "startups.attestor_admission.create"
    ATTESTOR_ADMISSION_END = "startups.attestor_admission.end"
    ATTESTOR_ADDRESS_READ = "startups.attestor_address.read"
    ATTESTOR_ADDRESS_VOUCH = "startups.attestor_address.vouch"
    SELF_ATTESTATION_READ = "startups.self_attestation.read"
    SPEED_FLAG_READ = "startups.speed_flag.read"
    SPEED_FLAG_JUDGE = "startups.speed_flag.judge"
    RAISE_READ = "startups.raise.read"
    RAISE_CREATE = "startups.raise.create"
    RAISE_UPDATE = "startups.raise.update"
    RAISE_OPEN = "startups.raise.open"
    RAISE_CLOSE = "startups.raise.close"

    FUND_TEASER_READ = "investors.teaser.read"
    FUND_READ = "investors.fund.read"
    FUND_UPDATE = "investors.fund.update"
    LEVER_READ = "investors.lever.read"
    LEVER_CREATE = "investors.lever.create"
    LEVER_UPDATE = "investors.lever.update"
    MANDATE_READ = "investors.mandate.read"
    MANDATE_VERSION_READ = "investors.mandate_version.read"
    MANDATE_CREATE = "investors.mandate.create"
    MANDATE_UPDATE = "investors.mandate.update"
    MANDATE_ACTIVATE = "investors.mandate.activate"
    MANDATE_CLOSE = "investors.mandate.close"

    OWNERSHIP_READ = "compliance.ownership.read"
    OWNERSHIP_STATE = "compliance.ownership.state"

    SCREENING_READ = "compliance.screening.read"
    SCREENING_REQUEST = "compliance.screening.request"
    SCREENING_HIT_DECIDE = "compliance.screening_hit.decide"
    WATCH_LIST_READ = "compliance.watch_list.read"
    WATCH_LIST_LOAD = "compliance.watch_list.load"
    VERIFICATION_READ = "compliance.verification.read"
    VERIFICATION_OPEN = "compliance.verification.open"
    VERIFICATION_PROVIDE = "compliance.verification.provide"
    VERIFICATION_SUBMIT = "compliance.verification.submit"
    VERIFICATION_ANSWER = "compliance.verification.answer"
    CASE_READ = "compliance.case.read"
    CASE_TAKE = "compliance.case.take"
    CASE_ASK = "compliance.case.ask"
    CASE_JUDGE = "compliance.case.judge"
    CASE_DECIDE = "compliance.case.decide"
    CASE_SUSPEND = "compliance.case.suspend"
    INTEREST_READ = "compliance.interest.read"
    INTEREST_DECLARE = "compliance.interest.declare"
    PERMIT_READ = "compliance.permit.read"
    PERMIT_RECORD = "compliance.permit.record"
    PERMIT_DECIDE = "compliance.permit.decide"

    CAPITAL_COST_QUOTE = "reference.capital_cost.quote"

    MATCH_READ = "matching.match.read"
    INTRODUCTION_READ = "matching.introduction.read"
    INTRODUCTION_EXPRESS = "matching.introduction.express"
    INTRODUCTION_ANSWER = "matching.introduction.answer"
    INTRODUCTION_WITHDRAW = "matching.introduction.withdraw"
    INTRODUCTION_RECORD = "matching.introduction.record"
    DECISION_FIGURES_READ = "matching.decision_figures.read"
    MATCH_PREVIEW = "matching.match.preview"
    EXPOSURE_READ = "matching.exposure.read"
    RUN_READ = "matching.run.read"
    RUN_COMPARE = "matching.run.compare"
    RUN_START = "matching.run.start"
    RUN_CANCEL = "matching.run.cancel"
    SCORING_MODEL_READ = "matching.scoring_model.read"
    SCORING_MODEL_REGISTER = "matching.scoring_model.register"
    SCORING_MODEL_SHADOW = "matching.scoring_model.shadow"
    SCORING_MODEL_PROMOTE = "matching.scoring_model.promote"
    EVALUATION_READ = "matching.evaluation.read"

    DEAL_FLOW_READ = "dealflow.deal_flow.read"
    SAVED_SEARCH_READ = "dealflow.saved_search.read"
    SAVED_SEARCH_CREATE = "dealflow.saved_search.create"
    SAVED_SEARCH_UPDATE = "dealflow.saved_search.update"
    SAVED_SEARCH_DELETE = "dealflow.saved_search.delete"
    PIPELINE_UPDATE = "dealflow.pipeline.update"
    WATCHLIST_READ = "dealflow.watchlist.read"
    WATCHLIST_UPDATE = "dealflow.watchlist.update"

    IMPORT_READ = "exchange.import.read"
    IMPORT_CREATE = "exchange.import.create"
    IMPORT_CONFIRM = "exchange.import.confirm"
    EXPORT_READ = "exchange.export.read"
    EXPORT_CREATE = "exchange.export.create"

    EVENT_READ = "audit.event.read"

    JOB_READ = "kernel.job.read"
    JOB_CANCEL = "kernel.job.cancel"


P = Permission

_EVERYBODY = frozenset(
    {
        P.ORGANISATION_READ,
        P.FIRM_READ,
        P.FUND_READ,
        P.TEASER_READ,
        P.DEAL_FLOW_READ,
        P.FUND_TEASER_READ,
        P.UNDERTAKING_READ,
        P.JOB_READ,
        P.SCORING_MODEL_READ,
    }
)
_OWNS = frozenset(
    {
        P.ORGANISATION_UPDATE,
        P.ORGANISATION_GO_DARK,
        P.MEMBER_READ,
        P.MEMBER_UPDATE,
        P.MEMBER_REMOVE,
        P.INVITATION_READ,
        P.INVITATION_CREATE,
        P.INVITATION_REVOKE,
        P.API_KEY_READ,
        P.API_KEY_CREATE,
        P.API_KEY_REVOKE,
        P.GRANT_READ,
        P.BREAK_GLASS_READ,
        P.EVENT_READ,
    }
)
_GUARDS = frozenset(
    {
        P.ORGANISATION_GO_DARK,
        P.API_KEY_READ,
        P.API_KEY_REVOKE,
        P.GRANT_READ,
        P.BREAK_GLASS_READ,
        P.EVENT_READ,
    }
)
"""What the compliance role adds: watching who sees what, and stopping it."""
_DISCLOSES = frozenset({P.GRANT_CREATE, P.GRANT_REVOKE, P.FIRM_REVEAL})
_PAPERS = frozenset({P.DOCUMENT_READ, P.UPLOAD_READ})
"""Reading the documents of one's own organisation, and what others opened to it."""
_FILES = _PAPERS | {P.DOCUMENT_UPDATE, P.DOCUMENT_WITHDRAW, P.UPLOAD_CREATE, P.UPLOAD_CANCEL}
"""Keeping them."""

_VERIFIED = frozenset(
    {
        P.VERIFICATION_READ,
        P.VERIFICATION_OPEN,
        P.VERIFICATION_PROVIDE,
        P.VERIFICATION_SUBMIT,
        P.VERIFICATION_ANSWER,
        P.PERMIT_READ,
        P.PERMIT_RECORD,
        P.OWNERSHIP_READ,
        P.OWNERSHIP_STATE,
    }
)
"""Having one's own organisation verified, and telling of its permits."""

_SEARCHES = frozenset({P.SAVED_SEARCH_READ, P.SAVED_SEARCH_CREATE, P.SAVED_SEARCH_UPDATE, P.SAVED_SEARCH_DELETE})
"""Keeping searches of one's own; sharing one shows colleagues what they may search for themselves."""

_INTRODUCES = frozenset({P.INTRODUCTION_EXPRESS, P.INTRODUCTION_ANSWER, P.INTRODUCTION_WITHDRAW, P.INTRODUCTION_RECORD})
"""Saying yes or no to a counterpart, and what became of it."""

_FIRM_READS = (
    _EVERYBODY
    | _SEARCHES
    | {
        P.INTRODUCTION_READ,
        P.DECISION_FIGURES_READ,
        P.CAPITAL_COST_QUOTE,
        P.MEMBER_READ,
        P.GRANT_READ,
        P.FINANCIALS_READ,
        P.CAPABILITY_READ,
        P.DEVELOPMENT_EVENT_READ,
        P.EVIDENCE_READ,
        P.TRACKER_READ,
        P.ATTESTATION_READ,
        P.ATTESTOR_ADMISSION_READ,
        P.RAISE_READ,
        P.MANDATE_READ,
        P.MATCH_READ,
        P.RUN_READ,
        P.READINESS_READ,
        P.START_READ,
        P.EXPORT_CLASS_READ,
    }
)
_FIRM_EDITS = _FIRM_READS | {
    *_INTRODUCES,
    P.MATCH_PREVIEW,
    P.FIRM_UPDATE,
    P.FIRM_REVEAL,
    P.FINANCIALS_UPDATE,
    P.CAPABILITY_CREATE,
    P.CAPABILITY_UPDATE,
    P.CAPABILITY_PUBLISH,
    P.CAPABILITY_ARCHIVE,
    P.DEVELOPMENT_EVENT_CREATE,
    P.EVIDENCE_ATTACH,
    P.EVIDENCE_WITHDRAW,
    P.TRACKER_CREATE,
    P.TRACKER_UPDATE,
    P.TRACKER_DISABLE,
    P.ATTESTATION_REQUEST,
    P.ATTESTOR_ADMISSION_CREATE,
    P.ATTESTOR_ADMISSION_END,
    P.RAISE_CREATE,
    P.RAISE_UPDATE,
    P.RAISE_OPEN,
    P.RAISE_CLOSE,
    P.JOB_CANCEL,
    P.START_UPDATE,
    P.START_PUBLISH,
    P.EXPORT_READ,
    P.EXPORT_CREATE,
    P.IMPORT_READ,
    P.IMPORT_CREATE,
    P.IMPORT_CONFIRM,
}

_FUND_READS = (
    _EVERYBODY
    | _SEARCHES
    | {
        P.INTRODUCTION_READ,
        P.DECISION_FIGURES_READ,
        P.WATCHLIST_READ,
        P.CAPITAL_COST_QUOTE,
        P.MEMBER_READ,
        P.GRANT_READ,
        P.CAPABILITY_READ,
        P.FINANCIALS_READ,
        P.RAISE_READ,
        P.LEVER_READ,
        P.MANDATE_READ,
        P.MANDATE_VERSION_READ,
        P.MATCH_READ,
        P.RUN_READ,
    }
)
_FUND_EDITS = _FUND_READS | {
    *_INTRODUCES,
    P.MATCH_PREVIEW,
    P.PIPELINE_UPDATE,
    P.WATCHLIST_UPDATE,
    P.FUND_UPDATE,
    P.LEVER_CREATE,
    P.LEVER_UPDATE,
    P.MANDATE_CREATE,
    P.MANDATE_UPDATE,
    P.MANDATE_ACTIVATE,
    P.MANDATE_CLOSE,
    P.JOB_CANCEL,
    P.EXPORT_READ,
    P.EXPORT_CREATE,
}

_AUTHORITY_READS = (
    _EVERYBODY
    | _SEARCHES
    | {
        P.CAPITAL_COST_QUOTE,
        P.MEMBER_READ,
        P.GRANT_READ,
        P.CAPABILITY_READ,
        P.FINANCIALS_READ,
        P.RAISE_READ,
        P.LEVER_READ,
    }
)

_ATTESTOR_READS = frozenset({P.ATTESTATION_READ, P.ATTESTOR_ADMISSION_READ, P.ATTESTOR_SEAT_READ})
_ATTESTS = _ATTESTOR_READS | {
    P.ATTESTATION_GIVE,
    P.ATTESTATION_WITHDRAW,
    P.ATTESTOR_SEAT_OPEN,
    P.ATTESTOR_SEAT_DISABLE,
}
"""Giving one's word on firms' events, for an attestor or an authority."""

_OPERATOR_READS = _EVERYBODY | {
    P.CAPITAL_COST_QUOTE,
    P.MEMBER_READ,
    P.REGISTRATION_CLASH_READ,
    P.BREAK_GLASS_READ,
    P.CAPABILITY_READ,
    P.FINANCIALS_READ,
    P.DEVELOPMENT_EVENT_READ,
    P.RAISE_READ,
    P.LEVER_READ,
    P.MANDATE_READ,
    P.RUN_READ,
    P.RUN_COMPARE,
    P.EVALUATION_READ,
    P.EXPOSURE_READ,
    P.IMPORT_READ,
    P.WATCH_LIST_READ,
}
_OPERATOR_EDITS = _OPERATOR_READS | {
    P.WATCH_LIST_LOAD,
    P.REGISTRATION_CLASH_DECIDE,
    P.ORGANISATION_MERGE,
    P.BREAK_GLASS_REQUEST,
    P.BREAK_GLASS_END,
    P.RUN_START,
    P.RUN_CANCEL,
    P.SCORING_MODEL_REGISTER,
    P.SCORING_MODEL_SHADOW,
    P.SCORING_MODEL_PROMOTE,
    P.IMPORT_CREATE,
    P.IMPORT_CONFIRM,
    P.JOB_CANCEL,
}
_OPERATOR_SCREENS = frozenset(
    {P.SCREENING_READ, P.SCREENING_REQUEST, P.SCREENING_HIT_DECIDE, P.WATCH_LIST_LOAD, P.JOB_CANCEL}
)
"""What the operator's compliance role does with watch-lists' hits: nobody else sees them."""
_OPERATOR_VERIFIES = frozenset(
    {
        P.CASE_READ,
        P.CASE_TAKE,
        P.CASE_ASK,
        P.CASE_JUDGE,
        P.CASE_DECIDE,
        P.CASE_SUSPEND,
        P.INTEREST_READ,
        P.INTEREST_DECLARE,
        P.PERMIT_READ,
        P.PERMIT_DECIDE,
        P.EXPORT_CLASS_READ,
        P.EXPORT_CLASS_CONFIRM,
        P.CODIFICATION_CONFIRM,
        P.EVIDENCE_READ,
        P.EVIDENCE_JUDGE,
        P.OWNERSHIP_READ,
        P.SPEED_FLAG_READ,
        P.SPEED_FLAG_JUDGE,
        P.ATTESTOR_ADDRESS_READ,
        P.ATTESTOR_ADDRESS_VOUCH,
        P.SELF_ATTESTATION_READ,
    }
)
"""What the operator's compliance role decides about organisations, their permits and their goods: nobody else sees the
files.
"""
_OPERATOR_OWNS = (_OWNS - {P.ORGANISATION_GO_DARK, P.GRANT_READ}) | {P.BREAK_GLASS_APPROVE}

ROLE_PERMISSIONS: dict[tuple[Kind, Role], frozenset[Permission]] = {
    (Kind.FIRM, Role.OWNER): _FIRM_EDITS | _OWNS | _DISCLOSES | _FILES | _VERIFIED,
    (Kind.FIRM, Role.EDITOR): _FIRM_EDITS | _FILES,
    (Kind.FIRM, Role.VIEWER): _FIRM_READS,
    (Kind.FIRM, Role.SIGNATORY): _FIRM_READS | {P.UNDERTAKING_ACCEPT} | _PAPERS,
    (Kind.FIRM, Role.COMPLIANCE): _FIRM_READS | _GUARDS | _DISCLOSES | _FILES | _VERIFIED,
    (Kind.FUND, Role.OWNER): _FUND_EDITS | _OWNS | _FILES | _VERIFIED,
    (Kind.FUND, Role.EDITOR): _FUND_EDITS | _FILES,
    (Kind.FUND, Role.VIEWER): _FUND_READS,
    (Kind.FUND, Role.SIGNATORY): _FUND_READS | {P.UNDERTAKING_ACCEPT} | _PAPERS,
    (Kind.FUND, Role.COMPLIANCE): _FUND_READS | _GUARDS | _FILES | _VERIFIED,
    (Kind.AUTHORITY, Role.OWNER): _AUTHORITY_READS | _OWNS | _FILES | _VERIFIED | _ATTESTS,
    (Kind.AUTHORITY, Role.SIGNATORY): _AUTHORITY_READS | {P.UNDERTAKING_ACCEPT} | _PAPERS,
    (Kind.AUTHORITY, Role.OFFICER): _AUTHORITY_READS | _FILES | _ATTESTS,
    (Kind.AUTHORITY, Role.REVIEWER): _AUTHORITY_READS | _ATTESTOR_READS,
    (Kind.AUTHORITY, Role.VIEWER): _AUTHORITY_READS | _ATTESTOR_READS,
    (Kind.ATTESTOR, Role.OWNER): _EVERYBODY | _OWNS | _FILES | _VERIFIED | _ATTESTS,
    (Kind.ATTESTOR, Role.EDITOR): _EVERYBODY | _FILES | _ATTESTS,
    (Kind.ATTESTOR, Role.VIEWER): _EVERYBODY | _ATTESTOR_READS,
    (Kind.OPERATOR, Role.OWNER): _OPERATOR_EDITS | _OPERATOR_OWNS,
    (Kind.OPERATOR, Role.EDITOR): _OPERATOR_EDITS,
    (Kind.OPERATOR, Role.COMPLIANCE): _OPERATOR_READS
    | _OPERATOR_SCREENS
    | _OPERATOR_VERIFIES
    | {
        P.REGISTRATION_CLASH_DECIDE,
        P.BREAK_GLASS_REQUEST,
        P.BREAK_GLASS_APPROVE,
        P.BREAK_GLASS_END,
        P.EVENT_READ,
        P.DOCUMENT_READ,
    },
    (Kind.OPERATOR, Role.VIEWER): _OPERATOR_READS,
}

SECOND_FACTOR_ROLES = frozenset({Role.OFFICER, Role.SIGNATORY})
"""Whoever holds one of these may do nothing for the organisation without a second factor."""
