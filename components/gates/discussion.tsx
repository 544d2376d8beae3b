import Link from 'next/link';
import { contractHref } from '@/components/contracts/contract-href';
import { Sheet, SheetBody } from '@/components/ui/sheet';
import { plural } from '@/lib/format';
import type { ReviewDetail } from '@/lib/services/gates/dto';

/** What people said about the version's clauses; requested changes by name, since they stand in the way. */
export function Discussion({ review }: { review: ReviewDetail }) {
  const { version, agent, comments, openRequests } = review;
  if (version === null) return null;
  const page = contractHref(agent.name, { version: version.number });
  const all = contractHref(agent.name, { version: version.number, tab: 'review' });
  return (
    <Sheet
      title="Discussion"
      label={
        comments.threads === 0
          ? 'nothing said'
          : comments.open === 0
            ? 'all resolved'
            : `${comments.open} open`
      }
    >
      <SheetBody className="grid gap-2 text-sm">
        {openRequests.length === 0 ? null : (
          <div>
            <p className="font-medium text-medium">{plural(openRequests.length, 'change')} requested</p>
            <ul>
              {openRequests.map((clause) => (
                <li key={clause}>
                  <Link
                    href={`${page}#${encodeURI(clause)}`}
                    className="code prose-link [overflow-wrap:anywhere]"
                  >
                    {clause}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        )}
        <p className="text-ink-2">
          {comments.threads === 0
            ? 'Nobody has commented on a clause. '
            : `${plural(comments.threads, 'conversation')} on its clauses. `}
          <Link href={comments.threads === 0 ? page : all} className="prose-link">
            {comments.threads === 0 ? 'Read the contract' : 'Read them'}
          </Link>
        </p>
      </SheetBody>
    </Sheet>
  );
}
