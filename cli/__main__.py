"""`python -m cli` is `minwon`."""

from cli import main

main()
