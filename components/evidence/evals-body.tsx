import Link from 'next/link';
import { RelativeTime } from '@/components/ui/relative-time';
import { SheetBody } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { Tag } from '@/components/ui/tag';
import { formatBytes, formatCount, formatNumber, plural } from '@/lib/format';
import { type EvalsDetail, evalsDetailSchema, type JudgedCriterion } from '@/lib/lifecycle/evals/judge-evals';
import { criterionValue } from '@/lib/scoring/criteria';
import { Figures } from './figures';
import { VERDICT_WORDS } from './words';

/** Eval results: every criterion with value, target and samples, and what fits none. */
export function EvalsBody({ detail, href }: { detail: unknown; href: (clause: string) => string }) {
  const read = evalsDetailSchema.safeParse(detail);
  if (!read.success) return <Figures value={detail} />;
  const { criteria, unbound, unboundLeftOut } = read.data;
  return (
    <>
      <ul className="border-b border-line text-sm">
        {criteria.map((each) => (
          <Criterion key={each.id} judged={each} href={href} />
        ))}
      </ul>
      {unbound.length === 0 ? null : (
        <div className="border-b border-line">
          <h3 className="px-3.5 pt-3 text-sm font-semibold">Bound to no criterion</h3>
          <p className="px-3.5 pb-1 text-sm text-ink-2">
            No eval criterion has such a metric, id or clause. These count for nothing.
          </p>
          <Table label="Results bound to no criterion">
            <thead>
              <tr>
                <Th>Name</Th>
                <Th numeric>Mean</Th>
                <Th numeric>Samples</Th>
              </tr>
            </thead>
            <tbody>
              {unbound.map((each) => (
                <Tr key={each.name}>
                  <Td wrap className="[overflow-wrap:anywhere]">
                    {each.name}
                  </Td>
                  <Td numeric>{formatNumber(each.value, 3)}</Td>
                  <Td numeric>{formatCount(each.samples)}</Td>
                </Tr>
              ))}
            </tbody>
          </Table>
          {unboundLeftOut === 0 ? null : (
            <p className="px-3.5 py-2 text-sm text-ink-2">and {plural(unboundLeftOut, 'more name')}</p>
          )}
        </div>
      )}
      <SheetBody className="border-b border-line text-sm text-ink-2">{sourceOf(read.data)}</SheetBody>
    </>
  );
}

function Criterion({ judged, href }: { judged: JudgedCriterion; href: (clause: string) => string }) {
  const { word, tone } = VERDICT_WORDS[judged.verdict];
  return (
    <li className="grid gap-1 border-b border-line px-3.5 py-3 last:border-b-0">
      <p className="flex flex-wrap items-baseline justify-between gap-x-3">
        <Link href={href(judged.clause)} className="code prose-link min-w-0 break-all">
          {judged.clause}
        </Link>
        <Tag tone={tone}>{word}</Tag>
      </p>
      <p>{judged.statement}</p>
      <p className="text-ink-2">
        {judged.value === null ? (
          'No results yet'
        ) : (
          <>
            <span className="font-medium text-ink">{criterionValue(judged.value, judged)}</span> over{' '}
            {plural(judged.samples, 'sample')}
          </>
        )}
        {'; '}
        {judged.comparison === '>=' ? 'at least' : 'at most'} {criterionValue(judged.target, judged)} over at
        least {plural(judged.leastSamples, 'sample')}
        {judged.metric === null ? '' : `, metric ${judged.metric}`}
        {judged.ranAt === null ? null : (
          <>
            {'. '}
            {judged.earlier ? 'From earlier results, ' : 'Ran '}
            <RelativeTime at={judged.ranAt} focusable={false} />
          </>
        )}
        .
      </p>
      {judged.worst.length === 0 ? null : (
        <details>
          <summary className="cursor-pointer text-ink-2">
            {plural(judged.worst.length, 'case')} furthest from it
          </summary>
          <ul className="mt-1 grid gap-1 pl-4">
            {judged.worst.map((each) => (
              <li key={each.case} className="flex justify-between gap-4">
                <span className="min-w-0 [overflow-wrap:anywhere]">{each.case}</span>
                <span>{criterionValue(each.score, judged)}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}

const FORMATS: Readonly<Record<EvalsDetail['format'], string>> = {
  promptfoo: 'promptfoo’s output',
  junit: 'a JUnit report',
  csv: 'CSV',
  json: 'JSON',
};

function sourceOf({ format, tool, file, skipped, errored }: EvalsDetail): string {
  const parts = [`Read from ${FORMATS[format]}${tool === null ? '' : ` of ${tool}`}`];
  if (file !== null) parts.push(`${file.name ?? 'a file without a name'}, ${formatBytes(file.size)}`);
  if (errored > 0) parts.push(`${plural(errored, 'case')} broke and counts as failed`);
  if (skipped > 0) parts.push(`${plural(skipped, 'case')} skipped`);
  return `${parts.join('; ')}. The file itself is not kept.`;
}
