"""One keyset cursor everywhere: the order key (due date or instant) and the id of the last row seen."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, request
from marshmallow import Schema, fields, validate

from shared.errors import BadRequest
from shared.http.readable import is_storable
from shared.text import Text

MAX_PAGE = 100
_WRONG = Text("翻页标记无效", "The cursor is not valid")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the previous page ended."""

    order: str
    id: str

    def encode(self) -> str:
        """Opaque text for the client."""
        return base64.urlsafe_b64encode(json.dumps([self.order, self.id]).encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> "Cursor":
        """Read a client's cursor; 400 when it is not one of ours."""
        try:
            padded = text + "=" * (-len(text) % 4)
            order, row_id = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
            if not all(isinstance(part, str) and is_storable(part) for part in (order, row_id)):
                raise ValueError
        except (ValueError, binascii.Error, TypeError) as error:
            raise BadRequest(_WRONG) from error
        return cls(order=order, id=row_id)

    @property
    def row(self) -> UUID:
        """The id, where ids are UUIDs; 400 when it is none."""
        try:
            return UUID(self.id)
        except ValueError as error:
            raise BadRequest(_WRONG) from error

    @property
    def instant(self) -> datetime:
        """The order, where it is an instant; 400 when it is none, or names no zone."""
        try:
            found = datetime.fromisoformat(self.order)
        except ValueError as error:
            raise BadRequest(_WRONG) from error
        if found.tzinfo is None:
            raise BadRequest(_WRONG)
        return found


class PageArgs(Schema):
    """`cursor` and `limit` of every list."""

    cursor = fields.String(
        load_default=None,
        validate=validate.Length(max=400),
        metadata={"description": "Where the page before ended: `next` of its answer"},
    )
    limit = fields.Integer(
        load_default=20,
        validate=validate.Range(min=1, max=MAX_PAGE),
        metadata={"description": "How many at most"},
    )


def link_next(response: Response, cursor: str | None) -> None:
    """Add `Link: <…>; rel="next"` when there is another page."""
    if cursor is None:
        return
    arguments = [(key, value) for key, value in request.args.items(multi=True) if key != "cursor"]
    query = urlencode([*arguments, ("cursor", cursor)])
    response.headers["Link"] = f'<{request.path}?{query}>; rel="next"'
