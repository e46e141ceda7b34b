"""The processes; deterministic code only. May import schema, activities (as references) and the
transitions table of rules."""
