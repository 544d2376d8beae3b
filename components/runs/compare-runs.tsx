import Link from 'next/link';
import type { ReactNode } from 'react';
import { Band } from '@/components/ui/band';
import { ButtonLink } from '@/components/ui/button';
import { LaneTag } from '@/components/ui/lane-tag';
import { PageHeader } from '@/components/ui/page-header';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetBody, SheetFoot } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { formatCount, formatDuration, formatNumber, plural } from '@/lib/format';
import type { Part } from '@/lib/response/fingerprint';
import type { ComparedRun } from '@/lib/services/runs/compare-runs';
import type { AskedDecision } from '@/lib/services/runs/get-run';
import type { SpanRow } from '@/lib/services/runs/list-run-spans';
import {
  decisionRows,
  figureRows,
  firstDifference,
  foldAlike,
  type PrintRow,
  printRows,
  stepRows,
} from './compare-rows';
import { compareRunsHref, runHref } from './links';

const PART_TITLES: Record<Part, string> = {
  code: 'Code',
  models: 'Models',
  prompts: 'Prompts',
  tools: 'Tools',
  categories: 'Data touched',
};
const STEPS_SHOWN = 400;

/** Two runs beside each other: what differs first, figures, what they were made of, steps, decisions. */
export function CompareRuns({ a, b }: { a: ComparedRun; b: ComparedRun }) {
  const steps = stepRows(a.spans.spans, b.spans.spans);
  const differing = figureRows(a.run, b.run).filter((row) => row.differs).length;
  return (
    <>
      <PageHeader
        crumbs={[{ label: 'Runs', href: '/runs' }, { label: 'Compare' }]}
        title="Two runs side by side"
        facts={[
          <Side key="a" name="A" of={a} />,
          <Side key="b" name="B" of={b} />,
          `${plural(differing, 'figure')} ${differing === 1 ? 'differs' : 'differ'}`,
        ]}
        actions={<ButtonLink href={compareRunsHref(b.run.key, a.run.key)}>Swap</ButtonLink>}
      />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
        <Sheet title="What differs first">
          <SheetBody>
            <p className="[overflow-wrap:anywhere]">{firstDifference(steps)}</p>
          </SheetBody>
        </Sheet>
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 lg:grid-cols-2">
          <Figures a={a} b={b} />
          <div className="grid min-w-0 gap-5">
            <Made rows={printRows(a.fingerprint, b.fingerprint)} />
            <Broken a={a} b={b} />
          </div>
        </div>
        <Steps rows={steps} partial={a.spans.partial || b.spans.partial} />
        <Decisions a={a.run.decisions} b={b.run.decisions} />
      </div>
    </>
  );
}

function Side({ name, of }: { name: string; of: ComparedRun }) {
  return (
    <>
      {name}:{' '}
      <Link href={runHref(of.run)} className="prose-link code">
        {of.run.key}
      </Link>
      , <RelativeTime at={of.run.startedAt} />
    </>
  );
}

/** Says by word and weight that a row differs. */
function Name({ differs, children }: { differs: boolean; children: ReactNode }) {
  return (
    <span className={differs ? 'font-medium' : 'text-ink-2'}>
      {children}
      {differs ? <span className="sr-only"> differs</span> : null}
    </span>
  );
}

