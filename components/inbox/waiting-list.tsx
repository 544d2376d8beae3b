import Link from 'next/link';
import { EmptyState } from '@/components/ui/empty-state';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet } from '@/components/ui/sheet';
import { formatCount } from '@/lib/format';
import type { WaitingItem } from '@/lib/services/inbox/list-waiting';
import { WAITING_KINDS } from './waiting-kinds';

/** What does not go on before the reader acts, most urgent first, each with what it holds up. */
export function WaitingList({ items }: { items: readonly WaitingItem[] }) {
  if (items.length === 0)
    return (
      <Sheet title="Waits for you">
        <EmptyState title="Nothing waits for you">
          Signatures and evidence asked of you, incidents and drills that page you, kill switches you may
          release, and changes asked for in your drafts stand here, with what each holds up.
        </EmptyState>
      </Sheet>
    );
  return (
    <Sheet title="Waits for you" label={`${formatCount(items.length)}, most urgent first`}>
      <ul>
        {items.map((item) => (
          <li
            key={item.id}
            className="relative grid gap-x-4 gap-y-0.5 border-b border-line px-3.5 py-2.5 last:border-b-0 focus-within:bg-sunk hover:bg-sunk sm:grid-cols-[9rem_minmax(0,1fr)_auto]"
          >
            <span className="text-sm text-ink-2">{WAITING_KINDS[item.kind]}</span>
            <span className="grid min-w-0 gap-0.5">
              <Link
                prefetch={false}
                href={item.path}
                className="row-link font-medium [overflow-wrap:anywhere]"
              >
                {item.title}
              </Link>
              <span className="text-sm text-ink-2 [overflow-wrap:anywhere]">Holds up: {item.blocks}</span>
            </span>
            <span className="relative text-sm text-ink-2">
              <RelativeTime at={item.since} />
            </span>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
