import type { Metadata } from 'next';
import { ScheduleList } from '@/components/on-call/schedule-list';
import { requireSession } from '@/lib/auth/session';
import { listAbsences } from '@/lib/services/on-call/list-absences';
import { listSchedules } from '@/lib/services/on-call/list-schedules';

export const metadata: Metadata = { title: 'On call' };

export default async function OnCallPage() {
  const { actor, workspace } = await requireSession();
  const now = new Date();
  const [list, absences] = await Promise.all([listSchedules(actor, now), listAbsences(actor, { now })]);
  return <ScheduleList list={list} absences={absences} zone={workspace.timeZone} now={now.getTime()} />;
}
