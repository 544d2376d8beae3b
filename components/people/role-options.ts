import { ROLE_TITLES, ROLES, type Role } from '@/lib/auth/roles';

const WHAT: Record<Role, string> = {
  'head-of-ai': 'Administers: people, keys, contracts, everything below.',
  sponsor: 'Answers for an agent’s business; puts contracts in force.',
  engineer: 'Builds agents; imports contracts, makes keys, enters prices.',
  qa: 'Tests agents against their contract.',
  grc: 'Governance, risk, compliance; puts contracts in force, reads the audit log.',
  operator: 'Is paged; acknowledges incidents, resumes and stops runs.',
  sre: 'Keeps agents running; acknowledges incidents, stops runs.',
  sme: 'Judges an agent’s work in their subject.',
  auditor: 'Reads everything, the audit log too; changes nothing.',
};

/** Roles with what each may do, for forms. */
export const ROLE_OPTIONS = ROLES.map((role) => ({
  value: role,
  label: ROLE_TITLES[role],
  hint: WHAT[role],
}));
