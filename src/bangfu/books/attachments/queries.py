"""From an attachment to its content."""

from __future__ import annotations

from bangfu.books.attachments import store
from bangfu.books.attachments.models import Attachment
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text

NO_SUCH_FILE = Text(
    "没有这个文件，或者它不在您的范围内。", "There is no such file, or it is not yours to see."
)


def found(attachment_id: int) -> Attachment:
    """The attachment, when the scope sees it. NotFoundError otherwise."""
    attachment = Attachment.objects.filter(pk=attachment_id).first()
    if attachment is None:
        raise NotFoundError(NO_SUCH_FILE)
    return attachment


def content_of(attachment: Attachment) -> bytes:
    """What the file holds. UnavailableError when the uploads folder no longer has it whole."""
    return store.get(attachment.digest)
