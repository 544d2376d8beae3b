import { parseArgs } from 'node:util';
import { Door } from './replay/door';
import { type OutcomeSignal, outcomesOf } from './replay/outcomes';
import { type RecordedRun, type Recording, ReplayError, readRecording } from './replay/recording';
import { AgentTracer } from './replay/spans';
import { timed } from './replay/timing';

const USAGE = `Sends recorded runs to a runtime plane, as their agents would have sent them.

  npm run replay -- <file> [<file> …] [options]

A file holds one recorded run a line (.jsonl), or an OTLP/JSON traces request (.json), which is posted as it is.

  How runs ended, where a recording says so, goes along as outcome signals named task-done and reward.

  --key KEY         an API key with the scope "ingest"; else COUNTERSIGN_KEY
  --endpoint URL    the runtime plane; else COUNTERSIGN_ENDPOINT, else http://127.0.0.1:4318
  --agent NAME      send the runs under this agent's name instead of the recorded one
  --limit N         only the first N runs of each file
  --speed N         N times as fast as they ran (1: as it was); without it, all at once, in the recent past`;

/** Spans of this many runs go out in one export. */
const RUNS_A_BATCH = 20;
const PAUSE_MS = 200;

interface Options {
  files: string[];
  endpoint: string;
  key: string;
  agent: string | undefined;
  limit: number;
  /** Infinity: all at once. */
  speed: number;
}

function readOptions(): Options | null {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      endpoint: { type: 'string' },
      key: { type: 'string' },
      agent: { type: 'string' },
      limit: { type: 'string' },
      speed: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help || positionals.length === 0) return null;
  const key = values.key ?? process.env.COUNTERSIGN_KEY;
  if (key === undefined || key === '') {
    throw new ReplayError('Give an API key with --key or COUNTERSIGN_KEY. One is made under Settings, Keys.');
  }
  const endpoint = values.endpoint ?? process.env.COUNTERSIGN_ENDPOINT ?? 'http://127.0.0.1:4318';
  if (!URL.canParse(endpoint)) throw new ReplayError(`--endpoint ${endpoint} is not an address.`);
  return {
    files: positionals,
    endpoint,
    key,
    agent: values.agent,
    limit: positive(values.limit, '--limit', Number.POSITIVE_INFINITY),
    speed: positive(values.speed, '--speed', Number.POSITIVE_INFINITY),
  };
}

function positive(value: string | undefined, option: string, otherwise: number): number {
  if (value === undefined) return otherwise;
  const number = Number(value);
  if (!(number > 0)) throw new ReplayError(`${option} ${value}: expected a number above 0.`);
  return number;
}

async function replay(options: Options): Promise<void> {
  const recordings: [string, Recording][] = [];
  for (const file of options.files) recordings.push([file, await readRecording(file)]);
  const door = new Door(options.endpoint, options.key);
  await door.knock();
  for (const [file, recording] of recordings) {
    if (recording.kind === 'otlp') {
      await door.sendJson(recording.body);
      console.log(
        `${file}: ${recording.spans} ${recording.spans === 1 ? 'span' : 'spans'} sent as recorded.`,
      );
    } else {
      const runs = recording.runs.slice(0, options.limit);
      await (Number.isFinite(options.speed) ? live : atOnce)(door, runs, options);
      console.log(report(file, runs));
    }
  }
  if (door.refusals.length > 0) {
    throw new ReplayError(`Some spans were refused: ${door.refusals.join('; ')}`);
  }
}

/** Each replay is a run of its own, so that a second one does not add its calls to the first. */
function conversationOf(run: RecordedRun, stamp: string): string {
  return `${run.run_id}@${stamp}`.slice(-200);
}

function tracers(agent: string | undefined): (run: RecordedRun) => AgentTracer {
  const made = new Map<string, AgentTracer>();
  return (run) => {
    const name = agent ?? run.agent;
    const tracer = made.get(name) ?? new AgentTracer(name);
    made.set(name, tracer);
    return tracer;
  };
}

