"""What events add that only some items bring about: gaps, promises, revocations, notices, renewals."""

from marshmallow import Schema, fields

from approvals.cases.event_data import CaseData, TextField


class GapsField(Schema):
    """What was still missing when the case was accepted (容缺受理), and by when it is to follow."""

    materials = fields.List(fields.Nested(TextField), required=True)
    """Their official names."""
    due_on = fields.Date(required=True)
    provisional = fields.Boolean(required=True)
    """Whether that day lies beyond the calendars that are published."""


class SpotCorrectionField(Schema):
    """Which answers were corrected on the spot, by name; never what they say."""

    fields_ = fields.List(fields.Nested(TextField), required=True, data_key="fields", attribute="fields")
    consent_name = fields.Nested(TextField, required=True)


class SpotCorrectedData(CaseData):
    """The public state of a case in which answers were corrected on the spot."""

    spot_correction = fields.Nested(SpotCorrectionField, required=True)


class AcceptedData(CaseData):
    """The public state of a case that was accepted; with `gaps` where materials are to follow."""

    gaps = fields.Nested(GapsField, required=False, allow_none=True)


class GapsData(CaseData):
    """The public state of a case with gaps, and who has to know beside the applicant."""

    gaps = fields.Nested(GapsField, required=True)
    claimed_by = fields.UUID(required=True, allow_none=True)
    """The official who examines the case now."""


class CheckField(Schema):
    """What a check of a promise has found."""

    round = fields.Integer(required=True)
    fulfilled = fields.Boolean(required=True)
    findings = fields.String(required=True)
    checked_on = fields.Date(required=True)
    correct_by = fields.Date(required=True, allow_none=True)


class CheckedData(CaseData):
    """The public state of a case, and what was found of the promise made with it."""

    check = fields.Nested(CheckField, required=True)


class RevocationField(Schema):
    """A revocation that is proposed or decided; facts and statements stay in the case file."""

    ground = fields.String(required=True)
    ground_text = fields.Nested(TextField, required=True)
    statement_until = fields.Date(required=True)
    statement_provisional = fields.Boolean(required=True)
    """Whether that day lies beyond the calendars that were published when it was told."""
    certificate_id = fields.String(required=True, allow_none=True)
    """The certificate that ended with the revocation."""
    officials = fields.List(fields.UUID(), required=True)
    """Accounts of whoever proposed, and of whoever holds the task of deciding."""


class RevocationData(CaseData):
    """The public state of a case, and the proceeding to revoke what was granted."""

    revocation = fields.Nested(RevocationField, required=True)


class HandoverField(Schema):
    """The system of another authority that executes the case."""

    system = fields.Nested(TextField, required=True)
    receipt_number = fields.String(required=True, allow_none=True)
    """The authority's own; null until it has taken the application."""
    reason = fields.Nested(TextField, required=True, allow_none=True)
    """Why it is stuck, or why a withdrawal was not taken."""


class HandoverData(CaseData):
    """The public state of a case, and what its hand-over has come to."""

    handover = fields.Nested(HandoverField, required=True)


class PublicNoticeField(Schema):
    """A public notice (公示): how long it stands, and until when the application may follow it."""

    notice_id = fields.UUID(required=True)
    kind = fields.String(required=True)
    timing = fields.String(required=True)
    name = fields.Nested(TextField, required=True)
    published_on = fields.Date(required=True)
    last_on = fields.Date(required=True)
    provisional = fields.Boolean(required=True)
    """Whether `last_on` lies beyond the calendars that are published."""
    file_until = fields.Date(required=True, allow_none=True)
    """The last day for the application, where the notice comes before it."""
    ended_on = fields.Date(required=True, allow_none=True)


class PublicNoticeData(CaseData):
    """The public state of a case, and its public notice."""

    public_notice = fields.Nested(PublicNoticeField, required=True)


class ObjectionField(Schema):
    """An objection to a public notice; neither who lodged it nor why."""

    standing = fields.String(required=True)
    standing_name = fields.Nested(TextField, required=True)
    ends_case = fields.Boolean(required=True)
    advice = fields.Nested(TextField, required=True, allow_none=True)


class ObjectionData(PublicNoticeData):
    """The public state of a case, its public notice, and that somebody objects."""

    objection = fields.Nested(ObjectionField, required=True)


class ExpiringField(Schema):
    """A certificate that ends before long, and when its renewal can be applied for."""

    name = fields.Nested(TextField, required=True)
    number = fields.String(required=True)
    valid_until = fields.Date(required=True)
    opens_on = fields.Date(required=True, allow_none=True)
    apply_by = fields.Date(required=True, allow_none=True)
    """The last day on which it is in time; null once that has passed."""


class RenewalDueData(CaseData):
    """The public state of the case that issued the certificate, and the certificate."""

    expiring = fields.Nested(ExpiringField, required=True)


class RenewedField(Schema):
    """What counts as renewed by law, and how long it is valid now."""

    certificate_id = fields.String(required=True)
    name = fields.Nested(TextField, required=True)
    number = fields.String(required=True)
    previous_valid_until = fields.Date(required=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True)


class DeemedRenewedData(CaseData):
    """The public state of a case on which nobody decided in time, and the renewal that followed."""

    renewed = fields.Nested(RenewedField, required=True)


class FilingField(Schema):
    """What shows that something was filed."""

    certificate_id = fields.String(required=True)
    name = fields.Nested(TextField, required=True)
    number = fields.String(required=True)


class FiledData(CaseData):
    """The public state of a filing, recorded as it was handed in."""

    filing = fields.Nested(FilingField, required=True)
