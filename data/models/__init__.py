"""The tables. Importing this package registers all of them on `SQLModel.metadata`."""

from data.models.affected import AffectedPerson, KnownProblem
from data.models.alert import Alert
from data.models.attachments import Attachment, Upload
from data.models.cmdb import (
    Application,
    ApplicationChange,
    ApplicationClient,
    ApplicationEmployee,
    Asset,
    Client,
    Employee,
    Hosting,
    IncidentApplication,
    IncidentAsset,
    IncidentClient,
    IncidentEmployee,
)
from data.models.display import Display, DisplayPairing
from data.models.history import History, HistoryDay
from data.models.incident import Comment, IdempotentCall, Incident, IncidentRelation, Rating, ReferenceCounter
from data.models.letter import Letter
from data.models.outbox import Channel, Firing, Notification, NotificationChoice, SpentLink
from data.models.people import (
    ApiToken,
    Draft,
    LoginSession,
    Membership,
    Organisation,
    RecoveryCode,
    SecondFactor,
    Team,
    User,
)
from data.models.search import SearchState
from data.models.sla import SlaCycle, SlaPolicy
from data.models.template import Template
from data.models.views import SavedView, UsualView

__all__ = [
    "AffectedPerson",
    "Alert",
    "ApiToken",
    "Application",
    "ApplicationChange",
    "ApplicationClient",
    "ApplicationEmployee",
    "Asset",
    "Attachment",
    "Channel",
    "Client",
    "Comment",
    "Display",
    "DisplayPairing",
    "Draft",
    "Employee",
    "Firing",
    "History",
    "HistoryDay",
    "Hosting",
    "IdempotentCall",
    "Incident",
    "IncidentApplication",
    "IncidentAsset",
    "IncidentClient",
    "IncidentEmployee",
    "IncidentRelation",
    "KnownProblem",
    "Letter",
    "LoginSession",
    "Membership",
    "Notification",
    "NotificationChoice",
    "Organisation",
    "Rating",
    "RecoveryCode",
    "ReferenceCounter",
    "SavedView",
    "SearchState",
    "SecondFactor",
    "SlaCycle",
    "SlaPolicy",
    "SpentLink",
    "Team",
    "Template",
    "Upload",
    "User",
    "UsualView",
]
