"""A file of the city's data as it comes from somebody's spreadsheet or editor."""

from rules.city_data import unknown_file
from rules.tables import Fault, file_names


def read_file(name: str, raw: bytes) -> str | Fault:
    """The text of a file that is to take the place of `name`, or why it cannot."""
    if name not in file_names():
        return unknown_file(name)
    try:
        # A spreadsheet puts a mark before the first cell, and ends lines its own way.
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Fault(file=name, ko="UTF-8로 저장해 주세요.", en="Save it as UTF-8.")
    return text.replace("\r\n", "\n")
