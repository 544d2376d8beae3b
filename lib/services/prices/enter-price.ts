import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';

const usdPerMillion = z.coerce
  .number('Give a number of US dollars.')
  .min(0, 'A price is not below zero.')
  .max(100_000, 'This is more than any model costs; give dollars per million tokens.');

export const newPriceSchema = z.object({
  model: z
    .string()
    .trim()
    .min(1, 'Which model, as it names itself in telemetry?')
    .max(200, 'At most 200 characters.'),
  inputUsd: usdPerMillion,
  outputUsd: usdPerMillion,
  cachedInputUsd: z.union([z.literal('').transform(() => null), usdPerMillion]).default(null),
  effectiveFrom: z.iso.date('Give the day from which it holds.'),
  source: z
    .string()
    .trim()
    .min(1, 'Where does this price come from? A contract, a price page, an invoice.')
    .max(500, 'At most 500 characters.'),
});

/**
 * A price of the workspace's own, in US dollars per million tokens, from midnight UTC of a day on. Runs are
 * calculated when they happen: it holds for what is recorded from now on. Throws `conflict` when the workspace has
 * one for this model and day.
 */
export async function enterPrice(actor: Actor, input: z.output<typeof newPriceSchema>): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'price.edit', { workspaceId });
  const id = newId();
  await transact(async (client) => {
    await client.query('SELECT 1 FROM workspace WHERE id = $1 FOR UPDATE', [workspaceId]);
    const taken = await client.query(
      'SELECT 1 FROM model_price WHERE workspace_id = $1 AND lower(model) = lower($2) AND effective_from = $3',
      [workspaceId, input.model, `${input.effectiveFrom}T00:00:00Z`],
    );
    if (taken.rowCount !== 0)
      throw new AppError('conflict', 'There is a price of yours for this model and day. Remove it first.', {
        issues: [{ path: 'effectiveFrom', message: 'There is a price for this day already.' }],
      });
    await client.query(
      `INSERT INTO model_price
         (id, workspace_id, model, input_usd, output_usd, cached_input_usd, effective_from, source, entered_by_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        id,
        workspaceId,
        input.model,
        input.inputUsd,
        input.outputUsd,
        input.cachedInputUsd,
        `${input.effectiveFrom}T00:00:00Z`,
        input.source,
        actor.kind === 'person' ? actor.personId : null,
      ],
    );
    await appendAudit(client, [
      { workspaceId, actor, action: 'price.entered', subject: `price:${id}`, detail: input },
    ]);
    await notify(client, { workspaceId, topic: 'price', id });
  });
}

/** Takes one of the workspace's own prices away; what was calculated with it stays. Shipped prices stay too. */
export async function removePrice(actor: Actor, input: { id: string; reason: string }): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'price.edit', { workspaceId });
  const missing = new AppError('not_found', 'There is no such price of your own.');
  if (!z.uuid().safeParse(input.id).success) throw missing;
  await transact(async (client) => {
    const removed = await client.query<Record<string, unknown>>(
      `DELETE FROM model_price WHERE id = $1 AND workspace_id = $2
       RETURNING model, input_usd AS "inputUsd", output_usd AS "outputUsd", effective_from AS "effectiveFrom", source`,
      [input.id, workspaceId],
    );
    const row = removed.rows[0];
    if (row === undefined) throw missing;
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'price.removed',
        subject: `price:${input.id}`,
        detail: { ...row, reason: input.reason },
      },
    ]);
    await notify(client, { workspaceId, topic: 'price', id: input.id });
  });
}
