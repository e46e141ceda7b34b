"""Installs what the browser tests and the bench look with; `make tools` runs it."""

from pathlib import Path

from web.assets.build import install

HERE = Path(__file__).parent

if __name__ == "__main__":
    install(HERE)
    (HERE / "node_modules" / ".built").touch()
