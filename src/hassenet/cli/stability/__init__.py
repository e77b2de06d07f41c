"""``hassenet stability``: how far scores can be trusted."""
