'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, readForm } from '@/lib/auth/answer';
import { formatCount } from '@/lib/format';
import { decideTool, forgetTool, toolChoiceSchema } from '@/lib/services/catalogue/decide-tool';
import { importFromMcp, mcpAddressSchema } from '@/lib/services/catalogue/import-from-mcp';
import { importOpenApi, openApiSchema } from '@/lib/services/catalogue/import-openapi';
import type { ImportedTools } from '@/lib/services/catalogue/import-tools';

export async function importServer(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const done = await importFromMcp(actor, readForm(mcpAddressSchema, form));
    refresh();
    return summary(done);
  });
}

export async function importFile(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const done = await importOpenApi(actor, readForm(openApiSchema, form));
    refresh();
    return summary(done);
  });
}

function summary({ server, added, changed, unchanged, missing, refused }: ImportedTools): string {
  const parts = [
    [added.length, 'new'],
    [changed.length, 'changed'],
    [unchanged, 'unchanged'],
    [missing.length, 'no longer listed'],
  ] as const;
  const told = parts.flatMap(([count, what]) => (count === 0 ? [] : [`${formatCount(count)} ${what}`]));
  const left =
    refused.length === 0
      ? ''
      : ` Left out: ${refused
          .slice(0, 5)
          .map(({ name, why }) => `${name} (${why.replace(/\.$/, '')})`)
          .join(', ')}${refused.length > 5 ? ` and ${refused.length - 5} more` : ''}.`;
  return `${server}: ${told.join(', ')}.${left}`;
}

const decisionSchema = z.object({
  id: z.string(),
  importedAt: z.string(),
  choice: toolChoiceSchema.nullable(),
});

/** One tool classified, or opened again with `choice` null. */
export async function decide(input: z.input<typeof decisionSchema>): Promise<ActionState> {
  return answer(async (actor) => {
    await decideTool(actor, decisionSchema.parse(input));
    refresh();
    return input.choice === null ? 'Opened again.' : 'Classified.';
  });
}

export async function forget(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    await forgetTool(actor, readForm(z.object({ id: z.string() }), form).id);
    refresh();
    return 'Taken out of the catalogue.';
  });
}
