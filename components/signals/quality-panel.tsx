import Link from 'next/link';
import type { ReactNode } from 'react';
import { RECORDED } from '@/components/runs/links';
import { EmptyState } from '@/components/ui/empty-state';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetBody, SheetFoot, Stack } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { Tag } from '@/components/ui/tag';
import { formatCount, formatDuration, formatList, formatNumber, formatPercent, plural } from '@/lib/format';
import { criterionValue, type QualityPart, type UnknownReason } from '@/lib/scoring/criteria';
import type { NamedPerson } from '@/lib/services/agents/owners';
import type { AgentQualityPage, QualityCriterion } from '@/lib/services/signals/get-quality';
import { LooseSignals } from './loose-signals';
import { FAMILY_NAMES, SignalsLink, signalValue, sourceName } from './words';

const WHY: Readonly<Record<UnknownReason, string>> = {
  unbound: 'Unbound',
  silent: 'Nothing yet',
  stale: 'Stale',
  'too-few': 'Too few',
  'off-scale': 'Off scale',
  'wrong-unit': 'Wrong unit',
};

/** What the contract calls good, criterion by criterion: what each is measured by, who answers, where it stands and why. */
export function QualityPanel({ data }: { data: AgentQualityPage }) {
  const { agent, version, criteria, technical, loose, unbound } = data;
  const contract = `/contracts/${encodeURIComponent(agent.name)}`;
  return (
    <Stack>
      <Pillar data={data} />
      <Sheet
        title="What good means, and what measures it"
        label={
          version === null ? undefined : version.own ? `contract ${version.label}` : 'workspace defaults'
        }
      >
        {criteria.length === 0 && technical === null ? (
          <EmptyState
            title="The contract does not say what good is"
            action={
              <Link href={contract} className="prose-link">
                Open the contract
              </Link>
            }
          >
            Quality can only be measured against criteria: what the business expects, and the signal that
            tells.
          </EmptyState>
        ) : (
          <CriteriaTable data={data} />
        )}
        {unbound.length === 0 || (criteria.length === 0 && technical === null) ? null : (
          <SheetFoot>
            No criterion is bound to {formatList(unbound.map((family) => FAMILY_NAMES[family].toLowerCase()))}
            : what they would tell is not known.
          </SheetFoot>
        )}
      </Sheet>
      <LooseSignals agent={agent.name} loose={loose} waiting={data.waiting} stray={data.stray} />
    </Stack>
  );
}

/** The pillar with its range, and how it comes about. */
function Pillar({ data: { pillar, criteria, technical } }: { data: AgentQualityPage }) {
  const { score, low, high, coverage, parts } = pillar;
  if (parts.length === 0) return null;
  const known = parts.filter((part) => part.score !== null);
  const missed = criteria.filter(({ state, met }) => state === 'known' && met === false).length;
  const reading =
    score === null
      ? 'Nothing that the contract calls good is known'
      : missed > 0
        ? `${missed === 1 ? 'One criterion misses its target' : `${missed} criteria miss their targets`}`
        : known.length === parts.length
          ? 'Every part is known and none misses its target'
          : `${known.length} of ${parts.length} parts ${known.length === 1 ? 'is known, and does not miss its target' : 'are known, and none of those misses its target'}`;
  return (
    <Sheet title={reading} label={`${formatPercent(coverage, 0)} of the weight is known`}>
      <SheetBody className="flex flex-wrap items-end gap-x-8 gap-y-3">
        <p>
          <span className="text-xl font-semibold">{score === null ? 'unknown' : formatNumber(score, 1)}</span>{' '}
          <span className="text-ink-2">
            {coverage === 1
              ? 'quality score, 0 to 100'
              : `quality score; between ${formatNumber(low, 1)} and ${formatNumber(high, 1)}, whatever is unknown`}
          </span>
        </p>
        {known.length === 0 ? null : (
          <details className="text-sm">
            <summary className="min-h-6 cursor-pointer text-ink-2 hover:text-ink">Work it out again</summary>
            <p className="mt-1.5 max-w-prose text-ink-2">
              The mean by weight of what is known, each 100 when its target is reached.
            </p>
            <p className="code mt-1 break-words">
              (
              {known
                .map((part) => `${formatNumber(part.weight)} × ${formatNumber(part.score ?? 0, 2)}`)
                .join(' + ')}
              ) ÷ {formatNumber(known.reduce((sum, part) => sum + part.weight, 0))} ={' '}
              {score === null ? '–' : formatNumber(score, 1)}
            </p>
            <ul className="mt-1 text-ink-2">
              {known.map((part) => (
                <li key={part.clause}>
                  <span className="code">{part.clause}</span> {formatNumber(part.score ?? 0, 2)}, weight{' '}
                  {formatNumber(part.weight)}
                </li>
              ))}
            </ul>
          </details>
        )}
        {technical !== null && technical.quality === null ? (
          <p className="text-sm text-ink-2">No run in {plural(technical.days, 'day')}.</p>
        ) : null}
      </SheetBody>
    </Sheet>
  );
}

