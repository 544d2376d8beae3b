import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { entryOf, suggestionSchema } from '@/lib/contract/decided-tool';
import { ACTION_CLASSES, toolSchema } from '@/lib/contract/schema';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';

export const toolChoiceSchema = z.object({
  action: z.enum(ACTION_CLASSES),
  egress: z.boolean(),
  categories: z
    .array(
      z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]*$/, 'Use lower-case letters, digits and hyphens.')
        .max(64),
    )
    .max(64)
    .transform((categories) => [...new Set(categories)]),
  reversible: z.union([z.boolean(), z.object({ by: z.string().min(1).max(200) })]),
});

/**
 * What a person makes of a tool: the entry contracts are offered, with the server's description and what can be enforced
 * of its JSON Schema. `importedAt` is what the decision was made on: throws `conflict` when the source has said something
 * else since, `not_found` for a tool of another workspace. `choice` null takes the decision back.
 */
export async function decideTool(
  actor: Actor,
  input: { id: string; importedAt: string; choice: z.output<typeof toolChoiceSchema> | null },
): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'catalogue.decide', { workspaceId });
  const missing = new AppError('not_found', 'There is no such tool in the catalogue.');
  if (!z.uuid().safeParse(input.id).success) throw missing;
  await transact(async (client) => {
    const { rows } = await client.query<{
      server: string;
      name: string;
      description: string | null;
      suggestion: unknown;
      importedAt: Date;
    }>(
      `SELECT server, name, description, suggestion, imported_at AS "importedAt" FROM catalogue_tool
        WHERE workspace_id = $1 AND id = $2 FOR UPDATE`,
      [workspaceId, input.id],
    );
    const tool = rows[0];
    if (tool === undefined) throw missing;
    if (tool.importedAt.toISOString() !== input.importedAt)
      throw new AppError(
        'conflict',
        `${tool.name} was imported again meanwhile and reads differently now. Look at it once more.`,
      );
    const entry =
      input.choice === null
        ? null
        : entryOf(input.choice, { ...tool, suggestion: suggestionSchema.parse(tool.suggestion) });
    if (entry !== null && !toolSchema.safeParse(entry).success)
      throw new AppError('invalid', 'A contract could not list the tool like this.');
    await client.query(
      `UPDATE catalogue_tool SET decision = $3, decided_at = CASE WHEN $3::jsonb IS NULL THEN NULL ELSE now() END,
              decided_by_id = CASE WHEN $3::jsonb IS NULL THEN NULL ELSE $4::uuid END
        WHERE workspace_id = $1 AND id = $2`,
      [
        workspaceId,
        input.id,
        entry === null ? null : JSON.stringify(entry),
        actor.kind === 'person' ? actor.personId : null,
      ],
    );
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: entry === null ? 'tool.reopened' : 'tool.classified',
        subject: `tool:${input.id}`,
        detail: { server: tool.server, name: tool.name, ...(input.choice ?? {}) },
      },
    ]);
    await notify(client, { workspaceId, topic: 'catalogue', id: input.id });
  });
}

/** Takes a tool that its source no longer lists out of the catalogue. Contracts that list it keep it. */
export async function forgetTool(actor: Actor, id: string): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'catalogue.decide', { workspaceId });
  const missing = new AppError('not_found', 'There is no such tool in the catalogue.');
  if (!z.uuid().safeParse(id).success) throw missing;
  await transact(async (client) => {
    const { rows } = await client.query<{ server: string; name: string }>(
      `DELETE FROM catalogue_tool WHERE workspace_id = $1 AND id = $2 AND missing_since IS NOT NULL
       RETURNING server, name`,
      [workspaceId, id],
    );
    const tool = rows[0];
    if (tool === undefined)
      throw new AppError('conflict', 'Its source lists it again: it stays in the catalogue.');
    await appendAudit(client, [
      { workspaceId, actor, action: 'tool.forgotten', subject: `tool:${id}`, detail: tool },
    ]);
    await notify(client, { workspaceId, topic: 'catalogue', id });
  });
}
