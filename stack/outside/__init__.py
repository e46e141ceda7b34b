"""Stand-ins for the world outside: carrier, mail, push, X, Facebook. Imports nothing of ours."""
