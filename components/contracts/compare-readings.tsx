import Link from 'next/link';
import { Sheet, SheetBody } from '@/components/ui/sheet';
import type { Reading } from '@/lib/contract/readings';
import { DirectionMark } from './diff-direction';

/** Lines shown before the rest is folded away. */
const FIRST = 12;

/** The same diff for one of four readers; tabs choose whom. */
export function CompareReadings({
  readings,
  current,
  hrefOf,
}: {
  readings: readonly Reading[];
  current: Reading['reader'];
  hrefOf: (reader: Reading['reader']) => string;
}) {
  const reading = readings.find((each) => each.reader === current);
  if (reading === undefined) return null;
  return (
    <Sheet title="What it means for you">
      <nav
        aria-label="Readings"
        className="flex flex-wrap gap-x-4 border-b border-line px-3.5 text-sm text-ink-2"
      >
        {readings.map((each) => (
          <Link
            key={each.reader}
            href={hrefOf(each.reader)}
            scroll={false}
            aria-current={each.reader === current ? 'page' : undefined}
            className="border-b-2 border-transparent py-2 hover:text-ink focus-visible:-outline-offset-2 aria-[current]:border-ink aria-[current]:font-medium aria-[current]:text-ink"
          >
            {each.title} {each.lines.length}
          </Link>
        ))}
      </nav>
      {reading.lead === null ? (
        <SheetBody className="text-ink-2">Nothing in this diff is for you to answer.</SheetBody>
      ) : (
        <SheetBody className="grid gap-2.5">
          <p className="text-sm">{reading.lead}</p>
          <Lines reading={{ ...reading, lines: reading.lines.slice(0, FIRST) }} />
          {reading.lines.length > FIRST ? (
            <details className="text-sm">
              <summary className="w-fit rounded-sm text-ink-2 hover:text-ink">
                {reading.lines.length - FIRST} more
              </summary>
              <Lines reading={{ ...reading, lines: reading.lines.slice(FIRST) }} />
            </details>
          ) : null}
        </SheetBody>
      )}
    </Sheet>
  );
}

function Lines({ reading }: { reading: Reading }) {
  return (
    <ul className="grid gap-2 text-sm">
      {reading.lines.map(({ change, sentence }) => (
        <li key={`${change.clause} ${sentence}`} className="grid gap-0.5">
          <DirectionMark direction={change.direction} mixed={change.mixed} />
          <span className="[overflow-wrap:anywhere]">{sentence}</span>
        </li>
      ))}
    </ul>
  );
}
