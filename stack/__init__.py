"""The embedded PostgreSQL, Kafka and Temporal, for a laptop and for tests.

Imports nothing of ours.
"""
