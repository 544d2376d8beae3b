import { actionWords } from '@/components/audit/words';
import { ExactTime } from '@/components/ui/relative-time';
import { Sheet } from '@/components/ui/sheet';
import { ROUTE_WORDS, ROUTES } from '@/lib/contract/change-row';
import type { RecordEntry } from '@/lib/services/runs/list-record';

/** What happened to an amendment, from the audit log, newest first. */
export function Activity({ entries }: { entries: readonly RecordEntry[] }) {
  return (
    <Sheet title="What happened" label="newest first">
      <ol className="text-sm">
        {entries.map((entry) => (
          <li key={entry.id} className="grid gap-0.5 border-b border-line px-3.5 py-2 last:border-b-0">
            <span className="text-xs text-ink-3">
              <ExactTime at={entry.at} precision="minute" />
            </span>
            <p className="[overflow-wrap:anywhere]">
              <span className="font-medium">{actionWords(entry.action)}</span>
              <span className="text-ink-2">
                {routeOf(entry)}, {entry.actorName}
              </span>
            </p>
            {typeof entry.detail.reason === 'string' ? (
              <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{entry.detail.reason}</p>
            ) : null}
          </li>
        ))}
      </ol>
    </Sheet>
  );
}

function routeOf({ detail }: RecordEntry): string {
  const route = ROUTES.find((each) => each === detail.route);
  return route === undefined ? '' : `: ${ROUTE_WORDS[route].title}`;
}
