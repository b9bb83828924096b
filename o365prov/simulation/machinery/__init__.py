"""What a simulation runs on: a time that jumps, a network with faults, processes that are killed, and a disk."""
