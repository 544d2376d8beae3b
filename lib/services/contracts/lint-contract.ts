import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { type LintContext, type LintFinding, lint } from '@/lib/contract/lint';
import type { Contract } from '@/lib/contract/schema';
import { DEFAULTS_AGENT } from '@/lib/contract/workspace-defaults';
import { db } from '@/lib/db/pool';
import { digestOf } from '@/lib/evidence/digest';

/** What lint should know of the workspace, as plain data: the editor lints in the browser with it. */
export interface LintFacts {
  /** YYYY-MM-DD, UTC. */
  today: string;
  /** The roles of every member, by lower-case e-mail address; an on-call schedule stands for the roles it is named in. */
  people: [email: string, roles: string[]][];
  /** What other versions of the same contract are called, with their digests: one of the same digest is the same version. */
  labels: { label: string; digest: string }[];
  /** Names of webhook endpoints. */
  endpoints: string[];
}

/** The facts for contracts of an agent; null for the workspace defaults. */
export async function lintFacts(actor: Actor, agent: string | null): Promise<LintFacts> {
  const { workspaceId } = actor;
  authorize(actor, 'contract.read', { workspaceId });
  const [people, labels, endpoints] = await Promise.all([
    db().query<{ email: string; roles: string[] }>(
      `SELECT lower(p.email) AS email, m.roles FROM membership m JOIN person p ON p.id = m.person_id
        WHERE m.workspace_id = $1
       UNION ALL
       SELECT address, ARRAY['operator', 'sre'] FROM on_call_schedule
        WHERE workspace_id = $1 AND archived_at IS NULL`,
      [workspaceId],
    ),
    db().query<{ label: string; digest: string }>(
      `SELECT v.document #>> '{versioning,contract}' AS label, v.digest
         FROM contract_version v JOIN agent a ON a.id = v.agent_id
        WHERE v.workspace_id = $1 AND a.name = $2`,
      [workspaceId, agent],
    ),
    db().query<{ name: string }>(
      `SELECT name FROM webhook_endpoint WHERE workspace_id = $1 AND kind = 'webhook' AND disabled_at IS NULL`,
      [workspaceId],
    ),
  ]);
  return {
    today: new Date().toISOString().slice(0, 10),
    people: people.rows.map(({ email, roles }) => [email, roles]),
    labels: labels.rows,
    endpoints: endpoints.rows.map(({ name }) => name),
  };
}

/** The context lint takes, for one document of a digest. */
export function lintContextOf(facts: LintFacts, digest: string | null): LintContext {
  return {
    today: facts.today,
    people: new Map(facts.people),
    labels: facts.labels.filter((each) => each.digest !== digest).map((each) => each.label),
    endpoints: facts.endpoints,
  };
}

/** What lint finds in a contract, knowing the people, roles and versions of the workspace. */
export async function lintContract(actor: Actor, contract: Contract): Promise<LintFinding[]> {
  const { agent } = contract.identity;
  const facts = await lintFacts(actor, agent === DEFAULTS_AGENT ? null : agent);
  return lint(contract, lintContextOf(facts, digestOf(contract)));
}
