import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { ROLES } from '@/lib/auth/roles';
import { newId } from '@/lib/db/id';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { lockAddress } from '@/lib/services/on-call/schedule-input';
import { makePasswordLink } from './password-link';

export const newPersonSchema = z.object({
  name: z.string().trim().min(1, 'What is their name?').max(120, 'At most 120 characters.'),
  email: z
    .string()
    .trim()
    .toLowerCase()
    .pipe(z.email('This is not an e-mail address.').max(320, 'At most 320 characters.')),
  jobTitle: z.string().trim().max(120, 'At most 120 characters.').default(''),
  roles: z.array(z.enum(ROLES)).min(1, 'Choose at least one role: without one a person sees nothing.'),
});

/**
 * Adds a person to the actor's workspace and returns the one-time link by which they set their password; hand it over
 * yourself, it is shown this once. Somebody who belongs to another workspace of this instance comes in with the name
 * and password they have there: `link` is null. Throws `invalid` when they are here already.
 */
export async function addPerson(
  actor: Actor,
  input: z.output<typeof newPersonSchema>,
): Promise<{ personId: string; name: string; link: string | null }> {
  const { workspaceId } = actor;
  authorize(actor, 'person.manage', { workspaceId });
  const { personId, name, isNew } = await transact(async (client) => {
    await refuseInDemo(client, workspaceId);
    await refuseSchedulesAddress(client, workspaceId, input.email);
    const person = await findOrMake(client, workspaceId, input);
    await client.query(
      'INSERT INTO membership (workspace_id, person_id, roles, job_title) VALUES ($1, $2, $3, $4)',
      [
        workspaceId,
        person.personId,
        [...new Set(input.roles)],
        input.jobTitle === '' ? null : input.jobTitle,
      ],
    );
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'person.added',
        subject: `person:${person.personId}`,
        detail: { name: person.name, email: input.email, roles: input.roles },
      },
    ]);
    return person;
  });
  return { personId, name, link: isNew ? makePasswordLink(personId, null, Date.now()).url : null };
}

/** A page to an address leads to one: a person or a schedule. */
async function refuseSchedulesAddress(client: PoolClient, workspaceId: string, email: string): Promise<void> {
  await lockAddress(client, workspaceId, email);
  const { rows } = await client.query<{ name: string }>(
    'SELECT name FROM on_call_schedule WHERE workspace_id = $1 AND address = $2 AND archived_at IS NULL',
    [workspaceId, email],
  );
  if (rows[0] !== undefined)
    throw new AppError('invalid', 'Something in the form is not right yet.', {
      issues: [
        {
          path: 'email',
          message: `The on-call schedule “${rows[0].name}” has this address. Give one of them another.`,
        },
      ],
    });
}

async function findOrMake(
  client: PoolClient,
  workspaceId: string,
  input: z.output<typeof newPersonSchema>,
): Promise<{ personId: string; name: string; isNew: boolean }> {
  const personId = newId();
  const inserted = await client.query(
    'INSERT INTO person (id, email, name) VALUES ($1, $2, $3) ON CONFLICT (email) DO NOTHING',
    [personId, input.email, input.name],
  );
  if (inserted.rowCount !== 0) return { personId, name: input.name, isNew: true };
  const { rows } = await client.query<{ id: string; name: string; usable: boolean; here: boolean }>(
    `SELECT p.id, p.name,
            p.disabled_at IS NULL AND NOT EXISTS (
              SELECT FROM membership m JOIN workspace w ON w.id = m.workspace_id
               WHERE m.person_id = p.id AND w.is_demo) AS usable,
            EXISTS (SELECT FROM membership WHERE person_id = p.id AND workspace_id = $2) AS here
       FROM person p WHERE p.email = $1 FOR UPDATE`,
    [input.email, workspaceId],
  );
  const known = rows[0];
  if (known === undefined || known.here || !known.usable)
    throw new AppError('invalid', 'Something in the form is not right yet.', {
      issues: [
        {
          path: 'email',
          message: known?.here
            ? 'Somebody in this workspace has this address already.'
            : 'This address cannot be added: its owner is disabled, or one of the demo’s people.',
        },
      ],
    });
  return { personId: known.id, name: known.name, isNew: false };
}

/** The demo's people act without passwords; a real person in it would act without one too. */
export async function refuseInDemo(
  client: { query: (text: string, values: unknown[]) => Promise<{ rowCount: number | null }> },
  workspaceId: string,
): Promise<void> {
  const demo = await client.query('SELECT 1 FROM workspace WHERE id = $1 AND is_demo', [workspaceId]);
  if (demo.rowCount !== 0)
    throw new AppError(
      'conflict',
      'The demo keeps the people it came with. Create your own workspace to add yours.',
    );
}
