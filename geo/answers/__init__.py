"""Figures become French here, once: screens, terminal and paper only lay out what these modules answer."""
