"""The record of decisions, the chain of its rows, and how far it is mirrored."""
