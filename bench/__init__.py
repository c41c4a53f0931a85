"""Measurements: each a make target that prints one table from one run, its contenders taking turns."""
