import { z } from 'zod';
import { listen } from '@/lib/db/listen';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { installStanding, STANDING_STEPS } from '@/lib/services/ladder/standing';

export const SWITCH_SCOPES = ['agent', 'business-unit', 'workspace'] as const;
export type SwitchScope = (typeof SWITCH_SCOPES)[number];

/** A kill switch that is on. */
export interface SwitchOn {
  id: string;
  workspaceId: string;
  scope: SwitchScope;
  /** The agent's id, the business unit's name, or empty. */
  target: string;
  drill: boolean;
}

/** What is looked up for every decision. */
interface Stopped {
  workspace: boolean;
  units: Set<string>;
  agents: Set<string>;
}

/** While somebody asks, what is known is read again after so long, beside NOTIFY. */
const REFRESH_MS = 300;
/** What is older than this serves nobody: a switch holds within a second even if no notification came. */
const MAX_AGE_MS = 900;
/** A database that takes longer than that to answer, so often in a row, is no ground to decide on. */
const MOST_READINGS = 3;

let stopped = new Map<string, Stopped>();
let on = new Map<string, SwitchOn>();
let readAt = Number.NEGATIVE_INFINITY;
let reading: Promise<void> | undefined;
let changed = false;
let watching = false;
const watchers = new Set<(moved: { on: SwitchOn[]; off: SwitchOn[] }) => void>();

/**
 * What a kill switch that is on stops, in words; null when the agent may go on. A look-up in memory; true to the last
 * second when `switchesKnown` said so or has been awaited just before.
 */
export function stoppedBy(
  workspaceId: string,
  agent: { id: string; businessUnit: string | null },
): string | null {
  if (stopped.size === 0) return null;
  const here = stopped.get(workspaceId);
  if (here === undefined) return null;
  if (here.workspace) return 'the whole workspace';
  if (agent.businessUnit !== null && here.units.has(agent.businessUnit))
    return `business unit ${agent.businessUnit}`;
  return here.agents.has(agent.id) ? 'this agent' : null;
}

/** Whether what this process knows is young enough to decide by; if not, await `readSwitches` first. */
export function switchesKnown(): boolean {
  const age = Date.now() - readAt;
  if (age > MAX_AGE_MS) return false;
  // A failed reading shows when what is known has become too old.
  if (age > REFRESH_MS && reading === undefined) refresh().catch(() => {});
  return true;
}

/** Reads which switches are on. Rejects when the database does not answer: nothing may be decided then. */
export async function readSwitches(): Promise<void> {
  watch();
  for (let attempt = 0; attempt < MOST_READINGS; attempt += 1) {
    if (switchesKnown()) return;
    await refresh();
  }
  if (switchesKnown()) return;
  throw new AppError(
    'unavailable',
    'The database is too slow to say which kill switches are on. Ask again.',
    {
      retryAfterSeconds: 1,
    },
  );
}

/** Hears of every switch that this process finds turned on or off, once its memory says so. */
export function onSwitchMoved(watcher: (moved: { on: SwitchOn[]; off: SwitchOn[] }) => void): () => void {
  watch();
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

function refresh(): Promise<void> {
  reading ??= read().finally(() => {
    reading = undefined;
  });
  return reading;
}

const rowsSchema = z.array(
  z.object({
    id: z.string(),
    workspaceId: z.string(),
    scope: z.enum(SWITCH_SCOPES),
    target: z.string(),
    drill: z.boolean(),
  }),
);

async function read(): Promise<void> {
  do {
    changed = false;
    const began = Date.now();
    const [switches, steps] = await Promise.all([
      db().query({
        name: 'kill-switches-on',
        text: 'SELECT id, workspace_id AS "workspaceId", scope, target, drill FROM kill_switch WHERE off_at IS NULL',
      }),
      db().query(STANDING_STEPS),
    ]);
    // What the ladder takes from agents holds as soon, so it is read with them.
    installStanding(steps.rows);
    install(rowsSchema.parse(switches.rows), began);
    // What was said while it read may not be in what it read.
  } while (changed);
}

function install(rows: readonly SwitchOn[], began: number): void {
  const now = new Map(rows.map((row) => [row.id, row]));
  const moved = {
    on: rows.filter((row) => !on.has(row.id)),
    off: [...on.values()].filter((row) => !now.has(row.id)),
  };
  readAt = began;
  if (moved.on.length === 0 && moved.off.length === 0) return;
  on = now;
  stopped = new Map();
  for (const { workspaceId, scope, target } of rows) {
    const here = stopped.get(workspaceId) ?? { workspace: false, units: new Set(), agents: new Set() };
    stopped.set(workspaceId, here);
    if (scope === 'workspace') here.workspace = true;
    else if (scope === 'business-unit') here.units.add(target);
    else here.agents.add(target);
  }
  for (const watcher of watchers) watcher(moved);
}

function watch(): void {
  if (watching) return;
  watching = true;
  const look = () => {
    changed = true;
    refresh().catch(() => {
      readAt = Number.NEGATIVE_INFINITY;
    });
  };
  listen({
    change: ({ topic }) => {
      if (topic === 'kill-switch' || topic === 'intervention') look();
    },
    lost: () => {
      readAt = Number.NEGATIVE_INFINITY;
    },
    reset: look,
  });
}
