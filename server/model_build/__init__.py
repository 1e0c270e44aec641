"""How the embedded model is made when the package is built; never installed."""
