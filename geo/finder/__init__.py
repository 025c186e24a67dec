"""The nearest sites from where somebody is."""
