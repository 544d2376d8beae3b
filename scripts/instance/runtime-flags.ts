/**
 * How Node keeps memory for a runtime plane. Spans live from their arrival to their commit: with room for them the collector moves
 * them less. What it does move is little, and sooner moved by one thread than by several that wait for a core each while agents
 * wait for their answers.
 */
export const RUNTIME_FLAGS: readonly string[] = ['--max-semi-space-size=64', '--no-parallel-scavenge'];
