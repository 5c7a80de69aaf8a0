"""The closed sets of words, as GraphQL enums."""

from enum import Enum

import strawberry

from app.filters.advice.pieces import AdviceCode
from app.filters.sight.difference_words import DifferenceKind
from app.filters.sight.nodes import NodeKind
from app.filters.stretches import Every
from app.filters.vocabulary import FieldType, Period, SegmentKind, Status, Unit
from app.queries.acts import ActorKind, ActOutcome
from app.queries.changes import Cause
from app.queries.exports.ledger import ExportState
from app.queries.imports.ledger import ImportState
from app.queries.live.moving import Reason
from app.queries.upserts.asked import Outcome, UpsertKey
from app.queries.webhooks.events import EventType
from app.queries.webhooks.messages import MessageState
from app.transfer.columns.plan import Role, Rule
from app.transfer.exports.options import Format
from app.transfer.imports.options import Mode

strawberry.enum(
    Status,
    name="ContactStatus",
    description="Whether a contact may be mailed: only ACTIVE. It is set by events, never by hand.",
)
strawberry.enum(FieldType, name="FieldType", description="What values a field takes.")
strawberry.enum(
    Unit, name="DurationUnit", description="HOUR is exact, the others are calendar steps in the workspace's zone."
)
strawberry.enum(
    Period, name="CalendarPeriod", description="A stretch of the calendar around today. Weeks begin on Monday."
)
strawberry.enum(
    SegmentKind,
    name="SegmentKind",
    description="DYNAMIC follows its filter, STATIC is a list kept by hand, SNAPSHOT a filter's answer, frozen.",
)
strawberry.enum(
    ImportState,
    name="ImportState",
    description="Where an import stands. CHECKED is the end of a dry run, which can be started then.",
)
strawberry.enum(ExportState, name="ExportState", description="Where an export to a file stands.")
strawberry.enum(Format, name="ExportFormat", description="How an export is written.")
strawberry.enum(Mode, name="ImportMode", description="Which rows count: of new addresses, of known ones, or all.")
strawberry.enum(
    Role,
    name="ColumnRole",
    description="What a column is read as. TIME is for new contacts only; NOTHING is left out.",
)
strawberry.enum(
    Rule,
    name="ColumnRule",
    description="What a value does to the contact's own: replace it, come where there is none, or join it (labels).",
)
strawberry.enum(
    UpsertKey,
    name="UpsertKey",
    description="By what an item finds its contact. By EXTERNAL_ID it also finds one that has the item's "
    "e-mail address and no external id yet.",
)
strawberry.enum(
    Outcome,
    name="UpsertOutcome",
    description="What became of an item. UNCHANGED: the contact had it all. REFUSED: nothing of it was kept but, "
    "where it says so, that the person unsubscribed or bounced.",
)
strawberry.enum(
    ActorKind, name="AuditActorKind", description="Who acted: a token, an identity provider's subject, the operator."
)
strawberry.enum(
    ActOutcome,
    name="AuditOutcome",
    description="What became of a call. REFUSED: nothing was changed, and the caller knows why. FAILED: our fault.",
)

strawberry.enum(AdviceCode, name="AdviceCode", description="What there is to consider about a filter.")
strawberry.enum(DifferenceKind, name="FilterDifferenceKind", description="What was done to a part of a filter.")
strawberry.enum(NodeKind, name="FilterNodeKind", description="What stands at a node of a filter.")
strawberry.enum(EventType, name="WebhookEventType", description="What a webhook can be told of.")
strawberry.enum(MessageState, name="WebhookMessageState", description="Where a message to a webhook stands.")
strawberry.enum(Cause, name="ContactChangeCause", description="What happened to contacts.")
strawberry.enum(Reason, name="MembershipChangeReason", description="Why a contact entered or left a segment.")
strawberry.enum(
    Every,
    name="HistoryStep",
    description="How long a point of a history is; days and weeks are those of the workspace's zone.",
)

AuditActorKind = ActorKind
AuditOutcome = ActOutcome
ContactChangeCause = Cause
HistoryStep = Every
MembershipChangeReason = Reason
ContactStatus = Status
CalendarPeriod = Period
DurationUnit = Unit
ExportFormat = Format
FilterDifferenceKind = DifferenceKind
FilterNodeKind = NodeKind
ImportMode = Mode
ColumnRole = Role
ColumnRule = Rule
UpsertOutcome = Outcome
WebhookEventType = EventType
WebhookMessageState = MessageState


@strawberry.enum(description="Which way an order runs. Contacts without a value come last in both.")
class OrderDirection(Enum):
    """Ascending or descending."""

    ASC = "ASC"
    DESC = "DESC"


@strawberry.enum(description="How a number of contacts is found.")
class CountMode(Enum):
    """How a number of contacts is found."""

    EXACT = "EXACT"
    ESTIMATE = "ESTIMATE"


@strawberry.enum(description="How far the moments of a forecast are apart, in the workspace's time zone.")
class ForecastStep(Enum):
    """How far the moments of a forecast are apart."""

    HOUR = "HOUR"
    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"


@strawberry.enum(description="Which way a contact went.")
class MembershipChangeKind(Enum):
    """Into a segment or out of it."""

    ENTERED = "ENTERED"
    LEFT = "LEFT"


@strawberry.enum(description="How far the keeping of a segment's members is.")
class SegmentLiveState(Enum):
    """How far the keeping of a segment's members is."""

    BUILDING = "BUILDING"
    READY = "READY"


__all__ = [
    "AdviceCode",
    "AuditActorKind",
    "AuditOutcome",
    "CalendarPeriod",
    "ColumnRole",
    "ColumnRule",
    "ContactChangeCause",
    "ContactStatus",
    "CountMode",
    "DurationUnit",
    "ExportFormat",
    "ExportState",
    "FieldType",
    "FilterDifferenceKind",
    "FilterNodeKind",
    "ForecastStep",
    "HistoryStep",
    "ImportMode",
    "ImportState",
    "MembershipChangeKind",
    "MembershipChangeReason",
    "OrderDirection",
    "SegmentKind",
    "SegmentLiveState",
    "UpsertKey",
    "UpsertOutcome",
    "WebhookEventType",
    "WebhookMessageState",
]
