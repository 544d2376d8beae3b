import type { Metadata } from 'next';
import Link from 'next/link';
import { FallbackChart } from '@/components/gates/fallback-chart';
import { byGate, fallbackReading } from '@/components/gates/fallback-reading';
import { ReviewFrame } from '@/components/gates/review-frame';
import { lifecycleHref } from '@/components/gates/words';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { EmptyState } from '@/components/ui/empty-state';
import { ExactTime } from '@/components/ui/relative-time';
import { Sheet } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { requireActor } from '@/lib/auth/session';
import { plural } from '@/lib/format';
import { FALLBACK_CAUSE_TITLES } from '@/lib/lifecycle/fallback';
import { STAGE_TITLES } from '@/lib/lifecycle/stages';
import { fallbackPattern } from '@/lib/services/gates/list-fallbacks';

export const metadata: Metadata = { title: 'Fallbacks' };

const WINDOWS = [3, 12, 36] as const;

export default async function FallbacksPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const actor = await requireActor();
  const asked = (await searchParams).months;
  const months = WINDOWS.find((each) => String(each) === asked) ?? 12;
  const pattern = await fallbackPattern(actor, { months });
  const gates = byGate(pattern);
  const passed = gates.reduce((sum, each) => sum + each.passed, 0);
  return (
    <ReviewFrame
      place="fallbacks"
      title="Fallbacks"
      facts={[
        `${plural(pattern.fallbacks.length, 'fallback')} and ${plural(passed, 'gate')} passed in ${plural(months, 'month')}`,
      ]}
      actions={
        <nav aria-label="Months shown" className="flex overflow-hidden rounded-md border border-line-strong">
          {WINDOWS.map((each) => (
            <Link
              key={each}
              href={each === 12 ? '/review/fallbacks' : `/review/fallbacks?months=${each}`}
              aria-current={each === months ? 'true' : undefined}
              className="border-l border-line px-3 py-1.5 whitespace-nowrap text-ink-2 first:border-l-0 hover:bg-sunk focus-visible:-outline-offset-2 aria-[current]:bg-sunk aria-[current]:font-medium aria-[current]:text-ink"
            >
              {each} months
            </Link>
          ))}
        </nav>
      }
    >
      <LiveRefresh topics={['gate', 'agent']} />
      {pattern.fallbacks.length === 0 ? (
        <Sheet>
          <EmptyState title={`No agent fell back in ${plural(months, 'month')}`}>
            When an agent is sent back to an earlier stage, what was wrong is kept here. Many fallbacks for
            the contract before the same gate tell that contracts are signed too early.
          </EmptyState>
        </Sheet>
      ) : (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
          <FallbackChart
            title={fallbackReading(gates, months)}
            label={`all agents · fallbacks by gate and cause · ${plural(months, 'month')}`}
            gates={gates}
          />
          <Sheet title="Each of them" label="newest first">
            <Table label="Fallbacks">
              <thead>
                <tr>
                  <Th className="max-md:hidden">When</Th>
                  <Th>Agent</Th>
                  <Th className="max-md:hidden">From, to</Th>
                  <Th className="max-md:hidden">What was wrong</Th>
                  <Th className="max-md:hidden">Why</Th>
                  <Th className="max-md:hidden">By</Th>
                </tr>
              </thead>
              <tbody>
                {pattern.fallbacks.map((each) => (
                  <Tr key={each.id} className="align-top">
                    <Td className="py-2 text-ink-2 max-md:hidden">
                      <ExactTime at={each.at} precision="minute" />
                    </Td>
                    <Td wrap className="min-w-32!">
                      <Link href={lifecycleHref(each.agent.name)} className="prose-link">
                        {each.agent.displayName}
                      </Link>
                      <span className="mt-1 grid gap-0.5 [overflow-wrap:anywhere] md:hidden">
                        <span>
                          {STAGE_TITLES[each.from]} to {STAGE_TITLES[each.to]}
                          {each.cause === null
                            ? ''
                            : `: ${FALLBACK_CAUSE_TITLES[each.cause].title.toLowerCase()}`}
                        </span>
                        <span className="whitespace-pre-wrap">{each.reason}</span>
                        {each.clause === null ? null : <span className="code text-ink-2">{each.clause}</span>}
                        <span className="text-ink-2">
                          <ExactTime at={each.at} precision="minute" />, {each.by?.name ?? 'Countersign'}
                        </span>
                      </span>
                    </Td>
                    <Td className="py-2 max-md:hidden">
                      {STAGE_TITLES[each.from]} to {STAGE_TITLES[each.to]}
                      {each.gate === null ? null : (
                        <span className="block text-xs text-ink-2">before {each.gate}</span>
                      )}
                    </Td>
                    <Td wrap className="min-w-40! max-md:hidden">
                      {each.cause === null ? (
                        'not said'
                      ) : (
                        <>
                          {FALLBACK_CAUSE_TITLES[each.cause].title}
                          <span className="block text-xs text-ink-2">
                            {FALLBACK_CAUSE_TITLES[each.cause].means}
                          </span>
                        </>
                      )}
                    </Td>
                    <Td wrap className="min-w-64! [overflow-wrap:anywhere] max-md:hidden">
                      <span className="whitespace-pre-wrap">{each.reason}</span>
                      {each.clause === null ? null : (
                        <span className="code block text-ink-2">{each.clause}</span>
                      )}
                    </Td>
                    <Td className="py-2 text-ink-2 max-md:hidden">{each.by?.name ?? 'Countersign'}</Td>
                  </Tr>
                ))}
              </tbody>
            </Table>
          </Sheet>
        </div>
      )}
    </ReviewFrame>
  );
}
