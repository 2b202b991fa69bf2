"""Results of screening and kinds of owners."""

from django.db import models

from apps.compliance import events
from apps.permissions import Permission
from kernel.states import Machine, Transition


class ScreeningResult(models.TextChoices):
    CLEAR = "clear"
    REVIEW = "review", "a hit waits for review"
    HIT = "hit", "a confirmed hit"


class OwnerKind(models.TextChoices):
    """What an owner in an import is; a declared unknown one is no row of it."""

    PERSON = "person"
    ENTITY = "entity"


class PartyKind(models.TextChoices):
    PERSON = "person"
    ENTITY = "entity"
    UNKNOWN = "unknown", "declared to be unknown"


class EntityType(models.TextChoices):
    """The kinds of entities of BODS 0.4; a state and its bodies have no owners."""

    REGISTERED_ENTITY = "registered_entity"
    LEGAL_ENTITY = "legal_entity"
    ARRANGEMENT = "arrangement"
    ANONYMOUS_ENTITY = "anonymous_entity"
    UNKNOWN_ENTITY = "unknown_entity"
    STATE = "state"
    STATE_BODY = "state_body"


class UnknownReason(models.TextChoices):
    """Why an owner is not named (BODS 0.4, unspecifiedReason)."""

    NO_BENEFICIAL_OWNERS = "no_beneficial_owners"
    SUBJECT_UNABLE = "subject_unable_to_confirm_or_identify_beneficial_owner"
    NOT_PROVIDED = "interested_party_has_not_provided_information"
    SUBJECT_EXEMPT = "subject_exempt_from_disclosure"
    INTERESTED_PARTY_EXEMPT = "interested_party_exempt_from_disclosure"
    UNKNOWN = "unknown"
    UNKNOWN_TO_PUBLISHER = "information_unknown_to_publisher"


class InterestType(models.TextChoices):
    """What an owner has in an entity (BODS 0.4, interestType)."""

    SHAREHOLDING = "shareholding"
    VOTING_RIGHTS = "voting_rights"
    APPOINTMENT_OF_BOARD = "appointment_of_board"
    OTHER_INFLUENCE_OR_CONTROL = "other_influence_or_control"
    SENIOR_MANAGING_OFFICIAL = "senior_managing_official"
    SETTLOR = "settlor"
    TRUSTEE = "trustee"
    PROTECTOR = "protector"
    BENEFICIARY_OF_LEGAL_ARRANGEMENT = "beneficiary_of_legal_arrangement"
    RIGHTS_TO_SURPLUS_ASSETS_ON_DISSOLUTION = "rights_to_surplus_assets_on_dissolution"
    RIGHTS_TO_PROFIT_OR_INCOME = "rights_to_profit_or_income"
    RIGHTS_GRANTED_BY_CONTRACT = "rights_granted_by_contract"
    CONDITIONAL_RIGHTS_GRANTED_BY_CONTRACT = "conditional_rights_granted_by_contract"
    CONTROL_VIA_COMPANY_RULES_OR_ARTICLES = "control_via_company_rules_or_articles"
    CONTROL_BY_LEGAL_FRAMEWORK = "control_by_legal_framework"
    BOARD_MEMBER = "board_member"
    BOARD_CHAIR = "board_chair"
    UNKNOWN_INTEREST = "unknown_interest"
    UNPUBLISHED_INTEREST = "unpublished_interest"
    ENJOYMENT_AND_USE_OF_ASSETS = "enjoyment_and_use_of_assets"
    RIGHT_TO_PROFIT_OR_INCOME_FROM_ASSETS = "right_to_profit_or_income_from_assets"


class Directness(models.TextChoices):
    DIRECT = "direct"
    INDIRECT = "indirect"
    UNKNOWN = "unknown"


class GroupRole(models.TextChoices):
    """What a party is in the group of a firm."""

    TOP_COMPANY = "top_company"
    IP_OWNER = "ip_owner", "owner of the intellectual property"
    OPERATING_COMPANY = "operating_company"


class ScreeningBasis(models.TextChoices):
    """Where the newest result comes from."""

    RUN = "run", "a screening against the lists in force"
    CASE = "case", "a verification case"
    IMPORT = "import", "an operator's import"


class Clearance(models.TextChoices):
    """What is known of an organisation: a result, or that there is none."""

    CLEAR = "clear"
    REVIEW = "review", "somebody has to look"
    HIT = "hit", "a confirmed hit"
    UNKNOWN = "unknown", "not screened against any list"


