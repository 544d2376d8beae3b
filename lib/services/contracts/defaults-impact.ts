import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { type Change, diffContracts } from '@/lib/contract/diff';
import { parseContract, readStored, type SourceFormat } from '@/lib/contract/parse';
import type { Contract } from '@/lib/contract/schema';
import { DEFAULTS_AGENT } from '@/lib/contract/workspace-defaults';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { currentDefaults } from './current-defaults';

type ClauseChange = Pick<Change, 'clause' | 'direction'>;

/** Whom a change of the workspace defaults reaches, before it is made. */
export interface DefaultsImpact {
  /** Clauses of the defaults that would change; empty: nothing would. */
  changes: ClauseChange[];
  /** Agents without a version in force: the new defaults decide for them at once. */
  atOnce: { name: string; displayName: string; lastRunAt: string | null }[];
  /** How many of them there are; the list shows the first hundred, the latest to run first. */
  atOnceCount: number;
  /** Versions in force with clauses that would change; they stay as they are until somebody makes their next version. */
  whenRemade: InheritingVersion[];
}

export interface InheritingVersion {
  agent: string;
  displayName: string;
  number: number;
  label: string;
  /** What of it would change when it is made again under the new defaults. */
  changes: ClauseChange[];
  /** True when it would no longer be a sound contract, and so needs more than taking the defaults up. */
  breaks: boolean;
}

const MOST_AGENTS = 100;

/** What importing this text as the workspace defaults would do. Throws `invalid_contract` with its faults. */
export async function defaultsImpact(
  actor: Actor,
  input: { source: string; format: SourceFormat },
): Promise<DefaultsImpact> {
  const { workspaceId } = actor;
  authorize(actor, 'contract.read', { workspaceId });
  const parsed = parseContract(input.source, input.format);
  if (!parsed.ok)
    throw new AppError('invalid_contract', 'These are no sound defaults yet.', { issues: parsed.issues });
  if (parsed.contract.identity.agent !== DEFAULTS_AGENT)
    throw new AppError('invalid', 'This is a contract of one agent, not the workspace defaults.');
  return impactOf(workspaceId, parsed.contract);
}

/** The same of defaults that were read already; for services that have authorized. */
export async function impactOf(workspaceId: string, defaults: Contract): Promise<DefaultsImpact> {
  const now = await currentDefaults(db(), workspaceId);
  const [agents, whenRemade] = await Promise.all([
    db().query<{ name: string; displayName: string; lastRunAt: Date | null; all: number }>(
      `SELECT name, display_name AS "displayName", last_run_at AS "lastRunAt", count(*) OVER () AS all FROM agent
        WHERE workspace_id = $1 AND contract_version_id IS NULL
        ORDER BY last_run_at DESC NULLS LAST, name LIMIT ${MOST_AGENTS}`,
      [workspaceId],
    ),
    inheriting(workspaceId, defaults),
  ]);
  return {
    changes: now === null ? [] : brief(diffContracts(now.contract, defaults)),
    atOnce: agents.rows.map(({ all: _, lastRunAt, ...agent }) => ({
      ...agent,
      lastRunAt: lastRunAt?.toISOString() ?? null,
    })),
    atOnceCount: agents.rows[0]?.all ?? 0,
    whenRemade,
  };
}

/**
 * Versions in force that extend the defaults and would say something else under `defaults`; of one agent when `agentId` is
 * given.
 */
export async function inheriting(
  workspaceId: string,
  defaults: Contract,
  agentId?: string,
): Promise<InheritingVersion[]> {
  const { rows } = await db().query<{
    agent: string;
    displayName: string;
    number: number;
    document: unknown;
    source: string;
    sourceFormat: string;
  }>(
    `SELECT a.name AS agent, a.display_name AS "displayName", v.number, v.document, v.source,
            v.source_format AS "sourceFormat"
       FROM agent a JOIN contract_version v ON v.id = a.contract_version_id
      WHERE a.workspace_id = $1 AND v.defaults_version_id IS NOT NULL AND ($2::uuid IS NULL OR a.id = $2)
      ORDER BY lower(a.display_name), a.name`,
    [workspaceId, agentId ?? null],
  );
  return rows.flatMap((row): InheritingVersion[] => {
    const before = readStored(row.document);
    const again = parseContract(row.source, row.sourceFormat === 'json' ? 'json' : 'yaml', defaults);
    const changes = again.ok ? brief(diffContracts(before, again.contract)) : [];
    if (again.ok && changes.length === 0) return [];
    return [
      {
        agent: row.agent,
        displayName: row.displayName,
        number: row.number,
        label: before.versioning.contract,
        changes: again.ok
          ? changes
          : again.issues.map(({ path }) => ({ clause: path, direction: 'neutral' as const })),
        breaks: !again.ok,
      },
    ];
  });
}

function brief(changes: readonly Change[]): ClauseChange[] {
  return changes.map(({ clause, direction }) => ({ clause, direction }));
}
