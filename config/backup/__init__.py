"""Everything that is kept, in one file, and back; and from the one database into the other.

`rows` turns a row into what any database takes and back, `tables` reads and writes whole tables of either database,
`container` is the file around it, `making` fills it, `restoring` empties it, `moving` does without a file. How the file
is built, and how it is read without this program, stands in docs/backup.md.
"""


class Refused(Exception):
    """It cannot be done, and nothing has been changed. `str(error)` says why in a sentence."""
