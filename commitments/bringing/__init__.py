"""Bring the record, and take it away: files of rows in, the same rows out."""

from commitments.bringing.complaints import Complaint, ImportRefused, UnreadableFile
from commitments.bringing.writing import ImportReport, import_rows

__all__ = ["Complaint", "ImportRefused", "ImportReport", "UnreadableFile", "import_rows"]
