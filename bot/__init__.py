"""The shell: all that touches the world or the clock."""
