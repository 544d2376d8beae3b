import type { PoolClient } from 'pg';
import { type Actor, actorName } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import type { SourceFormat } from '@/lib/contract/parse';
import type { Contract } from '@/lib/contract/schema';
import { DEFAULTS_AGENT } from '@/lib/contract/workspace-defaults';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { digestOf } from '@/lib/evidence/digest';
import { appendAudit } from '@/lib/services/audit/append';
import { refuseUnsigned } from '@/lib/services/gates/refuse-unsigned';
import { supersedeReviews } from '@/lib/services/gates/supersede-reviews';
import { labelTaken } from './label-taken';
import { parseText, readable } from './parse-text';
import { placeInForce } from './put-in-force';

export interface ImportContract {
  source: string;
  format: SourceFormat;
  /** Let it decide from now on. Workspace defaults always do. */
  putInForce: boolean;
}

export interface ImportedContract {
  /** The agent's name, or `workspace-defaults`. */
  agent: string;
  number: number;
  digest: string;
  /** False when this very document was a version already: nothing was added. */
  added: boolean;
  inForce: boolean;
}

/**
 * Makes a contract a version of its agent (`identity.agent`), which is registered if nobody had heard of it. The same
 * document is never stored twice. Open reviews of an earlier version close. Throws `invalid_contract` with every fault,
 * `forbidden`, `conflict` when it is to be put in force where it must pass gates first.
 */
export async function importContract(actor: Actor, input: ImportContract): Promise<ImportedContract> {
  return transact((client) => importInto(client, actor, input));
}

/** The same inside the caller's transaction. */
export async function importInto(
  client: PoolClient,
  actor: Actor,
  input: ImportContract,
): Promise<ImportedContract> {
  const { workspaceId } = actor;
  authorize(actor, 'contract.import', { workspaceId });
  const { parsed, defaults } = await parseText(client, workspaceId, input);
  const { contract, inherited } = readable(parsed);
  const isDefaults = contract.identity.agent === DEFAULTS_AGENT;
  const inForce = input.putInForce || isDefaults;
  if (inForce) authorize(actor, 'contract.put-in-force', { workspaceId });
  const digest = digestOf(contract);

  const agentId = isDefaults ? null : await registerAgent(client, actor, contract);
  authorizeKey(actor, agentId);
  // Numbers are given one at a time: the agent's row, or the workspace's, is the queue.
  if (agentId === null) await client.query('SELECT 1 FROM workspace WHERE id = $1 FOR UPDATE', [workspaceId]);
  const same = await sameVersion(client, workspaceId, agentId, digest);
  const inheritance =
    contract.extends === undefined || defaults === null
      ? { defaultsVersionId: null, inherited: [] }
      : { defaultsVersionId: defaults.versionId, inherited };
  const version =
    same ?? (await addVersion(client, actor, agentId, contract, digest, { ...input, ...inheritance }));
  if (agentId !== null && same === undefined)
    await supersedeReviews(client, actor, {
      agentId,
      versionId: version.id,
      label: contract.versioning.contract,
    });
  if (inForce && agentId !== null) {
    await refuseUnsigned(client, workspaceId, { agentId, versionId: version.id });
    await placeInForce(client, actor, { agentId, versionId: version.id, number: version.number, contract });
  }
  await notify(client, { workspaceId, topic: 'contract', id: version.id });
  return {
    agent: contract.identity.agent,
    number: version.number,
    digest,
    added: same === undefined,
    inForce: inForce || (same?.inForce ?? false),
  };
}

/** A key that speaks for one agent brings contracts of that agent only. */
function authorizeKey(actor: Actor, agentId: string | null): void {
  if (actor.kind === 'key' && actor.agentId !== null && actor.agentId !== agentId)
    throw new AppError(
      'forbidden',
      'This key speaks for one agent, and the contract is of another: identity.agent names it.',
    );
}

/**
 * The version that holds this very document. Of the workspace defaults only the newest counts: it decides, so going back
 * to an older text takes a new version.
 */
async function sameVersion(
  client: PoolClient,
  workspaceId: string,
  agentId: string | null,
  digest: string,
): Promise<{ id: string; number: number; inForce: boolean } | undefined> {
  const { rows } = await client.query<{ id: string; number: number; digest: string; inForce: boolean }>(
    `SELECT v.id, v.number, v.digest, coalesce(a.contract_version_id = v.id, v.agent_id IS NULL) AS "inForce"
       FROM contract_version v LEFT JOIN agent a ON a.id = v.agent_id
      WHERE v.workspace_id = $1 AND v.agent_id IS NOT DISTINCT FROM $2::uuid AND ($2::uuid IS NULL OR v.digest = $3)
      ORDER BY v.number DESC LIMIT 1`,
    [workspaceId, agentId, digest],
  );
  return rows.find((version) => version.digest === digest);
}

