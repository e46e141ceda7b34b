"""`make bench`: figures and ratios, taken in one run on one machine: quote medians and ratios."""

import argparse
import asyncio
import os
import tempfile
from pathlib import Path

from bench.deadlines import deadlines_per_second
from bench.intake import registration_speed
from bench.latency import gateway_to_page
from bench.lighthouse import lighthouse
from bench.lives import lives_per_second
from bench.mass_due import mass_due
from bench.pages import pages_at_size
from bench.recompute import recomputed_per_second
from worker import end

CASES = 100_000


async def measure(folder: Path, *, cases: int, pages_only: bool) -> None:
    """Run every measurement, one after another."""
    print(f"cores {os.cpu_count()}")
    if pages_only:
        await pages_at_size(folder / "pages", cases)
        return
    deadlines_per_second()
    await recomputed_per_second(folder / "recompute")
    await mass_due(folder / "mass-due")
    await lives_per_second(folder / "lives")
    await registration_speed(folder / "intake")
    await gateway_to_page(folder / "latency")
    await pages_at_size(folder / "pages", cases)
    await lighthouse(folder / "lighthouse")


def main() -> None:
    """Measure in a folder of its own, and leave nothing behind."""
    asked = argparse.ArgumentParser(prog="python -m bench")
    asked.add_argument("--cases", type=int, default=CASES, help="the large city of the pages")
    asked.add_argument("--pages-only", action="store_true", help="the pages' times alone")
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="minwon-bench-") as directory:
        folder = Path(directory)
        folder.chmod(0o755)
        asyncio.run(measure(folder, cases=chosen.cases, pages_only=chosen.pages_only))


if __name__ == "__main__":
    main()
    end(0)