function Figures({ a, b }: { a: ComparedRun; b: ComparedRun }) {
  return (
    <Sheet title="Figures" label="B against A; what differs is set strong">
      <Table label="Figures of both runs">
        <thead>
          <tr>
            <Th>
              <span className="sr-only">Figure</span>
            </Th>
            <Th numeric>A</Th>
            <Th numeric>B</Th>
            <Th numeric>Change</Th>
          </tr>
        </thead>
        <tbody>
          {figureRows(a.run, b.run).map((row) => (
            <tr key={row.name}>
              <Td>
                <Name differs={row.differs}>{row.name}</Name>
              </Td>
              <Td numeric className={row.differs ? 'font-medium' : 'text-ink-2'}>
                {row.a}
              </Td>
              <Td numeric className={row.differs ? 'font-medium' : 'text-ink-2'}>
                {row.b}
              </Td>
              <Td numeric className="text-ink-2">
                {row.change ?? (row.differs ? 'differs' : '')}
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Sheet>
  );
}

function Made({ rows }: { rows: readonly PrintRow[] }) {
  const differing = rows.filter((row) => row.onlyA.length + row.onlyB.length > 0).length;
  const items = (list: readonly string[]) =>
    list.length === 0 ? <span className="text-ink-3">–</span> : list.join(', ');
  return (
    <Sheet
      title="What they were made of"
      label={differing === 0 ? 'the same, as far as spans say' : `${differing} of ${rows.length} differ`}
    >
      <Table label="What both runs were made of">
        <thead>
          <tr>
            <Th>
              <span className="sr-only">Part</span>
            </Th>
            <Th>Only A</Th>
            <Th>Both</Th>
            <Th>Only B</Th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.part}>
              <Td>
                <Name differs={row.onlyA.length + row.onlyB.length > 0}>{PART_TITLES[row.part]}</Name>
                {row.cut ? <span className="block text-xs text-ink-3">not all kept</span> : null}
              </Td>
              {[row.onlyA, row.both, row.onlyB].map((list, index) => (
                <Td
                  // biome-ignore lint/suspicious/noArrayIndexKey: three fixed columns
                  key={index}
                  wrap
                  className={`code min-w-24! [overflow-wrap:anywhere] ${index === 1 ? 'text-ink-2' : 'font-medium'}`}
                >
                  {items(list)}
                </Td>
              ))}
            </tr>
          ))}
        </tbody>
      </Table>
    </Sheet>
  );
}

