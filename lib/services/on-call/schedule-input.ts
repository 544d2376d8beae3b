import type { PoolClient } from 'pg';
import { z } from 'zod';
import { AppError, type Issue } from '@/lib/errors';
import { type Layer, type Rota, scheduleSchema } from '@/lib/response/on-call';

export const scheduleInputSchema = scheduleSchema.extend({
  name: z.string().trim().min(1, 'Give the schedule a name.').max(80, 'At most 80 characters.'),
  /** What contracts name it by, in the form of an e-mail address. */
  address: z
    .string()
    .trim()
    .toLowerCase()
    .pipe(z.email('Give it an address in the form of an e-mail’s, e.g. claims-oncall@example.com.').max(320)),
});
export type ScheduleInput = z.input<typeof scheduleInputSchema>;

/** Throws `invalid` naming all that is wrong with the form of a schedule. */
export function readScheduleInput(input: ScheduleInput): z.output<typeof scheduleInputSchema> {
  const read = scheduleInputSchema.safeParse(input);
  if (read.success) return read.data;
  throw notRight(
    read.error.issues.map((issue) => ({ path: issue.path.map(String).join('.'), message: issue.message })),
  );
}

export function notRight(issues: Issue[]): AppError {
  return new AppError('invalid', 'Something in the form is not right yet.', { issues });
}

/**
 * An address is one person's or one schedule's. Takes the address for this transaction, so that of two who want it at once the
 * second finds it taken; throws `invalid` at `address` when a member or another schedule has it.
 */
export async function claimAddress(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  address: string,
  scheduleId: string | null,
): Promise<void> {
  await lockAddress(client, workspaceId, address);
  const { rows } = await client.query<{ name: string; is: 'member' | 'schedule' }>(
    `SELECT p.name, 'member' AS is FROM person p JOIN membership m ON m.person_id = p.id
      WHERE m.workspace_id = $1 AND p.email = $2
     UNION ALL
     SELECT name, 'schedule' FROM on_call_schedule
      WHERE workspace_id = $1 AND address = $2 AND archived_at IS NULL AND id IS DISTINCT FROM $3::uuid`,
    [workspaceId, address, scheduleId],
  );
  const [taken] = rows;
  if (taken === undefined) return;
  throw notRight([
    {
      path: 'address',
      message:
        taken.is === 'member'
          ? `This is ${taken.name}’s own address. A page to it must lead to one of you: give the schedule another.`
          : `The schedule “${taken.name}” has this address already.`,
    },
  ]);
}

/** Whoever gives an address to a person or a schedule waits here for others who do, until the end of the transaction. */
export async function lockAddress(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  address: string,
): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `countersign.address ${workspaceId} ${address}`,
  ]);
}

/** Throws `invalid` at the turn of everybody who is no active member. Returns names by id. */
export async function checkPeople(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  layers: readonly Layer[],
): Promise<Map<string, string>> {
  const { rows } = await client.query<{ id: string; name: string; member: boolean }>(
    `SELECT p.id, p.name, m.person_id IS NOT NULL AND p.disabled_at IS NULL AS member
       FROM person p LEFT JOIN membership m ON m.person_id = p.id AND m.workspace_id = $1
      WHERE p.id = ANY($2::uuid[])`,
    [workspaceId, layers.flatMap((layer) => layer.people)],
  );
  const members = new Map(rows.filter((row) => row.member).map((row) => [row.id, row.name]));
  const issues = layers.flatMap((layer, at) =>
    layer.people.flatMap((id, turn) =>
      members.has(id)
        ? []
        : [
            {
              path: `layers.${at}.people.${turn}`,
              message: 'Somebody in this rotation is not in this workspace, or is disabled. Take them out.',
            },
          ],
    ),
  );
  if (issues.length > 0) throw notRight(issues);
  return members;
}

/** The rotations as the audit log tells them: by name. */
export function rotaInWords(rota: Rota, names: ReadonlyMap<string, string>): Record<string, unknown>[] {
  return rota.layers.map((layer) => ({
    name: layer.name,
    people: layer.people.map((id) => names.get(id) ?? id),
    every: `${layer.every.count} ${layer.every.unit}`,
    from: `${layer.startsOn} ${layer.handoverAt}`,
    ...(layer.windows.length === 0
      ? {}
      : { hours: layer.windows.map(({ days, from, to }) => `${days.join(',')} ${from}–${to}`) }),
  }));
}
