import Link from 'next/link';
import { BY_SCORE, RECORDED } from '@/components/runs/links';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { Sheet, SheetFoot } from '@/components/ui/sheet';
import { Table, Td, Th } from '@/components/ui/table';
import { Tag } from '@/components/ui/tag';
import {
  formatCount,
  formatDate,
  formatDuration,
  formatMoney,
  formatNumber,
  formatPercent,
  plural,
} from '@/lib/format';
import { LEAST_RUNS } from '@/lib/scoring/moves';
import type { FigureName, FigurePair, VersionFigure } from '@/lib/scoring/version-figures';
import type {
  ComparedVersion,
  PerformanceComparison,
  RunVersion,
} from '@/lib/services/agents/compare-performance';
import { AgentNav } from './agent-nav';
import { PickVersions } from './pick-versions';

const TITLES: Record<FigureName, string> = {
  score: 'Mean score of runs',
  'risk-score': 'Mean risk score',
  'quality-score': 'Mean quality score',
  'cost-score': 'Mean cost score',
  silent: 'Runs silent',
  breached: 'Runs that broke a clause',
  severe: 'Runs at high or critical risk',
  cost: 'Model cost a run',
  duration: 'Mean duration of work',
  errors: 'Failed spans',
};
const TEXT: Record<FigurePair['unit'], (value: number) => string> = {
  score: (value) => formatNumber(value, 1),
  share: formatPercent,
  money: formatMoney,
  duration: formatDuration,
};
const FILTER: Record<FigureName, string> = {
  score: BY_SCORE,
  'risk-score': BY_SCORE,
  'quality-score': BY_SCORE,
  'cost-score': BY_SCORE,
  silent: 'silent=1',
  breached: 'breached=1',
  severe: 'band=high,critical',
  cost: `${RECORDED}&sort=cost`,
  duration: `${RECORDED}&sort=duration`,
  errors: `${RECORDED}&cols=errors,spans,started`,
};

/** How an agent did under two versions of its contract: figures with how sure they are, and how many runs they rest on. */
export function CompareVersions({ data }: { data: PerformanceComparison }) {
  const { agent, versions, compared } = data;
  const path = `/agents/${encodeURIComponent(agent.name)}`;
  return (
    <>
      <PageHeader
        crumbs={[
          { label: 'Agents', href: '/agents' },
          { label: agent.displayName, href: path },
          { label: 'Versions' },
        ]}
        title={
          compared === null
            ? `Versions of ${agent.displayName}`
            : `${compared.b.title} against ${compared.a.title}`
        }
        facts={[agent.displayName, compared === null ? null : verdictOf(compared.figures)]}
      />
      <AgentNav name={agent.name} current="overview" />
      {compared === null ? (
        <EmptyState title="Nothing to compare yet">
          {versions.length === 0
            ? 'No run was recorded under a version of its contract.'
            : `All its runs were under ${versions[0]?.title ?? 'one version'}. A second version it runs under can be compared with that.`}
        </EmptyState>
      ) : (
        <>
          <PickVersions
            path={`${path}/versions`}
            options={versions.map((version) => ({
              id: version.slug,
              label: `${version.title}, ${plural(version.runs, 'run')}`,
            }))}
            a={compared.a.slug}
            b={compared.b.slug}
          />
          <Compared agent={agent.name} compared={compared} />
        </>
      )}
    </>
  );
}

/** What can be said of the two, first of the score. */
function verdictOf(figures: readonly FigurePair[]): string {
  const few = figures.filter((pair) => pair.verdict === 'too-few').length;
  if (few === figures.length - 1) return `too few runs to tell them apart: each needs ${LEAST_RUNS}`;
  const worse = figures.filter((pair) => pair.verdict === 'differs' && !isBetter(pair)).length;
  const better = figures.filter((pair) => pair.verdict === 'differs' && isBetter(pair)).length;
  if (worse + better === 0) return 'no figure differs beyond chance';
  return `${plural(better, 'figure')} better, ${formatCount(worse)} worse, beyond chance`;
}

/** Whether B is the better one. */
function isBetter({ a, b, better }: FigurePair): boolean {
  const change = (b.value ?? 0) - (a.value ?? 0);
  return better === 'more' ? change > 0 : change < 0;
}

