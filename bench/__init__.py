"""Measures: durable commands a second beside the same wires without a store, from one run."""
