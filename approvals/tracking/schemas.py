"""The list of hand-overs on the wire, and what a push is answered."""

from marshmallow import fields

from approvals.cases.handover_schemas import HandoverOut
from approvals.cases.schemas import CaseSummary
from approvals.handovers.model import HandoverState
from shared.http.paging import PageArgs
from shared.http.schemas import Answer, following


class HandoverListArgs(PageArgs):
    """Which hand-overs to list."""

    state = fields.Enum(
        HandoverState,
        by_value=True,
        load_default=None,
        metadata={"description": "Only those that stand so; all of them without it"},
    )


class FollowedCase(CaseSummary):
    """A case that was handed over, and how far that has come."""

    handover = fields.Nested(HandoverOut, required=True)


class HandoverPage(Answer):
    """A page of hand-overs, the newest first."""

    items = fields.List(fields.Nested(FollowedCase), required=True)
    stuck = fields.Integer(
        required=True, metadata={"description": "How many need a person, counted up to 100"}
    )
    next = following()


class ReportTaken(Answer):
    """How far the case has come by the authority's word."""

    steps_taken = fields.Integer(
        required=True, metadata={"description": "The number of the last step that was taken over"}
    )
