'use client';

import { parseAsArrayOf, parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { FacetMenu } from '@/components/ui/facet-menu';
import { formatDate } from '@/lib/format';
import { SIGNAL_FAMILIES } from '@/lib/scoring/criteria';
import { FAMILY_NAMES, sourceName } from './words';

const STATES = [
  { value: 'current', text: 'Counting' },
  { value: 'waiting', text: 'Waiting for run or agent' },
  { value: 'corrected', text: 'Corrected since' },
  { value: 'stray', text: 'Of another agent’s run' },
];
const PARSERS = {
  agent: parseAsString.withDefault(''),
  family: parseAsStringLiteral([...SIGNAL_FAMILIES, '']).withDefault(''),
  metric: parseAsArrayOf(parseAsString).withDefault([]),
  source: parseAsString.withDefault(''),
  state: parseAsString.withDefault(''),
  run: parseAsString.withDefault(''),
  since: parseAsString.withDefault(''),
  after: parseAsString.withDefault(''),
};

/** What the list of signals is narrowed by; in the address. */
export function SignalFilters({
  agents,
  sources,
  metrics,
  since,
}: {
  agents: readonly { name: string; displayName: string }[];
  sources: readonly string[];
  /** Those it is narrowed to by the page that led here. */
  metrics: readonly string[];
  /** The day (UTC) that page counts from; empty: from the first. */
  since: string;
}) {
  const [search, setSearch] = useQueryStates(PARSERS, { history: 'push', shallow: false });
  const change = (next: Partial<typeof search>) => void setSearch({ ...next, after: null });
  const filtered =
    search.agent !== '' ||
    search.family !== '' ||
    metrics.length > 0 ||
    search.source !== '' ||
    search.run !== '' ||
    since !== '' ||
    search.state !== '';
  return (
    <search className="mb-4 flex flex-wrap items-center gap-2" aria-label="Filters">
      <FacetMenu
        label="Agent"
        options={agents.map((agent) => ({ value: agent.name, text: agent.displayName }))}
        chosen={search.agent === '' ? [] : [search.agent]}
        onChange={([agent = '']) => change({ agent })}
      />
      <FacetMenu
        label="Family"
        options={SIGNAL_FAMILIES.map((family) => ({ value: family, text: FAMILY_NAMES[family] }))}
        chosen={search.family === '' ? [] : [search.family]}
        onChange={([chosen]) => change({ family: SIGNAL_FAMILIES.find((family) => family === chosen) ?? '' })}
      />
      <FacetMenu
        label="Source"
        options={sources.map((source) => ({ value: source, text: sourceName(source) }))}
        chosen={search.source === '' ? [] : [search.source]}
        onChange={([source = '']) => change({ source })}
      />
      <FacetMenu
        label="State"
        options={STATES}
        chosen={search.state === '' ? [] : [search.state]}
        onChange={([state = '']) => change({ state })}
      />
      {metrics.length === 0 ? null : (
        <span className="text-sm text-ink-2">
          Metric <span className="code text-ink">{metrics.join(', ')}</span>
        </span>
      )}
      {search.run === '' ? null : <span className="text-sm text-ink-2">of one run</span>}
      {since === '' ? null : (
        <span className="text-sm text-ink-2">since {formatDate(`${since}T12:00:00Z`, 'UTC')} (UTC)</span>
      )}
      {filtered ? (
        <button
          type="button"
          className="prose-link min-h-6 px-1 text-sm"
          onClick={() =>
            void setSearch({
              agent: null,
              family: null,
              metric: null,
              source: null,
              state: null,
              run: null,
              since: null,
              after: null,
            })
          }
        >
          Clear filters
        </button>
      ) : null}
    </search>
  );
}
