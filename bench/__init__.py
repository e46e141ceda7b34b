"""Measurements: `make bench` prints figures and ratios. May import everything."""
