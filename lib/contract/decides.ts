import type { Policy } from '@/lib/decision/types';
import type { Contract } from './schema';

/** A contract is a policy: the compiler checks that what people sign is what `evaluate` reads. */
export function policyOf(contract: Contract): Policy {
  return contract;
}
