"""The language of the system: pydantic models and enums, no I/O. May import nothing of ours."""
