/**
 * Rows for integration tests, straight into the database: what a test takes as given,
 * not what it is about. The contract is in a-contract.ts.
 */
import { createHash, randomBytes } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Actor, KeyScope } from '@/lib/auth/actor';
import type { Role } from '@/lib/auth/roles';
import { type Contract, type ContractInput, contractSchema } from '@/lib/contract/schema';
import { newId } from '@/lib/db/id';
import { db } from '@/lib/db/pool';
import { aContract } from './a-contract';

export interface GivenWorkspace {
  id: string;
  name: string;
  slug: string;
  /** The product itself, acting in it. */
  system: Actor;
}
type WorkspaceRef = { id: string };
type PersonActor = Extract<Actor, { kind: 'person' }>;
type KeyActor = Extract<Actor, { kind: 'key' }>;

export async function givenWorkspace(
  over: { name?: string; timeZone?: string } = {},
): Promise<GivenWorkspace> {
  const id = newId();
  const name = over.name ?? 'Acme';
  const slug = `acme-${randomBytes(4).toString('hex')}`;
  await db().query('INSERT INTO workspace (id, name, slug, time_zone) VALUES ($1, $2, $3, $4)', [
    id,
    name,
    slug,
    over.timeZone ?? 'UTC',
  ]);
  return { id, name, slug, system: { kind: 'system', workspaceId: id } };
}

/** A member of the workspace; the e-mail decides whom a contract's owners are. */
export async function givenPerson(
  workspace: WorkspaceRef,
  roles: readonly Role[],
  over: { name?: string; email?: string } = {},
): Promise<PersonActor> {
  const personId = newId();
  const name = over.name ?? `The ${roles[0] ?? 'guest'}`;
  const email = over.email ?? `${roles[0] ?? 'guest'}-${randomBytes(3).toString('hex')}@example.com`;
  await db().query('INSERT INTO person (id, email, name) VALUES ($1, $2, $3)', [personId, email, name]);
  await db().query('INSERT INTO membership (workspace_id, person_id, roles) VALUES ($1, $2, $3)', [
    workspace.id,
    personId,
    roles,
  ]);
  return { kind: 'person', workspaceId: workspace.id, personId, name, roles };
}

/** `secret` is what a client sends; `actor` is whom it makes. Bound to `agent` when one is given. */
export async function givenKey(
  workspace: WorkspaceRef,
  scopes: readonly KeyScope[],
  agent?: { id: string },
): Promise<{ secret: string; actor: KeyActor }> {
  const keyId = newId();
  const secret = `cs_${randomBytes(24).toString('base64url')}`;
  const name = `${scopes.join('+')} key`;
  await db().query(
    `INSERT INTO api_key (id, workspace_id, name, prefix, hash, scopes, agent_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      keyId,
      workspace.id,
      name,
      secret.slice(0, 8),
      createHash('sha256').update(secret).digest('hex'),
      scopes,
      agent?.id ?? null,
    ],
  );
  const actor: KeyActor = {
    kind: 'key',
    workspaceId: workspace.id,
    keyId,
    name,
    scopes,
    agentId: agent?.id ?? null,
  };
  return { secret, actor };
}

export interface GivenVersion {
  id: string;
  number: number;
  digest: string;
  contract: Contract;
}

/** A version of an agent's contract, or of the workspace defaults (agent null); the caller puts it in force. */
export async function givenVersion(
  workspace: WorkspaceRef,
  agent: { id: string } | null,
  input: ContractInput = aContract(),
): Promise<GivenVersion> {
  const id = newId();
  const contract = contractSchema.parse(input);
  const digest = createHash('sha256')
    .update(canonicalize(contract) ?? '')
    .digest('hex');
  const { rows } = await db().query<{ number: number }>(
    `INSERT INTO contract_version
       (id, workspace_id, agent_id, number, digest, document, source, source_format)
     SELECT $1, $2, $3, 1 + count(*), $4, $5, $6, 'json'
       FROM contract_version WHERE workspace_id = $2 AND agent_id IS NOT DISTINCT FROM $3
     RETURNING number`,
    [id, workspace.id, agent?.id ?? null, digest, JSON.stringify(contract), JSON.stringify(input, null, 2)],
  );
  return { id, number: rows[0]?.number ?? 1, digest, contract };
}

export interface GivenAgent {
  id: string;
  name: string;
  version: GivenVersion;
}

/** An agent with a contract of its own in force. Its name and aliases are those of the contract. */
export async function givenAgent(
  workspace: WorkspaceRef,
  input: ContractInput = aContract(),
): Promise<GivenAgent> {
  const id = newId();
  const { identity } = contractSchema.parse(input);
  await db().query(
    `INSERT INTO agent (id, workspace_id, name, display_name, business_unit, aliases, stage)
     VALUES ($1, $2, $3, $4, $5, $6, 'production')`,
    [id, workspace.id, identity.agent, identity.name, identity.businessUnit, identity.aliases],
  );
  const version = await givenVersion(workspace, { id }, input);
  await db().query('UPDATE agent SET contract_version_id = $2 WHERE id = $1', [id, version.id]);
  return { id, name: identity.agent, version };
}
