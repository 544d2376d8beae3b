import Link from 'next/link';
import { RiskHistogram } from '@/components/risk/risk-histogram';
import { RECORDED } from '@/components/runs/links';
import { Callout } from '@/components/ui/callout';
import { Chart } from '@/components/ui/chart';
import { EmptyState } from '@/components/ui/empty-state';
import { Columns, FactRows, Sheet, SheetBody, SheetFoot, Stack } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { categoryTitle } from '@/lib/contract/categories';
import { formatCount, formatPercent, plural } from '@/lib/format';
import type { Exposure } from '@/lib/scoring/risk-facts';
import { type AgentRisk, RISK_DAYS } from '@/lib/services/risk/get-risk';
import { ProfileTrial } from './profile-trial';
import { REASONS, riskRunsHref } from './risk-runs-links';

const SERIES = [
  { key: 'low', label: 'low', colour: 'var(--line-strong)' },
  { key: 'medium', label: 'medium', colour: 'var(--medium)', texture: 'dots' as const },
  { key: 'high', label: 'high', colour: 'var(--high)', texture: 'hatch' as const },
  { key: 'critical', label: 'critical', colour: 'var(--critical)' },
];

/** The risk of an agent: where its runs lie, which data they reached, what is not known, and another profile to try. */
export function RiskPanel({ data }: { data: AgentRisk }) {
  const { agent, profile, facts, version } = data;
  const runsOfDay = `/runs?agent=${encodeURIComponent(agent.name)}&from={x}&to={x}&${RECORDED}`;
  return (
    <Stack>
      <Columns>
        <Stack>
          {profile === null ? (
            <Callout title="There is no risk profile">
              {agent.displayName} is under no contract, not even workspace defaults, so no risk is reckoned.
            </Callout>
          ) : (
            <RiskHistogram
              title={bandReading(data)}
              agent={agent.name}
              bins={data.histogram}
              thresholds={profile.thresholds}
            />
          )}
          <Chart
            title={trendReading(data)}
            label={`runs a day by band, ${RISK_DAYS} days`}
            series={SERIES}
            points={data.days}
            href={runsOfDay}
            empty={`No run in ${RISK_DAYS} days.`}
          />
        </Stack>
        <Stack>
          <Coverage data={data} />
          <Sheet title="Profile in force" label={version === null ? 'none' : `version ${version.label}`}>
            <SheetBody className="grid gap-2 text-sm">
              <p>
                {version === null
                  ? 'Nothing is in force.'
                  : version.own
                    ? 'A run keeps the profile of the version it began under; a new profile rewrites no score.'
                    : 'The agent is held to the workspace defaults.'}
              </p>
              <p>
                <Link href={`/contracts/${encodeURIComponent(agent.name)}#risk`} className="prose-link">
                  The risk section of the contract
                </Link>
              </p>
            </SheetBody>
          </Sheet>
        </Stack>
      </Columns>
      <ExposureTable data={data} />
      {profile === null ? null : (
        <Sheet
          className="overflow-clip!"
          title="Try another profile"
          label={`on the latest ${plural(facts.runs.length, 'run')}`}
        >
          <ProfileTrial
            agent={agent.name}
            profile={profile}
            facts={facts}
            drafts={data.drafts}
            mayDraft={data.mayDraft}
          />
        </Sheet>
      )}
    </Stack>
  );
}

function bandReading({ bands, facts }: AgentRisk): string {
  const severe = bands.high + bands.critical;
  const all = plural(facts.runs.length, 'run');
  if (facts.runs.length === 0) return 'No run yet';
  if (severe > 0) return `${formatCount(severe)} of the latest ${all} at high or critical risk`;
  return bands.medium > 0
    ? `${formatCount(bands.medium)} of the latest ${all} at medium risk, none above`
    : `The latest ${all} at low risk`;
}

function trendReading({ days }: AgentRisk): string {
  const sum = (band: 'low' | 'medium' | 'high' | 'critical') =>
    days.reduce((total, day) => total + day[band], 0);
  const all = sum('low') + sum('medium') + sum('high') + sum('critical');
  if (all === 0) return `No run in ${RISK_DAYS} days`;
  const severe = sum('high') + sum('critical');
  return severe > 0
    ? `${formatCount(severe)} of ${plural(all, 'run')} came to high or critical risk`
    : `None of ${plural(all, 'run')} came to high risk`;
}

