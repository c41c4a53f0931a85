"""What the gateway says about officials and organisations."""

from marshmallow import Schema, fields, validate

from gateway.accounts.model import Account, MemberRole, Organisation, PositionKind
from shared.messaging.contracts import EventContract
from shared.text import Text
from shared.transaction import Transaction


class HeldPosition(Schema):
    """A position in a department."""

    department_code = fields.String(required=True)
    department_name = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf([each.value for each in PositionKind]))


class OfficialState(Schema):
    """The whole public state of an official; without positions, nobody's official any more."""

    account_id = fields.UUID(required=True)
    name = fields.String(required=True)
    positions = fields.List(fields.Nested(HeldPosition), required=True)


class RolesState(Schema):
    """What an account may be in the whole park; nothing of who it is."""

    account_id = fields.UUID(required=True)
    roles = fields.List(fields.String(), required=True)


class Member(Schema):
    """A person's place in an organisation."""

    account_id = fields.UUID(required=True)
    role = fields.String(required=True, validate=validate.OneOf([each.value for each in MemberRole]))


class OrganisationState(Schema):
    """The whole public state of an organisation."""

    organisation_id = fields.UUID(required=True)
    uscc = fields.String(required=True)
    name = fields.String(required=True)
    members = fields.List(fields.Nested(Member), required=True)
    closed = fields.Boolean(required=False)
    """Its register has closed it: nobody can act for it any more."""


OFFICIAL_APPOINTED = EventContract(
    "yuanban.gateway.official.appointed.v1",
    OfficialState,
    Text("工作人员的岗位已确定或调整", "The positions of an official were set or changed"),
    subscribers_optional=True,
)
ROLES_CHANGED = EventContract(
    "yuanban.gateway.account.roles-changed.v1",
    RolesState,
    Text("园区管理人员已确定或调整", "Somebody has become a manager of the park, or is one no more"),
)
ORGANISATION_CREATED = EventContract(
    "yuanban.gateway.organisation.created.v1",
    OrganisationState,
    Text("组织已建立，可由其成员代为办事", "An organisation exists now and its members can act for it"),
    subscribers_optional=True,
)


def tell_roles(tx: Transaction, account: Account) -> None:
    """Say what the account may be now; asked for when it becomes a manager, or is one no more."""
    tx.emit(ROLES_CHANGED, account, account.id, {"account_id": account.id, "roles": account.roles})


def tell_official(tx: Transaction, account: Account) -> None:
    """Say which positions the official holds now."""
    tx.emit(
        OFFICIAL_APPOINTED,
        account,
        account.id,
        {
            "account_id": account.id,
            "name": account.name,
            "positions": [
                {
                    "department_code": each.department_code,
                    "department_name": each.department.name_zh,
                    "kind": each.kind.value,
                }
                for each in account.positions
            ],
        },
    )


def tell_organisation(tx: Transaction, organisation: Organisation) -> None:
    """Say that the organisation exists and who belongs to it."""
    tx.emit(
        ORGANISATION_CREATED,
        organisation,
        organisation.id,
        {
            "organisation_id": organisation.id,
            "uscc": organisation.uscc,
            "name": organisation.name,
            "closed": organisation.closed_at is not None,
            "members": [
                {"account_id": each.account_id, "role": each.role.value} for each in organisation.members
            ],
        },
    )
