import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { db } from '@/lib/db/pool';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenAgent,
  type GivenWorkspace,
  givenAgent,
  givenKey,
  givenVersion,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { POST } from './route';

let workspace: GivenWorkspace;
let agent: GivenAgent;
let author: string;

beforeEach(async () => {
  workspace = await givenWorkspace();
  agent = await givenAgent(workspace);
  author = (await givenKey(workspace, ['author'])).secret;
});

function post(
  body: BodyInit,
  query = `?agent=${agent.name}`,
  headers: Record<string, string> = {},
): Promise<Response> {
  const streamed = {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${author}`, ...headers },
    duplex: 'half',
  };
  return POST(new Request(`http://countersign.test/api/v1/evals${query}`, streamed));
}
const passes = (good: number, all: number) =>
  [
    'criterion,case,passed',
    ...Array.from({ length: all }, (_, n) => `correct amount,case ${n},${n < good}`),
  ].join('\n');
const errorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
async function errorOf(response: Response) {
  return { status: response.status, ...errorSchema.parse(await response.json()).error };
}
async function stored() {
  const { rows } = await db().query(
    `SELECT kind, outcome, summary, clause, origin, contract_version_id AS version FROM evidence
      WHERE workspace_id = $1 ORDER BY id`,
    [workspace.id],
  );
  return rows;
}

describe('POST /api/v1/evals', () => {
  it('answers 53% against 98% with the clause, and keeps it as evidence of the version', async () => {
    const response = await post(passes(53, 100), undefined, { 'x-file-name': '..%2Fr%C3%A9sultats.csv' });
    expect(response.status).toBe(201);
    const summary = '53% against the 98% target of quality/criteria/right-amount, over 100 samples.';
    expect(await response.json()).toMatchObject({
      outcome: 'failed',
      summary,
      clause: 'quality/criteria/right-amount',
      version: { number: 1, label: '1.0' },
      criteria: [{ verdict: 'not-met', samples: 100 }],
    });
    expect(await stored()).toEqual([
      {
        kind: 'evals',
        outcome: 'failed',
        summary,
        clause: 'quality/criteria/right-amount',
        origin: 'reported',
        version: agent.version.id,
      },
    ]);
    const { rows } = await db().query(`SELECT detail -> 'file' ->> 'name' AS name FROM evidence`);
    expect(rows).toContainEqual({ name: 'résultats.csv' });
  });

  it('judges the version that is named, by number or digest, else the newest', async () => {
    const strict = await givenVersion(workspace, agent, aContract({ versioning: { contract: '2.0' } }));
    const numbers = [];
    for (const version of ['', '&version=1', `&version=${strict.digest}`])
      numbers.push(
        (await (await post(passes(60, 60), `?agent=${agent.name}${version}`)).json()).version.number,
      );
    expect(numbers).toEqual([2, 1, 2]);
  });

  it.each([
    ['an agent that is not there', '?agent=nobody', 404, 'no agent "nobody"'],
    ['no agent', '', 404, 'no agent'],
    ['a version that is not there', '?agent=refund-desk&version=9', 404, 'no version 9'],
    ['what is no version', '?agent=refund-desk&version=latest', 400, 'number or its digest'],
  ])('refuses %s', async (_, query, status, words) => {
    const error = await errorOf(await post(passes(1, 1), query));
    expect(error.status).toBe(status);
    expect(error.message).toContain(words);
    expect(await stored()).toEqual([]);
  });

  it('reads no further than its limit, whatever the length says', async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        controller.enqueue(new Uint8Array(1024 * 1024).fill(0x20));
      },
    });
    expect(await errorOf(await post(endless))).toMatchObject({ status: 413, code: 'too_large' });
    expect(sent).toBeLessThan(40);
    sent = 0;
    const told = await errorOf(
      await post(endless.locked ? '' : endless, undefined, { 'content-length': '104857600' }),
    );
    expect(told.status).toBe(413);
    expect(sent).toBeLessThan(3);
  });

  it('refuses a form, results from the future and a file that is none', async () => {
    const form = new FormData();
    form.set('file', new Blob(['x']), 'x.csv');
    expect(await errorOf(await post(form))).toMatchObject({ status: 415 });
    const future = JSON.stringify({ ranAt: '2199-01-01T00:00:00Z', results: [{ name: 'x', score: 1 }] });
    expect((await errorOf(await post(future))).message).toContain('from the future');
    expect((await errorOf(await post('<testsuites><testsuite>'))).message).toContain('not well-formed');
    expect(await stored()).toEqual([]);
  });

  it('is for keys of scope author, and a key of one agent speaks for no other', async () => {
    const other = await givenAgent(workspace, aContract({ identity: { agent: 'other-desk' } }));
    author = (await givenKey(workspace, ['read'])).secret;
    expect(await errorOf(await post(passes(1, 1)))).toMatchObject({ status: 403 });
    author = (await givenKey(workspace, ['author'], agent)).secret;
    expect((await post(passes(1, 1))).status).toBe(201);
    expect(await errorOf(await post(passes(1, 1), `?agent=${other.name}`))).toMatchObject({ status: 404 });
  });

  it('keeps two uploads at once for two criteria: the later one counts what the earlier found', async () => {
    const two = aContract({
      identity: { agent: 'two-desk' },
      quality: {
        criteria: ['correct amount', 'tone'].map((metric, index) => ({
          id: `c-${index}`,
          statement: 'Right.',
          signal: 'eval' as const,
          metric,
          comparison: '>=' as const,
          target: 0.5,
          windowDays: 30,
          leastSamples: 1,
          freshnessDays: 7,
        })),
      },
    });
    const { name } = await givenAgent(workspace, two);
    const row = (metric: string) => `metric,score,samples\n${metric},0.9,10`;
    const outcomes = await Promise.all(
      ['tone', 'correct amount'].map(async (metric) => (await post(row(metric), `?agent=${name}`)).json()),
    );
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['failed', 'passed']);
  });
});
