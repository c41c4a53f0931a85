"""Signing in and out: one refusal for every reason, with pauses that grow after repeated failures."""

import secrets
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.accounts import policy
from gateway.accounts.model import Account, SignInThrottle, WebSession
from gateway.accounts.passwords import Passwords
from gateway.accounts.queries import actor_of, digest_of, find_account, find_by_username, username_key
from shared.actor import ANONYMOUS, Actor
from shared.database import insert_if_absent
from shared.errors import TooManyRequests, Unauthenticated
from shared.service import Runtime
from shared.text import Text
from shared.transaction import Transaction

_WRONG = Text("用户名或密码不正确", "The user name or password is not right")
_WAIT = Text("登录失败次数过多，请在{n}秒后重试", "Too many failed attempts; please try again in {n} seconds")
_LONGEST_NAME = 200  # characters looked at; a longer one is nobody's anyway


def check_password(
    runtime: Runtime, passwords: Passwords, username: str, password: str, address: str | None
) -> Actor:
    """The account of that name and password, as an actor.

    Raises Unauthenticated for every kind of mismatch, and TooManyRequests during a pause. The attempt is
    counted before the password is looked at, so that many attempts at once gain nothing; the hash is
    computed outside any transaction.
    """
    keys = _throttle_keys(username[:_LONGEST_NAME], address)
    with runtime.transaction(ANONYMOUS) as tx:
        for key, throttle in keys.items():
            _count(tx, key, throttle)
        account = find_by_username(tx.session, username[:_LONGEST_NAME])
    right = passwords.matches(account.password_hash if account else None, password[: policy.MAX_PASSWORD])
    if not right or account is None:
        raise Unauthenticated(_WRONG)
    rehashed = passwords.hash(password) if passwords.outdated(account.password_hash) else None
    with runtime.transaction(ANONYMOUS) as tx:
        acting = find_account(tx.session, account.id, demo=runtime.settings.demo)
        if acting is None:
            raise Unauthenticated(_WRONG)
        actor = actor_of(acting, address)
        if rehashed is not None:
            _take_turns(tx, acting.id)
            acting.password_hash = rehashed
            by_them = replace(tx, actor=actor)
            by_them.audit("account.password-rehashed", "account", acting.id)
        for key, throttle in keys.items():
            _forgive(tx, key, throttle)
        return actor


def note_token(tx: Transaction) -> None:
    """Write down that the actor was given an access token."""
    if tx.actor.id is None:
        raise Unauthenticated
    _take_turns(tx, tx.actor.id)
    tx.audit("token.issued", "account", tx.actor.id)


def start_session(tx: Transaction, previous: str | None = None) -> str:
    """Sign the actor's browser in; returns the token for its cookie. The session it had until now ends."""
    token = secrets.token_urlsafe(32)
    if tx.actor.id is None:
        raise Unauthenticated
    left = _account_of(tx, previous) if previous else None
    _take_turns(tx, tx.actor.id, left or tx.actor.id)
    if previous:
        end_session(tx, previous)
    tx.session.execute(sa.delete(WebSession).where(WebSession.expires_at <= tx.now))
    tx.session.add(
        WebSession(
            token_digest=digest_of(token),
            account_id=tx.actor.id,
            created_at=tx.now,
            expires_at=tx.now + policy.SESSION_LIFETIME,
        )
    )
    tx.audit("session.started", "account", tx.actor.id)
    return token


def end_session(tx: Transaction, token: str) -> None:
    """Sign one browser out, if it is signed in."""
    account_id = _account_of(tx, token)
    if account_id is None:
        return
    _take_turns(tx, account_id)
    ended = sa.delete(WebSession).where(WebSession.token_digest == digest_of(token))
    if tx.session.scalar(ended.returning(WebSession.account_id)) is not None:
        tx.audit("session.ended", "account", account_id)


def _account_of(tx: Transaction, token: str) -> UUID | None:
    return tx.session.scalar(
        sa.select(WebSession.account_id).where(WebSession.token_digest == digest_of(token))
    )


def _take_turns(tx: Transaction, *account_ids: UUID) -> None:
    """One at a time for each account: the next number of its audit chain is read before it is written."""
    # Always in the same order: two browsers that exchange their accounts would wait for each other.
    rows = sa.select(Account.id).where(Account.id.in_(account_ids)).order_by(Account.id)
    tx.session.execute(rows.with_for_update())


def revoke_sessions(session: Session, account: Account) -> None:
    """Sign every browser of an account out."""
    session.execute(sa.delete(WebSession).where(WebSession.account_id == account.id))


def _throttle_keys(username: str, address: str | None) -> dict[str, policy.Throttle]:
    # Digests: a name that somebody typed by mistake may be a password.
    keys = {f"account:{digest_of(username_key(username))}": policy.PER_ACCOUNT}
    if address:
        keys[f"address:{address[:64]}"] = policy.PER_ADDRESS
    return keys


def _count(tx: Transaction, key: str, throttle: policy.Throttle) -> None:
    """Take the attempt for a failure until it proves right; raises TooManyRequests during a pause."""
    row = _locked(tx, key)
    if row.blocked_until is not None and row.blocked_until > tx.now:
        wait = policy.seconds_until(row.blocked_until, tx.now)
        raise TooManyRequests(_WAIT.format(n=wait), retry_after_s=wait)
    if row.last_at <= tx.now - policy.FORGET_FAILURES_AFTER:
        row.failures = 0
    row.failures += 1
    row.last_at = tx.now
    pause = throttle.pause(row.failures)
    row.blocked_until = tx.now + pause if pause else None


def _locked(tx: Transaction, key: str) -> SignInThrottle:
    """The row of the key, made when there is none, and nobody else's until the transaction ends."""
    fresh = {"key": key, "failures": 0, "blocked_until": None, "last_at": tx.now}
    while True:
        if insert_if_absent(tx.session, SignInThrottle, fresh):
            _forget_old(tx.session, tx.now)
        row = tx.session.get(SignInThrottle, key, with_for_update=True)
        if row is not None:
            return row
        # It was there, and while its lock was waited for somebody signed in or tidied up and deleted it.


def _forgive(tx: Transaction, key: str, throttle: policy.Throttle) -> None:
    """The attempt proved right: an account starts afresh, an address gets only this one back."""
    row = tx.session.get(SignInThrottle, key, with_for_update=True)
    if row is None:
        return
    if throttle is policy.PER_ACCOUNT:
        tx.session.delete(row)
        return
    row.failures = max(0, row.failures - 1)
    row.blocked_until = None


def _forget_old(session: Session, now: datetime) -> None:
    """Delete what is long past; a row in use stays, since waiting for it in any order could be a deadlock."""
    old = SignInThrottle.last_at <= now - policy.FORGET_FAILURES_AFTER
    unused = sa.select(SignInThrottle.key).where(old).with_for_update(skip_locked=True)
    session.execute(sa.delete(SignInThrottle).where(SignInThrottle.key.in_(unused)))
