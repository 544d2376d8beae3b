import { LaneTag } from '@/components/ui/lane-tag';
import { Sheet, SheetFoot } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { formatCount, formatDuration, formatNumber, plural } from '@/lib/format';
import type { SpanRow } from '@/lib/services/runs/list-run-spans';
import { type FoldedRow, foldAlike, type StepRow } from './compare-rows';

const STEPS_SHOWN = 400;

/** What both runs did, the same steps beside each other. */
export function CompareSteps({ rows, partial }: { rows: readonly StepRow[]; partial: boolean }) {
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
      <StepList shown={shown} />
      <div className="max-lg:hidden">
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
                    {differenceOf(each.row)}
                  </Td>
                </Tr>
              ),
            )}
          </tbody>
        </Table>
      </div>
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

/** In words, how the two went about a step; empty where alike. */
function differenceOf({ a, b, pending, differences }: StepRow): string {
  if (pending) return `comes when ${a === null ? 'A' : 'B'} ends`;
  if (a === null) return 'only in B';
  return b === null ? 'only in A' : differences.join('; ');
}

/** The same for narrow screens: nine columns would stand out of sight. */
function StepList({ shown }: { shown: readonly FoldedRow[] }) {
  return (
    <ol className="text-sm lg:hidden">
      {shown.map((each) => (
        <li key={each.at} className="flex gap-3 border-b border-line px-3.5 py-2 last:border-b-0">
          <span className="w-6 flex-none text-right text-ink-3">{each.at}</span>
          {each.kind === 'alike' ? (
            <span className="text-ink-2">{plural(each.count, 'step')} alike</span>
          ) : (
            <span className="grid min-w-0 gap-0.5">
              <span className="code [overflow-wrap:anywhere]">{(each.row.a ?? each.row.b)?.span.name}</span>
              <StepLine side="A" span={each.row.a?.span ?? null} />
              <StepLine side="B" span={each.row.b?.span ?? null} />
              {differenceOf(each.row) === '' ? null : (
                <span className="font-medium [overflow-wrap:anywhere]">{differenceOf(each.row)}</span>
              )}
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}

function StepLine({ side, span }: { side: 'A' | 'B'; span: SpanRow | null }) {
  if (span === null) return null;
  return (
    <span className="inline-flex flex-wrap gap-x-2 text-ink-2">
      {side}:
      {span.lane === null ? (
        <span>{span.status === 'error' ? 'failed' : 'not asked'}</span>
      ) : (
        <LaneTag lane={span.lane} />
      )}
      <span>risk {formatNumber(span.risk, 1)}</span>
      <span>{formatDuration(span.durationUs / 1000)}</span>
    </span>
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
