"""When a worker is taken for dead, in seconds."""

from __future__ import annotations

# A worker beats every BEAT seconds. One that has not for STALLED seconds is dead, and what it had in
# hand goes back into the queue.
BEAT = 5
STALLED = 20
