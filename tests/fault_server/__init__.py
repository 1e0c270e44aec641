"""An OpenAI-compatible embeddings server for tests that can be told to fail.

    def test_retries(fault_server: FaultServer) -> None:
        fault_server.script(Status(503), Fault.RESET)
        ...  # a client of fault_server.url that succeeds with its third request
        assert [record.status for record in fault_server.embeddings] == [503, None, 200]

A server that does not misbehave makes tests pass for nothing: what it does is tested in unit/embed/test_fault_*.py.
"""

from fault_server.faults import AnyFault, Fault, Status
from fault_server.personality import ListedModel, Personality
from fault_server.records import Record
from fault_server.server import FaultServer

__all__ = ["AnyFault", "Fault", "FaultServer", "ListedModel", "Personality", "Record", "Status"]
