"""Discord and the providers as loopback stand-ins: the demo's world and the tests'."""
