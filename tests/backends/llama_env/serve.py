"""Serve embeddings with llama.cpp's own HTTP server until SIGTERM; run by the environment of llama.cpp.

The API key comes in the environment variable `API_KEY`, so that no list of processes shows it.
"""

from __future__ import annotations

import argparse
import os
import signal

import xllamacpp

MIN_BATCH = 2048


def main() -> None:
    """Serve what the arguments name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    for name in ("port", "slots", "context", "ubatch", "threads"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--name", required=True)
    options = parser.parse_args()

    params = xllamacpp.CommonParams()
    params.model.path = options.model
    params.model_alias = {options.name}
    params.hostnames = ["127.0.0.1"]
    params.port = options.port
    params.api_keys = [os.environ["API_KEY"]]
    params.embedding = True
    params.endpoint_metrics = True
    params.ui = False
    params.n_parallel = options.slots
    params.n_ctx = options.context * options.slots
    params.n_ubatch = options.ubatch
    params.n_batch = max(options.ubatch, MIN_BATCH)
    params.cpuparams.n_threads = options.threads
    params.cpuparams_batch.n_threads = options.threads

    # Blocked before the server's threads start, which inherit it: only this thread learns of the end.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    server = xllamacpp.Server(params)
    print("listening on", server.listening_address, flush=True)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    main()
