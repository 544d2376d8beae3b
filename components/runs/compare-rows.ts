import { categoryTitle } from '@/lib/contract/categories';
import { formatCount, formatDuration, formatMoney, formatNumber, formatPercent, plural } from '@/lib/format';
import { type AlignedStep, alignSteps } from '@/lib/response/align-runs';
import { type Fingerprint, PARTS, type Part } from '@/lib/response/fingerprint';
import type { AskedDecision, RunDetail } from '@/lib/services/runs/get-run';
import type { SpanRow } from '@/lib/services/runs/list-run-spans';
import { buildTree, type SpanNode } from './span-tree';

/** One figure of two runs. `less` is better by less, `more` by more; null where neither is. */
export interface FigureRow {
  name: string;
  a: string;
  b: string;
  differs: boolean;
  /** "+$0.12", "−3"; null where a difference cannot be counted. */
  change: string | null;
}

const UNKNOWN = 'unknown';

/** The figures of two runs beside each other. */
export function figureRows(a: RunDetail, b: RunDetail): FigureRow[] {
  const words = (name: string, of: (run: RunDetail) => string): FigureRow => {
    const [left, right] = [of(a), of(b)];
    return { name, a: left, b: right, differs: left !== right, change: null };
  };
  const number = (
    name: string,
    of: (run: RunDetail) => number | null,
    text: (value: number) => string,
  ): FigureRow => {
    const [left, right] = [of(a), of(b)];
    const told = (value: number | null) => (value === null ? UNKNOWN : text(value));
    const change = left === null || right === null ? null : right - left;
    return {
      name,
      a: told(left),
      b: told(right),
      differs: told(left) !== told(right),
      change:
        change === null || told(left) === told(right)
          ? null
          : `${change > 0 ? '+' : '−'}${text(Math.abs(change))}`,
    };
  };
  /** Nothing is known of a run that sent no span. */
  const recorded = (of: (run: RunDetail) => number) => (run: RunDetail) =>
    run.band === null ? null : of(run);
  const points = (value: number) => formatNumber(value, 1);
  return [
    words('Agent', (run) => run.agent.displayName),
    words('Contract', (run) =>
      run.contract === null
        ? 'none'
        : `${run.contract.ofAgent ? `v${run.versionName ?? run.contract.number}` : `defaults ${run.contract.number}`}`,
    ),
    words('Status', (run) => run.status),
    words('Band', (run) => run.band ?? UNKNOWN),
    words('Strictest answer', (run) => run.lane),
    number('Score', (run) => run.score, points),
    number('Risk score', (run) => run.pillars.risk, points),
    number('Quality score', (run) => run.pillars.quality, points),
    number('Cost score', (run) => run.pillars.cost, points),
    words('Measured', (run) => (run.score === null ? 'nothing' : formatPercent(run.scoreCoverage, 0))),
    number(
      'Risk, points',
      recorded((run) => run.risk),
      points,
    ),
    number(
      'Clauses broken',
      recorded((run) => run.breachCount),
      formatCount,
    ),
    number('Cost', (run) => (run.band === null || run.unpricedCalls > 0 ? null : run.costUsd), formatMoney),
    number(
      'Tokens in',
      recorded((run) => run.inputTokens),
      formatCount,
    ),
    number(
      'Tokens out',
      recorded((run) => run.outputTokens),
      formatCount,
    ),
    number(
      'Model calls',
      recorded((run) => run.modelCalls),
      formatCount,
    ),
    number(
      'Tool calls',
      recorded((run) => run.toolCalls),
      formatCount,
    ),
    number('Spans', (run) => run.spanCount, formatCount),
    number(
      'Failed spans',
      recorded((run) => run.errorCount),
      formatCount,
    ),
    number(
      'Duration of work',
      recorded((run) => run.durationMs),
      formatDuration,
    ),
    number(
      'Waited for people',
      recorded((run) => run.waitedMs),
      formatDuration,
    ),
    number('Decisions asked for', (run) => run.decisionCount, formatCount),
  ];
}

export interface PrintRow {
  part: Part;
  onlyA: string[];
  both: string[];
  onlyB: string[];
  /** True when a side had more than is kept, so that a difference may be none. */
  cut: boolean;
}

/** What both were made of, and what only one. */
export function printRows(a: Fingerprint, b: Fingerprint): PrintRow[] {
  return PARTS.map((part) => ({
    part,
    onlyA: a[part].filter((item) => !b[part].includes(item)),
    both: a[part].filter((item) => b[part].includes(item)),
    onlyB: b[part].filter((item) => !a[part].includes(item)),
    cut: a.cut.includes(part) || b.cut.includes(part),
  }));
}

/** A span as a step: calls of one tool are the same step, whatever they were given; calls of models are. */
interface SpanStep {
  what: string;
  span: SpanRow;
  children: SpanStep[];
}

export interface StepRow extends AlignedStep<SpanStep> {
  /** What is not the same of a step that both did, in words; empty where nothing is. */
  differences: string[];
  /** True for the span round a whole run that the other has not sent: it comes when that run ends, and is no difference. */
  pending: boolean;
}

/**
 * The spans of two runs, the same steps beside each other. The span round a run comes at its end; where one of the two has not
 * sent it, the other's is set apart and what is below it is compared.
 */