function CriteriaTable({ data }: { data: AgentQualityPage }) {
  const { agent, criteria, technical, pillar } = data;
  return (
    <Table label="Table of criteria">
      <thead>
        <tr>
          <Th>Criterion</Th>
          <Th className="max-lg:hidden">Signal</Th>
          <Th className="max-xl:hidden">Owner</Th>
          <Th>Value and target</Th>
          <Th className="max-lg:hidden">Samples</Th>
          <Th className="max-xl:hidden">Latest</Th>
          <Th className="max-md:hidden">State</Th>
        </tr>
      </thead>
      <tbody>
        {technical === null ? null : (
          <TechnicalRows agent={agent.name} technical={technical} part={pillar.parts[0]} />
        )}
        {criteria.map((criterion) => (
          <Tr key={criterion.id}>
            <Td wrap className="max-md:min-w-36!">
              <span className="font-medium">{criterion.statement}</span>
              <Link
                href={`/contracts/${encodeURIComponent(agent.name)}#${criterion.clause}`}
                className="prose-link code block text-xs [overflow-wrap:anywhere]"
              >
                {criterion.clause}
              </Link>
              <span className="block text-xs text-ink-2 lg:hidden">
                <Signal criterion={criterion} />
              </span>
            </Td>
            <Td wrap className="min-w-32! max-lg:hidden">
              <Signal criterion={criterion} />
            </Td>
            <Td wrap className="min-w-32! max-xl:hidden">
              {criterion.owner === null ? (
                <span className="text-ink-3">nobody</span>
              ) : (
                <Owner {...criterion.owner} />
              )}
            </Td>
            <Td className="max-md:py-2 max-md:whitespace-normal!">
              <Value agent={agent.name} criterion={criterion} />
              <span className="mt-1 block md:hidden">
                <State criterion={criterion} />
              </span>
            </Td>
            <Td className="max-lg:hidden">
              {criterion.samples === 0 ? (
                '0'
              ) : (
                <SignalsLink
                  agent={agent.name}
                  family={criterion.family}
                  metrics={criterion.keys}
                  state="current"
                  since={criterion.since}
                >
                  {formatCount(criterion.samples)}
                </SignalsLink>
              )}
              <span className="block text-xs text-ink-2">
                at least {formatCount(criterion.leastSamples)} in {plural(criterion.windowDays, 'day')}
              </span>
            </Td>
            <Td className="max-xl:hidden">
              <Latest criterion={criterion} />
            </Td>
            <Td wrap className="min-w-32! max-md:hidden">
              <State criterion={criterion} />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

function Signal({ criterion: { family, metric, latest } }: { criterion: QualityCriterion }) {
  if (family === null) return <Tag tone="high">no signal</Tag>;
  return (
    <>
      {FAMILY_NAMES[family]}
      {metric === null ? null : <span className="code block text-xs break-words text-ink-2">{metric}</span>}
      {latest === null ? null : (
        <span className="block text-xs text-ink-2">from {sourceName(latest.source)}</span>
      )}
    </>
  );
}

function Owner({ role, person }: { role: string; person: NamedPerson }) {
  return (
    <>
      <span className="break-words">{person.name ?? person.email}</span>
      <span className="block text-xs text-ink-2">
        {role}
        {person.schedule === undefined || person.schedule.onCall === null
          ? ''
          : `, now ${person.schedule.onCall}`}
      </span>
    </>
  );
}

function Value({ agent, criterion }: { agent: string; criterion: QualityCriterion }) {
  const { value, family, keys, since, comparison, target } = criterion;
  const aim = `${comparison === '>=' ? 'at least' : 'at most'} ${criterionValue(target, criterion)}`;
  return (
    <>
      {value === null ? (
        <span className="text-ink-2">unknown</span>
      ) : (
        <SignalsLink
          agent={agent}
          family={family}
          metrics={keys}
          state="current"
          since={since}
          label={`${criterionValue(value, criterion)}: the signals behind it`}
        >
          <span className="font-medium">{criterionValue(value, criterion)}</span>
        </SignalsLink>
      )}
      <span className="block text-xs text-ink-2">{aim}</span>
    </>
  );
}

function Latest({
  criterion: { atMs, latest, freshnessDays, unit, target },
}: {
  criterion: QualityCriterion;
}) {
  if (atMs === null) return <span className="text-ink-3">never</span>;
  return (
    <>
      <RelativeTime at={new Date(atMs).toISOString()} />
      <span className="block text-xs text-ink-2">
        {latest === null
          ? ''
          : `${latest.unit === null ? criterionValue(latest.value, { unit, target }) : signalValue(latest.value, latest.unit)}, `}
        counts {plural(freshnessDays, 'day')}
      </span>
    </>
  );
}

function State({ criterion }: { criterion: QualityCriterion }) {
  const { state, why, met, reason, score } = criterion;
  if (state === 'known')
    return (
      <>
        <Tag tone={met === true ? 'low' : 'critical'}>{met === true ? 'Met' : 'Missed'}</Tag>
        <Points score={score} weight={criterion.weight} />
      </>
    );
  return (
    <>
      <Tag tone={why === 'unbound' ? 'high' : 'medium'}>
        {why === null ? 'Unknown' : `Unknown: ${WHY[why].toLowerCase()}`}
      </Tag>
      <span className="mt-0.5 block text-xs break-words text-ink-2">{reason}</span>
    </>
  );
}

function Points({ score, weight }: { score: number | null; weight: number }) {
  return (
    <span className="mt-0.5 block text-xs text-ink-2">
      {score === null ? '' : `${formatNumber(score, 1)} of 100, `}weight {formatNumber(weight)}
    </span>
  );
}

/** Latency and errors, which come from the spans of its runs. */
function TechnicalRows({
  agent,
  technical,
  part,
}: {
  agent: string;
  technical: NonNullable<AgentQualityPage['technical']>;
  part: QualityPart | undefined;
}) {
  const { targets, quality, durationMs, owner, days, from } = technical;
  const runs = `/runs?agent=${encodeURIComponent(agent)}&from=${from}&${RECORDED}`;
  const row = (
    id: string,
    statement: string,
    value: string | null,
    target: string,
    score: number | null,
    samples: ReactNode,
    columns: string,
  ) => {
    const state =
      score === null ? (
        <>
          <Tag tone="medium">Unknown: no run</Tag>
          <span className="mt-0.5 block text-xs text-ink-2">No run with spans in {plural(days, 'day')}.</span>
        </>
      ) : (
        <>
          <Tag tone={score === 100 ? 'low' : 'critical'}>{score === 100 ? 'Met' : 'Missed'}</Tag>
          <span className="mt-0.5 block text-xs text-ink-2">
            {formatNumber(score, 1)} of 100; the lower of both counts
            {part === undefined ? '' : `, weight ${formatNumber(part.weight)}`}
          </span>
        </>
      );
    return (
      <Tr key={id}>
        <Td wrap className="max-md:min-w-36!">
          <span className="font-medium">{statement}</span>
          <Link
            href={`/contracts/${encodeURIComponent(agent)}#quality/technical`}
            className="prose-link code block text-xs"
          >
            quality/technical
          </Link>
        </Td>
        <Td wrap className="min-w-32! max-lg:hidden">
          {FAMILY_NAMES.technical}
          <span className="block text-xs text-ink-2">from spans</span>
        </Td>
        <Td wrap className="min-w-32! max-xl:hidden">
          <Owner {...owner} />
        </Td>
        <Td className="max-md:py-2 max-md:whitespace-normal!">
          {value === null ? (
            <span className="text-ink-2">unknown</span>
          ) : (
            <Link
              href={`${runs}&cols=${columns}`}
              prefetch={false}
              className="prose-link font-medium"
              aria-label={`${value}: the runs behind it`}
            >
              {value}
            </Link>
          )}
          <span className="block text-xs text-ink-2">at most {target}</span>
          <span className="mt-1 block md:hidden">{state}</span>
        </Td>
        <Td className="max-lg:hidden">
          <Link href={`${runs}&cols=${columns}`} prefetch={false} className="prose-link">
            {samples}
          </Link>
          <span className="block text-xs text-ink-2">in {plural(days, 'day')}</span>
        </Td>
        <Td className="text-ink-3 max-xl:hidden">as runs come</Td>
        <Td wrap className="min-w-32! max-md:hidden">
          {state}
        </Td>
      </Tr>
    );
  };
  return (
    <>
      {row(
        'latency',
        'A run takes no longer than it may, on average',
        durationMs === null ? null : formatDuration(durationMs),
        formatDuration(targets.latencyMs),
        quality?.latency ?? null,
        plural(technical.runs, 'run'),
        'duration,quality-score,started',
      )}
      {row(
        'errors',
        'No more spans fail than may',
        technical.errorShare === null ? null : formatPercent(technical.errorShare),
        formatPercent(targets.errorRate),
        quality?.errors ?? null,
        plural(technical.spans, 'span'),
        'errors,spans,quality-score,started',
      )}
    </>
  );
}
