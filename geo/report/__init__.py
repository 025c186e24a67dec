"""Results written to files: tables, layers, maps, summaries."""
