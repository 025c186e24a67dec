"""The command line: one module per command, thin: read the options, call the package, print."""

from geo.cli.program import main

__all__ = ["main"]
