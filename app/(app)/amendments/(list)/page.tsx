import type { Metadata } from 'next';
import { AmendmentRows } from '@/components/amendments/amendment-rows';
import { ReviewFrame } from '@/components/gates/review-frame';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Sheet, Stack } from '@/components/ui/sheet';
import { requireActor } from '@/lib/auth/session';
import { formatCount, plural } from '@/lib/format';
import { listAmendments } from '@/lib/services/amendments/list-amendments';

export const metadata: Metadata = { title: 'Amendments' };

export default async function AmendmentsPage() {
  const { rows } = await listAmendments(await requireActor());
  const underWay = rows.filter(({ state }) => ['drafting', 'open', 'in-review'].includes(state));
  const over = rows.filter((row) => !underWay.includes(row));
  return (
    <ReviewFrame
      place="amendments"
      title="Amendments"
      facts={[
        rows.length === 0
          ? null
          : underWay.length === 0
            ? 'none under way'
            : `${plural(underWay.length, 'amendment')} under way`,
      ]}
    >
      <LiveRefresh topics={['amendment', 'gate', 'draft', 'contract']} />
      <Stack>
        {rows.length === 0 ? (
          <Sheet>
            <EmptyState
              title="Nothing is being amended"
              action={<ButtonLink href="/incidents">Incidents</ButtonLink>}
            >
              An amendment changes what was agreed: it begins at an incident or on an agent’s lifecycle, and
              tells which gates are signed again.
            </EmptyState>
          </Sheet>
        ) : null}
        {underWay.length === 0 ? null : (
          <Sheet title="Under way" label={formatCount(underWay.length)}>
            <AmendmentRows rows={underWay} withAgent />
          </Sheet>
        )}
        {over.length === 0 ? null : (
          <Sheet title="In force and over" label={formatCount(over.length)}>
            <AmendmentRows rows={over} withAgent />
          </Sheet>
        )}
      </Stack>
    </ReviewFrame>
  );
}
