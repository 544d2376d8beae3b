import { stringify } from 'yaml';
import type { Contract } from './schema';

/** A contract as YAML that reads back as the very same contract, sections in the order they are read. */
export function printContract(contract: Contract): string {
  // No folding: a long line keeps its place when somebody compares two versions. No aliases: parseContract refuses them.
  return stringify(contract, { lineWidth: 0, aliasDuplicateObjects: false, version: '1.2' });
}
