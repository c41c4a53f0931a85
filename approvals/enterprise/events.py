"""What the register of enterprises says: an enterprise with its whole public state."""

from marshmallow import Schema, fields

from approvals.calendar.events import calendar_published
from approvals.cases.events import case_contracts
from shared.messaging.contracts import EventContract
from shared.text import Text

SERVICE = "enterprise"


class EnterpriseData(Schema):
    """The public facts of an enterprise, as on its business licence."""

    uscc = fields.String(required=True)
    name = fields.String(required=True)
    company_type = fields.String(required=False)
    legal_representative = fields.String(required=True)
    industry_code = fields.String(required=True)
    region_code = fields.String(required=True)
    address = fields.String(required=False)
    registered_capital_fen = fields.Integer(required=True)
    established_on = fields.Date(required=True)
    status = fields.String(required=True)
    applicant_account_id = fields.UUID(required=True, allow_none=True)
    case_id = fields.UUID(required=True, allow_none=True)
    certificate_id = fields.String(required=True, allow_none=True)


ENTERPRISE_REGISTERED = EventContract(
    type=f"yuanban.{SERVICE}.enterprise.registered.v1",
    schema=EnterpriseData,
    meaning=Text("企业已登记设立", "An enterprise was registered"),
)

CONTRACTS = (*case_contracts(SERVICE).values(), ENTERPRISE_REGISTERED, calendar_published(SERVICE))
