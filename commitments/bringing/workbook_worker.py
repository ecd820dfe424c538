"""Run as a program of its own: reads a workbook from standard input and writes its cells as JSON.

What strangers made is read here by a library that is not written in Python, within limits that cannot be lifted.

`python workbook_worker.py MEMORY_BYTES CPU_SECONDS MAX_ROWS MAX_COLUMNS`. Days become text as in "2025-12-31"; a merged
cell's value stands in each of the cells that it covers.
"""

import datetime as dt
import io
import json
import resource
import sys
from typing import Any

OUTPUT_BYTES = 64 * 1024 * 1024
MAX_SHEETS = 20
#: A merged cell that covers more is a background and no heading.
MAX_MERGED = 5_000


def main() -> None:
    memory, cpu, max_rows, max_columns = map(int, sys.argv[1:5])
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, OUTPUT_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    body = sys.stdin.buffer.read()
    import python_calamine

    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(body))
        sheets = [
            _sheet(workbook.get_sheet_by_name(one.name), max_rows, max_columns)
            for one in workbook.sheets_metadata[:MAX_SHEETS]
            if one.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        told: dict[str, object] = {"sheets": sheets}
    except MemoryError:
        told = {"problem": "memory"}
    except python_calamine.PasswordError:
        told = {"problem": "password"}
    except (python_calamine.CalamineError, OSError, ValueError):
        told = {"problem": "broken"}
    json.dump(told, sys.stdout)


def _sheet(sheet: Any, max_rows: int, max_columns: int) -> dict[str, object]:
    if sheet.total_height > max_rows or sheet.total_width > max_columns:
        return {"name": sheet.name, "rows": [], "is_too_large": True}
    rows = [[_cell(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        if (bottom - top + 1) * (right - left + 1) > MAX_MERGED or top >= len(rows):
            continue
        for row in rows[top : bottom + 1]:
            row[left : right + 1] = [rows[top][left]] * len(row[left : right + 1])
    return {"name": sheet.name, "rows": rows, "is_too_large": False}


def _cell(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    if isinstance(value, float) and value == value // 1 and abs(value) < 2**53:
        return int(value)
    if isinstance(value, (str, int, float, bool)):
        return value
    return str(value)


main()
