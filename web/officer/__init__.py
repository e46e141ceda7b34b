"""The officer's pages and API: sign in, queue, case, entry, inbox. May import what web may."""