/** All runs one after the other in the recent past, the last ending now. */
async function atOnce(door: Door, runs: readonly RecordedRun[], options: Options): Promise<void> {
  const tracerOf = tracers(options.agent);
  const stamp = new Date().toISOString();
  const timings = runs.map(timed);
  const total = timings.reduce((sum, { durationMs }) => sum + durationMs + PAUSE_MS, 0);
  let startMs = Date.now() - total;
  for (let from = 0; from < runs.length; from += RUNS_A_BATCH) {
    const outcomes: OutcomeSignal[] = [];
    const spans = runs.slice(from, from + RUNS_A_BATCH).flatMap((run, index) => {
      const timing = timings[from + index];
      if (timing === undefined) return [];
      const conversation = conversationOf(run, stamp);
      const made = tracerOf(run).spansOf(run, timing, startMs, conversation);
      outcomes.push(
        ...outcomesOf(run, options.agent ?? run.agent, conversation, startMs + timing.durationMs),
      );
      startMs += timing.durationMs + PAUSE_MS;
      return made;
    });
    await door.send(spans);
    await door.sendOutcomes(outcomes);
    progress(Math.min(from + RUNS_A_BATCH, runs.length), runs.length);
  }
}

/** As they ran: every run takes its time (divided by the speed), then its spans go out. */
async function live(door: Door, runs: readonly RecordedRun[], options: Options): Promise<void> {
  const tracerOf = tracers(options.agent);
  const stamp = new Date().toISOString();
  for (const [index, run] of runs.entries()) {
    const timing = timed(run);
    await new Promise((passed) => setTimeout(passed, (timing.durationMs + PAUSE_MS) / options.speed));
    const conversation = conversationOf(run, stamp);
    const endMs = Date.now();
    await door.send(tracerOf(run).spansOf(run, timing, endMs - timing.durationMs, conversation));
    await door.sendOutcomes(outcomesOf(run, options.agent ?? run.agent, conversation, endMs));
    progress(index + 1, runs.length);
  }
}

function progress(sent: number, all: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${sent} of ${all} runs sent${sent === all ? '\n' : ''}`);
}

function report(file: string, runs: readonly RecordedRun[]): string {
  const timings = runs.map(timed);
  const spans = timings.reduce((sum, { steps }) => sum + steps.length + 1, 0);
  const times = timings.filter(({ supplied }) => supplied.times).length;
  const tokens = timings.filter(({ supplied }) => supplied.tokens).length;
  const lines = [`${file}: ${runs.length} ${runs.length === 1 ? 'run' : 'runs'} sent, ${spans} spans.`];
  const told = runs.filter((run) => outcomesOf(run, '', '', 0).length > 0);
  if (told.length > 0) {
    const done = told.filter((run) =>
      outcomesOf(run, '', '', 0).some(({ metric, value }) => metric === 'task-done' && value === true),
    );
    lines.push(
      `  How ${told.length} of them ended was sent as outcomes (task-done, reward): ${done.length} did their task.`,
    );
  }
  if (times > 0) {
    const whole = runs.filter((run) => run.duration_ms !== undefined).length;
    lines.push(
      `  Times were supplied for ${times} of them: the recording has none of single steps${
        whole > 0 ? ` (${whole} keep the length recorded for the whole run)` : ''
      }.`,
    );
  }
  if (tokens > 0)
    lines.push(`  Token counts were supplied for ${tokens} of them, estimated from the bytes recorded.`);
  if (times > 0 || tokens > 0) lines.push('  Spans of such runs say so in the attribute replay.supplied.');
  return lines.join('\n');
}

try {
  const options = readOptions();
  if (options === null) console.log(USAGE);
  else await replay(options);
} catch (error) {
  const known = error instanceof ReplayError || (error instanceof TypeError && 'code' in error);
  if (!known) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
