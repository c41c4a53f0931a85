"""What the demo park brings along; nothing outside demo mode."""

from approvals.enterprise.demo.cases import enter_cases
from approvals.enterprise.demo.enterprises import enter_enterprises
from approvals.enterprise.demo.notice import enter_notice
from shared.service import Runtime


def seed(runtime: Runtime) -> None:
    """Enter the demo enterprises and cases that are not there yet."""
    if runtime.settings.demo:
        enter_enterprises(runtime)
        enter_cases(runtime)
        enter_notice(runtime)
