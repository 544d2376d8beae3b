import Link from 'next/link';
import { Band } from '@/components/ui/band';
import { RelativeTime } from '@/components/ui/relative-time';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { formatCount, formatNumber, plural } from '@/lib/format';
import type { ProfilePreview } from '@/lib/scoring/risk-facts';

const BANDS_DOWN = ['critical', 'high', 'medium', 'low'] as const;
/** Examples shown; the rest are counted. */
const SHOWN = 8;

/** Which of the recent runs another profile would put in another band. */
export function PreviewResult({ preview }: { preview: ProfilePreview }) {
  const { moved, runs } = preview;
  if (runs === 0)
    return <p className="text-sm text-ink-2">No run is recorded yet, so there is nothing to try it on.</p>;
  return (
    <div className="grid gap-3">
      <p role="status" className="font-medium">
        {previewAnswer(preview)}
      </p>
      <Table label="Runs by band, with the profile in force and with this one">
        <thead>
          <tr>
            <Th>Band</Th>
            <Th numeric>In force</Th>
            <Th numeric>This profile</Th>
            <Th numeric>Change</Th>
          </tr>
        </thead>
        <tbody>
          {BANDS_DOWN.map((band) => {
            const change = preview.after[band] - preview.before[band];
            return (
              <Tr key={band}>
                <Td>
                  <Band band={band} />
                </Td>
                <Td numeric>{formatCount(preview.before[band])}</Td>
                <Td numeric>{formatCount(preview.after[band])}</Td>
                <Td numeric className={change === 0 ? 'text-ink-3' : ''}>
                  {change === 0 ? '–' : `${change > 0 ? '+' : '−'}${formatCount(Math.abs(change))}`}
                </Td>
              </Tr>
            );
          })}
        </tbody>
      </Table>
      {moved.length === 0 ? null : (
        <Table label="Runs that would change band">
          <thead>
            <tr>
              <Th>Run</Th>
              <Th>From</Th>
              <Th>To</Th>
              <Th numeric>Risk</Th>
              <Th numeric>Started</Th>
            </tr>
          </thead>
          <tbody>
            {moved.slice(0, SHOWN).map(({ run, from, to }) => (
              <Tr key={run.id}>
                <Td wrap className="min-w-28!">
                  <Link
                    href={`/runs/${encodeURIComponent(run.key)}`}
                    className="prose-link [overflow-wrap:anywhere]"
                  >
                    {run.key}
                  </Link>
                </Td>
                <Td>
                  <Band band={from.band} />
                </Td>
                <Td>
                  <Band band={to.band} />
                </Td>
                <Td numeric>
                  {formatNumber(from.risk, 1)} → {formatNumber(to.risk, 1)}
                </Td>
                <Td numeric className="text-ink-2">
                  <RelativeTime at={run.startedAt} focusable={false} />
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
      {moved.length > SHOWN ? (
        <p className="text-sm text-ink-2">
          And {plural(moved.length - SHOWN, 'more run')}; those that move furthest stand first.
        </p>
      ) : null}
      {preview.scoredOtherwise === 0 ? null : (
        <p className="text-sm text-ink-2">
          {plural(preview.scoredOtherwise, 'run')} {preview.scoredOtherwise === 1 ? 'was' : 'were'} scored
          with another band than the profile in force gives: under an older version. Scores that are stored
          stay as they are.
        </p>
      )}
    </div>
  );
}

/** How many runs would change band, and which way, in a line. */
export function previewAnswer({ moved, up, down, runs }: ProfilePreview): string {
  if (moved.length === 0) return `None of ${latest(runs)} would change band.`;
  const ways = [
    ...(up === 0 ? [] : [`${formatCount(up)} up`]),
    ...(down === 0 ? [] : [`${formatCount(down)} down`]),
  ];
  return `${formatCount(moved.length)} of ${latest(runs)} would change band: ${ways.join(', ')}.`;
}

const latest = (runs: number) => (runs === 1 ? 'the latest run' : `the latest ${formatCount(runs)} runs`);
