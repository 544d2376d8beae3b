import type { Role } from '@/lib/auth/roles';
import { ROLE_TITLES } from '@/lib/auth/roles';

export interface Who {
  personId: string;
  name: string;
  email: string;
  roles: readonly Role[];
  workspace: string;
  workspaceId: string;
  /** All that the person belongs to, this one too. */
  workspaces: readonly { id: string; name: string }[];
  isDemo: boolean;
}

/** "Operator", "GRC, Auditor" */
export function roleTitles(roles: readonly Role[]): string {
  return roles.map((role) => ROLE_TITLES[role]).join(', ') || 'No role yet';
}
