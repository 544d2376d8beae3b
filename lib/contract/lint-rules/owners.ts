import type { Contract } from '../schema';
import { DEFAULTS_AGENT } from '../workspace-defaults';
import type { Found, LintContext, LintRule } from './lint-rule';
import { roleOf } from './role-names';

type Owner = 'sponsor' | 'engineeringLead' | 'qa' | 'grc' | 'operator' | 'sre';

const OWNERS: readonly { key: Owner; role: string; title: string }[] = [
  { key: 'sponsor', role: 'sponsor', title: 'sponsor' },
  { key: 'engineeringLead', role: 'engineer', title: 'engineering lead' },
  { key: 'qa', role: 'qa', title: 'QA' },
  { key: 'grc', role: 'grc', title: 'GRC' },
  { key: 'operator', role: 'operator', title: 'operator on call' },
  { key: 'sre', role: 'sre', title: 'SRE' },
];

const isDefaults = ({ identity }: Contract) => identity.agent === DEFAULTS_AGENT;

export const OWNER_RULES: readonly LintRule[] = [
  {
    id: 'person-unknown',
    level: 'warning',
    what: 'a person is named whom the workspace does not know (an error for the operator and the escalation path)',
    why: 'Pages and approvals to this address reach nobody here.',
    find: ({ ownership, identity }, { people }) => {
      if (people === undefined) return [];
      const named: [clause: string, email: string, paged: boolean][] = [
        ['identity/owner', identity.owner, false],
        ['identity/delegation/by', identity.delegation.by, false],
        ...OWNERS.map(({ key }): [string, string, boolean] => [
          `ownership/${key}`,
          ownership[key],
          key === 'operator',
        ]),
        ...ownership.escalation.map((step): [string, string, boolean] => [
          'ownership/escalation',
          step.to,
          true,
        ]),
        ...ownership.stakeholders.map((email): [string, string, boolean] => [
          'ownership/stakeholders',
          email,
          false,
        ]),
      ];
      return named.flatMap(([clause, email, paged]): Found[] =>
        people.has(email.toLowerCase())
          ? []
          : [
              {
                clause,
                message: `Nobody of this workspace has the address ${email}.`,
                ...(paged ? { level: 'error' as const } : {}),
              },
            ],
      );
    },
  },
  {
    id: 'person-without-role',
    level: 'warning',
    what: 'an owner does not hold the role the contract names them for',
    why: 'They cannot sign, approve or act as what the contract calls them.',
    find: (contract, { people }) => {
      if (people === undefined || isDefaults(contract)) return [];
      return OWNERS.flatMap(({ key, role, title }): Found[] => {
        const email = contract.ownership[key];
        const roles = people.get(email.toLowerCase());
        if (roles === undefined || roles.includes(role)) return [];
        return [
          {
            clause: `ownership/${key}`,
            message: `${email} is named as ${title} and does not hold that role.`,
          },
        ];
      });
    },
  },
  {
    id: 'duties-not-separate',
    level: 'warning',
    what: 'who builds also tests, or reviews for GRC',
    why: 'Nobody may sign off what they built, so the gates G3 and G4 could not be passed.',
    find: (contract) => {
      if (isDefaults(contract)) return [];
      const builder = contract.ownership.engineeringLead.toLowerCase();
      return (['qa', 'grc'] as const).flatMap((key): Found[] =>
        contract.ownership[key].toLowerCase() === builder
          ? [
              {
                clause: `ownership/${key}`,
                message: `${contract.ownership[key]} is the engineering lead as well.`,
              },
            ]
          : [],
      );
    },
  },
  {
    id: 'nobody-next',
    level: 'warning',
    what: 'nobody else is to be told of an unanswered page',
    why: 'When the operator does not answer, nobody is named to be told of the breach.',
    find: (contract) => {
      if (contract.ownership.escalation.length > 0 || isDefaults(contract)) return [];
      const { sre, operator } = contract.ownership;
      const found: Found = { clause: 'ownership/escalation', message: 'There is no escalation path.' };
      if (sre.toLowerCase() === operator.toLowerCase()) return [found];
      return [
        {
          ...found,
          mend: {
            title: 'Name the SRE, after 10 min',
            edits: [{ op: 'set', path: ['ownership', 'escalation'], value: [{ to: sre, afterMinutes: 10 }] }],
          },
        },
      ];
    },
  },
  {
    id: 'escalation-circle',
    level: 'error',
    what: 'somebody is on the escalation path twice, in another spelling',
    why: 'The page comes back to who did not answer it.',
    find: ({ ownership }) => {
      const seen = new Set([ownership.operator.toLowerCase()]);
      return ownership.escalation.flatMap(({ to }, index): Found[] => {
        const known = seen.has(to.toLowerCase());
        seen.add(to.toLowerCase());
        if (!known) return [];
        return [
          {
            clause: 'ownership/escalation',
            message: `${to} is paged before already.`,
            mend: {
              title: 'Remove this step',
              edits: [{ op: 'remove', path: ['ownership', 'escalation', index] }],
            },
          },
        ];
      });
    },
  },
  {
    id: 'approver-unknown',
    level: 'warning',
    what: 'a rule asks a role that is none of the workspace’s (an error when it is one and nobody holds it)',
    why: 'The run waits for an answer that nobody can give.',
    find: (contract, context) =>
      contract.authority.rules.flatMap((rule, index): Found[] => {
        if (rule.by === undefined || (rule.tier !== 'approval' && rule.tier !== 'escalation')) return [];
        const fault = askable(rule.by, context);
        if (fault === undefined) return [];
        return [
          {
            clause: `authority/${rule.id}/by`,
            ...fault,
            mend: {
              title: 'Ask the operator',
              edits: [{ op: 'set', path: ['authority', 'rules', index, 'by'], value: 'operator' }],
            },
          },
        ];
      }),
  },
  {
    id: 'stopper-unknown',
    level: 'warning',
    what: 'the kill switch or the sign-off chain names a role nobody holds',
    why: 'A role nobody holds stops nothing and signs nothing.',
    find: ({ failure, ownership }, context) => [
      ...failure.killSwitch.flatMap((role): Found[] => {
        const fault = askable(role, context);
        return fault === undefined ? [] : [{ clause: 'failure/killSwitch', message: fault.message }];
      }),
      ...ownership.signOff.flatMap((role): Found[] => {
        const fault = askable(role, context);
        return fault === undefined ? [] : [{ clause: 'ownership/signOff', message: fault.message }];
      }),
    ],
  },
];

/** Why nobody can answer as `name`; undefined when somebody can. */
function askable(name: string, { people }: LintContext): { message: string; level?: 'error' } | undefined {
  if (people === undefined) return undefined;
  if (people.has(name.toLowerCase())) return undefined;
  const role = roleOf(name);
  if (role === undefined) return { message: `No role of a workspace is called "${name}".` };
  if ([...people.values()].some((roles) => roles.includes(role))) return undefined;
  return { message: `Nobody of this workspace holds the role "${role}".`, level: 'error' };
}
