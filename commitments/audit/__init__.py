"""Who changed what, when and by which door: written by the database itself, whatever the way in.

`audited.py` says what is recorded of each model, `triggers.py` makes the database record it, `acting.py` tells the
database who is at work, and `words.py` reads the entries back. docs/security.md says what that proves.
"""
