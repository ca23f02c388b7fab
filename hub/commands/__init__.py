"""One module per command; each function takes the arguments and the hub's home."""
