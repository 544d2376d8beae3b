import { formatExactMoney } from '@/lib/format';
import {
  authorityRows,
  category,
  figure,
  listed,
  lowerFirst,
  type Part,
  person,
  type Sentence,
  withStop,
} from './describe';
import type { Contract } from './schema';
import { filtersOf } from './terms';

/**
 * "In short": the contract in a few sentences that a business owner understands in two minutes, written by rule from
 * the clauses. Nothing in it comes from anywhere else.
 */
export function summarise(contract: Contract): Sentence[] {
  return [
    tasks(contract),
    ...alone(contract),
    ...never(contract),
    ...data(contract),
    ...spending(contract),
    pages(contract),
  ];
}

function tasks(contract: Contract): Sentence {
  const statements = contract.scope.tasks.map((task) => lowerFirst(task.statement.replace(/\.$/, '')));
  const shown = statements.slice(0, 5);
  const rest = statements.length - shown.length;
  return [`Its tasks: ${shown.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}.`];
}

function alone(contract: Contract): Sentence[] {
  const rows = authorityRows(contract).filter(
    (row) => row.clause.startsWith('authority/') && row.statement !== undefined,
  );
  return rows.slice(0, 4).map((row): Sentence => [withStop(row.statement ?? '')]);
}

function never(contract: Contract): Sentence[] {
  const acts = contract.scope.forbidden.map((act) =>
    lowerFirst(act.statement.replace(/^never\s+/i, '').replace(/\.$/, '')),
  );
  if (acts.length === 0) return [];
  return [['It may never ', ...listed(acts, ' or '), '.']];
}

function data(contract: Contract): Sentence[] {
  const entries = Object.values(contract.tools);
  const touched = [...new Set(entries.flatMap((entry) => entry.categories))].sort();
  const filtered = [
    ...new Set(entries.flatMap((entry) => filtersOf(entry).flatMap((filter) => filter.categories))),
  ].sort();
  return [
    ...(touched.length === 0
      ? []
      : [['It may touch ', ...listed(touched.map(category)), ' data; anything else is a breach.']]),
    ...(filtered.length === 0
      ? []
      : [['Where ', ...listed(filtered.map(category), ' or '), ' data may come up, it is filtered first.']]),
  ];
}

function spending(contract: Contract): Sentence[] {
  const { perRun, perDay, perMonth, callsPerRun } = contract.cost;
  const parts: Part[][] = [];
  if (perRun !== undefined) parts.push([figure(formatExactMoney(perRun)), ' a run']);
  if (perDay !== undefined) parts.push([figure(formatExactMoney(perDay)), ' a day']);
  if (perMonth !== undefined) parts.push([figure(formatExactMoney(perMonth)), ' a month']);
  const sentences: Sentence[] = [];
  if (parts.length > 0)
    sentences.push([
      'It may spend ',
      ...parts.flatMap((part, index): Part[] => [
        ...(index === 0 ? [] : [index === parts.length - 1 ? ' and ' : ', ']),
        ...part,
      ]),
      '.',
    ]);
  if (callsPerRun !== undefined)
    sentences.push(['It may call tools at most ', figure(String(callsPerRun)), ' times in a run.']);
  return sentences;
}

function pages(contract: Contract): Sentence {
  const paging = (['high', 'critical'] as const).filter((band) => contract.failure[band].includes('page'));
  if (paging.length === 0) return ['A breach is recorded; nobody is paged.'];
  const pauses = paging.some((band) => contract.failure[band].includes('pause'));
  return [
    `A ${paging.join(' or ')} breach ${pauses ? 'pauses the run and ' : ''}pages `,
    person(contract.ownership.operator),
    '.',
  ];
}
