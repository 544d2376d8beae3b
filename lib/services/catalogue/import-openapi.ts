import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { openApiTools } from '@/lib/contract/openapi-tools';
import { AppError } from '@/lib/errors';
import { type ImportedTools, importTools } from './import-tools';

export const openApiSchema = z.object({
  server: z.string().trim().max(200, 'At most 200 characters.'),
  file: z.string().min(1, 'Choose a file, or paste one.'),
});

/** Imports the operations of an OpenAPI file, under the name given, else its title. Throws `invalid` with its faults. */
export async function importOpenApi(
  actor: Actor,
  input: z.output<typeof openApiSchema>,
): Promise<ImportedTools> {
  authorize(actor, 'catalogue.import', { workspaceId: actor.workspaceId });
  const read = openApiTools(input.file);
  if (!read.ok) throw new AppError('invalid', 'This file could not be imported.', { issues: read.issues });
  const server = input.server === '' ? (read.title?.slice(0, 200) ?? '') : input.server;
  if (server === '')
    throw new AppError('invalid', 'The file has no title: say which API it is.', {
      issues: [{ path: 'server', message: 'Which API is it?' }],
    });
  return importTools(actor, { server, origin: 'openapi', tools: read.tools });
}
