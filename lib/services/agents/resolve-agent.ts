import type { PoolClient } from 'pg';
import { z } from 'zod';
import { AUTHORITY_LEVELS, type AuthorityLevel } from '@/lib/contract/schema';
import { newId } from '@/lib/db/id';
import { listen } from '@/lib/db/listen';
import { notify } from '@/lib/db/notify';
import { db } from '@/lib/db/pool';
import { appendAudit } from '@/lib/services/audit/append';

export interface ResolvedAgent {
  id: string;
  /** The name it goes by in telemetry. */
  name: string;
  authorityLevel: AuthorityLevel;
  businessUnit: string | null;
}

/** What an agent is called that sends no name at all. */
export const NAMELESS = 'unnamed-agent';
const MAX_NAME = 200;
const TTL_MS = 5000;
const MAX_WORKSPACES = 1000;

interface Directory {
  byName: ReadonlyMap<string, ResolvedAgent>;
  byId: ReadonlyMap<string, ResolvedAgent>;
  at: number;
}
type Client = Pick<PoolClient, 'query'>;

const directories = new Map<string, Directory>();
let generation = 0;
let watching = false;

/**
 * The agent that goes by one of `names` (its name, or an alias), best first; when there is none, a new one, flagged as
 * discovered, named by the first and known by all of them. Names are compared exactly.
 */
export async function resolveAgent(
  client: Client,
  workspaceId: string,
  names: string | readonly string[],
): Promise<ResolvedAgent> {
  const wanted = (typeof names === 'string' ? [names] : names)
    .map((name) => name.trim().slice(0, MAX_NAME))
    .filter((name) => name !== '');
  if (wanted.length === 0) wanted.push(NAMELESS);
  const known = find(await directory(workspaceId), wanted);
  if (known !== undefined) return known;
  // The directory may be a moment old, and this transaction may have added agents itself.
  const fresh = find(await readDirectory(client, workspaceId), wanted);
  if (fresh !== undefined) return fresh;

  const [name, ...aliases] = wanted;
  const id = newId();
  const inserted = await client.query(
    `INSERT INTO agent (id, workspace_id, name, display_name, aliases, discovered)
     VALUES ($1, $2, $3, $3, $4, true) ON CONFLICT (workspace_id, name) DO NOTHING`,
    [id, workspaceId, name, aliases],
  );
  if (inserted.rowCount === 1) {
    await appendAudit(client, [
      {
        workspaceId,
        actor: { kind: 'system', workspaceId },
        action: 'agent.discovered',
        subject: `agent:${id}`,
        detail: { name },
      },
    ]);
    await notify(client, { workspaceId, topic: 'agent', id });
  }
  const added = find(await readDirectory(client, workspaceId), wanted);
  if (added === undefined) throw new Error(`The agent ${name} was added and is not there.`);
  return added;
}

/** An agent by its id; null when the workspace has no such agent. */
export async function agentById(
  client: Client,
  workspaceId: string,
  agentId: string,
): Promise<ResolvedAgent | null> {
  return (
    (await directory(workspaceId)).byId.get(agentId) ??
    (await readDirectory(client, workspaceId)).byId.get(agentId) ??
    null
  );
}

function find({ byName }: Pick<Directory, 'byName'>, wanted: readonly string[]): ResolvedAgent | undefined {
  for (const name of wanted) {
    const agent = byName.get(name);
    if (agent !== undefined) return agent;
  }
  return undefined;
}

async function directory(workspaceId: string): Promise<Directory> {
  watch();
  const known = directories.get(workspaceId);
  if (known !== undefined && Date.now() - known.at < TTL_MS) return known;
  const began = generation;
  const read = await readDirectory(db(), workspaceId);
  if (began === generation) {
    if (directories.size >= MAX_WORKSPACES) directories.clear();
    directories.set(workspaceId, read);
  }
  return read;
}

const rowsSchema = z.array(
  z.object({
    id: z.string(),
    name: z.string(),
    aliases: z.array(z.string()),
    authority_level: z.enum(AUTHORITY_LEVELS),
    business_unit: z.string().nullable(),
  }),
);

async function readDirectory(client: Client, workspaceId: string): Promise<Directory> {
  // Where two agents claim one name, the one registered first and by people goes before.
  const result = await client.query(
    `SELECT id, name, aliases, authority_level, business_unit FROM agent WHERE workspace_id = $1
     ORDER BY discovered, created_at, id`,
    [workspaceId],
  );
  const byName = new Map<string, ResolvedAgent>();
  const byId = new Map<string, ResolvedAgent>();
  const rows = rowsSchema.parse(result.rows).map((row) => ({
    agent: {
      id: row.id,
      name: row.name,
      authorityLevel: row.authority_level,
      businessUnit: row.business_unit,
    },
    aliases: row.aliases,
  }));
  for (const { agent } of rows) {
    byId.set(agent.id, agent);
    byName.set(agent.name, agent);
  }
  for (const { agent, aliases } of rows)
    for (const alias of aliases) if (!byName.has(alias)) byName.set(alias, agent);
  return { byName, byId, at: Date.now() };
}

/** Drops what is remembered: an agent in it turned out to be gone. */
export function forgetAgents(): void {
  generation += 1;
  directories.clear();
}

function watch(): void {
  if (watching) return;
  watching = true;
  listen({
    change: ({ topic }) => {
      if (topic === 'agent') forgetAgents();
    },
    reset: forgetAgents,
  });
}
