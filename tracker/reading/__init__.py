"""From what a source sends to what a reader sees: encoding, text, titles, addresses, dates."""
