"""Describes what recurs all over the schema, each thing once, and what its own type leaves undescribed."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from graphql import GraphQLEnumType, GraphQLNamedType

# By name, wherever it has no description of its own.
RECURRING: Final[Mapping[str, str]] = {
    "after": "Only what comes after this cursor.",
    "before": "Only what comes before this cursor.",
    "contactId": "Which contact, by its opaque id.",
    "createdAt": "When it came to be here.",
    "cursor": "Its place, for `after` and `before`.",
    "deletedId": "The id of what is gone; null where nothing was deleted.",
    "direction": "Up or down.",
    "edges": "What is on this page, each with its cursor.",
    "email": "An e-mail address.",
    "errors": "Why nothing was done; empty where it was.",
    "externalId": "The id in the workspace's other system; unique.",
    "fields": "Values of fields, by their keys.",
    "filter": "Whom is meant.",
    "finishedAt": "When it was over.",
    "first": "At most so many from the beginning; a page has up to 200.",
    "from": "Where it begins.",
    "id": "Which one, by its opaque id.",
    "input": "What is to be done, in one object.",
    "key": "Which one, by its key.",
    "keys": "Only these fields, by their keys, in this order.",
    "last": "At most so many from the end; a page has up to 200.",
    "name": "What people call it.",
    "node": "What stands there.",
    "nodes": "What is on this page.",
    "orderBy": "By what, and which way; newest first unless said.",
    "pageInfo": "Where this page begins and ends, and whether there are more.",
    "rows": "How many rows.",
    "search": "Only what has this in its name or address.",
    "source": "Where the contact came from.",
    "startedAt": "When work on it began.",
    "state": "How far it is.",
    "status": "Whether it may be mailed.",
    "to": "Where it ends.",
    "totalCount": "How many there are on all pages; counted only when asked for.",
    "type": "What kind of values it has.",
    "updatedAt": "When it was changed last.",
    "value": "A value of the field's type, or null for none.",
}

# By type and name.
OWN: Final[Mapping[str, Mapping[str, str]]] = {
    "AdviceCode": {
        "ADDS_NOBODY": "A part of an `or` adds nobody; `filter` has the same contacts without it.",
        "ALWAYS_TRUE": "A part is true of every contact there can be.",
        "CONTRADICTORY": "A part is true of no contact there can be.",
        "EMPTY": "Nobody matches; `filter` is without what empties it.",
        "INSIDE": "All who match are in a segment that has more.",
        "NAME_DISAGREES": "The name says something else than the filter.",
        "NAME_SAYS_NOTHING": "The name doesn't say whom it means.",
        "NEARLY_SAME": "Of those who match or are in a segment, at least 95% do both.",
        "NOT_SENDABLE": "Some who match can't be mailed; `filter` leaves them out.",
        "REMOVES_NOBODY": "A part of an `and` removes nobody; `filter` has the same contacts without it.",
        "SAME_AS": "A segment has the same rule, or the same contacts.",
        "TOO_BROAD": "More of all contacts match than the setting PILAH_BROAD_SHARE calls specific.",
    },
    "AuditActorKind": {
        "OPERATOR": "The command line.",
        "SUBJECT": "Somebody whom an identity provider named.",
        "TOKEN": "A token of the workspace.",
    },
    "AuditEntry": {"happenedAt": "When it was done.", "outcome": "Whether it was done."},
    "AuditOutcome": {
        "DONE": "It was done.",
        "FAILED": "It went wrong.",
        "REFUSED": "It was not allowed, or not possible.",
    },
    "BulkUpsertContactsInput": {"key": "By what a contact is found that is there already."},
    "BulkUpsertContactsPayload": {"results": "What became of each item, in their order."},
    "CalendarPeriod": {
        "LAST_MONTH": "The calendar month before this one.",
        "LAST_QUARTER": "The quarter before this one.",
        "LAST_WEEK": "Monday to Sunday before this week.",
        "LAST_YEAR": "The calendar year before this one.",
        "NEXT_MONTH": "The calendar month after this one.",
        "NEXT_QUARTER": "The quarter after this one.",
        "NEXT_WEEK": "Monday to Sunday after this week.",
        "NEXT_YEAR": "The calendar year after this one.",
        "THIS_MONTH": "The calendar month that today is in.",
        "THIS_QUARTER": "The quarter that today is in.",
        "THIS_WEEK": "Monday to Sunday, with today among them.",
        "THIS_YEAR": "The calendar year that today is in.",
        "TODAY": "The day that it is in the workspace's time zone.",
        "TOMORROW": "The day after today.",
        "YESTERDAY": "The day before today.",
    },
    "ChangeSegmentContactsInput": {"add": "Contacts to put on it.", "remove": "Contacts to take off it."},
    "ColumnRole": {
        "EMAIL": "The address by which contacts are known.",
        "FIELD": "A custom field's values.",
        "LABELS": "Labels, several in a cell.",
        "NOTHING": "Nothing; it is left out.",
        "STATUS": "Whether the contact may be mailed.",
        "TEXT": "A system field that is a text, such as the name.",
        "TIME": "A system field that is a moment; for new contacts only.",
    },
    "ColumnRule": {
        "ADD": "It joins what the contact has.",
        "FILL": "It comes where the contact has none.",
        "OVERWRITE": "It replaces the contact's own.",
    },
    "Contact": {
        "fields": "Values of fields, in the order of their keys.",
        "labels": "The labels it has.",
        "lastClickedAt": "When it last clicked a link.",
        "lastOpenedAt": "When it last opened a mail.",
        "lastSentAt": "When it was last sent a mail.",
        "subscribedAt": "When it agreed to be mailed.",
    },
    "ContactChangeCause": {
        "CREATED": "They came to be here.",
        "DELETED": "They are gone.",
        "IMPORTED": "An import created or changed them.",
        "IMPORT_UNDONE": "What an import did was taken back.",
        "LISTED": "They were put on a fixed list.",
        "PINNED": "They were pinned into a segment, or out of it.",
        "STATUS_CHANGED": "Their status changed.",
        "UNLISTED": "They were taken off a fixed list.",
        "UNPINNED": "They were left to a segment's filter again.",
        "UPDATED": "Their fields or labels were changed.",
    },
    "ContactPayload": {"contact": "The contact as it is now; null where nothing was done."},
    "ContactStatus": {
        "ACTIVE": "May be mailed.",
        "HARD_BOUNCE": "Its address doesn't exist.",
        "PENDING": "Has not confirmed yet.",
        "UNSUBSCRIBED": "Doesn't want mail.",
    },
    "ContactsTarget": {"ids": "These contacts."},
    "CountMode": {"ESTIMATE": "From a sample, as `estimate` has it.", "EXACT": "By looking at every contact."},
    "CreateSegmentInput": {"kind": "Whether it follows its filter."},
    "CreateTokenPayload": {"token": "What is known of the token; null where none was made."},
    "Duration": {"amount": "How many.", "unit": "Of what."},
    "DurationUnit": {
        "DAY": "A calendar day in the workspace's time zone.",
        "HOUR": "Sixty minutes.",
        "MONTH": "A calendar month.",
        "WEEK": "Seven calendar days.",
        "YEAR": "A calendar year.",
    },
    "Export": {"format": "What kind of file it is."},
    "ExportFormat": {
        "CSV": "Comma-separated values, as spreadsheets read them.",
        "NDJSON": "A JSON object a line.",
        "PARQUET": "Columns, for tools of analysis.",
    },
    "ExportState": {
        "DONE": "The file can be fetched.",
        "FAILED": "It went wrong; `problem` says why.",
        "QUEUED": "It waits for its turn.",
        "RUNNING": "It is being written.",
    },
    "FieldCondition": {"test": "What its value is asked."},
    "FieldPayload": {"field": "The field as it is now; null where nothing was done."},
    "FieldType": {
        "BOOLEAN": "True or false.",
        "CHOICE": "One of the options that it declares.",
        "DATE": "A day.",
        "DATETIME": "A moment.",
        "NUMBER": "A decimal number, exact.",
        "TEXT": "A text.",
    },
    "FieldValue": {"field": "Of which field."},
    "FilterDifferenceKind": {
        "ADDED": "It was not there before.",
        "CHANGED": "It asks otherwise.",
        "MOVED": "It stands in another group.",
        "NEGATED": "It must not hold where it had to, or the other way round; what is in it stayed.",
        "REGROUPED": "All of its parts have to hold where one was enough, or the other way round.",
        "REMOVED": "It is not there any more.",
        "RENAMED": "The segment is called otherwise.",
    },
    "FilterNodeKind": {
        "AND": "A group of which all parts have to hold.",
        "CONDITION": "What is asked of a contact.",
        "NOT": "What must not hold.",
        "OR": "A group of which one part has to hold.",
        "PINS": "The filter of a segment, and the contacts that are always included or excluded whatever it says.",
        "SEGMENT": "A segment, with its filter below.",
    },
    "ForecastStep": {
        "DAY": "The same time of the next day.",
        "HOUR": "Sixty minutes.",
        "MONTH": "The same day of the next month, or its last one.",
        "WEEK": "Seven days.",
    },
    "HistoryStep": {
        "DAY": "From midnight to midnight.",
        "HOUR": "Sixty minutes from the full hour on.",
        "WEEK": "Monday to Sunday.",
    },
    "Import": {
        "mode": "Which contacts it touches.",
    },
    "ImportColumn": {"role": "What it is read as.", "rule": "What it does to a contact's own value."},
    "ImportCounts": {
        "changed": "Contacts that it changed.",
        "created": "Contacts that it made.",
        "unchanged": "Contacts that had it all already.",
    },
    "ImportMode": {
        "CREATE": "New contacts only.",
        "CREATE_AND_UPDATE": "New ones and those that are there.",
        "UPDATE": "Those only that are there already.",
    },
    "ImportPayload": {"import": "The import as it is now; null where nothing was done."},
    "ImportSample": {"after": "The contact as it would be.", "line": "The line of the file."},
    "ImportState": {
        "CANCELLED": "It was given up before it changed anything more.",
        "CHECKED": "It was tried out and can be started.",
        "DONE": "It is over.",
        "FAILED": "It went wrong; `problem` says why.",
        "LOADING": "Its file is being read.",
        "MERGING": "Its rows are becoming contacts.",
        "QUEUED": "It waits for its turn.",
        "UNDOING": "It is being taken back.",
        "UNDONE": "It was taken back.",
    },
    "LabelPayload": {"label": "The label as it is now; null where nothing was done."},
    "Membership": {"segment": "Which segment."},
    "MembershipChangeKind": {"ENTERED": "Into the segment.", "LEFT": "Out of it."},
    "MembershipChangeReason": {
        "CONTACT_CHANGED": "Something happened to the contact.",
        "CONTACT_DELETED": "The contact is gone.",
        "REPAIRED": "An audit found that what was kept was not right.",
        "SEGMENT_EDITED": "The segment, or one that it refers to, was new, edited or deleted.",
        "TIME_PASSED": "Nothing but time changed.",
    },
    "OrderDirection": {"ASC": "The smallest or earliest first.", "DESC": "The largest or latest first."},
    "PinKind": {
        "EXCLUDED": "It is never in the segment.",
        "INCLUDED": "It is always in the segment.",
    },
    "Query.auditLog": {"actor": "Only what this one did.", "object": "Only what was done to this one."},
    "Query.compareFilters": {"at": "As of this moment, of a day its beginning; now unless said."},
    "Query.overlap": {
        "at": "As of this moment, of a day its beginning; now unless said.",
        "filters": "Filters that need not be saved.",
        "segmentIds": "Segments.",
    },
    "Query.previewSegment": {
        "at": "As of this moment, of a day its beginning; now unless said.",
        "name": "A name for it, to be advised on; that of the segment being edited unless said.",
        "segmentId": "The saved segment that is being edited: its pins count, and advice doesn't compare with it.",
    },
    "RefusalReason": {"reason": "What was wrong with them."},
    "RefusedRow": {"reason": "What is wrong with it, and what to do."},
    "Segment": {"kind": "Whether it follows its filter."},
    **{
        f"{type}.{field}": described
        for type in ("Audience", "Segment", "SegmentPreview")
        for field, described in {
            "count": {"mode": "Whether to count, or to estimate from a sample; counted unless said."},
            "forecast": {"at": "The moments, in any order; of a day its beginning."},
            "forecastSeries": {"every": "How far they are apart.", "points": "How many, up to 100."},
        }.items()
    },
    "Segment.changes": {"kind": "Only who entered, or only who left."},
    "Segment.history": {"every": "How long each point is."},
    "Segment.pins": {"kind": "Only who is always in, or only who is never."},
    "Segment.membersAt": {"at": "The moment, of a day its beginning; now unless said."},
    "SegmentLive": {"state": "Whether all members are told."},
    "SegmentLiveState": {
        "BUILDING": "They are being told; counts are counted afresh meanwhile.",
        "READY": "They are, whatever was written meanwhile.",
    },
    "Segment.version": {"number": "The version's number."},
    "SegmentKind": {
        "DYNAMIC": "Follows its filter: contacts come and go by themselves.",
        "SNAPSHOT": "Has whom its filter found when it was made.",
        "STATIC": "Has whom it was given.",
    },
    "SegmentPayload": {"segment": "The segment as it is now; null where nothing was done."},
    "StatusChange": {"changedAt": "When it changed.", "status": "What it became."},
    "StatusCounts": {
        "active": "How many are ACTIVE.",
        "hardBounce": "How many are HARD_BOUNCE.",
        "pending": "How many are PENDING.",
        "unsubscribed": "How many are UNSUBSCRIBED.",
    },
    "Subscription.contactChanges": {
        "after": "An event's cursor: whatever has happened since is told first.",
        "contactIds": "Whom to follow, up to 1,000; all unless said.",
    },
    "Subscription.segmentChanges": {
        "after": "An event's cursor: whatever has happened since is told first.",
        "segmentIds": "What to follow, up to 1,000 dynamic segments; all unless said.",
    },
    "Token": {"revokedAt": "When it stopped to open anything.", "scopes": "What it may do."},
    "TokenPayload": {"token": "The token as it is now; null where nothing was done."},
    "TokenScope": {
        "ADMIN": "Everything.",
        "EXPORT": "Take files of contacts out.",
        "IMPORT": "Bring files in, and see what they held.",
        "READ": "Look.",
        "WRITE": "Change contacts, fields, labels and segments.",
    },
    "UpdateContactsInput": {"target": "Whom to change."},
    "UpsertKey": {"EMAIL": "By the e-mail address.", "EXTERNAL_ID": "By the id in the workspace's other system."},
    "UpsertOutcome": {
        "CHANGED": "The contact was there and is different now.",
        "CREATED": "The contact is new.",
        "REFUSED": "Nothing was done; `errors` say why.",
        "UNCHANGED": "The contact was there and had it all.",
    },
    "UpsertResult": {"outcome": "What became of it."},
    "WebhookEventType": {
        "SEGMENT_ENTERED": "A contact entered a dynamic segment: `segment.entered`.",
        "SEGMENT_LEFT": "A contact left one: `segment.left`.",
        "STATUS_CHANGED": "A contact's status changed: `contact.status_changed`.",
    },
    "WebhookMessagePayload": {"message": "The message as it is now; null where nothing was done."},
    "WebhookMessageState": {
        "DELIVERED": "Its receiver took it.",
        "FAILED": "It was tried in vain, and will be again.",
        "GIVEN_UP": "It was tried for three days, or its receiver is gone; it can be sent again.",
        "WAITING": "It was not tried yet.",
    },
    "WebhookPayload": {"webhook": "The webhook as it is now; null where nothing was done."},
}


def describe(types: Mapping[str, GraphQLNamedType]) -> None:
    """Give a description to whatever of these types has none and is named here; what has one keeps it."""
    for place, name, thing in _parts(types):
        if not thing.description:
            thing.description = OWN.get(place, {}).get(name) or RECURRING.get(name)


def undescribed(types: Mapping[str, GraphQLNamedType]) -> list[str]:
    """What of these types has no description, as in `Query.contacts.first`."""
    return [f"{place}.{name}" for place, name, thing in _parts(types) if not thing.description]


def _parts(types: Mapping[str, GraphQLNamedType]) -> Iterator[tuple[str, str, Any]]:
    """Values of enums, fields, and arguments of fields: where each is, its name, and itself."""
    for type_name, type in types.items():
        if type_name.startswith("__"):
            continue
        if isinstance(type, GraphQLEnumType):
            yield from ((type_name, name, value) for name, value in type.values.items())
        for name, field in getattr(type, "fields", {}).items():
            yield type_name, name, field
            yield from (
                (f"{type_name}.{name}", argument, each) for argument, each in getattr(field, "args", {}).items()
            )
