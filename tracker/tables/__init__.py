"""Tables in files: from bytes to sheets, and from a sheet to figures with the words of their headings.

Only `workbook` leaves the process, to read the file in one of its own; the rest is pure.
"""

from .figures import Mark, Reading, read_cell
from .headings import Heading, notes_in, same_words
from .layout import Cell, Table, cell_name, tables
from .workbook import Sheet, Value, Workbook, as_text, is_table_file, read_workbook

__all__ = [
    "Cell",
    "Heading",
    "Mark",
    "Reading",
    "Sheet",
    "Table",
    "Value",
    "Workbook",
    "as_text",
    "cell_name",
    "is_table_file",
    "notes_in",
    "read_cell",
    "read_workbook",
    "same_words",
    "tables",
]
