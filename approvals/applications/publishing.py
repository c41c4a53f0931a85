"""Publishing a notice (公示): the applicant before the application, the examiner before the decision."""

from approvals.applications.answers import open_form
from approvals.applications.commands import require_valid
from approvals.applications.given import fill_in
from approvals.applications.renewal import require_in_force
from approvals.cases import policy
from approvals.cases.lifecycle import State
from approvals.cases.model import Case
from approvals.cases.record import Office
from approvals.items.model import Item
from approvals.notices.commands import put_up
from approvals.notices.policy import before_filing, put_up_by_officials, require_notice
from approvals.tasks import policy as task_policy
from shared.errors import FieldError, InvalidInput
from shared.text import Text
from shared.transaction import Transaction

_DECLARE = Text("请确认所填内容真实，并同意公示", "Confirm that the information is true and may be published")


def publish_notice(tx: Transaction, case: Case, item: Item, *, declaration: bool) -> Case:
    """Put the notice up that the item asks for; of a draft all that will be handed in has to be there.

    From then on what is published stays as it is. Raises Forbidden without the claim of the review or the
    decision where an official publishes, Conflict when the item asks for no notice now or one runs,
    InvalidInput without the declaration and, of a draft, for every wrong field and missing material.
    """
    policy.require_state("publish-notice", case)
    draft = case.state is State.DRAFT
    if draft:
        policy.require_applicant(tx.actor, case)
        office: Office = "applicant"
    else:
        office = task_policy.office_of(task_policy.require_examiner(tx.session, tx.actor, case))
    wanted = require_notice(before_filing(item) if draft else put_up_by_officials(item))
    if not declaration:
        raise InvalidInput(errors=[FieldError("/declaration", "required", _DECLARE)])
    if draft:
        require_in_force(tx, case)
        fill_in(tx, case, item)
        require_valid(tx, case, item)
    values = open_form(tx.session, tx.context.cipher, case, item, tx.today).examined.values
    put_up(tx, case, item, wanted, values=values, office=office)
    return case
