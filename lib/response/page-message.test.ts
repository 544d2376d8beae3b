import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type DigestMessage, diffLines, digestLines, digestTitle, type PageMessage } from './page-message';
import { pagerDutyDigest, pagerDutyPage } from './pagerduty-event';
import { slackDigest, slackNote, slackPage } from './slack-blocks';

const AT = new Date('2026-11-21T02:04:11Z');

function aPage(text: string): PageMessage {
  return {
    incident: {
      id: 'i',
      number: 7,
      title: text,
      severity: 'critical',
      url: 'https://c.example.com/incidents/7',
    },
    agent: { name: text, displayName: text, score: 93.4 },
    run: {
      key: text,
      status: 'paused',
      score: null,
      risk: 42,
      band: 'high',
      costUsd: 0.31,
      url: 'https://c.example.com/runs/1',
    },
    clause: text,
    contract: { version: 3, digest: 'a'.repeat(64), name: text },
    diff: { from: { version: 2, name: text }, to: { version: 3, name: text }, lines: [text, text], more: 4 },
    to: [text],
    because: text,
  };
}
const aDigest = (text: string, count: number): DigestMessage => ({
  id: 'd',
  count,
  incidents: Array.from({ length: Math.min(10, count) }, (_, index) => ({
    number: index + 1,
    title: text,
    severity: 'high' as const,
    agent: text,
    url: 'https://c.example.com/incidents/1',
  })),
  worst: 'high',
  url: 'https://c.example.com/incidents',
});

/** Every text of a message, with the limit that Slack sets it. */
function texts(value: unknown, found: { type: unknown; text: string }[] = []): typeof found {
  if (Array.isArray(value)) for (const each of value) texts(each, found);
  else if (typeof value === 'object' && value !== null) {
    if ('type' in value && 'text' in value && typeof value.text === 'string')
      found.push({ type: value.type, text: value.text });
    for (const each of Object.values(value)) texts(each, found);
  }
  return found;
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6000 }),
  fc.constantFrom(
    '<!channel> <@U123> & <https://evil.example|here>',
    '😀'.repeat(4000),
    '&<'.repeat(3000),
    '\r\n\u2028*bold*',
  ),
);

describe('a message to Slack', () => {
  test('stays within Slack’s limits, and nothing somebody typed becomes a mention or a link', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 500 }), (text, count) => {
        for (const message of [
          slackPage(aPage(text), 'id'),
          slackDigest(aDigest(text, count), 'id'),
          slackNote(text, null, 'id'),
        ]) {
          expect(message.blocks.length).toBeLessThanOrEqual(50);
          for (const { type, text: said } of texts(message.blocks)) {
            expect(said.length).toBeLessThanOrEqual(type === 'plain_text' ? 150 : 3000);
            if (type === 'mrkdwn') expect(said).not.toMatch(/&(?!amp;|lt;|gt;)/);
            if (type === 'mrkdwn') expect(said).not.toMatch(/[<>]/);
          }
          expect(message.text).not.toMatch(/[<>]/);
          for (const block of message.blocks)
            if ('fields' in block)
              for (const { text: field } of texts(block.fields))
                expect(field.length).toBeLessThanOrEqual(2000);
        }
      }),
    );
  });
});

describe('an event for PagerDuty', () => {
  test('has a summary of at most 1,024 characters, one line of a key, and stays far below half a megabyte', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const event of [pagerDutyPage(aPage(text), AT), pagerDutyDigest(aDigest(text, 40), AT)]) {
          expect(event.payload?.summary.length).toBeLessThanOrEqual(1024);
          expect(event.dedup_key).toMatch(/^countersign-\w+$/);
          expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(512_000);
        }
      }),
    );
  });

  it.each([
    ['critical', 'critical'],
    ['high', 'error'],
    ['medium', 'warning'],
    ['low', 'info'],
  ] as const)('calls severity %s %s', (severity, theirs) => {
    const page = aPage('x');
    const event = pagerDutyPage({ ...page, incident: { ...page.incident, severity } }, AT);
    expect(event.payload?.severity).toBe(theirs);
  });
});

describe('what changed', () => {
  it('is told by its first few changes, and said when there is nothing to compare with', () => {
    expect(diffLines(aPage('1.2').diff)).toEqual({
      title: 'Changed since 1.2, the last version known to be good',
      lines: ['1.2', '1.2', 'and 4 more changes'],
    });
    expect(diffLines(null)).toEqual({ title: 'No earlier version is known to be good.', lines: [] });
  });
});

describe('a digest', () => {
  it('counts them all, names ten and says how many are left', () => {
    const digest = aDigest('x', 38);
    expect(digestTitle(digest)).toBe('38 further incidents');
    expect(digestLines(digest)).toHaveLength(11);
    expect(digestLines(digest).at(-1)).toBe('and 28 more');
  });
});
