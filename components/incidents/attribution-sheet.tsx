import Link from 'next/link';
import type { ReactNode } from 'react';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetFoot } from '@/components/ui/sheet';
import { Tag } from '@/components/ui/tag';
import { formatList, plural } from '@/lib/format';
import type { Finding } from '@/lib/response/attribution';
import { changeWords, FACTOR_WORDS, standingWords } from '@/lib/response/attribution-words';
import type { IncidentAttribution } from '@/lib/services/incidents/get-attribution';

const ORDER = ['changed', 'varies', 'same', 'unknown'] as const;
const STATES = {
  changed: { tone: 'medium', word: 'changed' },
  varies: { tone: 'plain', word: 'varies' },
  same: { tone: 'plain', word: 'not changed' },
  unknown: { tone: 'plain', word: 'not known' },
} as const;

/** What the run had otherwise than the good runs before it, and since when. Names what changed, never a cause. */
export function AttributionSheet({ attribution }: { attribution: IncidentAttribution }) {
  const { runs, findings, lastGood } = attribution;
  if (runs === 0)
    return (
      <Sheet title="What had changed" label="nothing to compare with">
        <p className="px-3.5 py-3 text-sm text-ink-2">No run of this agent ended well before this one.</p>
      </Sheet>
    );
  const sorted = findings.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  return (
    <Sheet title="What had changed" label={`against ${plural(runs, 'good run')} before`}>
      <ul className="text-sm">
        {sorted.map((finding) => (
          <li
            key={finding.factor}
            className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-3 border-b border-line px-3.5 py-2 last:border-b-0 sm:grid-cols-[84px_minmax(0,1fr)_auto]"
          >
            <span className="text-ink-2">{FACTOR_WORDS[finding.factor]}</span>
            <span className="min-w-0 [overflow-wrap:anywhere] max-sm:order-last max-sm:col-span-2">
              <Value finding={finding} />
            </span>
            <Tag tone={STATES[finding.state].tone}>{STATES[finding.state].word}</Tag>
          </li>
        ))}
      </ul>
      <SheetFoot>
        {lastGood === null ? null : (
          <>
            The last good run was <RunLink run={lastGood.key} />, <RelativeTime at={lastGood.startedAt} />.{' '}
          </>
        )}
        What changed is not thereby the cause.
      </SheetFoot>
    </Sheet>
  );
}

function Value({ finding }: { finding: Finding }): ReactNode {
  if (finding.state === 'unknown') return <span className="text-ink-2">{standingWords(finding)}</span>;
  if (finding.state !== 'changed')
    return (
      <>
        <span className="code">{finding.now.length === 0 ? 'none' : formatList(finding.now)}</span>
        {finding.state === 'varies' ? (
          <span className="block text-xs text-ink-2">{standingWords(finding)}</span>
        ) : null}
      </>
    );
  return (
    <>
      <strong className="code font-semibold">{changeWords(finding)}</strong>
      <span className="block text-xs text-ink-2">
        {standingWords(finding)}
        {finding.goodSince === 0 ? null : (
          <>
            ; first in <RunLink run={finding.since.key} />, <RelativeTime at={finding.since.startedAt} />
          </>
        )}
      </span>
    </>
  );
}

function RunLink({ run }: { run: string }) {
  return (
    <Link href={`/runs/${encodeURIComponent(run)}`} className="prose-link code">
      {run}
    </Link>
  );
}
