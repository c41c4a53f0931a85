"""Rules about user names, passwords and failed sign-ins; no database, no web."""

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.errors import FieldError
from shared.text import Text

SESSION_LIFETIME = timedelta(hours=12)
TOKEN_LIFETIME = timedelta(minutes=60)
MIN_PASSWORD = 10  # characters; NIST SP 800-63B asks for at least 8
MAX_PASSWORD = 200  # a hash of megabytes would be an attack on ourselves
FORGET_FAILURES_AFTER = timedelta(hours=24)

_USERNAME = re.compile(r"^[A-Za-z][A-Za-z0-9._-]{1,31}$")


@dataclass(frozen=True, slots=True)
class Throttle:
    """How many failures are free, and how long the pause after them grows."""

    free: int
    first: timedelta
    longest: timedelta

    def pause(self, failures: int) -> timedelta:
        """The pause after that many failures in a row: none, then doubling up to the longest."""
        over = failures - self.free
        if over <= 0:
            return timedelta(0)
        doublings: int = 2 ** min(over - 1, 20)
        return min(self.first * doublings, self.longest)


PER_ACCOUNT = Throttle(free=5, first=timedelta(seconds=15), longest=timedelta(minutes=15))
PER_ADDRESS = Throttle(free=30, first=timedelta(seconds=15), longest=timedelta(minutes=15))


def seconds_until(instant: datetime, now: datetime) -> int:
    """Whole seconds to wait, at least one."""
    return max(1, math.ceil((instant - now).total_seconds()))


def username_errors(username: str) -> list[FieldError]:
    """What is wrong with a new user name."""
    if _USERNAME.match(username):
        return []
    sentence = Text(
        "用户名须以字母开头，由2至32个字母、数字、“.”“_”“-”组成",
        "A user name starts with a letter and has 2 to 32 letters, digits, dots, underscores or hyphens",
    )
    return [FieldError("/username", "format", sentence)]


def password_errors(password: str, username: str) -> list[FieldError]:
    """What is wrong with a new password."""
    if len(password) < MIN_PASSWORD:
        sentence = Text("密码至少{n}个字符", "A password has at least {n} characters").format(n=MIN_PASSWORD)
        return [FieldError("/password", "too_short", sentence)]
    if len(password) > MAX_PASSWORD:
        sentence = Text("密码最多{n}个字符", "A password has at most {n} characters").format(n=MAX_PASSWORD)
        return [FieldError("/password", "too_long", sentence)]
    if username.casefold() in password.casefold():
        return [
            FieldError(
                "/password",
                "guessable",
                Text("密码不能包含用户名", "A password must not contain the user name"),
            )
        ]
    return []
