"""How much anybody may send in one form: what nobody will read is not even put down."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from commitments.bringing.reading import MAX_BYTES
from tracker.deposits import MAX_FILE_BYTES


class Bounded(FileUploadHandler):
    """Goes before the handlers that keep files. Only staff send files; from all others a form's words are enough."""

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *others: Any) -> None:
        if content_length > self._at_most():
            raise RequestDataTooBig(f"A form of {content_length} bytes was not taken in.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None

    def _at_most(self) -> int:
        words = int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        user = getattr(self.request, "user", None)
        return max(MAX_BYTES, MAX_FILE_BYTES) + words if user is not None and user.is_staff else words
