"""The law and the city's choices as pure functions and data. May import schema; no I/O, no «now»."""
