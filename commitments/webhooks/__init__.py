"""Events for this desk's own tools: noted in an outbox (events), worded (wording), signed and sent (sending)."""
