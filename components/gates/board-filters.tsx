'use client';

import { useQueryStates } from 'nuqs';
import { FacetMenu } from '@/components/ui/facet-menu';
import { boardParsers } from './board-search';

/** Narrows the board; the address holds it. */
export function BoardFilters({ units }: { units: readonly string[] }) {
  const [search, setSearch] = useQueryStates(boardParsers, { history: 'push', shallow: false });
  return (
    <search className="mb-4 flex flex-wrap items-center gap-2" aria-label="Filters">
      <FacetMenu
        label="Business unit"
        options={units.map((unit) => ({ value: unit, text: unit }))}
        chosen={search.unit === '' ? [] : [search.unit]}
        onChange={([unit]) => void setSearch({ unit: unit ?? null })}
      />
      {search.unit !== '' ? (
        <button
          type="button"
          className="prose-link px-1 text-sm"
          onClick={() => void setSearch({ unit: null })}
        >
          All units
        </button>
      ) : null}
    </search>
  );
}
