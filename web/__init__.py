"""Pages and hooks: what operators and people look at."""
