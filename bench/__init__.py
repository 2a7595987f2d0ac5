"""The benchmark: `make bench`, figures of `docs/figures.md`."""
