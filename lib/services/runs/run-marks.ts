import { BANDS } from '@/lib/contract/schema';
import type { SqlValues } from '@/lib/db/sql-values';
import type { Sought } from './run-conditions';
import { LANE_NAMES, RUN_STATUSES, type RunFilters } from './run-filters';

/**
 * What `run.marks` says of a run, as the migration marks-of-runs makes it: where in the figure each thing stands. It stands in every
 * index of the list, so that most runs that do not fit are passed over in the index alone. It may let some through that do not fit
 * (of an agent or a version it has only the last digits, of a moment only the day), and none that fit is kept back.
 */
const AT = {
  band: 0,
  lane: 2,
  status: 4,
  recorded: 7,
  breached: 8,
  incident: 9,
  scored: 10,
  unknownTools: 11,
  unpriced: 12,
  agent: 13,
  version: 25,
  day: 37,
} as const;
/** How often there may be one among others: the last three hexadecimal digits of an id. */
const DIGITS = 3;
const LAST_DAY = 65_535;
const DAY_MS = 86_400_000;

/** What a wholly silent run was answered at most. */
const CLEAN_LANES = ['allow', 'degrade'] as const;

/** The condition on `marks` (a column, with its alias) that every run that fits meets. */
export function marksThatFit(
  marks: string,
  filters: RunFilters,
  named: Omit<Sought, 'words'>,
  values: SqlValues,
): string {
  const parts: string[] = [];
  const bits = (at: number, width: number) => `((${marks} >> ${at}) & ${2 ** width - 1})`;
  const among = (at: number, width: number, allowed: readonly number[]) =>
    parts.push(
      allowed.length === 1
        ? `${bits(at, width)} = ${allowed[0]}`
        : `${bits(at, width)} = ANY(${values.add(allowed)}::bigint[])`,
    );
  // Those that are or are not there, all at once.
  const wanted = new Map<number, boolean>();
  let possible = true;
  const must = (at: number, there: boolean) => {
    if (wanted.get(at) === !there) possible = false;
    wanted.set(at, there);
  };
  if (filters.band.length > 0 || filters.silent || filters.clean) must(AT.recorded, true);
  if (filters.askedOnly) must(AT.recorded, false);
  if (filters.breached) must(AT.breached, true);
  if (filters.clean) must(AT.breached, false);
  if (filters.incident) must(AT.incident, true);
  if (filters.silent) must(AT.incident, false);
  if (filters.scored) must(AT.scored, true);
  if (filters.unknownTools) must(AT.unknownTools, true);
  if (filters.unpriced) must(AT.unpriced, true);
  if (!possible) parts.push('false');
  if (wanted.size > 0) {
    const sum = (all: [number, boolean][]) => all.reduce((figure, [at]) => figure + 2 ** at, 0);
    const all = [...wanted];
    parts.push(`(${marks} & ${sum(all)}) = ${sum(all.filter(([, there]) => there))}`);
  }
  if (filters.band.length > 0)
    among(
      AT.band,
      2,
      filters.band.map((band) => BANDS.indexOf(band)),
    );
  if (filters.lane.length > 0)
    among(
      AT.lane,
      2,
      filters.lane.map((lane) => LANE_NAMES.indexOf(lane)),
    );
  if (filters.clean)
    among(
      AT.lane,
      2,
      CLEAN_LANES.map((lane) => LANE_NAMES.indexOf(lane)),
    );
  if (filters.status.length > 0)
    among(
      AT.status,
      3,
      filters.status.map((status) => RUN_STATUSES.indexOf(status)),
    );
  if (named.agentIds !== null) among(AT.agent, 4 * DIGITS, endsOf(named.agentIds));
  if (named.versionIds !== null) among(AT.version, 4 * DIGITS, endsOf(named.versionIds));
  if (named.from !== null) parts.push(`${marks} >> ${AT.day} >= ${dayOf(named.from)}`);
  if (named.to !== null) parts.push(`${marks} >> ${AT.day} <= ${dayOf(named.to)}`);
  return parts.length === 0 ? 'true' : parts.join(' AND ');
}

function endsOf(ids: readonly string[]): number[] {
  return [...new Set(ids.map((id) => Number.parseInt(id.slice(-DIGITS), 16)))];
}

function dayOf(moment: string): number {
  return Math.max(0, Math.min(LAST_DAY, Math.floor(Date.parse(moment) / DAY_MS)));
}