class ScreeningCause(models.TextChoices):
    REQUESTED = "requested"
    LIST_CHANGED = "list_changed"
    SUBJECT_CHANGED = "subject_changed"
    YEARLY = "yearly"


class SubjectRole(models.TextChoices):
    """As what somebody is screened for an organisation."""

    ORGANISATION = "organisation", "the organisation itself"
    MEMBER = "member", "an owner or signatory among its members"
    OWNER = "owner", "a party that owns or controls it"


class HitStatus(models.TextChoices):
    PENDING = "pending"
    TRUE_MATCH = "true_match"
    FALSE_POSITIVE = "false_positive"
    SUPERSEDED = "superseded", "a later run looked again before anybody decided"


HIT = Machine(
    name="screening_hit",
    statuses=HitStatus,
    initial=HitStatus.PENDING,
    transitions=(
        Transition(
            "judge_true",
            frozenset({HitStatus.PENDING}),
            HitStatus.TRUE_MATCH,
            Permission.SCREENING_HIT_DECIDE,
            events.HIT_JUDGED_TRUE,
        ),
        Transition(
            "judge_false",
            frozenset({HitStatus.PENDING}),
            HitStatus.FALSE_POSITIVE,
            Permission.SCREENING_HIT_DECIDE,
            events.HIT_JUDGED_FALSE,
        ),
        Transition("recall_true", frozenset({HitStatus.PENDING}), HitStatus.TRUE_MATCH, None, events.HIT_RECALLED),
        Transition("recall_false", frozenset({HitStatus.PENDING}), HitStatus.FALSE_POSITIVE, None, events.HIT_RECALLED),
        Transition("supersede", frozenset({HitStatus.PENDING}), HitStatus.SUPERSEDED, None, events.HIT_SUPERSEDED),
    ),
)


class ListFormat(models.TextChoices):
    """The published shapes that watch-lists are read from."""

    EU_FSF = "eu-fsf", "EU consolidated financial sanctions, XML 1.1"
    UN_SC = "un-sc", "UN Security Council consolidated list, XML"
    OFAC_SDN = "ofac-sdn", "OFAC specially designated nationals, standard XML"
    UK_SANCTIONS = "uk-sanctions", "UK Sanctions List, CSV"
    UA_NSDC = "ua-nsdc", "Ukrainian State Register of Sanctions, JSON"
    FTM = "ftm", "FollowTheMoney entities, JSON Lines"


class EntryKind(models.TextChoices):
    PERSON = "person"
    ENTITY = "entity"
    VESSEL = "vessel", "a ship or an aircraft"


class NameQuality(models.TextChoices):
    PRIMARY = "primary"
    ALIAS = "alias"
    WEAK = "weak", "an alias that the publisher calls weak"


class ListVersionStatus(models.TextChoices):
    RECEIVED = "received"
    WAITING = "waiting", "waits for a confirmation"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    REFUSED = "refused"
    DISCARDED = "discarded"


LIST_VERSION = Machine(
    name="list_version",
    statuses=ListVersionStatus,
    initial=ListVersionStatus.RECEIVED,
    transitions=(
        Transition(
            "bring_into_force",
            frozenset({ListVersionStatus.RECEIVED}),
            ListVersionStatus.IN_FORCE,
            None,
            events.LIST_VERSION_IN_FORCE,
        ),
        Transition(
            "hold",
            frozenset({ListVersionStatus.RECEIVED}),
            ListVersionStatus.WAITING,
            None,
            events.LIST_VERSION_HELD,
        ),
        Transition(
            "refuse",
            frozenset({ListVersionStatus.RECEIVED}),
            ListVersionStatus.REFUSED,
            None,
            events.LIST_VERSION_REFUSED,
        ),
        Transition(
            "confirm",
            frozenset({ListVersionStatus.WAITING}),
            ListVersionStatus.IN_FORCE,
            Permission.WATCH_LIST_LOAD,
            events.LIST_VERSION_IN_FORCE,
        ),
        Transition(
            "discard",
            frozenset({ListVersionStatus.WAITING}),
            ListVersionStatus.DISCARDED,
            Permission.WATCH_LIST_LOAD,
            events.LIST_VERSION_DISCARDED,
        ),
        Transition(
            "supersede",
            frozenset({ListVersionStatus.IN_FORCE}),
            ListVersionStatus.SUPERSEDED,
            None,
            events.LIST_VERSION_SUPERSEDED,
        ),
    ),
)


class CaseStatus(models.TextChoices):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    INFO_REQUESTED = "info_requested"
    VERIFIED = "verified"
    REFUSED = "refused"
    SUSPENDED = "suspended"


