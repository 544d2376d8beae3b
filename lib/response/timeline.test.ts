import fc from 'fast-check';
import { expect, test } from 'vitest';
import { intervals, MOST_MOMENTS, type TimelineEntry, timeline } from './timeline';
import { plainWords, wordsOf } from './timeline-words';

const at = (ms: number) => new Date(Date.UTC(2026, 10, 21, 2, 4, 11) + ms).toISOString();
const entry = (
  id: number,
  ms: number,
  action: string,
  detail: TimelineEntry['detail'] = {},
): TimelineEntry => ({
  id,
  at: at(ms),
  actor: action.endsWith('acknowledged') ? 'person' : 'system',
  actorName: action.endsWith('acknowledged') ? 'Dana Whitfield' : 'Countersign',
  action,
  detail,
});
const breach = {
  id: 'b1',
  at: at(0),
  recordedAt: at(40),
  clause: 'tools/documents.ocr/categories',
  severity: 'critical' as const,
  message: 'documents.ocr touched bank-account',
  run: 'r-0732',
};

test('an incident reads from the breach to the acknowledgement, each line with the entry it is told from', () => {
  const { moments, left } = timeline({
    entries: [
      entry(4118, 45, 'run.paused', { clause: 'failure/critical' }),
      entry(4119, 46, 'incident.opened', { number: 7, clause: 'tools/documents.ocr/categories' }),
      entry(4120, 50, 'incident.rolled-back', { fromName: '1.3', toName: '1.2' }),
      entry(4121, 60, 'page.sent', { to: ['Dana Whitfield'], via: 'Claims on call' }),
      entry(4127, 41_000, 'incident.acknowledged'),
    ],
    breaches: [breach],
    failed: [
      {
        id: 'a',
        at: at(900),
        channel: 'mail',
        recipient: 'dana@meridian.test',
        attempt: 1,
        error: '451 try later',
      },
    ],
  });
  expect(left).toBe(0);
  expect(moments.map((one) => `${one.who} ${one.entry ?? '–'} ${plainWords(one.words)}`)).toEqual([
    'agent – documents.ocr touched bank-account, against clause tools/documents.ocr/categories.',
    'machine – Recorded 40 ms after it happened, and classified as critical.',
    'machine 4118 Run paused, by clause failure/critical.',
    'machine 4119 INC-7 opened, by clause tools/documents.ocr/categories.',
    'machine 4120 Version 1.2 put back in force in place of version 1.3.',
    'machine 4121 Dana Whitfield paged, on call by Claims on call.',
    'machine – Attempt 1 to deliver the page by e-mail to dana@meridian.test failed: 451 try later',
    'person 4127 Dana Whitfield acknowledged.',
  ]);
});

test('a timeline is in order whatever order its facts come in, and never longer than can be read', () => {
  const entriesArb = fc.uniqueArray(fc.integer({ min: 1, max: 2000 }), { maxLength: 700 });
  fc.assert(
    fc.property(entriesArb, fc.integer(), (ids, seed) => {
      const entries = ids.map((id) => entry(id, ((id * 7919) ^ seed) % 100_000, 'run.paused'));
      const told = timeline({ entries, breaches: [breach], failed: [] });
      expect(timeline({ entries: entries.toReversed(), breaches: [breach], failed: [] })).toEqual(told);
      expect(told.moments.length).toBeLessThanOrEqual(MOST_MOMENTS);
      expect(told.moments.length + told.left).toBe(entries.length + 2);
      const times = told.moments.map((one) => Date.parse(one.at));
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }),
    { numRuns: 40 },
  );
});

test('intervals stand beside what is promised, and what the clause does not ask for is left out', () => {
  const times = {
    breachedAt: at(0),
    openedAt: at(40),
    pagedAt: at(620),
    acknowledgedAt: null,
    rolledBackAt: at(50),
    pages: true,
    rollsBack: true,
  };
  expect(intervals(times)).toEqual([
    { name: 'page', ms: 620, sinceRecordedMs: null, targetMs: 240_000 },
    { name: 'acknowledge', ms: null, sinceRecordedMs: null, targetMs: null },
    { name: 'rollback', ms: 50, sinceRecordedMs: null, targetMs: 90_000 },
  ]);
  const late = { ...times, openedAt: at(60_000), pagedAt: at(60_200), rolledBackAt: null, rollsBack: false };
  expect(intervals(late)[0]).toEqual({
    name: 'page',
    ms: 60_200,
    sinceRecordedMs: 200,
    targetMs: 240_000,
  });
  expect(intervals(late).map((one) => one.name)).toEqual(['page', 'acknowledge']);
});

test('what was asked for and is done says on whose word', () => {
  const done = (actor: 'person' | 'key' | 'system', detail: Record<string, unknown>) =>
    plainWords(
      wordsOf({
        actor,
        actorName: 'Dana Whitfield',
        action: 'compensation.done',
        detail: { tool: 'refunds.pay', ...detail },
      }),
    );
  expect(done('person', { detail: 'Transferred by hand.' })).toBe(
    'Compensation of the call of refunds.pay done, says Dana Whitfield: “Transferred by hand.”',
  );
  expect(done('key', {})).toBe('Compensation of the call of refunds.pay done, says Dana Whitfield.');
  expect(done('system', {})).toBe('Compensation of the call of refunds.pay done.');
});

test('an action nobody has words for is told by its code, with its reason', () => {
  const told = {
    actor: 'person' as const,
    actorName: 'Dana',
    action: 'incident.sang',
    detail: { reason: 'why not' },
  };
  expect(plainWords(wordsOf(told))).toBe('Dana: incident.sang: “why not”');
});

test('details of any shape never break a sentence', () => {
  const actions = [
    'page.sent',
    'incident.joined',
    'incident.rolled-back',
    'ladder.step-taken',
    'gate.signed',
    'x',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...actions), fc.object(), (action, detail) => {
      const words = wordsOf({ actor: 'system', actorName: 'Countersign', action, detail });
      expect(plainWords(words)).not.toContain('[object');
      expect(plainWords(words)).not.toContain('undefined');
    }),
  );
});
