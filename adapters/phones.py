"""Telephone numbers as every channel writes them: `schema/phones.py`."""

from schema.phones import domestic_phone, takes_messages

__all__ = ["domestic_phone", "takes_messages"]
