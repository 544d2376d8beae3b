import {
  createLoader,
  createParser,
  createSerializer,
  type inferParserType,
  parseAsArrayOf,
  parseAsString,
  parseAsStringLiteral,
} from 'nuqs/server';
import { BANDS } from '@/lib/contract/schema';
import { LANES } from '@/lib/decision/types';
import { RUN_COLUMN_NAMES } from '@/lib/services/runs/run-columns';
import { RUN_SORTS, RUN_STATUSES } from '@/lib/services/runs/run-filters';

const flag = createParser<boolean>({
  parse: (text) => (text === '1' ? true : null),
  serialize: () => '1',
}).withDefault(false);
const matching = (pattern: RegExp) =>
  createParser({
    parse: (text) => (pattern.test(text) ? text : null),
    serialize: (text: string) => text,
  }).withDefault('');

/** A day, or an exact moment that a figure counts from. */
const MOMENT = /^\d{4}-\d{2}-\d{2}(T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?Z)?$/;

/** What the list of runs shows, as it stands in the URL; a value that means nothing is left out. */
export const runFilterParsers = {
  agent: parseAsString.withDefault(''),
  unit: parseAsString.withDefault(''),
  status: parseAsArrayOf(parseAsStringLiteral(RUN_STATUSES)).withDefault([]),
  band: parseAsArrayOf(parseAsStringLiteral(BANDS)).withDefault([]),
  lane: parseAsArrayOf(parseAsStringLiteral(LANES)).withDefault([]),
  breached: flag,
  incident: flag,
  silent: flag,
  clean: flag,
  scored: flag,
  version: matching(/^([0-9]{1,6}|[0-9a-f]{7,64})$/),
  tool: parseAsString.withDefault(''),
  unknownTools: flag,
  unpriced: flag,
  askedOnly: flag,
  from: matching(MOMENT),
  to: matching(MOMENT),
  q: parseAsString.withDefault(''),
};
const arrangement = {
  sort: parseAsStringLiteral(RUN_SORTS).withDefault('started'),
  order: parseAsStringLiteral(['asc', 'desc']).withDefault('desc'),
};
const columns = { cols: parseAsArrayOf(parseAsStringLiteral(RUN_COLUMN_NAMES)).withDefault([]) };
const paging = { after: parseAsString.withDefault(''), before: parseAsString.withDefault('') };
export const runSearchParsers = { ...runFilterParsers, ...arrangement, ...columns, ...paging };
export type RunSearch = inferParserType<typeof runSearchParsers>;

export const loadRunSearch = createLoader(runSearchParsers);
/** `?agent=…`, without what is as usual: what the rows on screen hang on, everything but the columns. */
export const runQuery = createSerializer({ ...runFilterParsers, ...arrangement, ...paging });
/** What a saved view keeps: everything but the place in the paging. */
export const runViewQuery = createSerializer({ ...runFilterParsers, ...arrangement, ...columns });
/** The filters alone, for counting and for the file. */
export const runFilterQuery = createSerializer(runFilterParsers);

/** What a filter is reset to. */
export const NO_SEARCH: Pick<RunSearch, keyof typeof runFilterParsers> = {
  agent: '',
  unit: '',
  status: [],
  band: [],
  lane: [],
  breached: false,
  incident: false,
  silent: false,
  clean: false,
  scored: false,
  version: '',
  tool: '',
  unknownTools: false,
  unpriced: false,
  askedOnly: false,
  from: '',
  to: '',
  q: '',
};

type Filters = Partial<typeof NO_SEARCH>;
/** Views that everybody has, each a set of filters. */
export const RUN_VIEWS: readonly { name: string; filters: Filters }[] = [
  { name: 'All', filters: {} },
  { name: 'Breached', filters: { breached: true } },
  { name: 'Refused or escalated', filters: { lane: ['escalate', 'block'] } },
  { name: 'Paused', filters: { status: ['paused'] } },
  { name: 'Unpriced', filters: { unpriced: true } },
  { name: 'Unknown tools', filters: { unknownTools: true } },
];

/** The view whose filters are exactly those, or null when they are somebody's own. */
export function viewOf(search: Partial<RunSearch>): string | null {
  const now = runFilterQuery(search);
  return RUN_VIEWS.find((view) => runFilterQuery(view.filters) === now)?.name ?? null;
}
