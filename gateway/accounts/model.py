"""Accounts, sessions, signing keys, departments, organisations: what the gateway owns."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.database import Aggregate, Base, JsonDoc, UtcDateTime, text_enum
from shared.text import Text


class Role(StrEnum):
    """What an account may be; several may be held at once."""

    APPLICANT = "applicant"
    RESIDENT = "resident"
    OFFICIAL = "official"
    OPERATOR = "operator"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class PositionKind(StrEnum):
    """An official's position (岗位) in a department."""

    WINDOW = "window"
    REVIEWER = "reviewer"
    APPROVER = "approver"


class MemberRole(StrEnum):
    """What a person may do for an organisation."""

    ADMIN = "admin"
    MEMBER = "member"


class Account(Aggregate, Base):
    """A person who can sign in."""

    __tablename__ = "account"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    username: Mapped[str] = mapped_column(sa.String(32))
    """As chosen; `username_key` is what it is found by."""
    username_key: Mapped[str] = mapped_column(sa.String(32), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    """The person's name as others see it."""
    password_hash: Mapped[str] = mapped_column(sa.String(160))
    roles: Mapped[list[str]] = mapped_column(JsonDoc)
    language: Mapped[str] = mapped_column(sa.String(2))
    contact_sealed: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    """`{"mobile": …}`, encrypted."""
    is_demo: Mapped[bool] = mapped_column(default=False)
    """Belongs to the demo park: can sign in only where YUANBAN_DEMO is set."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    positions: Mapped[list["OfficialPosition"]] = relationship(
        order_by="OfficialPosition.department_code, OfficialPosition.kind", cascade="all, delete-orphan"
    )
    memberships: Mapped[list["OrganisationMember"]] = relationship(
        order_by="OrganisationMember.since", viewonly=True
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class


class Department(Base):
    """A government department that handles cases (部门)."""

    __tablename__ = "department"

    code: Mapped[str] = mapped_column(sa.String(18), primary_key=True)
    """Unified social credit code."""
    name_zh: Mapped[str] = mapped_column(sa.String(120))
    name_en: Mapped[str] = mapped_column(sa.String(200))

    @property
    def name(self) -> Text:
        """Its name in both languages."""
        return Text(self.name_zh, self.name_en)


class OfficialPosition(Base):
    """A position that an account holds in a department."""

    __tablename__ = "official_position"

    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"), primary_key=True)
    department_code: Mapped[str] = mapped_column(sa.ForeignKey("department.code"), primary_key=True)
    kind: Mapped[PositionKind] = mapped_column(text_enum(PositionKind), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)

    department: Mapped[Department] = relationship(lazy="joined", innerjoin=True)


class Organisation(Aggregate, Base):
    """An enterprise or other body for which people act on the platform."""

    __tablename__ = "organisation"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    uscc: Mapped[str] = mapped_column(sa.String(18), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    register_sequence: Mapped[int] = mapped_column(default=0, server_default="0")
    """Of the register's event that the name was taken from; only a newer one replaces it."""
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when nobody can act for it any more: the register has closed it."""

    members: Mapped[list["OrganisationMember"]] = relationship(
        order_by="OrganisationMember.since", back_populates="organisation", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class


class OrganisationMember(Base):
    """A person's place in an organisation."""

    __tablename__ = "organisation_member"

    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"), primary_key=True, index=True)
    role: Mapped[MemberRole] = mapped_column(text_enum(MemberRole))
    since: Mapped[datetime] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True, back_populates="members")


class WebSession(Base):
    """A browser that is signed in. The cookie holds a random token, this table only its digest."""

    __tablename__ = "web_session"

    token_digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SignInThrottle(Base):
    """Failed sign-ins of one user name or from one address."""

    __tablename__ = "sign_in_throttle"

    key: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    failures: Mapped[int]
    blocked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SigningKey(Base):
    """A key that signs tokens; a retired one stays published until its last token has expired."""

    __tablename__ = "signing_key"

    kid: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    public_jwk: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    private_sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
