import Link from 'next/link';
import { Callout } from '@/components/ui/callout';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetBody } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { formatCount, plural } from '@/lib/format';
import { MOST_COUNTED, type LooseSignals as Unread } from '@/lib/services/signals/get-quality';
import { FAMILY_NAMES, SignalsLink, signalsHref, signalValue, sourceName } from './words';

/** "12 signals"; no further than they are counted. */
function counted(signals: number): string {
  return signals >= MOST_COUNTED ? `${formatCount(MOST_COUNTED)} signals or more` : plural(signals, 'signal');
}

/** What comes in and counts for nothing. */
export function LooseSignals({
  agent,
  loose,
  waiting,
  stray,
}: {
  agent: string;
  loose: readonly Unread[];
  waiting: number;
  stray: number;
}) {
  if (loose.length === 0 && waiting === 0 && stray === 0) return null;
  return (
    <Sheet
      title={loose.length > 0 ? 'Signals that no criterion reads' : 'Signals without their run'}
      label={
        <Link href={signalsHref({ agent })} className="prose-link">
          All signals of this agent
        </Link>
      }
    >
      {loose.length === 0 ? null : (
        <Table label="Table of signals that no criterion reads">
          <thead>
            <tr>
              <Th>Metric</Th>
              <Th>Family</Th>
              <Th numeric>Signals</Th>
              <Th className="max-md:hidden">Latest</Th>
              <Th className="max-md:hidden">Why nothing reads it</Th>
            </tr>
          </thead>
          <tbody>
            {loose.map(({ family, metric, signals, latest, why }) => (
              <Tr key={`${family} ${metric}`}>
                <Td wrap className="max-md:min-w-28!">
                  <SignalsLink agent={agent} family={family} metrics={[metric]}>
                    <span className="code break-words">{metric}</span>
                  </SignalsLink>
                  <span className="block text-xs text-ink-2 md:hidden">{why}</span>
                </Td>
                <Td>{FAMILY_NAMES[family]}</Td>
                <Td numeric>{formatCount(signals)}</Td>
                <Td className="max-md:hidden">
                  {signalValue(latest.value, latest.unit)}, <RelativeTime at={latest.at} />
                  <span className="block text-xs text-ink-2">from {sourceName(latest.source)}</span>
                </Td>
                <Td wrap className="text-ink-2 max-md:hidden">
                  {why}
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
      {waiting === 0 ? null : (
        <SheetBody>
          <Callout
            title={`${counted(waiting)} ${waiting === 1 ? 'waits' : 'wait'} for runs that have not been heard of`}
          >
            <SignalsLink agent={agent} state="waiting">
              Which these are
            </SignalsLink>
            . They count in the criteria already, and in the runs once those come.
          </Callout>
        </SheetBody>
      )}
      {stray === 0 ? null : (
        <SheetBody>
          <Callout
            tone="medium"
            title={`${counted(stray)} said to be of this agent ${stray === 1 ? 'names a run' : 'name runs'} of another`}
          >
            <SignalsLink agent={agent} state="stray">
              Which these are
            </SignalsLink>
            . They count for nobody: not here, and not in those runs.
          </Callout>
        </SheetBody>
      )}
    </Sheet>
  );
}
