"""Lives and vocabularies of capabilities, development events and raises."""

from django.db import models

from apps.permissions import Permission
from apps.startups import events
from kernel.states import Machine, Transition


class Maturity(models.TextChoices):
    CONCEPT = "concept"
    PROTOTYPE = "prototype"
    TESTED = "tested"
    CODIFIED = "codified"
    FIELDED = "fielded"
    SERIAL = "serial"


class Flag(models.TextChoices):
    LETHAL = "lethal"
    LETHAL_AUTONOMOUS = "lethal_autonomous"
    CLUSTER_MUNITION = "cluster_munition"
    DUAL_USE = "dual_use"


class Partnering(models.TextChoices):
    """What a firm seeks a partner for."""

    JOINT_PRODUCTION = "joint_production"
    LICENCE = "licence"
    DISTRIBUTION = "distribution"


class ListingKind(models.TextChoices):
    """What a result of a search is: an open raise with its lead, or a published capability that leads none."""

    RAISE = "raise"
    CAPABILITY = "capability"


class StandardBasis(models.TextChoices):
    CLAIMED = "claimed", "by the firm itself"
    CERTIFIED = "certified", "by a certificate that is attached"


class CodificationScheme(models.TextChoices):
    NSN = "nsn", "NATO stock number"
    UA_ACT = "ua_act", "Ukrainian act of codification"


class EvidencePurpose(models.TextChoices):
    """What a document of a capability is to show."""

    MATURITY = "maturity"
    TEST_REPORT = "test_report"
    CERTIFICATE = "certificate"
    CODIFICATION = "codification"
    EXPORT_CONTROL = "export_control"
    PRODUCTION = "production"
    OTHER = "other"


class EventKind(models.TextChoices):
    FEEDBACK_REPORTED = "feedback_reported"
    FIX_FIELDED = "fix_fielded"
    RELEASE_FIELDED = "release_fielded"
    FIELD_TEST = "field_test"
    COUNTERMEASURE_OBSERVED = "countermeasure_observed"
    COUNTERMEASURE_ANSWERED = "countermeasure_answered"
    ORDER_RECEIVED = "order_received"
    DELIVERY_MADE = "delivery_made"


class EventSource(models.TextChoices):
    """How an event came here."""

    API = "api", "stated by the firm"
    IMPORT = "import"
    TRACKER = "tracker", "sent by the firm's tracker"
    ATTESTOR = "attestor", "stated by an attestor"


class EvidenceStatus(models.TextChoices):
    """What became of a document that is to show an event."""

    STATED = "stated"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


COUNTING_EVIDENCE = (EvidenceStatus.STATED, EvidenceStatus.CONFIRMED)


class Verdict(models.TextChoices):
    """`amended` refuses the event as it stands and goes with a correction by the attestor, which supersedes it."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"
    AMENDED = "amended"


class AttestorRole(models.TextChoices):
    """As what somebody attests; more of them is never told to others."""

    UNIT = "unit"
    TEST_RANGE = "test_range"
    CUSTOMER = "customer"
    AUTHORITY = "authority"


class Tie(models.TextChoices):
    """Why an attestor is none for a firm's events."""

    ITSELF = "itself", "the firm itself"
    MEMBERS = "members", "the same people"
    OWNERSHIP = "ownership", "owned by the other or by the same"


class RequestStatus(models.TextChoices):
    OPEN = "open"
    DECIDED = "decided"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class AddressStatus(models.TextChoices):
    WAITING = "waiting"
    VOUCHED = "vouched"
    REFUSED = "refused"


class SpeedFlagKind(models.TextChoices):
    """What in a log officers are to look at."""

    BURST = "burst", "many answers within hours, far above the firm's own rate"
    SELF_ANSWERED = "self_answered", "a countermeasure observed and answered by the same side within hours"
    BACK_DATED = "back_dated", "durations made of events that were recorded late in one sitting"


class FlagVerdict(models.TextChoices):
    EXPLAINED = "explained"
    CONFIRMED = "confirmed"


class Naming(models.TextChoices):
    """To whom a firm's name is shown."""

    ALL_VERIFIED = "all_verified"
    ACCEPTED = "accepted"
    NOBODY = "nobody"


class CapabilityStatus(models.TextChoices):
    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class RaiseStatus(models.TextChoices):
    DRAFT = "draft"
    OPEN = "open"
    PARTLY_COMMITTED = "partly_committed"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


OPEN_RAISES = (RaiseStatus.OPEN, RaiseStatus.PARTLY_COMMITTED)

