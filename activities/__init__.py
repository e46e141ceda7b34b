"""The effects a workflow may cause, each idempotent. May import schema, rules and storage."""
