"""`python -m adapters.apart_process KIND`: cleans the file on its input, under limits.

See `adapters.apart`, which starts it and reads its answer.
"""

import resource
import sys

from adapters.clean_files import Cleaned, CleanPhotograph, FileFacts, Unreadable, UnreadableFile
from adapters.file_kinds import FileKind

MEMORY = 2 * 1024**3
"""Bytes of address space: four times what the largest photograph takes, decoded and turned."""
CPU_SECONDS = 20


def main() -> None:
    """Answer with one line of JSON and the copy."""
    _bound(resource.RLIMIT_AS, MEMORY)
    _bound(resource.RLIMIT_CPU, CPU_SECONDS)
    _bound(resource.RLIMIT_FSIZE, 0)
    _bound(resource.RLIMIT_CORE, 0)
    content = sys.stdin.buffer.read()
    try:
        made = _cleaned(content, FileKind(sys.argv[1]))
    except UnreadableFile as fault:
        _say(Cleaned(refused=fault.reason))
    except MemoryError:
        _say(Cleaned(refused=Unreadable.TOO_HARD))
    else:
        _say(Cleaned(facts=FileFacts.model_validate(made, from_attributes=True)), made.content)


def _bound(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (limit, limit))


def _cleaned(content: bytes, kind: FileKind) -> CleanPhotograph:
    if kind is FileKind.VIDEO:
        from adapters.videos import clean_video

        return clean_video(content, kind)
    import pillow_heif

    from adapters.photographs import clean_picture

    # Its own thumbnails, depth maps and further pictures are not asked for; one thread decodes.
    pillow_heif.register_heif_opener(
        thumbnails=False, depth_images=False, aux_images=False, decode_threads=1
    )
    return clean_picture(content, kind, kind)


def _say(cleaned: Cleaned, content: bytes = b"") -> None:
    sys.stdout.buffer.write(cleaned.model_dump_json(exclude_none=True).encode() + b"\n" + content)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
