"""Documents in, passages out. No I/O, no clock: bytes or str to frozen values."""
