import { CATEGORIES } from './categories';
import type { ContractInput } from './schema';

/** The name the defaults go by where an agent's name would stand. */
export const DEFAULTS_AGENT = 'workspace-defaults';

/**
 * The contract a new workspace starts with: what holds for agents nobody has written one for. It lists the tool `*`,
 * so that unknown tools are flagged and not a breach; it watches, and pages only for what is critical.
 * `owner` is the first admin's e-mail, `on` the day (YYYY-MM-DD).
 */
export function workspaceDefaults(owner: string, on: string): ContractInput {
  return {
    apiVersion: 'countersign/v1',
    kind: 'AgentContract',
    identity: {
      name: 'Workspace defaults',
      agent: DEFAULTS_AGENT,
      class: 'Any agent without a contract of its own',
      businessUnit: 'All',
      buildPattern: 'Any',
      principal: 'none',
      owner,
      delegation: { by: owner, on, environments: ['any'] },
      description: 'What holds for every agent that nobody has written a contract for yet.',
    },
    scope: {
      tasks: [{ id: 'any', statement: 'Low-risk work while its contract is being written.' }],
      actions: ['read', 'draft', 'recommend', 'execute'],
    },
    tools: {
      '*': { action: 'read', categories: [] },
    },
    authority: { level: 'bounded', defaults: { read: 'alone', write: 'alone', transact: 'approval' } },
    ownership: { sponsor: owner, engineeringLead: owner, qa: owner, grc: owner, operator: owner, sre: owner },
    risk: {
      categories: Object.fromEntries(CATEGORIES.map(({ slug, weight }) => [slug, weight])),
      actions: { read: 1, write: 1.5, transact: 2 },
      egress: 1.5,
      audience: { kind: 'internal', factor: 1 },
      aggregate: { rule: 'capped', share: 0.5 },
      thresholds: { medium: 12, high: 24, critical: 36 },
      // Without a contract nobody has said which data a tool may touch, so content is not searched for any.
      detectors: [],
    },
    cost: {
      perRun: 5,
      callsPerRun: 200,
      repeatedCalls: 25,
      onBreach: { callsPerRun: 'warn', repeatedCalls: 'warn', perRun: 'warn' },
    },
    failure: { high: ['log', 'warn'], critical: ['page'] },
    versioning: { contract: '1', code: 'any', lastReviewed: on, reviewEveryDays: 90, retentionDays: 400 },
  };
}
