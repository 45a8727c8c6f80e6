"""One file a question; each prints one line of JSON."""
