import type { Role } from '@/lib/auth/roles';
import { config } from '@/lib/config';
import { db, transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { type NewMember, openWorkspace } from './open-workspace';

/** The worked example's people. None has a password: they are acted as, never signed in to. */
const PEOPLE: readonly { name: string; role: Role; jobTitle: string }[] = [
  { name: 'Dana Whitfield', role: 'operator', jobTitle: 'Claims operations, on call' },
  { name: 'Idris Kane', role: 'sre', jobTitle: 'Site reliability' },
  { name: 'Miriam Osei', role: 'sponsor', jobTitle: 'Head of motor claims' },
  { name: 'Tomas Brandt', role: 'engineer', jobTitle: 'Engineering lead, claims' },
  { name: 'Adaeze Nwosu', role: 'qa', jobTitle: 'Quality, claims' },
  { name: 'Rasmus Lindqvist', role: 'grc', jobTitle: 'Governance, risk and compliance' },
  { name: 'Helena Marsh', role: 'head-of-ai', jobTitle: 'Head of AI' },
  { name: 'Jonas Adeyemi', role: 'sponsor', jobTitle: 'Head of customer service' },
  { name: 'Petra Haas', role: 'sponsor', jobTitle: 'Head of finance operations' },
  { name: 'Ines Falk', role: 'sme', jobTitle: 'Senior claims adjuster' },
  { name: 'Bruno Keller', role: 'sme', jobTitle: 'Claims adjuster' },
];

export interface DemoWorkspace {
  workspaceId: string;
  /** ISO time; the demo's thirty days are counted back from it. */
  createdAt: string;
  people: { personId: string; name: string; email: string; roles: Role[] }[];
}

/**
 * The demo workspace with its people, made once; later calls find it. Throws `forbidden` on an instance
 * where the demo is off, which is every instance with a database of its own.
 */
export async function createDemoWorkspace(): Promise<DemoWorkspace> {
  if (!config().demo)
    throw new AppError(
      'forbidden',
      'The demo exists only on the embedded database that npm start brings along; this instance has its own.',
    );
  const members = PEOPLE.map(
    ({ name, role, jobTitle }): NewMember => ({
      name,
      email: `${name.toLowerCase().replace(' ', '.')}@meridian.example`,
      roles: [role],
      jobTitle,
      passwordHash: null,
    }),
  );
  await transact(async (client) => {
    // Two first visitors at once: one makes it, the other finds it.
    await client.query("SELECT pg_advisory_xact_lock(hashtext('countersign.workspaces'))");
    const existing = await client.query('SELECT 1 FROM workspace WHERE is_demo');
    if (existing.rowCount !== 0) return;
    await openWorkspace(client, {
      name: 'Meridian Mutual',
      timeZone: 'Europe/Berlin',
      isDemo: true,
      members,
    });
  });
  const demo = await findDemoWorkspace();
  if (demo === null) throw new AppError('conflict', 'The demo workspace was removed meanwhile. Try again.');
  return demo;
}

/** The demo workspace and the people one can act as; null where there is none or the demo is off. */
export async function findDemoWorkspace(): Promise<DemoWorkspace | null> {
  if (!config().demo) return null;
  const found = await db().query<{
    workspaceId: string;
    createdAt: Date;
    personId: string;
    name: string;
    email: string;
    roles: Role[];
  }>(
    `SELECT w.id AS "workspaceId", w.created_at AS "createdAt", p.id AS "personId", p.name, p.email, m.roles
       FROM workspace w JOIN membership m ON m.workspace_id = w.id JOIN person p ON p.id = m.person_id
      WHERE w.is_demo AND p.disabled_at IS NULL
      ORDER BY m.created_at, p.id`,
  );
  const first = found.rows[0];
  return first === undefined
    ? null
    : {
        workspaceId: first.workspaceId,
        createdAt: first.createdAt.toISOString(),
        people: found.rows.map(({ personId, name, email, roles }) => ({ personId, name, email, roles })),
      };
}
