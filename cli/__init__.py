"""The program `minwon`, a module for each verb. May import everything."""

from cli.program import main

__all__ = ["main"]
