"""Alembic's migrations, one linear history."""
