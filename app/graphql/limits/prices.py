"""What fields cost and lists are taken to hold, where the schema doesn't say."""

from typing import Final

USUAL_PAGE: Final = 50
LARGEST_PAGE: Final = 200
USUAL_LIST: Final = 10
MUTATION: Final = 10

# Either may have to look at every contact of the workspace.
_COUNT: Final = 10
FILTERED: Final = 10
_COUNTS: Final = ("count", "estimate", "sendableCount", "statusCounts")
_FORECASTS: Final = ("forecast", "forecastSeries")
_AUDIENCES: Final = ("Audience", "Segment", "SegmentPreview")

_PASS: Final = 20  # each contact is asked every condition
_ADVICE: Final = 60  # for each of three segments: with the pass, what is alike is looked for and counted
PRICES: Final = {
    **{f"{audience}.advice": _ADVICE for audience in _AUDIENCES},
    **{f"{audience}.breakdown": _PASS for audience in _AUDIENCES},
    **{f"{audience}.{count}": _COUNT for audience in _AUDIENCES for count in _COUNTS},
    **{f"{audience}.{forecast}": _PASS for audience in _AUDIENCES for forecast in _FORECASTS},
    **{f"{audience}.contacts": FILTERED + 1 for audience in _AUDIENCES},
    "ContactChangeEvent.import": _COUNT,
    "ContactConnection.totalCount": _COUNT,
    "MembershipChange.import": _COUNT,
    "Segment.history": _COUNT,
    "SegmentMembers.count": _COUNT,
    "SegmentConnection.totalCount": _COUNT,
    "Import.counts": _COUNT,
    "Workspace.doNotContactCount": _COUNT,
    "ComparedContacts.samples": 2,  # ten of them, which a filter finds
    "Query.compareFilters": _PASS,
    "Query.exportContact": 100,
    "Query.fieldInsight": _PASS,
    "Query.isOnDoNotContact": 1,
    "Query.labelInsight": _PASS,
    "Query.overlap": _PASS,
    "Query.valueSuggestions": _PASS,
    "Segment.compareVersions": _PASS,
    "Segment.pinCounts": _COUNT,
    "Segment.whatIf": _PASS,
    "SegmentVersion.differences": 5,  # ten of them: two filters are laid beside each other
    "SegmentVersion.filter": 5,
    "SegmentVersion.problem": 5,
    "SegmentVersion.summary": 5,
}
FILTERS: Final = {"Query.contacts": ("filter", "search")}
"""Fields that cost FILTERED more where one of these arguments is given."""

LENGTHS: Final = {
    **{f"{audience}.advice": 3 for audience in _AUDIENCES},
    **{f"{audience}.breakdown": 1 for audience in _AUDIENCES},
    **{f"{audience}.{forecast}": 1 for audience in _AUDIENCES for forecast in _FORECASTS},
    "FieldInsight.values": 100,
    "LabelInsight.labels": 100,
    "Query.valueSuggestions": 1,
    "ValueRange.histogram": 50,
    "ValueRange.quantiles": 5,
    "Overlap.pairs": 45,
    "Overlap.regions": 31,
    "BulkUpsertContactsPayload.results": 1_000,
    "Contact.labels": 5,
    "ContactChangeEvent.contacts": 100,
    "MembershipChange.fields": 1,
    "MembershipChange.labels": 1,
    "Query.fields": 50,
    "Query.labels": 100,
    "Segment.history": 10,
    "SegmentChangeEvent.entered": 100,
    "SegmentChangeEvent.left": 100,
    "Query.webhooks": 200,
    "UpsertResult.errors": 1,
    "WebhookMessage.attempts": 20,
}
"""Lists of objects; others are taken to hold so many as USUAL_LIST says."""
