"""The demonstration: a record to look at, and a source on this machine that publishes releases about it.

Commitments (commitments.jsonl) and releases (releases/) are paraphrases, written for this purpose, of
public facts. Evidence is not part of it: whatever a page shows, the watch and the linker have found.
"""
