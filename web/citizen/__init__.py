"""The citizen's pages and API: file, find, follow, withdraw, rate. May import what web may."""
