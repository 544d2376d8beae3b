import { Band } from '@/components/ui/band';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { categoryTitle } from '@/lib/contract/categories';
import { ACTION_CLASSES, type Band as BandName, type Contract } from '@/lib/contract/schema';
import { formatExact, formatNumber } from '@/lib/format';
import { spanRisk } from '@/lib/scoring/risk';
import type { BrokenClause } from '@/lib/services/contracts/get-contract';
import { ClauseNotes, type NotesFor } from './clause-notes';
import { BrokenBy, ClauseName, MARKED } from './clause-row';

const CLASS_WORDS = { read: 'Read', write: 'Written', transact: 'Transacted' } as const;

/** What one span that touches a category weighs, by what it does with it: computed by the function that scores runs. */
export function WeightTable({ contract, notes }: { contract: Contract; notes: NotesFor | null }) {
  const { risk, tools } = contract;
  const weights = Object.entries(risk.categories).sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
  const unweighed = [...new Set(Object.values(tools).flatMap((tool) => tool.categories))]
    .filter((slug) => !Object.hasOwn(risk.categories, slug))
    .sort();
  return (
    <div data-clause="" className={`group min-w-0 ${MARKED}`}>
      <Table label="Risk of one span by data category">
        <caption className="relative py-2 text-left text-sm text-ink-2">
          <span id="risk/categories" />
          <span id="risk/actions" />
          <ClauseName path="risk/categories" /> What one span adds, by the data it touches and what it does
          with it.
          <ClauseNotes clause="risk/categories" also={inside(contract)} notes={notes} />
        </caption>
        <thead>
          <tr>
            <Th className="pl-0">Data</Th>
            <Th numeric>Weight</Th>
            {ACTION_CLASSES.map((action) => (
              <Th key={action} numeric>
                {CLASS_WORDS[action]} ×{formatExact(risk.actions[action])}
              </Th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...weights, ...unweighed.map((slug) => [slug, null] as const)].map(([slug, weight]) => (
            <Tr key={slug}>
              <Td wrap className="pl-0">
                {categoryTitle(slug)}
              </Td>
              <Td numeric className={weight === null ? 'text-ink-3' : ''}>
                {weight === null ? 'not weighed: the highest' : formatExact(weight)}
              </Td>
              {ACTION_CLASSES.map((action) => (
                <Td key={action} numeric>
                  {formatNumber(spanRisk(risk, { categories: [slug], action, egress: false }))}
                </Td>
              ))}
            </Tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}

/** Clauses that are read in the table of weights. */
function inside({ risk }: Contract): string[] {
  return [
    'risk/actions',
    ...Object.keys(risk.actions).map((action) => `risk/actions/${action}`),
    ...Object.keys(risk.categories).map((category) => `risk/categories/${category}`),
  ];
}

/** From which run risk on a band holds, and what its breach then does. */
export function ThresholdTable({
  contract,
  brokenAt,
  notes,
}: {
  contract: Contract;
  brokenAt: (clause: string) => readonly BrokenClause[];
  notes: NotesFor | null;
}) {
  const { thresholds } = contract.risk;
  const rows: { band: BandName; from: number; upTo: number | null }[] = [
    { band: 'low', from: 0, upTo: thresholds.medium },
    { band: 'medium', from: thresholds.medium, upTo: thresholds.high },
    { band: 'high', from: thresholds.high, upTo: thresholds.critical },
    { band: 'critical', from: thresholds.critical, upTo: null },
  ];
  return (
    <Table label="Risk bands">
      <caption className="group relative py-2 text-left text-sm text-ink-2">
        <span id="risk/thresholds" />
        <ClauseName path="risk/thresholds" /> A run is classified by its risk when it happens.
        <ClauseNotes clause="risk/thresholds" also={['risk/thresholds/low']} notes={notes} />
      </caption>
      <thead>
        <tr>
          <Th className="pl-0">Band</Th>
          <Th>Run risk</Th>
          <Th>Is it a breach</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ band, from, upTo }) => (
          <Tr key={band} id={`risk/thresholds/${band}`} data-clause="" className={`group ${MARKED}`}>
            <Td className="pl-0">
              <Band band={band} />
            </Td>
            <Td>
              {upTo === null
                ? `from ${formatExact(from)}`
                : `${formatExact(from)} to under ${formatExact(upTo)}`}
            </Td>
            <Td wrap>
              {band === 'high' || band === 'critical' ? (
                <>
                  yes, see{' '}
                  <a href={`#failure/${band}`} className="prose-link code">
                    failure/{band}
                  </a>
                </>
              ) : (
                <span className="text-ink-3">no</span>
              )}
              <BrokenBy broken={brokenAt(`risk/thresholds/${band}`)} />
              {band === 'low' ? null : <ClauseNotes clause={`risk/thresholds/${band}`} notes={notes} />}
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
