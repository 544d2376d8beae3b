import type { PoolClient } from 'pg';
import type { Actor } from '@/lib/auth/actor';
import type { Role } from '@/lib/auth/roles';
import { newId } from '@/lib/db/id';
import { appendAudit } from '@/lib/services/audit/append';
import { installDefaults } from './install-defaults';

export interface NewMember {
  /** Of somebody who is there already; left out, the person is made. */
  personId?: string;
  name: string;
  /** Lower case. */
  email: string;
  roles: readonly Role[];
  jobTitle: string | null;
  passwordHash: string | null;
}

export interface OpenedWorkspace {
  workspaceId: string;
  slug: string;
  /** In the order given. */
  personIds: string[];
}

/** Writes a workspace with its first people, one of them head of AI, and its defaults, in the caller's transaction. */
export async function openWorkspace(
  client: PoolClient,
  options: { name: string; timeZone: string; isDemo: boolean; members: readonly NewMember[] },
): Promise<OpenedWorkspace> {
  const workspaceId = newId();
  const slug = await freeSlug(client, options.name);
  await client.query(
    'INSERT INTO workspace (id, name, slug, time_zone, is_demo) VALUES ($1, $2, $3, $4, $5)',
    [workspaceId, options.name, slug, options.timeZone, options.isDemo],
  );
  const personIds: string[] = [];
  for (const member of options.members) {
    const personId = member.personId ?? newId();
    personIds.push(personId);
    if (member.personId === undefined)
      await client.query('INSERT INTO person (id, email, name, password_hash) VALUES ($1, $2, $3, $4)', [
        personId,
        member.email,
        member.name,
        member.passwordHash,
      ]);
    await client.query(
      'INSERT INTO membership (workspace_id, person_id, roles, job_title) VALUES ($1, $2, $3, $4)',
      [workspaceId, personId, member.roles, member.jobTitle],
    );
  }
  const system: Actor = { kind: 'system', workspaceId };
  await appendAudit(client, [
    {
      workspaceId,
      actor: system,
      action: 'workspace.created',
      subject: `workspace:${workspaceId}`,
      detail: { name: options.name },
    },
    ...options.members.map((member, index) => ({
      workspaceId,
      actor: system,
      action: 'person.added',
      subject: `person:${personIds[index] ?? ''}`,
      detail: { name: member.name, roles: member.roles },
    })),
  ]);
  const owner = options.members.find((member) => member.roles.includes('head-of-ai'));
  await installDefaults(client, workspaceId, owner?.email ?? '', new Date());
  return { workspaceId, slug, personIds };
}

/** A slug that no workspace has; the caller holds the lock on workspaces. */
async function freeSlug(client: PoolClient, name: string): Promise<string> {
  const slug = slugOf(name);
  const { rows } = await client.query<{ slug: string }>(
    'SELECT slug FROM workspace WHERE starts_with(slug, $1)',
    [slug],
  );
  const taken = new Set(rows.map((row) => row.slug));
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? slug : `${slug}-${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}

/** "Acme Insurance AG" → "acme-insurance-ag". */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 48);
  return slug === '' ? 'workspace' : slug;
}
