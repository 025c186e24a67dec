"""Where a new site would serve best."""
