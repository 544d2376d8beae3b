/** The roles of a workspace, and what contracts call them. lib/auth/roles.ts has the same names; a test compares them. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'head-of-ai': ['head of ai'],
  sponsor: ['sponsor', 'business sponsor'],
  engineer: ['engineer', 'engineering lead', 'engineering'],
  qa: ['qa', 'quality assurance', 'tester'],
  grc: ['grc', 'compliance', 'governance'],
  operator: ['operator', 'operator on call', 'on call'],
  sre: ['sre', 'site reliability'],
  sme: ['sme', 'subject expert', 'subject matter expert'],
  auditor: ['auditor'],
};

export const ROLE_NAMES: readonly string[] = Object.keys(NAMES);

/** The role a contract means by a name ("operator on call", "Head of AI"); undefined when it is none. */
export function roleOf(name: string): string | undefined {
  const plain = name
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();
  return ROLE_NAMES.find(
    (role) => role.replaceAll('-', ' ') === plain || (NAMES[role] ?? []).includes(plain),
  );
}
