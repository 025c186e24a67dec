"""Maps on paper: the same classes and words as on screen, drawn by matplotlib without a window or a network."""
