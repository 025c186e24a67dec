"""Screen *Planifier*: one module a question."""
