import { beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { db } from '@/lib/db/pool';
import { toMarkdown } from '@/lib/response/postmortem-markdown';
import { plainWords } from '@/lib/response/timeline-words';
import { listNotifications } from '@/lib/services/notifications/list';
import { getPostmortem } from '@/lib/services/postmortems/get-postmortem';
import { getRun } from '@/lib/services/runs/get-run';
import { recordSpans } from '@/lib/services/runs/record-spans';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenAgent,
  type GivenWorkspace,
  givenAgent,
  givenKey,
  givenPerson,
  givenVersion,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { agentSpan, hex, modelCall, otlpJson, toolCall } from '@/lib/services/testing/otlp';
import { refusal } from '@/lib/services/testing/refusal';
import { tell } from '@/lib/services/testing/tell';
import { decodeTraces } from '@/lib/telemetry/decode';
import { acknowledgeIncident } from './acknowledge-incident';
import { addNote } from './add-note';
import { getAttribution } from './get-attribution';
import { getIncident } from './get-incident';
import { getSimilarRuns } from './get-similar-runs';
import { incidentFilterSchema } from './incident-filters';
import { listIncidents } from './list-incidents';

const IBAN = { iban: 'DE89 3704 0044 0532 0130 00' };
let workspace: GivenWorkspace;
let agent: GivenAgent;
let dana: Extract<Actor, { kind: 'person' }>;
let miriam: Extract<Actor, { kind: 'person' }>;
let key: Actor;
let number: number;
let badRun: string;
let clock = Date.now() - 3_600_000;

const contract = (version: string) =>
  aContract({
    versioning: { contract: version },
    ownership: { operator: 'operator@example.com' },
    failure: { critical: ['page', 'pause'], high: ['page', 'pause'] },
  });

/** One run of the agent, its code in the version given. */
async function run(code: string, result: object = {}) {
  clock += 1000;
  const traceId = hex(16);
  const spanId = hex(8);
  const body = otlpJson(
    [
      agentSpan({ traceId, spanId, start: clock, end: clock + 500 }, agent.name),
      modelCall({ traceId, parentSpanId: spanId, start: clock + 10 }, 'gpt-4o', 10, 5),
      toolCall({ traceId, parentSpanId: spanId, start: clock + 200 }, 'orders.get', { orderId: 'A' }, result),
    ],
    null,
  ).replace(
    '"attributes":[]',
    `"attributes":[{"key":"service.name","value":{"stringValue":"refund-desk"}},{"key":"service.version","value":{"stringValue":"${code}"}}]`,
  );
  await recordSpans(key, decodeTraces(Buffer.from(body), 'json', Date.now()).spans);
  return traceId;
}

beforeAll(async () => {
  workspace = await givenWorkspace();
  agent = await givenAgent(workspace, contract('1.2'));
  dana = await givenPerson(workspace, ['operator'], {
    name: 'Dana Whitfield',
    email: `${workspace.slug}-operator@example.com`,
  });
  miriam = await givenPerson(workspace, ['sponsor'], { name: 'Miriam Osei' });
  key = (await givenKey(workspace, ['ingest'], agent)).actor;
  for (let count = 0; count < 4; count += 1) await run('4.1.0');
  const next = await givenVersion(workspace, agent, contract('1.3'));
  await db().query('UPDATE agent SET contract_version_id = $2 WHERE id = $1', [agent.id, next.id]);
  await tell({ workspaceId: workspace.id, topic: 'agent', id: agent.id });
  for (let count = 0; count < 2; count += 1) await run('4.1.0');
  badRun = await run('4.2.0', IBAN);
  const { incident } = await getRun(dana, badRun);
  if (incident === null) throw new Error('The run opened no incident.');
  number = incident.number;
});

describe('what had changed', () => {
  it('names contract, code and data with what they were, and since when; what spans do not carry is not known', async () => {
    const { runs, findings, lastGood } = await getAttribution(dana, number);
    expect(runs).toBe(6);
    expect(lastGood).not.toBeNull();
    expect(Object.fromEntries(findings.map((one) => [one.factor, one]))).toMatchObject({
      contract: { state: 'changed', now: ['1.3'], before: ['1.2'], goodSince: 2, goodBefore: 4 },
      code: {
        state: 'changed',
        now: ['refund-desk@4.2.0'],
        before: ['refund-desk@4.1.0'],
        goodSince: 0,
        since: { key: badRun },
      },
      models: { state: 'same', now: ['gpt-4o'], runs: 6 },
      prompts: { state: 'unknown', why: 'not-said' },
      tools: { state: 'same', now: ['orders.get'] },
      categories: { state: 'changed', now: ['bank-account'] },
    });
  });

  it('is shown beside the earlier runs that were most like it', async () => {
    const similar = await getSimilarRuns(dana, number);
    expect(similar.length).toBe(5);
    expect(similar[0]).toMatchObject({ status: 'finished', clauses: [], incident: null });
    expect(similar[0]?.distance.path).toBe(0);
  });

  it('is nobody’s business in another workspace', async () => {
    const other = await givenWorkspace();
    const stranger = await givenPerson(other, ['operator']);
    for (const ask of [getAttribution, getSimilarRuns])
      expect((await refusal(ask(stranger, number))).code).toBe('not_found');
  });
});

describe('the timeline', () => {
  it('tells breach, classification, pause, opening, page and acknowledgement in order, with their entries', async () => {
    await acknowledgeIncident(dana, { number });
    const incident = await getIncident(dana, number, new Date());
    const words = incident.timeline.moments.map((one) => plainWords(one.words));
    const at = (part: string) => words.findIndex((one) => one.includes(part));
    const order = [
      at('touched bank-account'),
      at('classified as'),
      at('Run paused'),
      at(`INC-${number} opened`),
      at('Dana Whitfield paged'),
      at('Dana Whitfield acknowledged.'),
    ];
    expect(order.every((one) => one >= 0)).toBe(true);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(incident.timeline.entries?.count).toBeGreaterThan(3);
    expect(incident.intervals.map((one) => one.name)).toEqual(['page', 'acknowledge']);
    expect(incident.diff).toMatchObject({ good: { name: '1.2' }, held: { name: '1.3' } });
  });
});

describe('the conversation', () => {
  it('tells whom it names and who has the incident, is in the record, and stays as it was written', async () => {
    const { id } = await addNote(miriam, {
      number,
      section: null,
      body: 'Asked the body shop. @Dana Whitfield',
    });
    const { conversation, timeline } = await getIncident(miriam, number, new Date());
    expect(conversation.notes).toMatchObject([
      { id, by: { name: 'Miriam Osei' }, mentions: ['Dana Whitfield'], section: null },
    ]);
    expect((await listNotifications(dana)).notifications[0]).toMatchObject({ kind: 'incident.mentioned' });
    expect(timeline.moments.at(-1)).toMatchObject({ action: 'incident.noted' });
    await expect(db().query('UPDATE incident_note SET body = $2 WHERE id = $1', [id, 'x'])).rejects.toThrow();
    await expect(db().query('DELETE FROM incident_note WHERE id = $1', [id])).rejects.toThrow();
  });

  it('takes neither empty words, nor those of whoever only looks, nor a section that is none', async () => {
    const auditor = await givenPerson(workspace, ['auditor']);
    const write = (actor: Actor, body: string) => refusal(addNote(actor, { number, section: null, body }));
    expect((await write(dana, '  ')).code).toBe('invalid');
    expect((await write(dana, 'x'.repeat(4001))).code).toBe('invalid');
    expect((await write(auditor, 'x')).code).toBe('forbidden');
    expect((await refusal(addNote(dana, { number: 99_999, section: null, body: 'x' }))).code).toBe(
      'not_found',
    );
  });
});

describe('the postmortem', () => {
  it('writes itself from the record with its sources, and keeps what people wrote beside it apart', async () => {
    await addNote(dana, { number, section: 'impact', body: 'Nobody was paid.' });
    const detail = await getPostmortem(dana, number, new Date());
    const texts = detail.document.sections.map((one) => one.statements.map((statement) => statement.text));
    expect(detail.document.title).toContain(`INC-${number}`);
    expect(texts.flat().join('\n')).toContain('Changed: contract 1.2 → 1.3; code 4.1.0 → 4.2.0');
    expect(texts.flat()).toContain('Dana Whitfield acknowledged.');
    expect(texts.flat().join()).not.toContain('Nobody was paid.');
    const decided = detail.document.sections.find((one) => one.id === 'decisions');
    expect(decided?.statements[0]?.entries).toHaveLength(1);
    const text = toMarkdown(
      detail.document,
      detail.annotations.notes.map((note) => ({ ...note, by: note.by.name })),
      detail.zone,
    );
    expect(text).toContain('> Nobody was paid.');
    expect(text).not.toContain('Asked the body shop');
  });
});

describe('the list', () => {
  const list = (actor: Actor, over: object = {}) =>
    listIncidents(actor, incidentFilterSchema.parse(over)).then(({ rows }) => rows);

  it('says who has an incident, how many runs it is about, and whether it is judged', async () => {
    expect(await list(dana)).toMatchObject([
      {
        number,
        acknowledgedBy: 'Dana Whitfield',
        runCount: 1,
        verdict: 'none',
        snoozedUntil: null,
        pagedWith: 0,
      },
    ]);
    expect((await list(dana, { view: 'mine' })).map((one) => one.number)).toEqual([number]);
    expect(await list(miriam, { view: 'mine' })).toEqual([]);
    expect(await list(dana, { view: 'snoozed' })).toEqual([]);
  });

  it('leaves out of those without a verdict what both have judged alike', async () => {
    expect(await list(dana, { view: 'no-verdict' })).toHaveLength(1);
    const { rows } = await db().query<{ id: string }>(
      'SELECT id FROM incident WHERE workspace_id = $1 AND number = $2',
      [workspace.id, number],
    );
    const say = (role: string, cause: string) =>
      db().query(
        `INSERT INTO incident_verdict (id, workspace_id, incident_id, role, person_id, cause, at)
         VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, clock_timestamp())`,
        [workspace.id, rows[0]?.id, role, miriam.personId, cause],
      );
    await say('sponsor', 'contract');
    expect((await list(dana))[0]?.verdict).toBe('one');
    await say('grc', 'parameter');
    expect((await list(dana))[0]?.verdict).toBe('differ');
    await say('grc', 'contract');
    expect((await list(dana))[0]?.verdict).toBe('settled');
    expect(await list(dana, { view: 'no-verdict' })).toEqual([]);
  });
});