function Broken({ a, b }: { a: ComparedRun; b: ComparedRun }) {
  const all = new Map([...a.run.breaches, ...b.run.breaches].map((breach) => [breach.clause, breach]));
  if (all.size === 0) return null;
  const has = (side: ComparedRun, clause: string) =>
    side.run.breaches.some((breach) => breach.clause === clause);
  return (
    <Sheet title="Clauses broken" label={plural(all.size, 'clause')}>
      <Table label="Clauses that either run broke">
        <thead>
          <tr>
            <Th>Clause</Th>
            <Th>Severity</Th>
            <Th>Broken in</Th>
          </tr>
        </thead>
        <tbody>
          {[...all.values()].map((breach) => (
            <tr key={breach.clause}>
              <Td wrap className="code [overflow-wrap:anywhere]">
                {breach.clause}
              </Td>
              <Td>
                <Band band={breach.severity} />
              </Td>
              <Td>{has(a, breach.clause) ? (has(b, breach.clause) ? 'both' : 'only A') : 'only B'}</Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Sheet>
  );
}

function Steps({ rows, partial }: { rows: ReturnType<typeof stepRows>; partial: boolean }) {
  const folded = foldAlike(rows);
  const shown = folded.slice(0, STEPS_SHOWN);
  const only = (side: 'a' | 'b') =>
    rows.filter((row) => !row.pending && row[side === 'a' ? 'b' : 'a'] === null).length;
  const both = rows.filter((row) => row.differences.length > 0).length;
  if (rows.length === 0) return null;
  return (
    <Sheet
      title="Step by step"
      label={`${plural(rows.length, 'step')}: ${formatCount(only('a'))} only in A, ${formatCount(only('b'))} only in B, ${formatCount(both)} done otherwise`}
    >
      <Table label="Steps of both runs, the same ones in one row">
        <thead>
          <tr>
            <Th numeric>
              <span className="sr-only">Number</span>
            </Th>
            <Th>Step</Th>
            <Th>A</Th>
            <Th numeric>Risk</Th>
            <Th numeric>Took</Th>
            <Th>B</Th>
            <Th numeric>Risk</Th>
            <Th numeric>Took</Th>
            <Th>What differs</Th>
          </tr>
        </thead>
        <tbody>
          {shown.map((each) =>
            each.kind === 'alike' ? (
              <tr key={`alike ${each.at}`}>
                <Td numeric className="text-ink-3">
                  {each.at}
                </Td>
                <Td colSpan={8} className="text-ink-2">
                  {plural(each.count, 'step')} alike
                </Td>
              </tr>
            ) : (
              <Tr key={each.at} className={each.row.a === null || each.row.b === null ? 'bg-sunk' : ''}>
                <Td numeric className="text-ink-3">
                  {each.at}
                </Td>
                <Td wrap className="code max-w-80 [overflow-wrap:anywhere]">
                  <span style={{ paddingLeft: (Math.min(each.row.level, 10) - 1) * 12 }} className="block">
                    {(each.row.a ?? each.row.b)?.span.name}
                  </span>
                </Td>
                <StepCells span={each.row.a?.span ?? null} />
                <StepCells span={each.row.b?.span ?? null} />
                <Td wrap className="[overflow-wrap:anywhere]">
                  {each.row.pending
                    ? `comes when ${each.row.a === null ? 'A' : 'B'} ends`
                    : each.row.a === null
                      ? 'only in B'
                      : each.row.b === null
                        ? 'only in A'
                        : each.row.differences.length === 0
                          ? ''
                          : each.row.differences.join('; ')}
                </Td>
              </Tr>
            ),
          )}
        </tbody>
      </Table>
      {folded.length > shown.length || partial ? (
        <SheetFoot>
          {folded.length > shown.length
            ? `The first ${formatCount(shown.length)} of ${plural(folded.length, 'row')}. `
            : null}
          {partial ? 'The runs are large: their most telling spans are compared, not all.' : null}
        </SheetFoot>
      ) : null}
    </Sheet>
  );
}

function StepCells({ span }: { span: SpanRow | null }) {
  if (span === null)
    return (
      <Td colSpan={3} className="text-ink-3">
        not there
      </Td>
    );
  return (
    <>
      <Td>
        {span.lane === null ? (
          <span className="text-ink-3">{span.status === 'error' ? 'failed' : '–'}</span>
        ) : (
          <LaneTag lane={span.lane} />
        )}
      </Td>
      <Td numeric>{formatNumber(span.risk, 1)}</Td>
      <Td numeric className="text-ink-2">
        {formatDuration(span.durationUs / 1000)}
      </Td>
    </>
  );
}

function Decisions({ a, b }: { a: readonly AskedDecision[]; b: readonly AskedDecision[] }) {
  if (a.length + b.length === 0) return null;
  const answer = (decision: AskedDecision | undefined) =>
    decision === undefined ? (
      <span className="text-ink-3">not asked</span>
    ) : (
      <>
        <LaneTag lane={decision.lane} />
        {decision.clauses.length === 0 ? null : (
          <span className="code ml-2 text-ink-2 [overflow-wrap:anywhere]">
            {decision.clauses.map((each) => each.clause).join(', ')}
          </span>
        )}
      </>
    );
  return (
    <Sheet title="Decisions they asked for" label={`A ${formatCount(a.length)}, B ${formatCount(b.length)}`}>
      <Table label="Decisions of both runs">
        <thead>
          <tr>
            <Th>Tool</Th>
            <Th>A</Th>
            <Th>B</Th>
          </tr>
        </thead>
        <tbody>
          {decisionRows(a, b).map((row, index) => {
            const differs = row.a?.decision.lane !== row.b?.decision.lane;
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows are positions in two sequences
              <tr key={index}>
                <Td>
                  <Name differs={differs}>
                    <span className="code">{row.a?.what ?? row.b?.what}</span>
                  </Name>
                </Td>
                <Td wrap>{answer(row.a?.decision)}</Td>
                <Td wrap>{answer(row.b?.decision)}</Td>
              </tr>
            );
          })}
        </tbody>
      </Table>
    </Sheet>
  );
}
