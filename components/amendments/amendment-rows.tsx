import Link from 'next/link';
import { RelativeTime } from '@/components/ui/relative-time';
import { Tag } from '@/components/ui/tag';
import { ROUTE_WORDS } from '@/lib/contract/change-row';
import { STAGE_TITLES } from '@/lib/lifecycle/stages';
import type { AmendmentRowDto } from '@/lib/services/amendments/dto';
import { amendmentHref, STATE_WORDS } from './words';

/** Amendments as lines: what is changed, where each stands and which way back it takes. */
export function AmendmentRows({
  rows,
  withAgent = false,
}: {
  rows: readonly AmendmentRowDto[];
  /** Names the agent: where rows are of several. */
  withAgent?: boolean;
}) {
  return (
    <ul className="text-sm">
      {rows.map((row) => (
        <li
          key={row.number}
          className="relative grid gap-x-4 gap-y-0.5 border-b border-line px-3.5 py-2.5 last:border-b-0 focus-within:bg-sunk hover:bg-sunk"
        >
          <div className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
            <Link href={amendmentHref(row.number)} className="row-link font-medium">
              AMD-{row.number}
            </Link>
            {withAgent ? <span className="[overflow-wrap:anywhere]">{row.agent.displayName}</span> : null}
            <span className="text-ink-2">
              v{row.base.label}
              {row.version === null ? '' : ` → v${row.version.label}`}
            </span>
            <AmendmentTags row={row} />
          </div>
          <p className="text-ink-2 [overflow-wrap:anywhere]">
            {whereItStands(row)}
            {row.incident === null ? '' : `, since INC-${row.incident}`}
            {row.clause === null ? null : (
              <>
                , at <span className="code">{row.clause}</span>
              </>
            )}
            {', '}
            {row.createdBy ?? 'Countersign'}, <RelativeTime at={row.createdAt} focusable={false} />
          </p>
        </li>
      ))}
    </ul>
  );
}

export function AmendmentTags({
  row,
}: {
  row: Pick<AmendmentRowDto, 'state' | 'emergency' | 'overdue' | 'outdated'>;
}) {
  const { word, tone } = STATE_WORDS[row.state];
  return (
    <span className="inline-flex flex-wrap gap-1">
      <Tag tone={tone}>{word}</Tag>
      {row.emergency ? <Tag tone="high">emergency</Tag> : null}
      {row.overdue ? <Tag tone="critical">signatures overdue</Tag> : null}
      {row.outdated ? <Tag tone="medium">out of date</Tag> : null}
    </span>
  );
}

/** "Stands in Scoping; goes back to Scoping", "Nothing is changed yet". */
function whereItStands({ route, standsAt, state }: AmendmentRowDto): string {
  if (route === null)
    return state === 'drafting'
      ? 'No way back yet: nothing is changed, or it is not whole'
      : 'Nothing changed';
  const way = `${ROUTE_WORDS[route].kind}, back to ${ROUTE_WORDS[route].title}`;
  return standsAt === null || ROUTE_WORDS[route].title === STAGE_TITLES[standsAt]
    ? way
    : `${way}; stands in ${STAGE_TITLES[standsAt]}`;
}
