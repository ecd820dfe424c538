"""Full-text search that forgives, over what the public may read: commitments, accepted evidence, releases.

`words` cuts texts into words, `index` is the inverted index of commitments (pure), `synonyms` the other names of
things, `understanding` makes of what was typed what is looked for, `copies` holds the index and what the lists need in
memory and keeps them fresh, `texts` asks the database for evidence and releases, of which `text_tables` keeps the
words, `finding` answers, and `highlighting` marks what was found.
"""
