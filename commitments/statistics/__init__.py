"""Figures that live in tables: staff point at one by the words of its headings, and each edition is read by them.

`periods` says what time a heading is about, `pointing` finds the figures of a pointer in a workbook, `editions` are
the workbooks as published, `reading` keeps what each edition gives, `vintages` says which figure replaces which.
"""