OPEN_CASES = (CaseStatus.DRAFT, CaseStatus.SUBMITTED, CaseStatus.IN_REVIEW, CaseStatus.INFO_REQUESTED)
WITH_ORGANISATION = (CaseStatus.DRAFT, CaseStatus.INFO_REQUESTED)
"""The organisation has to act next."""


class CaseCause(models.TextChoices):
    INITIAL = "initial"
    YEARLY = "yearly"
    OWNERSHIP_CHANGED = "ownership_changed"
    DATA_CHANGED = "data_changed"
    IMPORTED = "imported", "an operator's import took the place of a review"


class SuspensionCause(models.TextChoices):
    DECISION = "decision", "an officer decided it"
    HIT = "hit", "a person confirmed a watch-list's entry"
    OVERDUE = "overdue", "the organisation let a date pass"
    REFUSED = "refused", "the verification was not renewed"


class ItemNeed(models.TextChoices):
    """What settles an item of the checklist."""

    DOCUMENT = "document", "a document of the organisation"
    STATEMENT = "statement", "a statement by the organisation"
    OFFICER = "officer", "the officer's own finding"


class ItemState(models.TextChoices):
    OPEN = "open"
    PROVIDED = "provided"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class RequestKind(models.TextChoices):
    QUESTION = "question"
    REFUSAL_NOTICE = "refusal_notice", "the case will be refused unless the answer changes that"


VERIFICATION = Machine(
    name="verification",
    statuses=CaseStatus,
    initial=CaseStatus.DRAFT,
    transitions=(
        Transition(
            "submit",
            frozenset({CaseStatus.DRAFT}),
            CaseStatus.SUBMITTED,
            Permission.VERIFICATION_SUBMIT,
            events.CASE_SUBMITTED,
        ),
        Transition(
            "take", frozenset({CaseStatus.SUBMITTED}), CaseStatus.IN_REVIEW, Permission.CASE_TAKE, events.CASE_TAKEN
        ),
        Transition(
            "ask", frozenset({CaseStatus.IN_REVIEW}), CaseStatus.INFO_REQUESTED, Permission.CASE_ASK, events.CASE_ASKED
        ),
        Transition(
            "answer",
            frozenset({CaseStatus.INFO_REQUESTED}),
            CaseStatus.IN_REVIEW,
            Permission.VERIFICATION_ANSWER,
            events.CASE_ANSWERED,
        ),
        Transition(
            "verify",
            frozenset({CaseStatus.IN_REVIEW}),
            CaseStatus.VERIFIED,
            Permission.CASE_DECIDE,
            events.CASE_VERIFIED,
        ),
        Transition(
            "refuse",
            frozenset({CaseStatus.IN_REVIEW, CaseStatus.INFO_REQUESTED}),
            CaseStatus.REFUSED,
            Permission.CASE_DECIDE,
            events.CASE_REFUSED,
        ),
        Transition(
            "suspend",
            frozenset({CaseStatus.VERIFIED}),
            CaseStatus.SUSPENDED,
            Permission.CASE_SUSPEND,
            events.CASE_SUSPENDED,
        ),
        Transition(
            "reinstate",
            frozenset({CaseStatus.SUSPENDED}),
            CaseStatus.VERIFIED,
            Permission.CASE_SUSPEND,
            events.CASE_REINSTATED,
        ),
    ),
)
"""The record of a standing that an import gave starts as verified."""


class PermitKind(models.TextChoices):
    NEGOTIATION = "negotiation"
    TECHNOLOGY_TRANSFER = "technology_transfer"
    EXPORT = "export"


class PermitStatus(models.TextChoices):
    RECORDED = "recorded"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    REVOKED = "revoked"


PERMIT = Machine(
    name="permit",
    statuses=PermitStatus,
    initial=PermitStatus.RECORDED,
    transitions=(
        Transition(
            "confirm",
            frozenset({PermitStatus.RECORDED}),
            PermitStatus.CONFIRMED,
            Permission.PERMIT_DECIDE,
            events.PERMIT_CONFIRMED,
        ),
        Transition(
            "refuse",
            frozenset({PermitStatus.RECORDED}),
            PermitStatus.REFUSED,
            Permission.PERMIT_DECIDE,
            events.PERMIT_REFUSED,
        ),
        Transition(
            "revoke",
            frozenset({PermitStatus.CONFIRMED}),
            PermitStatus.REVOKED,
            Permission.PERMIT_DECIDE,
            events.PERMIT_REVOKED,
        ),
    ),
)
