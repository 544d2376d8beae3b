/**
 * Times, in a process of its own, what the server does for each page over the history in the database; prints, as JSON, the
 * milliseconds of each look at each page. Every look asks for another agent or filter, as readers do.
 */
import type { Actor } from '@/lib/auth/actor';
import { closeDb, db } from '@/lib/db/pool';
import { SqlValues } from '@/lib/db/sql-values';
import { agentFilterSchema } from '@/lib/services/agents/agent-filters';
import { agentTrend } from '@/lib/services/agents/agent-trend';
import { getAgent } from '@/lib/services/agents/get-agent';
import { listAgents } from '@/lib/services/agents/list-agents';
import { needsEyes } from '@/lib/services/agents/needs-eyes';
import { getCost } from '@/lib/services/costs/get-cost';
import { getAgreement } from '@/lib/services/expert-reviews/get-agreement';
import { getSilence } from '@/lib/services/expert-reviews/get-silence';
import { listSilence } from '@/lib/services/expert-reviews/list-silence';
import { listSwitches, switchControl } from '@/lib/services/kill-switches/list-switches';
import { getLadder } from '@/lib/services/ladder/get-ladder';
import { getEstate } from '@/lib/services/overview/get-estate';
import { getOverview } from '@/lib/services/overview/get-overview';
import { getRisk } from '@/lib/services/risk/get-risk';
import { foldRollups } from '@/lib/services/rollups/fold-rollups';
import { readRollups } from '@/lib/services/rollups/read-rollups';
import { recountRollups } from '@/lib/services/rollups/recount-rollups';
import { daysBack } from '@/lib/services/rollups/window';
import { listRunFacets } from '@/lib/services/runs/list-run-facets';
import { listRuns } from '@/lib/services/runs/list-runs';
import { runsThatFit } from '@/lib/services/runs/run-conditions';
import { encodeCursor } from '@/lib/services/runs/run-cursor';
import {
  RUN_SORTS,
  type RunFilters,
  type RunSort,
  runFilterSchema,
  runPageSchema,
} from '@/lib/services/runs/run-filters';
import { SORTS } from '@/lib/services/runs/run-sorts';
import { getQuality } from '@/lib/services/signals/get-quality';
import { turnsOf } from './turns';

const { HISTORY = '{}', LOOKS = '24', ONLY = '' } = process.env;
const whose: { workspaceId: string; personId: string } = JSON.parse(HISTORY);
const actor: Actor = {
  kind: 'person',
  ...whose,
  name: 'The reader',
  roles: ['operator', 'sponsor', 'engineer'],
};
const looks = Number(LOOKS);
/** So many looks in one turn. */
const A_TURN = 8;
const turn = turnsOf(process.stdin);
const now = new Date();
const zone = 'Europe/Zurich';
const dayAgo = (days: number) => daysBack(zone, now, days + 1).from;

/** Every filter of the list by itself, and some that readers put together. */
const FILTERS: Record<string, string>[] = [
  {},
  { agent: 'desk-0' },
  { agent: 'desk-39' },
  { unit: 'Claims' },
  { status: 'paused' },
  { status: 'paused,running,stopped' },
  { band: 'critical' },
  { band: 'low' },
  { band: 'high,critical' },
  { lane: 'block' },
  { lane: 'allow' },
  { lane: 'escalate,block' },
  { breached: '1' },
  { incident: '1' },
  { silent: '1' },
  { clean: '1' },
  { scored: '1' },
  { version: '2' },
  { version: '1', agent: 'desk-3' },
  { tool: 'orders.get' },
  { tool: 'refunds.pay' },
  { tool: 'payments.reverse' },
  { unknownTools: '1' },
  { unpriced: '1' },
  { askedOnly: '1' },
  { from: dayAgo(7) },
  { from: dayAgo(90), to: dayAgo(60) },
  { q: 'case 77' },
  { q: 'shell' },
  { q: 'notes' },
  { q: 'nothing like it' },
  { agent: 'desk-2', band: 'critical' },
  { band: 'critical', lane: 'block' },
  { band: 'critical', silent: '1', from: dayAgo(30) },
  { tool: 'refunds.pay', lane: 'escalate' },
  { incident: '1', band: 'low', unpriced: '1' },
];
const DEEP = 1000;
const PAGE = 50;

async function cursorAt(filters: RunFilters, sort: RunSort, place: number): Promise<string | null> {
  const values = new SqlValues();
  const where = await runsThatFit(actor, filters, values);
  const { expression, exact } = SORTS[sort];
  const { rows } = await db().query<{ value: string; id: string }>(
    `SELECT ${exact(expression)} AS value, r.id FROM run r WHERE ${where} ORDER BY ${expression} DESC, r.id DESC
     OFFSET ${values.add(place)} LIMIT 1`,
    values.list,
  );
  const [row] = rows;
  return row === undefined ? null : encodeCursor({ sort, order: 'desc', value: row.value, id: row.id });
}

/** The mark 1,000 pages deep, or half-way through what fits where that is less. */
async function deepCursor(filters: RunFilters, sort: RunSort): Promise<string | null> {
  const deep = await cursorAt(filters, sort, DEEP * PAGE);
  if (deep !== null) return deep;
  const values = new SqlValues();
  const where = await runsThatFit(actor, filters, values);
  const { rows } = await db().query<{ n: number }>(
    `SELECT count(*) AS n FROM run r WHERE ${where}`,
    values.list,
  );
  return cursorAt(filters, sort, Math.floor((rows[0]?.n ?? 0) / 2));
}

