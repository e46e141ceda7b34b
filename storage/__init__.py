"""Tables, migrations and every query. May import schema and rules."""
