import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aContract } from '@/lib/services/testing/a-contract';
import { plain } from './describe';
import { readSheet } from './read-sheet';
import { contractSchema } from './schema';
import { randomContract } from './testing/random-contract';
import { workspaceDefaults } from './workspace-defaults';

const textOf = (input: Parameters<typeof contractSchema.parse>[0]) =>
  Object.fromEntries(
    readSheet(contractSchema.parse(input)).parts.map((part) => [
      part.id,
      part.sentences.map(plain).join(' '),
    ]),
  );

describe('a contract on one page', () => {
  it('says what the agent may do, must ask for, may never do, costs and who is paged', () => {
    const text = textOf(aContract());
    expect(text.alone).toBe(
      'It acts alone on refunds.pay, amount up to 100. It reads with orders.get and policy.search, and writes with notes.add and accounts.delete.',
    );
    expect(text.asks).toBe(
      'Escalated: refunds.pay, amount above 1,000, by operator, within 30 min. Approval for any other transact call, by operator@example.com.',
    );
    expect(text.never).toBe(
      'It may never delete an account, or touch health data. It may use no tool that is not listed: each such call is a breach.',
    );
    expect(text.costs).toBe(
      'At most $0.50 a run, $100.00 a day and $2,000 a month. At most 40 tool calls a run and 100,000 tokens a run.',
    );
    expect(text.breaks).toContain(
      'The page goes to operator@example.com; unanswered for 10 min, it is passed on to sre@example.com.',
    );
  });

  it('says what is filtered, what is made good and by whose leave, and how a paused agent comes back', () => {
    const contract = contractSchema.parse(
      aContract({
        failure: {
          compensations: [
            { id: 'undo', tool: 'refunds.pay', by: 'refunds.reverse', approval: 'none', withinMinutes: 60 },
          ],
          runningRuns: 'stop',
          codeRollback: { hook: 'deploys', to: 'refund-desk@0.9.0' },
          ladder: [{ id: 'often', when: { breaches: 3, withinDays: 7 }, step: 'pause', gate: 'G4' }],
          recovery: [{ id: 'cause', statement: 'The cause is known.' }],
        },
      }),
    );
    const pay = contract.tools['refunds.pay'];
    // biome-ignore lint/suspicious/noThenProperty: a word of the contract; its value is never a function
    if (pay !== undefined) pay.filter = [{ id: 'accounts', categories: ['bank-account'], then: 'mask' }];
    const { parts } = readSheet(contract);
    const said = (id: string) =>
      parts
        .find((part) => part.id === id)
        ?.sentences.map(plain)
        .join(' ') ?? '';
    expect(said('data')).toContain('bank account data is masked');
    expect(said('after')).toBe(
      'refunds.pay is undone by refunds.reverse within 1 h, and nobody is asked. ' +
        'Runs that have begun when a version is taken back: they are stopped. ' +
        'The code goes back too, to refund-desk@0.9.0. ' +
        '3 breaches within 7 days: it is paused, until G4 passes. ' +
        'Before it works again after a pause: the cause is known.',
    );
  });

  it('says which runs people who know the subject look at', () => {
    const { proves } = textOf(
      aContract({ quality: { criteria: [], review: { share: 0.05, reviewers: 2 } } }),
    );
    expect(proves).toBe(
      'Subject experts review 5% of its runs, drawn at random, within 7 days, 2 people each.',
    );
  });

  it('is never empty nor endless, whatever the contract says', () => {
    fc.assert(
      fc.property(randomContract, (input) => {
        const sheet = readSheet(contractSchema.parse(input));
        expect(sheet.parts.length).toBeGreaterThanOrEqual(7);
        for (const part of sheet.parts) {
          expect(part.sentences.length).toBeGreaterThan(0);
          for (const sentence of part.sentences) {
            expect(plain(sentence).trim()).not.toBe('');
            expect(plain(sentence)).not.toMatch(/undefined|\[object/);
          }
        }
      }),
    );
  });

  it('names the first of many tools and how many more there are', () => {
    const tools = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [`tool.${index}`, { action: 'read' as const }]),
    );
    const { alone } = textOf({
      ...aContract({ authority: { rules: [] }, evidence: [] }),
      tools,
    });
    expect(alone).toBe('It reads with tool.0, tool.1, tool.2, tool.3, tool.4 and 195 more.');
  });

  it('of the workspace defaults does not say for whom they work', () => {
    const text = textOf(workspaceDefaults('head@example.com', '2026-01-15'));
    expect(text.is).not.toContain('works for');
    expect(text.never).toBe('It may use tools that are not listed; each such use is flagged.');
  });
});
