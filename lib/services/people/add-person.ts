import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { ROLES } from '@/lib/auth/roles';
import { newId } from '@/lib/db/id';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
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
 * Adds a person to the actor's workspace and returns the one-time link by which they set their password;
 * hand it over yourself, it is shown this once. Throws `invalid` when the address is taken.
 */
export async function addPerson(
  actor: Actor,
  input: z.output<typeof newPersonSchema>,
): Promise<{ personId: string; link: string; expiresAt: string }> {
  const { workspaceId } = actor;
  authorize(actor, 'person.manage', { workspaceId });
  const personId = newId();
  await transact(async (client) => {
    await refuseInDemo(client, workspaceId);
    const inserted = await client.query(
      'INSERT INTO person (id, email, name) VALUES ($1, $2, $3) ON CONFLICT (email) DO NOTHING',
      [personId, input.email, input.name],
    );
    if (inserted.rowCount === 0)
      throw new AppError('invalid', 'Something in the form is not right yet.', {
        issues: [{ path: 'email', message: 'Somebody on this instance has this address already.' }],
      });
    await client.query(
      'INSERT INTO membership (workspace_id, person_id, roles, job_title) VALUES ($1, $2, $3, $4)',
      [workspaceId, personId, [...new Set(input.roles)], input.jobTitle === '' ? null : input.jobTitle],
    );
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'person.added',
        subject: `person:${personId}`,
        detail: { name: input.name, email: input.email, roles: input.roles },
      },
    ]);
  });
  const { url, expiresAt } = makePasswordLink(personId, null, Date.now());
  return { personId, link: url, expiresAt };
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
