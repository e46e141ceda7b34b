"""`minwon outside`: starts, says where, ends when told; and says why it cannot start."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx

PROGRAM = (
    "import sys; from pathlib import Path; from cli.outside import outside;"
    "sys.exit(outside(Path(sys.argv[1]), http_port=int(sys.argv[2]), mail_port=0))"
)


def start(directory: Path, http_port: int) -> subprocess.Popen[str]:
    """The verb, as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(directory), str(http_port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_serves_until_it_is_told_to_end(tmp_path: Path) -> None:
    """SIGTERM ends it with 0, and what was received is still there at the next start."""
    for sent in (1, 2):
        process = start(tmp_path, 0)
        assert process.stdout is not None
        name, http, smtp = process.stdout.readline().split()
        assert name == "outside"
        assert smtp.startswith("smtp://127.0.0.1:")
        with httpx.Client(base_url=http) as client:
            kept = len(client.get("/messages").json())
            assert client.get("/healthz").json() == {"status": "ok"}
        assert kept == sent - 1
        (tmp_path / "received.jsonl").open("a").write('{"to": "a", "kind": "sms"}\n')
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


def test_a_taken_port_is_said_in_one_sentence(tmp_path: Path) -> None:
    """And the exit code is 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start(tmp_path, taken.getsockname()[1])
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    assert errors.startswith("The stand-ins could not start: ")
    assert len(errors.strip().splitlines()) == 1
