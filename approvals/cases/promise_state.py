"""How far a promise (告知承诺) has come; beside the case, for its file says so."""

from enum import StrEnum

from shared.text import Text


class PromiseState(StrEnum):
    """Made; granted and to be checked; to be corrected; kept; broken, so that it is to be revoked."""

    MADE = "made"
    TO_CHECK = "to_check"
    CORRECTING = "correcting"
    FULFILLED = "fulfilled"
    BROKEN = "broken"


PROMISE_NAMES: dict[PromiseState, Text] = {
    PromiseState.MADE: Text("已作出承诺", "Promised"),
    PromiseState.TO_CHECK: Text("待核查", "To be checked"),
    PromiseState.CORRECTING: Text("责令限期改正", "To be corrected"),
    PromiseState.FULFILLED: Text("已履行承诺", "Kept"),
    PromiseState.BROKEN: Text("未履行承诺", "Broken"),
}
