import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const count = z.number().int().nonnegative();

const step = z.object({
  kind: z.enum(['model', 'tool']),
  name: z.string().min(1),
  args: z.record(z.string(), z.json()).optional(),
  result_bytes: count.optional(),
  out_bytes: count.optional(),
  tool_calls: count.optional(),
  error: z.string().optional(),
  tokens_in: count.optional(),
  tokens_out: count.optional(),
  cost_usd: z.number().nonnegative().optional(),
  duration_ms: z.number().nonnegative().optional(),
});

const run = z.object({
  source: z.string(),
  agent: z.string().min(1),
  run_id: z.string().min(1),
  task_id: z.string().optional(),
  duration_ms: z.number().nonnegative().optional(),
  steps: z.array(step).min(1),
  outcome: z.record(z.string(), z.json()).optional(),
});

export type RecordedRun = z.infer<typeof run>;
export type RecordedStep = z.infer<typeof step>;

/** Recorded runs, one JSON object a line, or an OTLP/JSON traces request as it was exported. */
export type Recording =
  | { kind: 'runs'; runs: RecordedRun[] }
  | { kind: 'otlp'; body: Buffer<ArrayBuffer>; spans: number };

/** A recording that cannot be replayed, said to the person who asked for it. */
export class ReplayError extends Error {}

const otlp = z.object({
  resourceSpans: z.array(
    z.object({ scopeSpans: z.array(z.object({ spans: z.array(z.unknown()).default([]) })).default([]) }),
  ),
});

/** Reads and checks a whole file before anything of it is sent. Throws ReplayError naming the file and line. */
export async function readRecording(path: string): Promise<Recording> {
  const body = await readFile(path).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') throw new ReplayError(`There is no file at ${path}.`);
    if (code === 'EISDIR') throw new ReplayError(`${path} is a folder; name a file in it.`);
    throw new ReplayError(
      `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  const text = body.toString('utf8');
  if (path.endsWith('.json')) return readOtlp(path, text, Buffer.from(body));

  const runs: RecordedRun[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const at = `${path}, line ${index + 1}`;
    const read = run.safeParse(parse(line, at));
    if (!read.success) throw new ReplayError(`${at} is not a recorded run: ${said(read.error)}.`);
    runs.push(read.data);
  }
  if (runs.length === 0) throw new ReplayError(`${path} holds no runs.`);
  return { kind: 'runs', runs };
}

function readOtlp(path: string, text: string, body: Buffer<ArrayBuffer>): Recording {
  const read = otlp.safeParse(parse(text, path));
  if (!read.success)
    throw new ReplayError(`${path} is not an OTLP/JSON traces request: ${said(read.error)}.`);
  const spans = read.data.resourceSpans
    .flatMap((resource) => resource.scopeSpans)
    .reduce((sum, scope) => sum + scope.spans.length, 0);
  return { kind: 'otlp', body, spans };
}

function parse(text: string, at: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ReplayError(`${at} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function said(error: z.ZodError): string {
  const [first] = error.issues;
  return first === undefined ? error.message : `${first.path.join('/') || 'it'}: ${first.message}`;
}
