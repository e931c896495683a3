"""The words of the field as codes: what is stored, sent and compared.

Enums only, in the order in which people read them. The one module that all three rooms share.
The screen's words for each code are in the catalogs of `services/i18n` (contract, "REST API").
"""

from enum import StrEnum


class Status(StrEnum):
    """Exactly six, in workflow order (S1, S34)."""

    NEW = "new"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    RESOLVED = "resolved"
    CLOSED = "closed"


OPEN_STATUSES = (Status.NEW, Status.ASSIGNED, Status.IN_PROGRESS, Status.ON_HOLD)


class Action(StrEnum):
    """Every change of status, and of owner, is one of these (rules, "Workflow")."""

    ASSIGN = "assign"
    TAKE = "take"
    START = "start"
    TAKE_AND_START = "take_and_start"
    HOLD = "hold"
    RESUME = "resume"
    ESCALATE = "escalate"
    RESOLVE = "resolve"
    START_AND_RESOLVE = "start_and_resolve"
    CLOSE = "close"
    REOPEN = "reopen"


class Priority(StrEnum):
    """Sets the SLA targets (S18)."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Severity(StrEnum):
    """Never moves an SLA (S21, S62)."""

    CRITICAL = "critical"
    MAJOR = "major"
    MODERATE = "moderate"
    MINOR = "minor"


class Impact(StrEnum):
    """Never moves an SLA (S22, S62)."""

    ENTERPRISE = "enterprise"
    MULTI_CLIENT = "multi_client"
    SINGLE_CLIENT = "single_client"
    SINGLE_USER = "single_user"


class Category(StrEnum):
    """Exactly five (S16)."""

    HARDWARE = "hardware"
    SOFTWARE = "software"
    NETWORK = "network"
    ACCESS = "access"
    OTHER = "other"


class Source(StrEnum):
    """Exactly six (S17)."""

    MANUAL = "manual"
    EMAIL = "email"
    PORTAL = "portal"
    PHONE = "phone"
    MONITORING = "monitoring"
    API = "api"


class ResolutionCode(StrEnum):
    """Exactly six (S117)."""

    FIXED = "fixed"
    WORKAROUND = "workaround"
    NOT_REPRODUCIBLE = "not_reproducible"
    USER_ERROR = "user_error"
    DUPLICATE = "duplicate"
    NO_ACTION = "no_action"


class HoldReason(StrEnum):
    """What an incident on hold waits for; each may pause the resolution clock (rules, "SLA")."""

    USER = "user"
    SUPPLIER = "supplier"
    CHANGE = "change"
    OTHER = "other"


class EscalationMode(StrEnum):
    """To the parent team, or to any other (S101)."""

    HIERARCHICAL = "hierarchical"
    FUNCTIONAL = "functional"


class Light(StrEnum):
    """Colour of one SLA indicator (S56 to S58)."""

    GREEN = "green"
    ORANGE = "orange"
    RED = "red"
    PAUSED = "paused"


class Role(StrEnum):
    """What a person may do, least first (rules, "People, roles, visibility")."""

    REQUESTER = "requester"
    TECHNICIAN = "technician"
    DISPATCHER = "dispatcher"
    ADMIN = "admin"


class Visibility(StrEnum):
    """Who reads a comment (S138, S139)."""

    PUBLIC = "public"
    INTERNAL = "internal"


class ItemKind(StrEnum):
    """The four kinds of configuration items, as the API and the addresses name them."""

    ASSETS = "assets"
    APPLICATIONS = "applications"
    EMPLOYEES = "employees"
    CLIENTS = "clients"


class AssetType(StrEnum):
    """What an asset is (S75)."""

    SERVER = "server"
    WORKSTATION = "workstation"
    NETWORK = "network"
    PRINTER = "printer"
    PHONE = "phone"
    OTHER = "other"


class ClientType(StrEnum):
    """Whether a client is of the organisation (S85)."""

    INTERNAL = "internal"
    EXTERNAL = "external"


class Monitor(StrEnum):
    """What sends alerts, each in its own words (contract, `POST /hooks/{kind}/{token}`)."""

    ALERTMANAGER = "alertmanager"
    GRAFANA = "grafana"
    ZABBIX = "zabbix"
    UPTIME_KUMA = "uptime_kuma"
    GENERIC = "generic"


class LetterState(StrEnum):
    """What has become of a letter that came in."""

    DECLARED = "declared"
    ANSWERED = "answered"
    PARKED = "parked"
    DISCARDED = "discarded"
    IGNORED = "ignored"
    DROPPED = "dropped"


class LetterReason(StrEnum):
    """Why a letter has not become what its sender wanted."""

    UNKNOWN_SENDER = "unknown_sender"
    SHARED_ADDRESS = "shared_address"
    OF_THE_TEAM = "of_the_team"
    NOT_THEIRS = "not_theirs"
    CLOSED = "closed"
    TOO_MANY = "too_many"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    AUTOMATIC = "automatic"


class Scope(StrEnum):
    """What an API token may do."""

    READ = "read"
    WRITE = "write"


class ReportScope(StrEnum):
    """As whom an incident's PDF shows it: as the team does, or as its requester, without internal notes."""

    TEAM = "team"
    REQUESTER = "requester"


