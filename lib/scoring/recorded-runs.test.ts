import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { compile } from '@/lib/decision/compile';
import { evaluate } from '@/lib/decision/evaluate';
import { addCall } from '@/lib/decision/run-facts';
import { givenPolicy, givenState } from '@/lib/decision/testing/given';
import { decide } from '@/lib/decision/testing/oracle';
import type { Policy } from '@/lib/decision/types';
import { detect } from './detectors';

const FOLDER = '../shared/data';
const isThere = existsSync(`${FOLDER}/airline.jsonl`);
if (!isThere) console.log(`Left out: recorded runs are not at ${FOLDER}.`);

const toolSchema = z.object({
  class: z.enum(['read', 'write', 'transact']),
  data_categories: z.array(z.string()).default([]),
  egress: z.boolean().default(false),
});
const catalogueSchema = z.union([
  z.object({ domains: z.record(z.string(), z.record(z.string(), toolSchema)) }),
  z.object({ tools: z.record(z.string(), toolSchema) }),
]);
const runSchema = z.object({
  run_id: z.string(),
  steps: z.array(z.object({ kind: z.string(), name: z.string(), args: z.unknown().optional() })),
});

function toolsOf(file: string): Policy['tools'] {
  const catalogue = catalogueSchema.parse(JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')));
  const tools =
    'tools' in catalogue ? catalogue.tools : Object.assign({}, ...Object.values(catalogue.domains));
  return Object.fromEntries(
    Object.entries(z.record(z.string(), toolSchema).parse(tools)).map(([name, tool]) => [
      name,
      {
        action: tool.class,
        egress: tool.egress,
        categories: tool.data_categories.map((one) => one.toLowerCase()),
      },
    ]),
  );
}

function runsOf(file: string) {
  return readFileSync(`${FOLDER}/${file}`, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => runSchema.parse(JSON.parse(line)))
    .map(({ run_id, steps }) => ({ id: run_id, calls: steps.filter(({ kind }) => kind === 'tool') }));
}

const AGENTS = [
  ['airline.jsonl', 'airline.tools.json'],
  ['banking.jsonl', 'assistant.tools.json'],
  ['slack.jsonl', 'assistant.tools.json'],
  ['travel.jsonl', 'assistant.tools.json'],
  ['workspace.jsonl', 'assistant.tools.json'],
] as const;

describe.runIf(isThere)('what real agents did', { timeout: 60_000 }, () => {
  it.each(AGENTS)('is decided as its specification says: %s', (runs, catalogue) => {
    const policy = givenPolicy({
      tools: toolsOf(catalogue),
      authority: {
        level: 'bounded',
        defaults: { transact: 'approval' },
        rules: [
          {
            id: 'small',
            tools: [],
            actions: ['transact'],
            when: [{ field: 'arg.amount', op: '<=', value: 100 }],
            tier: 'alone',
          },
          {
            id: 'contact-data',
            tools: [],
            actions: ['write'],
            when: [{ field: 'category', op: 'in', value: ['pii'] }],
            tier: 'escalation',
          },
        ],
      },
      cost: { callsPerRun: 12, repeatedCalls: 2, onBreach: { callsPerRun: 'page' } },
    });
    const compiled = compile(policy);
    const lanes = new Set<string>();
    for (const { calls } of runsOf(runs)) {
      const state = givenState();
      for (const [index, { name, args }] of calls.entries()) {
        const call = {
          tool: name,
          arguments: args,
          argumentsDigest: createHash('sha256')
            .update(JSON.stringify(args ?? null))
            .digest('hex'),
          categories: compiled.tools.get(name)?.categories ?? [],
          at: 1_800_000_000_000 + index * 1000,
        };
        const answer = evaluate(compiled, state, call);
        const expected = decide(policy, state, call);
        expect(answer.lane).toBe(expected.lane);
        expect(answer.findings.map(({ clause, code }) => `${clause} ${code}`)).toEqual(
          expected.findings.map(({ clause, code }) => `${clause} ${code}`),
        );
        expect(answer.undecided).toEqual(expected.undecided);
        lanes.add(answer.lane);
        addCall(state, compiled, call);
      }
    }
    expect(lanes.size).toBeGreaterThan(1);
  });

  it('holds bank accounts only where money is sent, and card numbers nowhere', () => {
    const found = new Map<string, number>();
    for (const [runs] of AGENTS)
      for (const { calls } of runsOf(runs))
        for (const { name, args } of calls)
          for (const category of detect(args, ['iban', 'payment-card'])) {
            const key = `${name} ${category}`;
            found.set(key, (found.get(key) ?? 0) + 1);
          }
    // 20 of 3,308 calls: every one a published example IBAN; made-up ones ("US122000000121212121212") do not count.
    expect(Object.fromEntries(found)).toEqual({ 'send_money bank-account': 20 });
  });
});
