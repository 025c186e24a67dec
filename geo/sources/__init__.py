"""Readers of official files: one module, one dataset, one validated table."""
