import Link from 'next/link';
import type { ReactNode } from 'react';
import { Band } from '@/components/ui/band';
import { ButtonLink } from '@/components/ui/button';
import { LaneTag } from '@/components/ui/lane-tag';
import { PageHeader } from '@/components/ui/page-header';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetBody } from '@/components/ui/sheet';
import { Table, Td, Th } from '@/components/ui/table';
import { formatCount, plural } from '@/lib/format';
import type { Part } from '@/lib/response/fingerprint';
import type { ComparedRun } from '@/lib/services/runs/compare-runs';
import type { AskedDecision } from '@/lib/services/runs/get-run';
import {
  decisionRows,
  figureRows,
  firstDifference,
  type PrintRow,
  printRows,
  stepRows,
} from './compare-rows';
import { CompareSteps } from './compare-steps';
import { ClauseName, compareRunsHref, runHref } from './links';

const PART_TITLES: Record<Part, string> = {
  code: 'Code',
  models: 'Models',
  prompts: 'Prompts',
  tools: 'Tools',
  categories: 'Data touched',
};

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
        <CompareSteps rows={steps} partial={a.spans.partial || b.spans.partial} />
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

/** Gives way on a phone, so that no column is out of sight. */
const NARROW = 'min-w-0! max-md:px-2! [overflow-wrap:anywhere]';

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
            <Th numeric className="max-md:hidden">
              Change
            </Th>
          </tr>
        </thead>
        <tbody>
          {figureRows(a.run, b.run).map((row) => (
            <tr key={row.name}>
              <Td wrap className="min-w-24!">
                <Name differs={row.differs}>{row.name}</Name>
              </Td>
              <Td numeric wrap className={`${NARROW} ${row.differs ? 'font-medium' : 'text-ink-2'}`}>
                {row.a}
              </Td>
              <Td numeric wrap className={`${NARROW} ${row.differs ? 'font-medium' : 'text-ink-2'}`}>
                {row.b}
                {row.change === null ? null : (
                  <span className="block text-xs font-normal text-ink-2 md:hidden">{row.change}</span>
                )}
              </Td>
              <Td numeric className="text-ink-2 max-md:hidden">
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
      <dl className="text-sm md:hidden">
        {rows.map((row) => (
          <div key={row.part} className="grid gap-1 border-b border-line px-3.5 py-2.5 last:border-b-0">
            <dt>
              <Name differs={row.onlyA.length + row.onlyB.length > 0}>{PART_TITLES[row.part]}</Name>
              {row.cut ? <span className="ml-1.5 text-xs text-ink-3">not all kept</span> : null}
            </dt>
            {(
              [
                ['Only A', row.onlyA],
                ['Only B', row.onlyB],
                ['Both', row.both],
              ] as const
            ).map(([where, list]) =>
              list.length === 0 ? null : (
                <dd key={where} className="flex gap-2">
                  <span className="w-12 flex-none text-ink-2">{where}</span>
                  <span className="code min-w-0 [overflow-wrap:anywhere]">{list.join(', ')}</span>
                </dd>
              ),
            )}
            {row.onlyA.length + row.onlyB.length + row.both.length === 0 ? (
              <dd className="text-ink-3">nothing known</dd>
            ) : null}
          </div>
        ))}
      </dl>
      <div className="max-md:hidden">
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
      </div>
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
              <Td wrap className={`code ${NARROW}`}>
                <ClauseName clause={breach.clause} />
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
                <Td wrap className={NARROW}>
                  <Name differs={differs}>
                    <span className="code [overflow-wrap:anywhere]">{row.a?.what ?? row.b?.what}</span>
                  </Name>
                </Td>
                <Td wrap className={NARROW}>
                  {answer(row.a?.decision)}
                </Td>
                <Td wrap className={NARROW}>
                  {answer(row.b?.decision)}
                </Td>
              </tr>
            );
          })}
        </tbody>
      </Table>
    </Sheet>
  );
}
