"""Who somebody is right now: read from the database for every request, so that a change acts at once."""

import hashlib
from datetime import datetime
from typing import Any, get_args
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from gateway.accounts.model import (
    Account,
    Department,
    OfficialPosition,
    Organisation,
    OrganisationMember,
    PositionKind,
    WebSession,
)
from shared import actor as actors
from shared.actor import Actor
from shared.cipher import Cipher
from shared.identifiers.phones import mask_phone
from shared.text import LANGUAGES, Language

_STANDING = (
    sa.select(
        Account.name,
        Account.roles,
        Account.language,
        Account.is_demo,
        Account.disabled_at,
        OfficialPosition.department_code,
        OfficialPosition.kind,
        Department.name_zh,
        OrganisationMember.organisation_id,
        OrganisationMember.role,
        Organisation.uscc,
        Organisation.name.label("organisation_name"),
    )
    .where(Account.id == sa.bindparam("wanted", type_=sa.Uuid))
    .outerjoin(OfficialPosition, OfficialPosition.account_id == Account.id)
    .outerjoin(Department, Department.code == OfficialPosition.department_code)
    .outerjoin(OrganisationMember, OrganisationMember.account_id == Account.id)
    .outerjoin(Organisation, Organisation.id == OrganisationMember.organisation_id)
    .order_by(OfficialPosition.department_code, OfficialPosition.kind, OrganisationMember.since)
)


def find_account(session: Session, account_id: UUID | None, *, demo: bool) -> Account | None:
    """The account if it may act: not disabled, and of the demo park only where the demo park is served."""
    return _acting(session.scalar(_with_standing().where(Account.id == account_id)), demo)


def read_actor(session: Session, account_id: UUID | None, *, demo: bool, address: str | None) -> Actor | None:
    """The same as an actor, in one query without entities: every request of the API begins with it."""
    rows = session.execute(_STANDING, {"wanted": account_id}).all()
    if not rows or rows[0].disabled_at is not None or (rows[0].is_demo and not demo):
        return None
    # Positions and memberships multiply one another in the join; a dict keeps each once, in order.
    positions = {
        (row.department_code, row.kind): actors.Position(row.department_code, row.name_zh, _kind(row.kind))
        for row in rows
        if row.department_code is not None
    }
    memberships = {
        row.organisation_id: actors.Membership(
            row.organisation_id, row.uscc, row.organisation_name, row.role.value
        )
        for row in rows
        if row.organisation_id is not None
    }
    return Actor(
        kind="account",
        id=account_id,
        name=rows[0].name,
        roles=frozenset(rows[0].roles),
        positions=tuple(positions.values()),
        memberships=tuple(memberships.values()),
        language=_language(rows[0].language),
        address=address,
    )


def find_by_session(session: Session, token: str, now: datetime, *, demo: bool) -> Account | None:
    """The account behind a browser's session cookie, None when the session ended or expired."""
    query = (
        _with_standing()
        .join(WebSession, WebSession.account_id == Account.id)
        .where(WebSession.token_digest == digest_of(token), WebSession.expires_at > now)
    )
    return _acting(session.scalar(query), demo)


def find_by_username(session: Session, username: str) -> Account | None:
    """The account of that user name, however it is capitalised."""
    return session.scalar(sa.select(Account).where(Account.username_key == username_key(username)))


def username_key(username: str) -> str:
    """What two user names that count as the same have in common."""
    return username.strip().casefold()


def digest_of(token: str) -> str:
    """What the database keeps of a session token; the token is random, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def actor_of(account: Account, address: str | None = None) -> Actor:
    """The account as the one who acts."""
    return Actor(
        kind="account",
        id=account.id,
        name=account.name,
        roles=frozenset(account.roles),
        positions=tuple(_position(each) for each in account.positions),
        memberships=tuple(_membership(each) for each in account.memberships),
        language=_language(account.language),
        address=address,
    )


def profile_of(account: Account, cipher: Cipher) -> dict[str, Any]:
    """The document of `GET /api/v1/me`."""
    contact = cipher.open(account.contact_sealed) if account.contact_sealed else {}
    return {
        "id": str(account.id),
        "username": account.username,
        "name": account.name,
        "roles": sorted(account.roles),
        "positions": [
            {
                "department": {"code": each.department_code, "name": each.department.name.to_dict()},
                "position": each.kind.value,
            }
            for each in account.positions
        ],
        "memberships": [
            {
                "organisation": {
                    "id": str(each.organisation_id),
                    "uscc": each.organisation.uscc,
                    "name": each.organisation.name,
                    "closed": each.organisation.closed_at is not None,
                },
                "role": each.role.value,
            }
            for each in account.memberships
        ],
        "language": account.language,
        "mobile": mask_phone(contact["mobile"]) if contact else None,
    }


def _with_standing() -> sa.Select[Account]:
    return sa.select(Account).options(selectinload(Account.positions), selectinload(Account.memberships))


def _acting(account: Account | None, demo: bool) -> Account | None:
    if account is None or account.disabled_at is not None or (account.is_demo and not demo):
        return None
    return account


def _position(row: OfficialPosition) -> actors.Position:
    return actors.Position(row.department_code, row.department.name_zh, _kind(row.kind))


def _kind(kind: PositionKind) -> actors.PositionKind:
    return next(each for each in get_args(actors.PositionKind) if each == kind.value)


def _membership(row: OrganisationMember) -> actors.Membership:
    return actors.Membership(
        row.organisation_id, row.organisation.uscc, row.organisation.name, row.role.value
    )


def _language(value: str) -> Language:
    return next((language for language in LANGUAGES if language == value), "zh")
