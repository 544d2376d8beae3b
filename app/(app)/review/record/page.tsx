import type { Metadata } from 'next';
import { Record, RecordFilters, recordReading } from '@/components/gates/record';
import { ReviewFrame } from '@/components/gates/review-frame';
import { NotYours } from '@/components/settings/not-yours';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { ButtonLink } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { ExactTime } from '@/components/ui/relative-time';
import { can } from '@/lib/auth/can';
import { requireSession } from '@/lib/auth/session';
import { AppError } from '@/lib/errors';
import { plural } from '@/lib/format';
import { dayIn } from '@/lib/lifecycle/attestation';
import { recordOfDay } from '@/lib/services/gates/record-of-day';

export const metadata: Metadata = { title: 'Record' };

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function RecordPage({ searchParams }: Props) {
  const [{ actor, workspace }, { day: asked, q: letters }] = await Promise.all([
    requireSession(),
    searchParams,
  ]);
  if (!can(actor, 'record.read', { workspaceId: actor.workspaceId }))
    return (
      <ReviewFrame place="record" title="Record">
        <NotYours action="record.read" what="The record is" />
      </ReviewFrame>
    );
  const today = dayIn(Date.now(), workspace.timeZone);
  const q = typeof letters === 'string' ? letters.trim().slice(0, 200) : '';
  const wished = typeof asked === 'string' ? asked : today;
  const found = await recordOfDay(actor, wished).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'invalid') return error.message;
    throw error;
  });
  const record = typeof found === 'string' ? await recordOfDay(actor, today) : found;
  return (
    <ReviewFrame
      place="record"
      title={recordReading(record, today)}
      facts={[
        plural(record.agents.length, 'agent'),
        <span key="at">
          as it stood at <ExactTime at={record.at} precision="minute" />
        </span>,
      ]}
      actions={<ButtonLink href="/settings/audit">Export to verify</ButtonLink>}
    >
      {record.day === today ? <LiveRefresh topics={['gate', 'agent', 'contract']} /> : null}
      {typeof found === 'string' ? (
        <div className="mb-4">
          <Callout tone="medium" title={found}>
            Today is shown.
          </Callout>
        </div>
      ) : null}
      <RecordFilters day={record.day} today={today} q={q} />
      <Record record={record} q={q} />
    </ReviewFrame>
  );
}
