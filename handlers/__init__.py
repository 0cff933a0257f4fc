"""Pure translators: words in, events out. No store, no clock."""
