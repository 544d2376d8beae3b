import Link from 'next/link';
import { formatCount } from '@/lib/format';
import type { Silence } from '@/lib/services/expert-reviews/get-silence';
import type { DrawnSet } from '@/lib/services/expert-reviews/list-drawn-runs';

/** The list of silent runs of an agent that were drawn by lot. */
export function drawnHref(agent: string, of: DrawnSet): string {
  return `/agents/${encodeURIComponent(agent)}/silence${of === 'reviewed' ? '' : `?of=${of}`}`;
}

/** The wholly silent runs of the window, all or under one version. */
function wholeSilenceHref({ agent, window }: Silence, digest?: string): string {
  const version = digest === undefined ? '' : `&version=${digest}`;
  return `/runs?agent=${encodeURIComponent(agent.name)}&clean=1&from=${window.from}&to=${window.until}${version}`;
}

/** A count of drawn runs; leads to exactly these, where there are any. */
export function Drawn({ agent, of, count }: { agent: string; of: DrawnSet; count: number }) {
  if (count === 0) return '0';
  return (
    <Link href={drawnHref(agent, of)} prefetch={false} className="prose-link">
      {formatCount(count)}
    </Link>
  );
}

/** How many wholly silent runs the bound speaks of, or leaves out; leads to them, version by version where it does not speak of all. */
export function SilentRuns({ silence, counts }: { silence: Silence; counts: boolean }) {
  const { silentRuns, leftOut, versions } = silence;
  const count = counts ? silentRuns : leftOut;
  if (count === 0) return '0';
  if (counts && leftOut === 0)
    return (
      <Link href={wholeSilenceHref(silence)} prefetch={false} className="prose-link">
        {formatCount(count)}
      </Link>
    );
  return (
    <>
      {formatCount(count)}
      {versions
        .filter((version) => version.counts === counts)
        .map(({ digest, label, silentRuns: runs }) => (
          <span key={digest} className="block text-ink-2">
            {label}:{' '}
            <Link href={wholeSilenceHref(silence, digest)} prefetch={false} className="prose-link">
              {formatCount(runs)}
            </Link>
          </span>
        ))}
    </>
  );
}
