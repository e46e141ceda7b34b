"""A process apart, in which strange files are opened: its memory and time are bounded, and where a
library in C fails on a file that somebody made to break it, that process dies and we do not."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from pydantic import ValidationError

from adapters.clean_files import Cleaned, CleanPhotograph, Unreadable, UnreadableFile
from adapters.file_kinds import FileKind

SECONDS = 30
"""Of the clock, from start to end."""
AT_ONCE = 2
"""Processes at a time in one of ours; the next file waits in its thread."""
PROGRAM = "adapters.apart_process"
ENDED_BY_A_LIMIT = frozenset({-signal.SIGXCPU, -signal.SIGKILL})

_PLACES = threading.BoundedSemaphore(AT_ONCE)


def cleaned_apart(content: bytes, name: str, kind: FileKind) -> CleanPhotograph:
    """The file cleaned in a process of its own. Blocks: call it in a thread.

    Raises UnreadableFile; where a limit ended the process it is TOO_HARD, where it fell, BROKEN.
    """
    with _PLACES:
        try:
            ended = subprocess.run(  # noqa: S603 - our own program; the file goes in by its pipe
                [sys.executable, "-m", PROGRAM, kind],
                input=content,
                capture_output=True,
                timeout=SECONDS,
                env=_environment(),
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise UnreadableFile(name, Unreadable.TOO_HARD) from None
    if ended.returncode in ENDED_BY_A_LIMIT:
        raise UnreadableFile(name, Unreadable.TOO_HARD)
    return _answer(ended.stdout, name)


def _environment() -> dict[str, str]:
    """Nothing of ours but where our code lies: no key, no address of a database."""
    code = [str(Path(part).resolve()) for part in sys.path]
    return {"PYTHONPATH": os.pathsep.join(code), "LC_ALL": "C.UTF-8"}


def _answer(printed: bytes, name: str) -> CleanPhotograph:
    """One line of JSON, and behind it the copy."""
    line, _, content = printed.partition(b"\n")
    try:
        cleaned = Cleaned.model_validate_json(line)
    except ValidationError:
        # It fell before it could answer; what it wrote to stderr could quote the file.
        raise UnreadableFile(name, Unreadable.BROKEN) from None
    if cleaned.refused is not None or cleaned.facts is None:
        raise UnreadableFile(name, cleaned.refused or Unreadable.BROKEN)
    return CleanPhotograph(content=content, **cleaned.facts.model_dump())
