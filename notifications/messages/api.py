"""`/api/v1/notifications/messages`: a person's own inbox."""

from typing import Any
from uuid import UUID

from flask import Response

from notifications.messages.commands import mark_read
from notifications.messages.model import Message
from notifications.messages.queries import inbox, own_message, unread
from notifications.messages.schemas import InboxSchema, MessageSchema, NothingSchema
from shared.http.command import Reply, command, json_response
from shared.http.description import ETAG, Blueprint
from shared.http.paging import PageArgs, link_next
from shared.http.state import current_actor, current_runtime
from shared.transaction import Transaction


def blueprint() -> Blueprint:
    """The routes; served below `/api/v1/notifications`."""
    api = Blueprint(
        "messages",
        __name__,
        description="In-app inbox 站内消息",
        path_parameters={"message_id": ("The id of the message", "01939f6e-3a4b-7c21-9d5e-8f0a1b2c3d4e")},
    )

    @api.get("/messages")
    @api.arguments(PageArgs, location="query")
    @api.response(200, InboxSchema)
    def list_messages(args: dict[str, Any]) -> Response:
        """The reader's own messages, newest first.

        `unread` counts up to 100.
        """
        reader = current_actor()
        with current_runtime().read() as session:
            items, following = inbox(session, reader, args["cursor"], args["limit"])
            page = {"items": items, "next": following, "unread": unread(session, reader)}
        response = json_response(Reply(InboxSchema().dump(page)))
        link_next(response, following)
        return response

    @api.get("/messages/<uuid:message_id>")
    @api.response(200, MessageSchema, headers=ETAG)
    def get_message(message_id: UUID) -> Response:
        """One of the reader's own messages.

        Nobody else's can be read by anybody.
        """
        with current_runtime().read() as session:
            return json_response(_reply(own_message(session, current_actor(), message_id)))

    @api.post("/messages/<uuid:message_id>/read")
    @api.arguments(NothingSchema, required=False)
    @api.response(200, MessageSchema, headers=ETAG)
    @command
    def read_message(tx: Transaction, _body: dict[str, Any], message_id: UUID) -> Reply:
        """Mark one of the reader's own messages as read.

        Repeating it changes nothing.
        """
        return _reply(mark_read(tx, message_id))

    return api


def _reply(message: Message) -> Reply:
    return Reply(MessageSchema().dump(message), version=message.version)
