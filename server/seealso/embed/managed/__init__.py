"""A `vllm serve` process that is started when it is needed, shared by all who need it, and ended after them."""
