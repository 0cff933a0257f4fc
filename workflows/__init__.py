"""The pure core: what happens when, readable by a team lead. No clock, database, network or template."""
