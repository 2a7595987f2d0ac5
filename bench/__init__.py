"""The benchmark behind `make bench`; its figures are written to `bench/latest.json`."""
