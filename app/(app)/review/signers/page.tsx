import type { Metadata } from 'next';
import { ReviewFrame } from '@/components/gates/review-frame';
import { habitReading, signerReading } from '@/components/gates/signer-reading';
import { NotYours } from '@/components/settings/not-yours';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { roleTitles } from '@/components/shell/who';
import { EmptyState } from '@/components/ui/empty-state';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetFoot } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { can } from '@/lib/auth/can';
import { requireActor } from '@/lib/auth/session';
import { formatCount, formatDuration, formatPercent, plural } from '@/lib/format';
import type { SignerHabit } from '@/lib/services/gates/dto';
import { signerHabits } from '@/lib/services/gates/signer-habits';

export const metadata: Metadata = { title: 'Signers' };

const DAYS = 180;

export default async function SignersPage() {
  const actor = await requireActor();
  if (!can(actor, 'signer-habits.read', { workspaceId: actor.workspaceId }))
    return (
      <ReviewFrame place="signers" title="Signers">
        <NotYours action="signer-habits.read" what="How people sign is" />
      </ReviewFrame>
    );
  const habits = await signerHabits(actor, { days: DAYS });
  const unknown = <span className="text-ink-3">unknown</span>;
  return (
    <ReviewFrame
      place="signers"
      title={signerReading(habits)}
      facts={[plural(habits.length, 'signer'), `${DAYS} days`]}
    >
      <LiveRefresh topics={['gate']} />
      <Sheet>
        {habits.length === 0 ? (
          <EmptyState title="Nobody has signed or declined yet">
            How long a review was on screen before somebody signed, and which evidence they opened, is kept
            with each signature and shown here.
          </EmptyState>
        ) : (
          <Table label="Signers">
            <thead>
              <tr>
                <Th>Signer</Th>
                {[
                  'Signed',
                  'Declined',
                  'Agreed with the outcome',
                  'On screen before signing, median',
                  'Evidence opened',
                  'Unread',
                  'Last',
                ].map((title) => (
                  <Th key={title} numeric className="max-md:hidden">
                    {title}
                  </Th>
                ))}
              </tr>
            </thead>
            <tbody>
              {habits.map((habit) => {
                const remark = habitReading(habit);
                return (
                  <Tr key={habit.person.id}>
                    <Td wrap className="min-w-44!">
                      <span className="font-medium">{habit.person.name}</span>
                      <span className="block text-xs text-ink-2">{roleTitles(habit.roles)}</span>
                      {remark === null ? null : <span className="block text-medium">{remark}</span>}
                      <span className="mt-1 block text-ink-2 md:hidden">{inShort(habit)}</span>
                    </Td>
                    <Td numeric className="max-md:hidden">
                      {formatCount(habit.signed)}
                    </Td>
                    <Td numeric className="max-md:hidden">
                      {formatCount(habit.declined)}
                    </Td>
                    <Td numeric className="max-md:hidden">
                      {habit.agreement === null ? unknown : formatPercent(habit.agreement, 0)}
                    </Td>
                    <Td numeric className="max-md:hidden">
                      {habit.medianSeconds === null ? unknown : formatDuration(habit.medianSeconds * 1000)}
                    </Td>
                    <Td numeric className="max-md:hidden">
                      {habit.opened === null ? unknown : formatPercent(habit.opened, 0)}
                    </Td>
                    <Td
                      numeric
                      className={`max-md:hidden ${habit.unread > 0 ? 'font-medium text-medium' : ''}`}
                    >
                      {formatCount(habit.unread)}
                    </Td>
                    <Td numeric className="text-ink-2 max-md:hidden">
                      {habit.lastAt === null ? '–' : <RelativeTime at={habit.lastAt} focusable={false} />}
                    </Td>
                  </Tr>
                );
              })}
            </tbody>
          </Table>
        )}
        {habits.length === 0 ? null : (
          <SheetFoot>
            Unread: signed within 30 s of opening the review, with no evidence opened. Agreed with the
            outcome: how often a signature or decline went the way the review ended.
          </SheetFoot>
        )}
      </Sheet>
    </ReviewFrame>
  );
}

/** The row's figures as a phone has room for them. */
function inShort({ signed, declined, medianSeconds, opened, unread, agreement }: SignerHabit): string {
  return [
    `${formatCount(signed)} signed`,
    `${formatCount(declined)} declined`,
    ...(agreement === null ? [] : [`${formatPercent(agreement, 0)} agreed with the outcome`]),
    ...(medianSeconds === null ? [] : [`${formatDuration(medianSeconds * 1000)} on screen, median`]),
    ...(opened === null ? [] : [`${formatPercent(opened, 0)} of evidence opened`]),
    `${formatCount(unread)} unread`,
  ].join(' · ');
}
