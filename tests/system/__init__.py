"""The whole, on real components, each role a process of its own."""
