import { KEY_SCOPES, type KeyScope } from '@/lib/auth/actor';

const WHAT: Record<KeyScope, string> = {
  ingest: 'Sends traces (OTLP/HTTP), and signals.',
  decide: 'Asks before a call, reads whether its run may go on, confirms that it stopped.',
  read: 'Reads agents, runs, incidents, contracts and the audit log.',
  author: 'Pushes and imports contracts and lists of tools; cannot put contracts in force.',
  signals: 'Sends signals of quality: outcomes, feedback, evals, ratings.',
};

/** Scopes with what each allows, for forms. */
export const SCOPE_OPTIONS = KEY_SCOPES.map((scope) => ({ value: scope, label: scope, hint: WHAT[scope] }));
