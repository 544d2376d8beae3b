import { ROLE_TITLES, ROLES } from '@/lib/auth/roles';

/** Who signs, as one reads it: a role by its title, anything else as the contract has it. */
export function signTitle(name: string): string {
  const role = ROLES.find((each) => each === name.toLowerCase());
  return role === undefined ? name : ROLE_TITLES[role];
}
