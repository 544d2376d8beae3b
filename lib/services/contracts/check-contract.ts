import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import type { Sentence } from '@/lib/contract/describe';
import type { Change } from '@/lib/contract/diff';
import { contractEmails } from '@/lib/contract/emails';
import type { LintFinding } from '@/lib/contract/lint';
import type { SourceFormat } from '@/lib/contract/parse';
import type { Routed } from '@/lib/contract/route';
import { summarise } from '@/lib/contract/summary';
import { DEFAULTS_AGENT } from '@/lib/contract/workspace-defaults';
import { db } from '@/lib/db/pool';
import type { Issue } from '@/lib/errors';
import { digestOf } from '@/lib/evidence/digest';
import { nameAddresses } from '@/lib/services/on-call/name-addresses';
import { changesInForce } from './compare-versions';
import { type DefaultsImpact, impactOf } from './defaults-impact';
import { labelTaken } from './label-taken';
import { lintContract } from './lint-contract';
import { parseText } from './parse-text';

export type CheckedContract =
  | { ok: false; issues: Issue[] }
  | {
      ok: true;
      /** `workspace-defaults` for the defaults. */
      agent: string;
      displayName: string;
      /** What its authors call it, e.g. "1.3". */
      label: string;
      digest: string;
      summary: Sentence[];
      /** Names by lower-case e-mail address. */
      people: Record<string, string>;
      /** Addresses it names that nobody of the workspace has: pages to them reach no one here. */
      strangers: string[];
      /** The version that holds this very document already. */
      existing: number | null;
      /** The number it would get. */
      nextNumber: number;
      /** Of the workspace defaults: whom the change reaches. */
      impact: DefaultsImpact | null;
      /** What lint finds, the worst first. */
      findings: LintFinding[];
      /** What it would change of the version in force; null when none is. */
      against: { number: number; label: string; changes: Change[]; routed: Routed } | null;
      /** Where the agent is known from. */
      agentIs: 'new' | 'discovered' | 'registered' | 'defaults';
    };

/** What importing this text would do; stores nothing. Faults are an answer here, not an error. */
export async function checkContract(
  actor: Actor,
  input: { source: string; format: SourceFormat },
): Promise<CheckedContract> {
  const { workspaceId } = actor;
  authorize(actor, 'contract.import', { workspaceId });
  const { parsed } = await parseText(db(), workspaceId, input);
  if (!parsed.ok) return parsed;
  const { contract } = parsed;
  const { agent, name, aliases } = contract.identity;
  const isDefaults = agent === DEFAULTS_AGENT;
  const digest = digestOf(contract);
  const emails = contractEmails(contract);
  const [agents, known] = await Promise.all([
    db().query<{ id: string; discovered: boolean }>(
      `SELECT id, discovered FROM agent
        WHERE workspace_id = $1 AND NOT $4 AND (name = $2 OR (discovered AND name = ANY($3::text[])))
        ORDER BY (name = $2) DESC, created_at LIMIT 1`,
      [workspaceId, agent, aliases, isDefaults],
    ),
    nameAddresses(db(), workspaceId, emails),
  ]);
  const found = agents.rows[0];
  const versions =
    found === undefined && !isDefaults
      ? []
      : (
          await db().query<{ number: number; digest: string }>(
            `SELECT number, digest FROM contract_version
              WHERE workspace_id = $1 AND agent_id IS NOT DISTINCT FROM $2::uuid ORDER BY number DESC`,
            [workspaceId, found?.id ?? null],
          )
        ).rows;
  // Of the defaults only the newest counts: see import-contract.ts.
  const same = (isDefaults ? versions.slice(0, 1) : versions).find((version) => version.digest === digest);
  if (same === undefined && found !== undefined) {
    const taken = await labelTaken(db(), found.id, contract.versioning.contract);
    if (taken !== null) return { ok: false, issues: [taken] };
  }
  const [impact, findings, against] = await Promise.all([
    isDefaults ? impactOf(workspaceId, contract) : null,
    lintContract(actor, contract),
    found === undefined && !isDefaults ? null : changesInForce(workspaceId, found?.id ?? null, contract),
  ]);
  const people = Object.fromEntries([...known].map(([address, { name }]) => [address, name]));
  return {
    ok: true,
    agent,
    displayName: name,
    label: contract.versioning.contract,
    digest,
    summary: summarise(contract),
    people,
    strangers: emails.filter((email) => people[email] === undefined),
    existing: same?.number ?? null,
    impact,
    findings,
    against,
    nextNumber: (versions[0]?.number ?? 0) + 1,
    agentIs: isDefaults
      ? 'defaults'
      : found === undefined
        ? 'new'
        : found.discovered
          ? 'discovered'
          : 'registered',
  };
}