function Compared({
  agent,
  compared: { a, b, figures },
}: {
  agent: string;
  compared: NonNullable<PerformanceComparison['compared']>;
}) {
  const runs = (version: RunVersion, filter: string) =>
    `/runs?agent=${encodeURIComponent(agent)}&version=${version.digest}&${filter}`;
  const head = (version: ComparedVersion) => (
    <span className="inline-flex items-center gap-1.5">
      {version.title}
      {version.inForce ? <Tag tone="accent">in force</Tag> : null}
    </span>
  );
  const facts: { name: string; of: (version: ComparedVersion) => React.ReactNode }[] = [
    {
      name: 'Runs',
      of: (version) => (
        <Link href={runs(version, RECORDED)} prefetch={false} className="prose-link">
          {formatCount(version.runs)}
        </Link>
      ),
    },
    {
      name: 'From, to',
      of: ({ firstDay, lastDay }) =>
        firstDay === lastDay ? day(firstDay) : `${day(firstDay)} to ${day(lastDay)}`,
    },
    { name: 'Measured of the score', of: ({ coverage }) => formatPercent(coverage, 0) },
    { name: 'Bands', of: ({ bands }) => bandText(bands) },
    {
      name: 'Half of the runs took at most',
      of: ({ durations }) => (durations === null ? '–' : formatDuration(durations.p50)),
    },
    {
      name: '95% of the runs took at most',
      of: ({ durations }) => (durations === null ? '–' : formatDuration(durations.p95)),
    },
  ];
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      <Sheet title={reading(figures, a, b)} label="all runs under each version; 95% intervals">
        <Table label="Figures of both versions">
          <thead>
            <tr>
              <Th>Figure</Th>
              <Th numeric>{head(a)}</Th>
              <Th numeric className="max-md:hidden">
                Runs
              </Th>
              <Th numeric>{head(b)}</Th>
              <Th numeric className="max-md:hidden">
                Runs
              </Th>
              <Th>What can be said</Th>
            </tr>
          </thead>
          <tbody>
            {figures.map((pair) => (
              <tr key={pair.name}>
                <Td wrap className={`min-w-24! ${pair.verdict === 'differs' ? 'font-medium' : ''}`}>
                  {TITLES[pair.name]}
                </Td>
                <Figure figure={pair.a} pair={pair} href={runs(a, FILTER[pair.name])} />
                <Figure figure={pair.b} pair={pair} href={runs(b, FILTER[pair.name])} />
                <Td>
                  <Verdict pair={pair} />
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
        <SheetFoot>
          Two versions differ where chance would do it less than once in a hundred times; below {LEAST_RUNS}{' '}
          runs on a side nothing is said. Runs were not dealt out by lot: what they were given may differ too.
          Scores here are means of runs; the agent’s own score has its criteria in it too.
        </SheetFoot>
      </Sheet>
      <Sheet title="What they rest on">
        <Table label="What the figures rest on">
          <thead>
            <tr>
              <Th>
                <span className="sr-only">Fact</span>
              </Th>
              <Th numeric>{a.title}</Th>
              <Th numeric>{b.title}</Th>
            </tr>
          </thead>
          <tbody>
            {facts.map((fact) => (
              <tr key={fact.name}>
                <Td wrap className="min-w-24! text-ink-2">
                  {fact.name}
                </Td>
                <Td numeric wrap className="min-w-20!">
                  {fact.of(a)}
                </Td>
                <Td numeric wrap className="min-w-20!">
                  {fact.of(b)}
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
        <SheetFoot>
          <Link
            href={
              a.own && b.own
                ? `/contracts/${encodeURIComponent(agent)}/compare?from=${a.number}&to=${b.number}`
                : '/contracts/defaults'
            }
            className="prose-link"
          >
            {a.own && b.own ? 'What changed in the contract between them' : 'Open the workspace defaults'}
          </Link>
        </SheetFoot>
      </Sheet>
    </div>
  );
}

const day = (text: string) => formatDate(`${text}T12:00:00Z`, 'UTC');

function bandText(bands: ComparedVersion['bands']): string {
  return (['critical', 'high', 'medium', 'low'] as const)
    .filter((band) => bands[band] > 0)
    .map((band) => `${formatCount(bands[band])} ${band}`)
    .join(', ');
}

/** What the table says first: the score of a run. */
function reading(figures: readonly FigurePair[], a: ComparedVersion, b: ComparedVersion): string {
  const score = figures.find((pair) => pair.name === 'score');
  if (score === undefined || score.a.value === null || score.b.value === null)
    return 'Not both versions have scored runs';
  const told = `Runs score ${formatNumber(score.b.value, 1)} on average under ${b.title}, ${formatNumber(score.a.value, 1)} under ${a.title}`;
  switch (score.verdict) {
    case 'too-few':
      return `${told}: too few to tell`;
    case 'alike':
      return `${told}: no more than chance`;
    default:
      return told;
  }
}

function Figure({ figure, pair, href }: { figure: VersionFigure; pair: FigurePair; href: string }) {
  const text = TEXT[pair.unit];
  return (
    <>
      <Td numeric>
        {figure.value === null ? (
          <span className="text-ink-3">unknown</span>
        ) : (
          <>
            <Link href={href} prefetch={false} className="prose-link">
              {text(figure.value)}
            </Link>
            {figure.interval === null ? null : (
              <span className="ml-2 text-ink-2 max-md:hidden">
                {text(Math.max(0, figure.interval[0]))} to{' '}
                {text(pair.unit === 'score' ? Math.min(100, figure.interval[1]) : figure.interval[1])}
              </span>
            )}
          </>
        )}
      </Td>
      <Td numeric className="text-ink-2 max-md:hidden">
        {formatCount(figure.runs)}
      </Td>
    </>
  );
}

function Verdict({ pair }: { pair: FigurePair }) {
  switch (pair.verdict) {
    case 'too-few':
      return <span className="text-ink-3">too few runs</span>;
    case 'alike':
      return (
        <span className="text-ink-2">
          alike<span className="max-md:hidden">, as far as chance goes</span>
        </span>
      );
    case 'untested':
      return (
        <span className="text-ink-3">
          not tested<span className="max-md:hidden">: spans of a run hang together</span>
        </span>
      );
    case 'differs':
      return isBetter(pair) ? (
        <span className="text-low">▲ better</span>
      ) : (
        <span className="text-critical">▼ worse</span>
      );
  }
}