function Coverage({ data }: { data: AgentRisk }) {
  const { classified, unclassified, withoutArguments } = data.coverage;
  const open = unclassified.reduce((sum, { spans }) => sum + spans, 0);
  const all = classified + open;
  return (
    <Sheet
      title={
        all === 0
          ? 'No span to classify yet'
          : open === 0
            ? 'Every call was classified'
            : `${plural(open, 'span')} could not be classified`
      }
      label={all === 0 ? undefined : `${formatPercent(classified / all)} of ${formatCount(all)} were`}
    >
      <FactRows
        rows={[
          {
            name: 'Calls whose data is known',
            value: (
              <>
                {formatCount(classified)} in{' '}
                <Link href={riskRunsHref(data.agent.name)} prefetch={false} className="prose-link">
                  {plural(data.facts.runs.length, 'run')}
                </Link>
              </>
            ),
          },
          ...unclassified.map(({ reason, spans, runs }) => ({
            key: reason,
            name: (
              <span className="grid">
                {REASONS[reason].name}
                <span className="text-ink-3">{REASONS[reason].why}</span>
              </span>
            ),
            value: (
              <>
                {formatCount(spans)} in{' '}
                <Link
                  href={riskRunsHref(data.agent.name, `reason=${reason}`)}
                  prefetch={false}
                  className="prose-link"
                >
                  {plural(runs, 'run')}
                </Link>
              </>
            ),
          })),
          ...(withoutArguments === 0
            ? []
            : [
                {
                  name: 'Runs with calls whose arguments were not sent',
                  value: (
                    <Link
                      href={riskRunsHref(data.agent.name, 'withoutArguments=1')}
                      prefetch={false}
                      className="prose-link"
                    >
                      {formatCount(withoutArguments)}
                    </Link>
                  ),
                },
              ]),
        ]}
      />
      {open + withoutArguments === 0 ? null : (
        <SheetFoot>What could not be classified may have touched more than its risk says.</SheetFoot>
      )}
    </Sheet>
  );
}

function ExposureTable({ data }: { data: AgentRisk }) {
  const { exposure, profile, facts } = data;
  const [first] = exposure;
  return (
    <Sheet
      title={
        first === undefined
          ? 'No data category was touched'
          : `${categoryTitle(first.category)} data was touched most often`.replace(/^./, (letter) =>
              letter.toUpperCase(),
            )
      }
      label={`tool calls of the latest ${plural(facts.runs.length, 'run')}`}
    >
      {first === undefined ? (
        <EmptyState title="Nothing yet">No call of these runs touched data with a category.</EmptyState>
      ) : (
        <Table label="Exposure by data category">
          <thead>
            <tr>
              <Th>Data category</Th>
              <Th numeric className="max-lg:hidden">
                Weight
              </Th>
              <Th numeric>Runs</Th>
              <Th numeric>Calls</Th>
              {['Read', 'Write', 'Transact', 'Unknown tool', 'Carried out'].map((title) => (
                <Th key={title} numeric className="max-lg:hidden">
                  {title}
                </Th>
              ))}
              <Th className="max-xl:hidden">Latest run</Th>
            </tr>
          </thead>
          <tbody>
            {exposure.map((row) => (
              <Tr key={row.category}>
                <Td wrap className="min-w-32!">
                  <span title={row.category}>{categoryTitle(row.category)}</span>
                  <span className="block text-xs text-ink-2 lg:hidden">
                    {callsInWords(row, profile?.categories[row.category])}
                  </span>
                </Td>
                <Td numeric className="text-ink-2 max-lg:hidden">
                  {profile?.categories[row.category] ?? 'none'}
                </Td>
                <Td numeric>
                  <Link
                    href={riskRunsHref(data.agent.name, `category=${encodeURIComponent(row.category)}`)}
                    prefetch={false}
                    className="prose-link"
                  >
                    {formatCount(row.runs)}
                  </Link>
                </Td>
                <Td numeric>{formatCount(row.calls)}</Td>
                {[row.read, row.write, row.transact, row.unknown, row.egress].map((calls, index) => (
                  <Td
                    // biome-ignore lint/suspicious/noArrayIndexKey: the columns stand fast
                    key={index}
                    numeric
                    className={`max-lg:hidden ${calls === 0 ? 'text-ink-3' : ''}`}
                  >
                    {calls === 0 ? '–' : formatCount(calls)}
                  </Td>
                ))}
                <Td className="max-xl:hidden">
                  {row.latest.slice(0, 1).map((key) => (
                    <Link
                      key={key}
                      href={`/runs/${encodeURIComponent(key)}`}
                      className="prose-link inline-block max-w-40 truncate align-bottom"
                    >
                      {key}
                    </Link>
                  ))}
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Sheet>
  );
}

/** "Weight 2. 2,531 read, 1,121 write": what wide screens show in columns of their own. */
function callsInWords(row: Exposure, weight: number | undefined): string {
  const parts = (
    [
      [row.read, 'read'],
      [row.write, 'write'],
      [row.transact, 'transact'],
      [row.unknown, 'of an unknown tool'],
      [row.egress, 'carried out'],
    ] as const
  ).flatMap(([calls, what]) => (calls === 0 ? [] : [`${formatCount(calls)} ${what}`]));
  return `Weight ${weight ?? 'none'}. ${parts.join(', ')}`;
}
