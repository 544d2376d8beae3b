import { expect, test } from 'vitest';
import { attribute } from './attribution';
import { attributionSentence } from './attribution-words';
import { emptyFingerprint } from './fingerprint';
import { type PostmortemFacts, postmortem, SECTIONS } from './postmortem';
import { toMarkdown } from './postmortem-markdown';
import { intervals, timeline } from './timeline';

const at = (ms: number) => new Date(Date.UTC(2026, 10, 21, 2, 4, 11) + ms).toISOString();
const run = (key: string, version: string, code: string) => ({
  key,
  startedAt: at(-60_000),
  contract: { name: version, digest: version },
  fingerprint: { ...emptyFingerprint(), code: [code], models: ['claims-model'], tools: ['documents.ocr'] },
});

const facts: PostmortemFacts = {
  number: 7,
  title: 'documents.ocr touched bank-account',
  severity: 'critical',
  state: 'acknowledged',
  clause: 'tools/documents.ocr/categories',
  clauseSays: '[ personal, vehicle ]',
  agent: 'Claims processor',
  run: 'r-0732',
  runs: 1,
  contract: { name: '1.3', digest: '9f3c'.repeat(16) },
  breachedAt: at(0),
  recordedAt: at(40),
  found: ['Bank account number DE** **** in the result of documents.ocr.'],
  rollback: { from: '1.3', to: '1.2', state: 'proposed' },
  intervals: intervals({
    breachedAt: at(0),
    openedAt: at(40),
    pagedAt: at(300_000),
    acknowledgedAt: at(341_000),
    rolledBackAt: null,
    pages: true,
    rollsBack: false,
  }),
  moments: timeline({
    entries: [
      {
        id: 4127,
        at: at(341_000),
        actor: 'person',
        actorName: 'Dana Whitfield',
        action: 'incident.acknowledged',
        detail: {},
      },
      {
        id: 4119,
        at: at(46),
        actor: 'system',
        actorName: 'Countersign',
        action: 'incident.opened',
        detail: { number: 7 },
      },
    ],
    breaches: [],
    failed: [],
  }).moments,
  momentsLeft: 0,
  impact: ['1 write: 1 irreversible.'],
  attribution: attribute(run('r-0732', '1.3', 'claims-agent@4.2.0'), [
    run('r-0731', '1.2', 'claims-agent@4.1.0'),
  ]),
  verdicts: [],
  amendments: [],
  compensationsOpen: 1,
};

test('the document says what happened, what had changed, who decided what, and what is open', () => {
  const { sections } = postmortem(facts, 'UTC');
  expect(sections.map((one) => one.id)).toEqual([...SECTIONS]);
  const text = (id: string) => sections.find((one) => one.id === id)?.statements.map((one) => one.text);
  expect(text('what-happened')).toEqual([
    'At 21 Nov 2026, 02:04:11 UTC run r-0732 of Claims processor, under contract version 1.3 (sha256 9f3c9f3c9f3c), broke clause tools/documents.ocr/categories: documents.ocr touched bank-account.',
    'It was recorded 40 ms later and classified as critical.',
    'Bank account number DE** **** in the result of documents.ocr.',
    'From the breach to the page: 5 min; promised: 4 min, which was missed.',
    'From the breach until somebody had acknowledged it: 5 min 41 s.',
  ]);
  expect(text('attribution')?.[0]).toBe(
    'Changed: contract 1.2 → 1.3; code 4.1.0 → 4.2.0. Not changed: model, tools and data mix. Not known: prompt.',
  );
  expect(sections.find((one) => one.id === 'decisions')?.statements).toEqual([
    { text: 'Dana Whitfield acknowledged.', entries: [4127], at: at(341_000) },
  ]);
  expect(text('open-ends')).toEqual([
    'The run still waits for somebody to resume or stop.',
    'Version 1.3 is in force; to go back to 1.2 is proposed and not decided.',
    '1 compensation is not done.',
    'No verdict of sponsor and GRC.',
  ]);
});

test('the same record gives the same text, and a later one what was decided since', () => {
  expect(postmortem(facts, 'UTC')).toEqual(postmortem(structuredClone(facts), 'UTC'));
  const later = postmortem(
    {
      ...facts,
      state: 'resolved',
      rollback: { from: '1.3', to: '1.2', state: 'done' },
      compensationsOpen: 0,
      verdicts: [
        { role: 'sponsor', by: 'M. Osei', cause: 'contract', clause: facts.clause, note: 'No filter.' },
        { role: 'grc', by: 'R. Lindqvist', cause: 'contract', clause: null, note: null },
      ],
      amendments: [{ number: 3, state: 'in-force', route: 'scoping', version: '1.4', reason: null }],
    },
    'UTC',
  );
  const texts = later.sections.flatMap((one) => one.statements.map((statement) => statement.text));
  expect(texts).toContain(
    'Verdict of M. Osei: the contract was wrong, clause tools/documents.ocr/categories. “No filter.”',
  );
  expect(texts).toContain(
    'AMD-3, version 1.4, is in force. It changes what was agreed: it goes back to Scoping.',
  );
  expect(texts).toContain('None: it is resolved, judged, and what followed is in force.');
});

test('as Markdown it names its sources, keeps notes under their section, and takes no markup from what people wrote', () => {
  const text = toMarkdown(
    postmortem({ ...facts, title: '<b>[x](http://y)</b>', clauseSays: '```\nrm' }, 'UTC'),
    [{ section: 'impact', by: 'Dana # Whitfield', at: at(400_000), body: 'First line\n## not a heading' }],
    'Europe/Berlin',
  );
  expect(text).toContain('(entry no. 4,127)');
  expect(text).toContain('| 21 Nov 2026, 03:04:11.046 CET | INC-7 opened. | no. 4,119 |');
  expect(text).toContain('\\<b\\>\\[x\\](http://y)\\</b\\>');
  expect(text).toContain('````yaml');
  const impact = text.slice(text.indexOf('## Impact'), text.indexOf('## What had changed'));
  expect(impact).toContain(
    '> **Dana \\# Whitfield, 21 Nov 2026, 03:10:51 CET:**\n> First line\n> \\#\\# not a heading',
  );
});

test('without a good run before it, nothing is said to have changed', () => {
  expect(attributionSentence(attribute(run('a', '1', 'x'), []))).toBe(
    'There is no good run before this one to compare it with.',
  );
});
