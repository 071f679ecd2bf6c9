"""What is sent to the site, as it comes in."""

from __future__ import annotations

from contextlib import suppress

from django.core.files.uploadhandler import TemporaryFileUploadHandler


class ReceivedFile(TemporaryFileUploadHandler):
    """A file of its own for an upload that is too large for memory, gone at once when the disk is full.

    Django closes what has come in whole; what was broken off would fill the disk until somebody looks
    for rubbish.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write one piece. Raises OSError when it cannot be written."""
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError:
            # What is not written yet is tried once more, and removed whether or not that goes.
            with suppress(OSError):
                self.file.close()
            raise
