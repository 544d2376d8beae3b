export const ROLES = [
  'head-of-ai',
  'sponsor',
  'engineer',
  'qa',
  'grc',
  'operator',
  'sre',
  'sme',
  'auditor',
] as const;
export type Role = (typeof ROLES)[number];

export const ROLE_TITLES: Record<Role, string> = {
  'head-of-ai': 'Head of AI',
  sponsor: 'Sponsor',
  engineer: 'Engineering lead',
  qa: 'QA',
  grc: 'GRC',
  operator: 'Operator',
  sre: 'SRE',
  sme: 'Subject expert',
  auditor: 'Auditor',
};
