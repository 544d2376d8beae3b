import { z } from 'zod';
import { parseContract } from '@/lib/contract/parse';
import { EXIT, Failure, type Outcome } from '../outcome';
import { issueLines, readContractFile } from '../read';
import type { Server } from '../server';

const pushedSchema = z.object({
  agent: z.string(),
  outcome: z.enum(['created', 'changed', 'unchanged']),
  merged: z.boolean(),
  version: z.number().nullable(),
  draft: z.object({ id: z.string(), revision: z.number(), url: z.string() }).optional(),
});

/** Sends contracts to the server as drafts. All are read before the first is sent. */
export async function push(
  paths: readonly string[],
  options: { onto?: string | undefined; force: boolean },
  server: Server,
): Promise<Outcome> {
  if (options.onto !== undefined && paths.length > 1)
    throw new Failure(EXIT.usage, '--onto names the draft of one contract: push one file with it.');
  const files = [];
  for (const path of paths) {
    const file = await readContractFile(path);
    const parsed = parseContract(file.source, file.format);
    files.push({
      file,
      agent: parsed.ok ? parsed.contract.identity.agent : agentNamed(path, parsed.issues, file.source),
    });
  }
  const lines: string[] = [];
  const pushed = [];
  for (const { file, agent } of files) {
    const match = options.force ? '*' : options.onto;
    const response = await server.request(`contracts/${encodeURIComponent(agent)}`, {
      method: 'PUT',
      body: file.source,
      headers: {
        'content-type': `application/${file.format}`,
        ...(match === undefined ? {} : { 'if-match': match }),
      },
    });
    const done = pushedSchema.parse(await response.json());
    lines.push(...told(file.path, done));
    pushed.push({ file: file.path, ...done, etag: response.headers.get('etag') });
  }
  return { exit: EXIT.ok, lines, json: { pushed } };
}

function told(path: string, { outcome, merged, version, draft }: z.output<typeof pushedSchema>): string[] {
  const what = {
    created: 'a new draft',
    changed: `the draft was changed${draft === undefined ? '' : `, now revision ${draft.revision}`}`,
    unchanged: draft === undefined ? `version ${version} says this already` : 'the draft says this already',
  }[outcome];
  return [
    `${path}: ${what}.`,
    ...(merged ? ['  What people changed meanwhile is in it too: pull it before you push again.'] : []),
    ...(draft === undefined ? [] : [`  ${draft.url}`]),
  ];
}

/** A contract that extends the workspace defaults is only whole with them, which the server has: it judges. */
function agentNamed(path: string, issues: Parameters<typeof issueLines>[1], source: string): string {
  const named = /^ {2}agent:[ \t]*["']?([a-z0-9][a-z0-9-]*)/m.exec(source)?.[1];
  if (named !== undefined && /^extends:/m.test(source)) return named;
  throw new Failure(EXIT.found, `${path} is no whole contract, and was not sent.`, issueLines(path, issues), {
    file: path,
    issues,
  });
}