class TemplateKind(StrEnum):
    """What a prepared text is for: declaring an incident, or answering on one."""

    INCIDENT = "incident"
    REPLY = "reply"


class Readers(StrEnum):
    """Where a prepared reply is offered: to the requester, within the team, or in both."""

    PUBLIC = "public"
    INTERNAL = "internal"
    BOTH = "both"


class Relation(StrEnum):
    """What an incident is to another: an open duplicate of it, its recurrence, or just related."""

    DUPLICATE = "duplicate"
    RECURRENCE = "recurrence"
    RELATED = "related"


class Audience(StrEnum):
    """Whom a message from an incident goes to (S79, S82, S87)."""

    EMPLOYEES = "employees"
    USERS = "users"
    CLIENTS = "clients"


class NotificationKind(StrEnum):
    """What somebody can be told of, as it is chosen on `/me` and for a channel."""

    CREATED = "created"
    ASSIGNED = "assigned"
    ESCALATED = "escalated"
    ANSWERED = "answered"
    REPLIED = "replied"
    NOTED = "noted"
    MENTIONED = "mentioned"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    SLA_ORANGE = "sla_orange"
    SLA_RED = "sla_red"
    HOLD_OVER = "hold_over"
    MESSAGE = "message"
    ACCOUNT = "account"
    ANCHORED = "anchored"
    TEST = "test"


class Medium(StrEnum):
    """How a notification reaches people: the bell, a letter, a chat or push service, another system."""

    APP = "app"
    EMAIL = "email"
    APPRISE = "apprise"
    WEBHOOK = "webhook"


class Fact(StrEnum):
    """Kind of a history line. A line stores codes; its sentence is made when it is read."""

    CREATED = "created"
    STATUS_CHANGED = "status_changed"
    ASSIGNED = "assigned"
    ESCALATED = "escalated"
    PRIORITY_CHANGED = "priority_changed"
    FIELD_CHANGED = "field_changed"
    COMMENTED = "commented"
    ATTACHED = "attached"
    RATED = "rated"
    MESSAGED = "messaged"
    REPORT_EXPORTED = "report_exported"
    LINKED = "linked"
    UNLINKED = "unlinked"
    RELATED = "related"
    UNRELATED = "unrelated"
    AFFECTED_ADDED = "affected_added"
    AFFECTED_REMOVED = "affected_removed"
    KNOWN_PROBLEM_SET = "known_problem_set"
    KNOWN_PROBLEM_ENDED = "known_problem_ended"
    SLA_CROSSED = "sla_crossed"
    HOLD_OVER = "hold_over"
    ITEM_CREATED = "item_created"
    ITEM_CHANGED = "item_changed"
    ITEM_REMOVED = "item_removed"
    ORGANISATION_CREATED = "organisation_created"
    ORGANISATION_CHANGED = "organisation_changed"
    TEAM_CREATED = "team_created"
    TEAM_CHANGED = "team_changed"
    TEAM_REMOVED = "team_removed"
    USER_CREATED = "user_created"
    USER_CHANGED = "user_changed"
    SECOND_FACTOR_ADDED = "second_factor_added"
    SECOND_FACTOR_REMOVED = "second_factor_removed"
    SECOND_FACTOR_RESET = "second_factor_reset"
    RECOVERY_CODE_USED = "recovery_code_used"
    RECOVERY_CODES_RENEWED = "recovery_codes_renewed"
    TOKEN_CREATED = "token_created"
    TOKEN_REVOKED = "token_revoked"
    POLICY_CREATED = "policy_created"
    CHANNEL_CREATED = "channel_created"
    CHANNEL_CHANGED = "channel_changed"
    CHANNEL_REMOVED = "channel_removed"
    CHANNEL_TESTED = "channel_tested"
    CHAIN_VERIFIED = "chain_verified"
    CHAIN_ANCHORED = "chain_anchored"
    HISTORY_EXPORTED = "history_exported"
    DISPLAY_PAIRED = "display_paired"
    DISPLAY_CHANGED = "display_changed"
    DISPLAY_REVOKED = "display_revoked"
    TEMPLATE_CREATED = "template_created"
    TEMPLATE_CHANGED = "template_changed"
    TEMPLATE_REMOVED = "template_removed"
    LETTER_DISCARDED = "letter_discarded"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"


class Verdict(StrEnum):
    """What became of a promise of the SLA, for reports; a breach that a lowered priority hid is a missed one."""

    RESPECTED = "respected"
    MISSED = "missed"


class Unnamed(StrEnum):
    """What an incident may do without; `HOLDER`: a team, for a while before its first resolution."""

    TEAM = "team"
    SEVERITY = "severity"
    IMPACT = "impact"
    HOLDER = "holder"
