"""The errands that ask the authority's system: what has happened, and for the documents it has issued."""

from dataclasses import dataclass
from uuid import UUID

from approvals.documents.issued_outside import OutsideDocument
from approvals.documents.unused import keep
from approvals.handovers.commands import locked
from approvals.handovers.port import Connections, Document, OutsideSystem, Report, Unreachable
from approvals.handovers.sending import heard, note_failure
from approvals.tracking.commands import take_report
from shared.messaging.errand import Failure, Payload
from shared.transaction import Context, Transaction

_SIGNATURES = {
    "application/pdf": b"%PDF-",
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
}


@dataclass(frozen=True, slots=True)
class Question:
    """A case to ask the system about."""

    system: str
    reference: str


class PollErrand:
    """Asks what has happened so far."""

    def prepare(self, tx: Transaction, payload: Payload) -> Question | None:
        """Whom to ask; nothing once the case has ended or waits for a person."""
        found = locked(tx.session, UUID(str(payload["case_id"])))
        if found is None or not found[1].is_followed:
            return None
        return Question(found[1].system, found[1].reference)

    def act(self, context: Context, request: Question) -> Report:
        """Ask."""
        return _system(context, request.system).status(request.reference)

    def settle(self, tx: Transaction, request: Question, outcome: Report) -> None:
        """Take over what is new, and ask again later."""
        found = locked(tx.session, UUID(request.reference))
        if found is not None:
            take_report(tx, *found, outcome)

    def failed(self, tx: Transaction, payload: Payload, failure: Failure) -> None:
        """Show the try to officials; when it was the last, call for a person."""
        note_failure(tx, UUID(str(payload["case_id"])), failure)


@dataclass(frozen=True, slots=True)
class Fetching:
    """A document to fetch."""

    id: UUID
    case_id: UUID
    system: str
    document: Document


class FetchErrand:
    """Fetches the content of a document that the authority has issued."""

    def prepare(self, tx: Transaction, payload: Payload) -> Fetching | None:
        """Which one; nothing when it is here already."""
        row = tx.session.get(OutsideDocument, UUID(str(payload["document_id"])))
        found = locked(tx.session, row.case_id) if row is not None else None
        if row is None or found is None or row.fetched_at is not None:
            return None
        said = Document(row.outside_id, row.name, row.media_type, row.size, row.sha256)
        return Fetching(row.id, row.case_id, found[1].system, said)

    def act(self, context: Context, request: Fetching) -> bytes:
        """Fetch it; what is not what its digest and type say counts as not here."""
        data = _system(context, request.system).document(str(request.case_id), request.document)
        if not data.startswith(_SIGNATURES[request.document.media_type]):
            raise Unreachable("a document is not of the type that it says")
        return data

    def settle(self, tx: Transaction, request: Fetching, outcome: bytes) -> None:
        """Keep it, and let the applicant open it."""
        found = locked(tx.session, request.case_id)
        row = tx.session.get(OutsideDocument, request.id)
        if found is None or row is None or row.fetched_at is not None:
            return
        case, handover = found
        keep(tx, outcome, row.sha256)
        row.fetched_at = tx.now
        heard(tx, handover, case)
        details = {"document": str(row.id), "sha256": row.sha256}
        tx.audit("handover.document-fetched", "case", case.id, details)

    def failed(self, tx: Transaction, payload: Payload, failure: Failure) -> None:
        """Show the try to officials; when it was the last, call for a person."""
        row = tx.session.get(OutsideDocument, UUID(str(payload["document_id"])))
        if row is not None:
            note_failure(tx, row.case_id, failure)


def _system(context: Context, name: str) -> OutsideSystem:
    connection = context.resources.get(Connections).get(name)
    if connection is None:
        raise Unreachable("the system is not connected")
    return connection.system
