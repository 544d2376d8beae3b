import { z } from 'zod';
import type { Role } from '@/lib/auth/roles';
import { db, transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { isTimeZone } from '@/lib/format';
import { hashPassword } from '@/lib/services/people/password';
import { type OpenedWorkspace, openWorkspace } from './open-workspace';
import { isZoneOfDatabase } from './zone-of-database';

/** Whoever sets it up stands in for every role until they hand them out. */
const FIRST_ROLES: readonly Role[] = ['head-of-ai'];

const inputSchema = z.object({
  workspace: z
    .string()
    .trim()
    .min(1, 'What is your company or team called?')
    .max(120, 'At most 120 characters.'),
  name: z.string().trim().min(1, 'What is your name?').max(120, 'At most 120 characters.'),
  email: z.email('This is not an e-mail address.').trim().toLowerCase().max(320),
  password: z.string(),
  timeZone: z.string(),
});

/**
 * The company's own workspace with its first administrator. Possible once: throws `conflict` when there is
 * one already (the demo does not count), `invalid` with the fields at fault.
 */
export async function createWorkspace(raw: z.input<typeof inputSchema>): Promise<OpenedWorkspace> {
  const parsed = inputSchema.safeParse(raw);
  if (!parsed.success)
    throw new AppError('invalid', 'Something in the form is not right yet.', {
      issues: parsed.error.issues.map((issue) => ({
        path: issue.path.join('/'),
        message: issue.message,
      })),
    });
  const input = parsed.data;
  const passwordHash = await hashPassword(input.password, [input.name, input.email, input.workspace]);
  // A zone the browser knows and this machine or its database does not must not keep anyone out.
  const zoneKnown = isTimeZone(input.timeZone) && (await isZoneOfDatabase(db(), input.timeZone));
  return transact(async (client) => {
    await client.query("SELECT pg_advisory_xact_lock(hashtext('countersign.workspaces'))");
    const existing = await client.query('SELECT 1 FROM workspace WHERE NOT is_demo');
    if (existing.rowCount !== 0)
      throw new AppError(
        'conflict',
        'This instance has its workspace already. Ask its administrator to add you under Settings, People.',
      );
    const taken = await client.query('SELECT 1 FROM person WHERE email = $1', [input.email]);
    if (taken.rowCount !== 0)
      throw new AppError('invalid', 'Something in the form is not right yet.', {
        issues: [{ path: 'email', message: 'This address belongs to one of the demo’s people. Use yours.' }],
      });
    return openWorkspace(client, {
      name: input.workspace,
      timeZone: zoneKnown ? input.timeZone : 'UTC',
      isDemo: false,
      members: [{ name: input.name, email: input.email, roles: FIRST_ROLES, jobTitle: null, passwordHash }],
    });
  });
}