/**
 * The agent's row, locked until the transaction ends; an agent that only telemetry knew becomes a registered one.
 * Of an agent already registered nothing changes here: its names follow the version in force.
 */
async function registerAgent(client: PoolClient, actor: Actor, contract: Contract): Promise<string> {
  const { workspaceId } = actor;
  const { agent: name, aliases, name: displayName, businessUnit } = contract.identity;
  await client.query(
    `INSERT INTO agent (id, workspace_id, name, display_name, business_unit, aliases)
     SELECT $1, $2, $3, $4, $5, $6
      WHERE NOT EXISTS (
        SELECT 1 FROM agent WHERE workspace_id = $2 AND discovered AND name = ANY($6::text[])
      )
     ON CONFLICT (workspace_id, name) DO NOTHING`,
    [newId(), workspaceId, name, displayName, businessUnit, aliases],
  );
  const found = await client.query<{ id: string; discovered: boolean; name: string }>(
    `SELECT id, discovered, name FROM agent
      WHERE workspace_id = $1 AND (name = $2 OR (discovered AND name = ANY($3::text[])))
      ORDER BY (name = $2) DESC, created_at LIMIT 1 FOR UPDATE`,
    [workspaceId, name, aliases],
  );
  const agent = found.rows[0];
  if (agent === undefined)
    throw new AppError('conflict', `The agent "${name}" was changed meanwhile. Import it again.`);
  await refuseTakenNames(client, actor, agent.id, [name, ...aliases]);
  if (agent.discovered) {
    await client.query(
      `UPDATE agent SET name = $3, display_name = $4, business_unit = $5, aliases = $6, discovered = false
        WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, agent.id, name, displayName, businessUnit, aliases],
    );
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'agent.registered',
        subject: `agent:${agent.id}`,
        detail: { name, knownAs: agent.name },
      },
    ]);
  }
  await notify(client, { workspaceId, topic: 'agent', id: agent.id });
  return agent.id;
}

/** Two registered agents under one name would make it chance whose contract a run is judged by. */
async function refuseTakenNames(
  client: PoolClient,
  actor: Actor,
  agentId: string,
  names: readonly string[],
): Promise<void> {
  const { rows } = await client.query<{ name: string; aliases: string[]; displayName: string }>(
    `SELECT name, aliases, display_name AS "displayName" FROM agent
      WHERE workspace_id = $1 AND id <> $2 AND NOT discovered AND (name = ANY($3::text[]) OR aliases && $3::text[])`,
    [actor.workspaceId, agentId, names],
  );
  const issues = rows.flatMap((other) =>
    names
      .filter((name) => name === other.name || other.aliases.includes(name))
      .map((name) => ({
        path: name === names[0] ? 'identity/agent' : 'identity/aliases',
        message: `"${name}" is a name of another agent here, ${other.displayName}.`,
        expected: 'a name no other agent goes by',
      })),
  );
  if (issues.length > 0)
    throw new AppError('invalid_contract', 'The contract names an agent that another contract speaks for.', {
      issues,
    });
}

async function addVersion(
  client: PoolClient,
  actor: Actor,
  agentId: string | null,
  contract: Contract,
  digest: string,
  input: ImportContract & { defaultsVersionId: string | null; inherited: string[] },
): Promise<{ id: string; number: number }> {
  const taken = agentId === null ? null : await labelTaken(client, agentId, contract.versioning.contract);
  if (taken !== null)
    throw new AppError('invalid_contract', 'Another document goes by the label of this one.', {
      issues: [taken],
    });
  const id = newId();
  const added = await client.query<{ number: number }>(
    `INSERT INTO contract_version
       (id, workspace_id, agent_id, number, digest, document, source, source_format, created_by_id,
        defaults_version_id, inherited)
     SELECT $1, $2, $3, COALESCE(max(number), 0) + 1, $4, $5, $6, $7, $8, $9, $10
       FROM contract_version WHERE workspace_id = $2 AND agent_id IS NOT DISTINCT FROM $3::uuid
     RETURNING number`,
    [
      id,
      actor.workspaceId,
      agentId,
      digest,
      JSON.stringify(contract),
      input.source,
      input.format,
      actor.kind === 'person' ? actor.personId : null,
      input.defaultsVersionId,
      input.inherited,
    ],
  );
  const number = added.rows[0]?.number;
  if (number === undefined) throw new AppError('internal', 'The contract version was not stored.');
  await appendAudit(client, [
    {
      workspaceId: actor.workspaceId,
      actor,
      action: 'contract.imported',
      subject: agentId === null ? `workspace:${actor.workspaceId}` : `agent:${agentId}`,
      detail: { agent: contract.identity.agent, number, digest, by: actorName(actor) },
    },
  ]);
  return { id, number };
}
