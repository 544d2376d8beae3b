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
                <Th numeric>Signed</Th>
                <Th numeric>Declined</Th>
                <Th numeric>Agreed with the outcome</Th>
                <Th numeric>On screen before signing, median</Th>
                <Th numeric>Evidence opened</Th>
                <Th numeric>Unread</Th>
                <Th numeric>Last</Th>
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
                    </Td>
                    <Td numeric>{formatCount(habit.signed)}</Td>
                    <Td numeric>{formatCount(habit.declined)}</Td>
                    <Td numeric>{habit.agreement === null ? unknown : formatPercent(habit.agreement, 0)}</Td>
                    <Td numeric>
                      {habit.medianSeconds === null ? unknown : formatDuration(habit.medianSeconds * 1000)}
                    </Td>
                    <Td numeric>{habit.opened === null ? unknown : formatPercent(habit.opened, 0)}</Td>
                    <Td numeric className={habit.unread > 0 ? 'font-medium text-medium' : ''}>
                      {formatCount(habit.unread)}
                    </Td>
                    <Td numeric className="text-ink-2">
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
