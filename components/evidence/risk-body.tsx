import Link from 'next/link';
import { z } from 'zod';
import { ExactTime } from '@/components/ui/relative-time';
import { SheetBody } from '@/components/ui/sheet';
import { Figures } from './figures';

const changeSchema = z.object({
  clause: z.string(),
  kind: z.enum(['added', 'removed', 'changed']),
  before: z.unknown(),
  after: z.unknown(),
  direction: z.enum(['wider', 'narrower', 'neutral']),
});
type RiskChange = z.output<typeof changeSchema>;
const riskDetailSchema = z.object({
  statement: z.string(),
  since: z
    .object({
      at: z.string(),
      by: z.string().nullable(),
      version: z.object({ number: z.number(), label: z.string() }),
    })
    .nullable(),
  changes: z.array(changeSchema),
  profile: z.unknown(),
});

/** What a reviewer said of the risk profile, what had changed, and the profile they looked at. */
export function RiskBody({ detail, href }: { detail: unknown; href: (clause: string) => string }) {
  const read = riskDetailSchema.safeParse(detail);
  if (!read.success) return <Figures value={detail} />;
  const { statement, since, changes, profile } = read.data;
  return (
    <>
      <SheetBody className="border-b border-line">
        <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{statement}</p>
      </SheetBody>
      <SheetBody className="border-b border-line text-sm">
        {since === null ? (
          <p>Nobody had reviewed the risk profile before.</p>
        ) : (
          <>
            <p className="text-ink-2">
              Since the review of v{since.version.label} on <ExactTime at={since.at} precision="minute" />
              {since.by === null ? '' : ` by ${since.by}`}:
            </p>
            <RiskChanges changes={changes} href={href} />
          </>
        )}
      </SheetBody>
      <details className="border-b border-line text-sm">
        <summary className="cursor-pointer px-3.5 py-2.5">The profile that was reviewed</summary>
        <Figures value={profile} />
      </details>
    </>
  );
}

export function RiskChanges({
  changes,
  href,
}: {
  changes: readonly RiskChange[];
  href: (clause: string) => string;
}) {
  if (changes.length === 0) return <p>Nothing in it has changed.</p>;
  return (
    <ul className="mt-1 grid gap-1">
      {changes.map((change) => (
        <li key={`${change.clause} ${JSON.stringify(change.after)}`} className="[overflow-wrap:anywhere]">
          <Link href={href(change.clause)} className="code prose-link">
            {change.clause}
          </Link>{' '}
          {shown(change.before)} → {shown(change.after)}
          <span className="text-ink-2"> {change.direction}</span>
        </li>
      ))}
    </ul>
  );
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
