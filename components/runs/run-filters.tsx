'use client';

import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { fetchJson } from '@/components/shell/fetch-json';
import { Band } from '@/components/ui/band';
import { FacetMenu } from '@/components/ui/facet-menu';
import { LaneTag } from '@/components/ui/lane-tag';
import { BANDS } from '@/lib/contract/schema';
import { LANES } from '@/lib/decision/types';
import { shortDigest } from '@/lib/format';
import type { RunFacets } from '@/lib/services/runs/list-run-facets';
import { RUN_STATUSES } from '@/lib/services/runs/run-filters';
import { NO_SEARCH, type RunSearch, viewOf } from './run-search';
import { RunStatus, STATUS_WORDS } from './run-status';
import { TimeFacet } from './time-facet';

const BAND_WORDS = { low: 'Low', medium: 'Medium', high: 'High', critical: 'Critical' } as const;
const FLAGS = [
  { value: 'breached', text: 'Broke a clause' },
  { value: 'incident', text: 'Opened an incident' },
  { value: 'silent', text: 'Silent: opened none' },
  { value: 'clean', text: 'Wholly silent: nothing noticed' },
  { value: 'scored', text: 'Has a score' },
  { value: 'unknownTools', text: 'Called unknown tools' },
  { value: 'unpriced', text: 'Has unpriced model calls' },
  { value: 'askedOnly', text: 'Asked for decisions only' },
] as const;

/** The facets of the list of runs; everything chosen stands in the URL. */
export function RunFilters({
  search,
  onChange,
  facets,
  views,
}: {
  search: RunSearch;
  onChange: (change: Partial<RunSearch>) => void;
  facets: RunFacets;
  /** The row of saved views above. */
  views: ReactNode;
}) {
  const { data } = useQuery({
    queryKey: ['runs-facets'],
    queryFn: () => fetchJson<RunFacets>('/api/runs/facets'),
    initialData: facets,
    staleTime: 60_000,
  });
  const view = viewOf(search);
  return (
    <div className="mb-4 grid grid-cols-[minmax(0,1fr)] gap-2.5">
      {views}
      <search className="flex flex-wrap items-center gap-2" aria-label="Filters">
        <KeySearch value={search.q} onChange={(q) => onChange({ q })} />
        <FacetMenu
          label="Agent"
          options={data.agents.map((agent) => ({ value: agent.name, text: agent.displayName }))}
          chosen={search.agent === '' ? [] : [search.agent]}
          onChange={([agent = '']) => onChange({ agent })}
        />
        {data.units.length === 0 ? null : (
          <FacetMenu
            label="Business unit"
            options={[
              ...data.units.map((unit) => ({ value: unit, text: unit })),
              { value: '-', text: 'Of none' },
            ]}
            chosen={search.unit === '' ? [] : [search.unit]}
            onChange={([unit = '']) => onChange({ unit })}
          />
        )}
        <FacetMenu
          label="Status"
          multiple
          options={RUN_STATUSES.map((status) => ({
            value: status,
            text: STATUS_WORDS[status],
            look: <RunStatus status={status} />,
          }))}
          chosen={search.status}
          onChange={(chosen) => onChange({ status: RUN_STATUSES.filter((each) => chosen.includes(each)) })}
        />
        <FacetMenu
          label="Band"
          multiple
          options={BANDS.map((band) => ({ value: band, text: BAND_WORDS[band], look: <Band band={band} /> }))}
          chosen={search.band}
          onChange={(chosen) => onChange({ band: BANDS.filter((each) => chosen.includes(each)) })}
        />
        <FacetMenu
          label="Answer"
          multiple
          options={LANES.map((lane) => ({ value: lane, text: lane, look: <LaneTag lane={lane} /> }))}
          chosen={search.lane}
          onChange={(chosen) => onChange({ lane: LANES.filter((each) => chosen.includes(each)) })}
        />
        <FacetMenu
          label="Tool"
          options={data.tools.map((tool) => ({
            value: tool,
            text: tool,
            look: <span className="code">{tool}</span>,
          }))}
          chosen={search.tool === '' ? [] : [search.tool]}
          onChange={([tool = '']) => onChange({ tool })}
        />
        <FacetMenu
          label="Contract"
          options={data.versions.map((version) => ({
            value: version.digest,
            text: `${version.agent ?? 'workspace defaults'} version ${version.number}, ${shortDigest(version.digest)}`,
          }))}
          chosen={search.version === '' ? [] : [search.version]}
          onChange={([version = '']) => onChange({ version })}
        />
        <TimeFacet from={search.from} to={search.to} onChange={onChange} />
        <FacetMenu
          label="More"
          multiple
          options={FLAGS}
          chosen={FLAGS.filter((each) => search[each.value]).map((each) => each.value)}
          onChange={(chosen) =>
            onChange({
              breached: chosen.includes('breached'),
              incident: chosen.includes('incident'),
              silent: chosen.includes('silent'),
              clean: chosen.includes('clean'),
              scored: chosen.includes('scored'),
              unknownTools: chosen.includes('unknownTools'),
              unpriced: chosen.includes('unpriced'),
              askedOnly: chosen.includes('askedOnly'),
            })
          }
        />
        {view === 'All' ? null : (
          <button type="button" className="prose-link px-1 text-sm" onClick={() => onChange(NO_SEARCH)}>
            Clear filters
          </button>
        )}
      </search>
    </div>
  );
}

const PAUSE_MS = 250;

/** Words of a run: its key, tools, clauses; waits for a pause in typing. */
function KeySearch({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [typed, setTyped] = useState(value);
  const told = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    // The URL changed by other means (back button, a view): follow it.
    if (value !== told.current) setTyped(value);
    told.current = value;
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <input
      type="search"
      aria-label="Search runs"
      placeholder="Search runs"
      title="Words of the key, the conversation, the tools it called and the clauses it broke"
      value={typed}
      maxLength={200}
      onChange={(event) => {
        const next = event.target.value;
        setTyped(next);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => {
          told.current = next.trim();
          onChange(next.trim());
        }, PAUSE_MS);
      }}
      className="min-h-7 w-40 rounded-md border border-line-strong bg-sheet px-2.5 py-1 text-sm"
    />
  );
}