CAPABILITY = Machine(
    name="capability",
    statuses=CapabilityStatus,
    initial=CapabilityStatus.DRAFT,
    transitions=(
        Transition(
            "publish",
            frozenset({CapabilityStatus.DRAFT}),
            CapabilityStatus.PUBLISHED,
            Permission.CAPABILITY_PUBLISH,
            events.CAPABILITY_PUBLISHED,
        ),
        Transition(
            "archive",
            frozenset({CapabilityStatus.PUBLISHED}),
            CapabilityStatus.ARCHIVED,
            Permission.CAPABILITY_ARCHIVE,
            events.CAPABILITY_ARCHIVED,
        ),
    ),
)

RAISE = Machine(
    name="raise",
    statuses=RaiseStatus,
    initial=RaiseStatus.DRAFT,
    transitions=(
        Transition(
            "open", frozenset({RaiseStatus.DRAFT}), RaiseStatus.OPEN, Permission.RAISE_OPEN, events.RAISE_OPENED
        ),
        Transition(
            "commit_partly",
            frozenset({RaiseStatus.OPEN}),
            RaiseStatus.PARTLY_COMMITTED,
            Permission.RAISE_UPDATE,
            events.RAISE_PARTLY_COMMITTED,
        ),
        Transition(
            "reopen",
            frozenset({RaiseStatus.PARTLY_COMMITTED}),
            RaiseStatus.OPEN,
            Permission.RAISE_UPDATE,
            events.RAISE_REOPENED,
        ),
        Transition("close", frozenset(OPEN_RAISES), RaiseStatus.CLOSED, Permission.RAISE_CLOSE, events.RAISE_CLOSED),
        Transition(
            "withdraw",
            frozenset({RaiseStatus.DRAFT, *OPEN_RAISES}),
            RaiseStatus.WITHDRAWN,
            Permission.RAISE_CLOSE,
            events.RAISE_WITHDRAWN,
        ),
    ),
)

EVIDENCE = Machine(
    name="event_evidence",
    statuses=EvidenceStatus,
    initial=EvidenceStatus.STATED,
    transitions=(
        Transition(
            "confirm",
            frozenset({EvidenceStatus.STATED}),
            EvidenceStatus.CONFIRMED,
            Permission.EVIDENCE_JUDGE,
            events.EVIDENCE_CONFIRMED,
        ),
        Transition(
            "refuse",
            frozenset(COUNTING_EVIDENCE),
            EvidenceStatus.REFUSED,
            Permission.EVIDENCE_JUDGE,
            events.EVIDENCE_REFUSED,
        ),
        Transition(
            "withdraw",
            frozenset(COUNTING_EVIDENCE),
            EvidenceStatus.WITHDRAWN,
            Permission.EVIDENCE_WITHDRAW,
            events.EVIDENCE_WITHDRAWN,
        ),
    ),
)

ATTESTATION_REQUEST = Machine(
    name="attestation_request",
    statuses=RequestStatus,
    initial=RequestStatus.OPEN,
    transitions=(
        Transition(
            "decide",
            frozenset({RequestStatus.OPEN}),
            RequestStatus.DECIDED,
            None,
            events.ATTESTATION_REQUEST_DECIDED,
        ),
        Transition(
            "cancel",
            frozenset({RequestStatus.OPEN}),
            RequestStatus.CANCELLED,
            Permission.ATTESTATION_REQUEST,
            events.ATTESTATION_REQUEST_CANCELLED,
        ),
        Transition(
            "expire",
            frozenset({RequestStatus.OPEN}),
            RequestStatus.EXPIRED,
            None,
            events.ATTESTATION_REQUEST_EXPIRED,
        ),
    ),
)

ATTESTOR_ADDRESS = Machine(
    name="attestor_address",
    statuses=AddressStatus,
    initial=AddressStatus.WAITING,
    transitions=(
        Transition(
            "vouch",
            frozenset({AddressStatus.WAITING, AddressStatus.REFUSED}),
            AddressStatus.VOUCHED,
            Permission.ATTESTOR_ADDRESS_VOUCH,
            events.ATTESTOR_ADDRESS_VOUCHED,
        ),
        Transition(
            "refuse",
            frozenset({AddressStatus.WAITING, AddressStatus.VOUCHED}),
            AddressStatus.REFUSED,
            Permission.ATTESTOR_ADDRESS_VOUCH,
            events.ATTESTOR_ADDRESS_REFUSED,
        ),
    ),
)
