import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { EXIT, Failure, type Outcome } from '../outcome';
import type { Server } from '../server';

/** The server takes no more. */
const MOST_BYTES = 32 * 1024 * 1024;

const answerSchema = z.object({
  id: z.string(),
  digest: z.string(),
  agent: z.string(),
  version: z.object({ number: z.number(), label: z.string() }),
  outcome: z.enum(['passed', 'failed']),
  summary: z.string(),
  clause: z.string().nullable(),
  criteria: z.array(z.object({ clause: z.string(), verdict: z.string(), samples: z.number() })),
  unbound: z.array(z.object({ name: z.string(), samples: z.number() })),
});

/** Sends a file of eval results; ends with 1 when they do not reach the quality bar. */
export async function pushEvals(
  path: string,
  options: { agent: string | undefined; version: string | undefined },
  server: Server,
): Promise<Outcome> {
  if (options.agent === undefined)
    throw new Failure(EXIT.usage, 'Say whose results they are: --agent <name>.');
  const query = new URLSearchParams({ agent: options.agent });
  if (options.version !== undefined) query.set('version', options.version);
  const response = await server.request(`evals?${query}`, {
    method: 'POST',
    body: await bytesOf(path),
    headers: {
      'content-type': 'application/octet-stream',
      'x-file-name': encodeURIComponent(basename(path)),
    },
  });
  const answer = answerSchema.parse(await response.json());
  return {
    exit: answer.outcome === 'passed' ? EXIT.ok : EXIT.found,
    lines: [
      `${answer.agent} v${answer.version.label}: ${answer.outcome}. ${answer.summary}`,
      ...answer.criteria.map(
        ({ clause, verdict, samples }) => `  ${verdict.padEnd(8)} ${clause} (${samples} samples)`,
      ),
      ...answer.unbound.map(({ name, samples }) => `  unbound  ${name} (${samples} samples)`),
    ],
    json: answer,
  };
}

async function bytesOf(path: string): Promise<Buffer<ArrayBuffer>> {
  try {
    const { size } = await stat(path);
    if (size > MOST_BYTES)
      throw new Failure(EXIT.usage, `${path} is larger than the 32 MiB that are taken; send totals instead.`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(EXIT.usage, `${path} cannot be read.`);
  }
}
