import type { Finding, FindingCode } from './types';

/**
 * One plain sentence for whoever asked, and for the person who looks at a breach: what the contract says and, in
 * brackets, the clause that says it.
 */
export function explain(finding: Finding): string {
  return `${SENTENCES[finding.code](finding)} (${finding.clause})`;
}

const SENTENCES: Readonly<Record<FindingCode, (finding: Finding) => string>> = {
  'kill-switch': ({ detail }) =>
    `A kill switch is on for ${detail}: make no call until a person releases it.`,
  'agent-held': ({ detail }) =>
    `This agent is ${detail}: read, and undo what the contract names a tool for, where that is allowed; leave all else to people.`,
  'run-not-running': ({ detail }) =>
    detail === 'finished'
      ? 'This run has finished: start a new one to do more.'
      : detail === 'stopping'
        ? 'This run was told to stop: make no further call.'
        : `This run is ${detail}: wait for a person.`,
  'tool-not-allowed': ({ detail }) => `The contract does not give you the tool ${detail}.`,
  forbidden: ({ detail }) => `The contract forbids this outright: ${detail}.`,
  'action-not-in-scope': ({ detail }) =>
    `You may not ${VERBS[detail] ?? detail}: it is not among the permitted actions.`,
  'authority-level': ({ detail, lane }) =>
    lane === 'block'
      ? `You are at authority level ${detail}: you may read, and change nothing.`
      : `You are at authority level ${detail}: a person must review what you make of this.`,
  'arguments-invalid': ({ detail }) => `The arguments are not what the contract allows: ${detail}.`,
  'category-not-allowed': ({ detail }) => `This tool may not touch ${detail} data.`,
  filtered: ({ detail }) => `What this tool returns must have its ${detail} data filtered before you see it.`,
  'filter-not-applied': ({ detail }) =>
    `What this tool returned should have had its ${detail} data filtered.`,
  'needs-approval': ({ detail }) => `A person must approve this first: ${detail}.`,
  'needs-escalation': ({ detail }) => `This must be escalated before it is done: ${detail}.`,
  never: ({ detail }) => `The contract says this is never done: ${detail}.`,
  'rate-limit': ({ detail }) => `You have used this tool as often as you may for now: ${detail}.`,
  'budget-run': ({ detail }) => `This run has spent more than it may: ${detail} US dollars.`,
  'budget-day': ({ detail }) => `Today's runs have spent more than they may: ${detail} US dollars.`,
  'budget-month': ({ detail }) => `This month's runs have spent more than they may: ${detail} US dollars.`,
  'token-ceiling': ({ detail }) => `This run has used more tokens than it may: ${detail}.`,
  'call-ceiling': ({ detail }) => `This run has made as many calls as it may: ${detail}.`,
  'repeated-call': ({ detail }) => `The same call with the same arguments was made too often: ${detail}.`,
};

const VERBS: Readonly<Record<string, string>> = {
  read: 'read',
  write: 'write',
  transact: 'make transactions',
};
