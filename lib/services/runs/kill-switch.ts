import { ROLE_TITLES, ROLES, type Role } from '@/lib/auth/roles';
import type { Contract } from '@/lib/contract/schema';
import { contractVersion } from '@/lib/services/contracts/contract-in-force';

/**
 * The roles that a contract puts at its kill switch (`failure.killSwitch`), by their id or title, in capitals or not.
 * Names that are no role here give nobody a right.
 */
export function killSwitchRoles(contract: Contract): Role[] {
  const names = new Set(contract.failure.killSwitch.map((name) => name.trim().toLowerCase()));
  return ROLES.filter((role) => names.has(role) || names.has(ROLE_TITLES[role].toLowerCase()));
}

/** Those of the version a run is held to; none without one. */
export async function killSwitchOf(contractVersionId: string | null): Promise<Role[]> {
  if (contractVersionId === null) return [];
  return killSwitchRoles((await contractVersion(contractVersionId)).contract);
}