export function stepRows(a: readonly SpanRow[], b: readonly SpanRow[]): StepRow[] {
  const [left, right] = [stepsOf(a), stepsOf(b)];
  const [openA, openB] = [hasOrphans(left), hasOrphans(right)];
  const [roundA, insideA] = openB && !openA ? unwrap(left) : [[], left];
  const [roundB, insideB] = openA && !openB ? unwrap(right) : [[], right];
  const pending = { level: 1, differences: [], pending: true };
  return [
    ...roundA.map((step): StepRow => ({ ...pending, a: step, b: null })),
    ...roundB.map((step): StepRow => ({ ...pending, a: null, b: step })),
    ...alignSteps(insideA, insideB).map(
      (row): StepRow => ({
        ...row,
        differences: row.a === null || row.b === null ? [] : differencesOf(row.a.span, row.b.span),
        pending: false,
      }),
    ),
  ];
}

/** Whether steps stand at the top whose parent has not arrived. */
function hasOrphans(steps: readonly SpanStep[]): boolean {
  return steps.some((step) => step.span.parentSpanId !== null);
}

/** The spans round a run, and what is below them. */
function unwrap(steps: readonly SpanStep[]): [round: SpanStep[], inside: SpanStep[]] {
  const isRound = ({ span, children }: SpanStep) =>
    children.length > 0 && (span.operation === 'agent' || span.operation === 'workflow');
  return [steps.filter(isRound), steps.flatMap((step) => (isRound(step) ? step.children : [step]))];
}

function stepsOf(spans: readonly SpanRow[]): SpanStep[] {
  const steps = new Map<SpanNode, SpanStep>();
  const roots = buildTree(spans, []);
  const open = [...roots];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    steps.set(node, { what: whatOf(node.span), span: node.span, children: [] });
    open.push(...node.children);
  }
  for (const [node, step] of steps) step.children = node.children.flatMap((child) => steps.get(child) ?? []);
  return roots.flatMap((root) => steps.get(root) ?? []);
}

/** Operation and tool; a model is no part of it, so that another model at the same place shows as a difference there. */
function whatOf(span: SpanRow): string {
  return `${span.operation} ${span.tool ?? (span.operation === 'model' ? '' : span.name)}`.trim();
}

function differencesOf(a: SpanRow, b: SpanRow): string[] {
  const differences: string[] = [];
  if ((a.model ?? '') !== (b.model ?? ''))
    differences.push(`model ${a.model ?? 'none'}, then ${b.model ?? 'none'}`);
  if ((a.lane ?? '') !== (b.lane ?? ''))
    differences.push(`answer ${a.lane ?? 'none'}, then ${b.lane ?? 'none'}`);
  if ((a.status === 'error') !== (b.status === 'error'))
    differences.push(a.status === 'error' ? 'failed only in A' : 'failed only in B');
  const data = setChange(a.categories, b.categories, categoryTitle);
  if (data !== '') differences.push(`touched ${data}`);
  const clauses = setChange(a.clauses, b.clauses, (clause) => clause);
  if (clauses !== '') differences.push(`clauses ${clauses}`);
  return differences;
}

function setChange(a: readonly string[], b: readonly string[], text: (item: string) => string): string {
  const only = (left: readonly string[], right: readonly string[]) =>
    left.filter((item) => !right.includes(item)).map(text);
  const [inA, inB] = [only(a, b), only(b, a)];
  return [
    inA.length === 0 ? '' : `${inA.join(', ')} only in A`,
    inB.length === 0 ? '' : `${inB.join(', ')} only in B`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}

export type FoldedRow =
  | { kind: 'row'; at: number; row: StepRow }
  | { kind: 'alike'; at: number; count: number };

/** Fewer alike steps in a row are not worth folding. */
const FOLD_FROM = 3;

/** The rows on screen: long stretches in which both did the same are folded. `at` counts from 1. */
export function foldAlike(rows: readonly StepRow[]): FoldedRow[] {
  const folded: FoldedRow[] = [];
  for (let at = 0; at < rows.length; ) {
    let end = at;
    while (end < rows.length && isAlike(rows[end])) end += 1;
    const keep = end - at < FOLD_FROM ? end : at;
    for (; at < keep; at += 1) push(at);
    if (end > at) {
      folded.push({ kind: 'alike', at: at + 1, count: end - at });
      at = end;
    }
    if (at < rows.length && !isAlike(rows[at])) {
      push(at);
      at += 1;
    }
  }
  return folded;
  function push(at: number) {
    const row = rows[at];
    if (row !== undefined) folded.push({ kind: 'row', at: at + 1, row });
  }
}

const isAlike = (row: StepRow | undefined) =>
  row !== undefined && row.a !== null && row.b !== null && row.differences.length === 0;
/** Not to be folded away, and yet no difference. */
const isNoDifference = (row: StepRow) => row.pending || isAlike(row);

/** Decisions that were asked for, those of the same tools beside each other. */
export function decisionRows(a: readonly AskedDecision[], b: readonly AskedDecision[]) {
  const steps = (decisions: readonly AskedDecision[]) =>
    decisions.map((decision) => ({ what: decision.tool, decision, children: [] }));
  return alignSteps<{ what: string; decision: AskedDecision; children: never[] }>(steps(a), steps(b));
}

/** The first step at which the two went apart, in a sentence. */
export function firstDifference(rows: readonly StepRow[]): string {
  const at = rows.findIndex((row) => !isNoDifference(row));
  const row = rows[at];
  if (row === undefined)
    return rows.length === 0
      ? 'Neither run recorded a step.'
      : `Both took the same ${plural(rows.length, 'step')}, with the same answers, data and outcomes.`;
  const step = `Step ${formatCount(at + 1)}`;
  if (row.a === null) return `${step} is the first that differs: only B has ${row.b?.span.name ?? 'it'}.`;
  if (row.b === null) return `${step} is the first that differs: only A has ${row.a.span.name}.`;
  return `${step} is the first that differs, ${row.a.span.name}: ${row.differences.join('; ')}.`;
}