const times: Record<string, number[]> = {};

async function time(page: string, look: (n: number) => Promise<unknown>, often = looks): Promise<void> {
  if (ONLY !== '' && !ONLY.split(',').some((wanted) => page.startsWith(wanted))) return;
  await turn();
  // Once at each agent and window where looks differ, so that what is timed is as warm over few runs as over many.
  for (let n = 0; n < (look.length === 0 ? 3 : often); n += 1) await look(n);
  const taken: number[] = [];
  for (let n = 0; n < often; n += 1) {
    if (n > 0 && n % A_TURN === 0) {
      await turn();
      // Another history was looked at meanwhile, and this one has left the processor's caches.
      await look(n - 1);
    }
    const began = performance.now();
    await look(n);
    taken.push(performance.now() - began);
  }
  times[page] = taken;
}

// What each route of app/ reads before, and beside, what it shows.
const desk = (n: number) => `desk-${n % 8}`;
await time('overview', (n) =>
  Promise.all([
    getOverview(actor, [7, 30, 90][n % 3] ?? 30, now),
    listSwitches(actor),
    listSilence(actor, now),
  ]),
);
await time('estate', (n) => getEstate(actor, [7, 30, 90][n % 3] ?? 30, now));
await time('agents', () => listAgents(actor, agentFilterSchema.parse({}), now));
await time('agent page', async (n) => {
  const agent = desk(n);
  const { id } = await getAgent(actor, agent, now);
  await Promise.all([
    agentTrend(actor, agent, [30, 90, 180][n % 3] ?? 30, now),
    needsEyes(actor, agent, now),
    listSwitches(actor, { agent }),
    switchControl(actor, { scope: 'agent', target: agent }),
    getLadder(actor, { agent }),
    getSilence(actor, { agentId: id }, now),
    getAgreement(actor, { agentId: id }, now),
  ]);
});
await time('quality panel', (n) => getQuality(actor, { agent: desk(n) }, now));
await time('risk panel', (n) => getRisk(actor, { agent: desk(n) }, now));
await time('cost panel', (n) => getCost(actor, { agent: desk(n) }, now));
await time('facets of the list', () => listRunFacets(actor));
for (const over of FILTERS) {
  const filters = runFilterSchema.parse(over);
  const name = `${JSON.stringify(over)}`;
  await time(`runs ${name}`, () => listRuns(actor, filters, runPageSchema.parse({})));
  const after = ONLY === '' || ONLY.includes('deep') ? await deepCursor(filters, 'started') : null;
  if (after !== null)
    await time(`deep runs ${name}`, () => listRuns(actor, filters, runPageSchema.parse({ after })));
}
for (const sort of RUN_SORTS)
  for (const over of [
    {},
    { band: 'low' },
    { band: 'critical' },
    { agent: 'desk-4' },
    { tool: 'refunds.pay' },
    { from: dayAgo(7) },
  ]) {
    if (sort === 'started') continue;
    const filters = runFilterSchema.parse(over);
    await time(`runs by ${sort} ${JSON.stringify(over)}`, () =>
      listRuns(actor, filters, runPageSchema.parse({ sort })),
    );
  }
if (ONLY === 'chart') {
  // Late spans change runs anywhere in history, some of them twice; a part of the changes is folded meanwhile.
  for (let n = 0; n < 20; n += 1) {
    await db().query(
      `UPDATE run SET span_count = span_count + 3, cost_usd = cost_usd + 0.01 * random(), band = 'high',
         started_at = started_at - interval '1 hour' * random(), score = round((100 * random())::numeric, 1)
        WHERE id IN (SELECT id FROM run TABLESAMPLE SYSTEM (0.05))`,
    );
    if (n % 4 === 3) await foldRollups();
  }
  const window = daysBack(zone, now, 180);
  await time('chart from rollups', () =>
    readRollups(
      db(),
      { workspaceId: whose.workspaceId, ...window },
      ['day'],
      ['runs', 'paged', 'scored', 'scoreSum'],
    ),
  );
  await time(
    'chart from runs',
    () =>
      db().query(
        `SELECT to_char(r.started_at AT TIME ZONE $4, 'YYYY-MM-DD') AS day, count(*) FILTER (WHERE r.span_count > 0) AS runs,
                count(*) FILTER (WHERE r.span_count > 0 AND r.in_incident) AS paged, count(r.score) AS scored,
                avg(r.score) AS score
           FROM run r WHERE r.workspace_id = $1 AND r.started_at >= $2::date::timestamp AT TIME ZONE $4
            AND r.started_at < ($3::date + 1)::timestamp AT TIME ZONE $4 GROUP BY 1 ORDER BY 1`,
        [whose.workspaceId, window.from, window.until, zone],
      ),
    5,
  );
  times['differences from a recount'] = [(await recountRollups(db(), whose.workspaceId)).length];
}
await closeDb();
console.log(JSON.stringify(times));
// Whoever gives the turns would keep it.
process.stdin.destroy();
