import { z } from 'zod';
import { type BacktestReport, MOVES } from '@/lib/decision/backtest-report';

const lane = z.enum(['allow', 'degrade', 'escalate', 'block']);
const count = z.int().min(0);
const band = z.enum(['low', 'medium', 'high', 'critical']);
const beforeAfter = z.object({ before: z.number(), after: z.number() });
const outcome = z.object({ band, pages: z.boolean() });

/** A report as it is stored. */
export const reportSchema: z.ZodType<BacktestReport> = z.object({
  since: z.string(),
  until: z.string(),
  days: count,
  runs: count,
  unchanged: count,
  undecided: count,
  stricter: count,
  looser: count,
  moves: z.object({
    'let-through': count,
    waits: count,
    refused: count,
    narrowed: count,
    'asks-instead': count,
  }),
  approvalsPerDay: z.object({ before: z.number(), after: z.number() }),
  stoppedUsd: z.number(),
  clauses: z.array(z.object({ clause: z.string(), runs: count })),
  idleChanges: z.array(z.string()),
  examples: z.array(
    z.object({
      move: z.enum(MOVES),
      runId: z.string(),
      runKey: z.string(),
      startedAt: z.string(),
      traceId: z.string().nullable(),
      spanId: z.string().nullable(),
      tool: z.string(),
      call: count,
      before: lane,
      after: lane,
      clauses: z.array(z.string()),
      spentAfterUsd: z.number(),
    }),
  ),
  undecidedExamples: z.array(
    z.object({
      runId: z.string(),
      runKey: z.string(),
      tool: z.string(),
      call: count,
      clauses: z.array(z.string()),
    }),
  ),
  outcomes: z
    .object({
      bands: z.array(z.object({ before: band, after: band, runs: count })),
      incidentsPerDay: beforeAfter,
      pagesPerDay: beforeAfter,
      costPerDay: beforeAfter,
      examples: z.array(
        z.object({
          runId: z.string(),
          runKey: z.string(),
          startedAt: z.string(),
          before: outcome,
          after: outcome,
        }),
      ),
    })
    .optional(),
});

/** What a signer reads of a report, in a sentence. */
export function summaryOf(report: BacktestReport): string {
  const { runs, unchanged, undecided, moves } = report;
  if (runs === 0) return `No runs were recorded in ${report.days} days: there is nothing to replay.`;
  const changed = runs - unchanged - undecided;
  const parts = [
    part(moves.waits + moves['asks-instead'], 'would wait for a person'),
    part(moves.refused, 'would be refused'),
    part(moves.narrowed, 'would be narrowed'),
    part(moves['let-through'], 'newly let through'),
  ].flatMap((each) => each ?? []);
  const told = `${changed} of ${runs} runs changed${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`;
  return `${told}.${undecided === 0 ? '' : ` ${undecided} could not be told, for want of their arguments.`}`;
}

function part(count: number, what: string): string | null {
  return count === 0 ? null : `${count} ${what}`;
}
