import Link from 'next/link';
import { EmptyState } from '@/components/ui/empty-state';
import { Sheet, SheetBody, SheetFoot } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { Tag } from '@/components/ui/tag';
import { categoryTitle } from '@/lib/contract/categories';
import { formatCount, plural } from '@/lib/format';
import type { ContractCoverage } from '@/lib/services/coverage/get-coverage';

const KINDS = { tool: 'Tool', category: 'Data', action: 'Kind of call' } as const;

/** The contract held against what runs did, both ways, as lists. `page` is the address of the document. */
export function CoverageView({ coverage, page }: { coverage: ContractCoverage; page: string }) {
  const { ungoverned, idle, watched, runs, days, cut } = coverage;
  if (runs === 0)
    return (
      <Sheet>
        <EmptyState title={`No run in the last ${days} days`}>
          Once the agent has run, this shows what it did that no clause speaks of, and which clauses no run
          has exercised.
        </EmptyState>
      </Sheet>
    );
  const looked = `${cut ? 'the latest ' : ''}${plural(runs, 'run')} of the last ${days} days`;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      <Sheet title="What it did that no clause speaks of" label={looked}>
        {ungoverned.length === 0 ? (
          <SheetBody className="text-ink-2">
            Nothing: every tool and kind of data it used is named in the contract.
          </SheetBody>
        ) : (
          <Table label="What no clause speaks of">
            <thead>
              <tr>
                <Th>What</Th>
                <Th>Name</Th>
                <Th numeric>Runs</Th>
                <Th>For example</Th>
                <Th>Caught by</Th>
              </tr>
            </thead>
            <tbody>
              {ungoverned.map((each) => (
                <Tr key={`${each.kind} ${each.name}`}>
                  <Td>{KINDS[each.kind]}</Td>
                  <Td wrap>
                    {each.kind === 'category' ? (
                      categoryTitle(each.name)
                    ) : (
                      <span className="code [overflow-wrap:anywhere]">{each.name}</span>
                    )}
                  </Td>
                  <Td numeric>{formatCount(each.runs)}</Td>
                  <Td wrap>
                    {each.examples.map((run, index) => (
                      <span key={run.runId}>
                        {index === 0 ? '' : ', '}
                        <Link
                          href={`/runs/${run.runId}`}
                          className="prose-link code [overflow-wrap:anywhere]"
                        >
                          {run.key}
                        </Link>
                      </span>
                    ))}
                  </Td>
                  <Td>
                    {each.caughtBy === null ? (
                      <Tag tone="high">nothing</Tag>
                    ) : (
                      <Link href={`${page}#${encodeURI(each.caughtBy)}`} className="prose-link code">
                        {each.caughtBy}
                      </Link>
                    )}
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        )}
      </Sheet>
      <Sheet
        title="Clauses that no run exercised"
        label={`${formatCount(idle.length)} of ${formatCount(watched)} that a run can exercise`}
      >
        {idle.length === 0 ? (
          <SheetBody className="text-ink-2">None: runs have come upon every one of them.</SheetBody>
        ) : (
          <ul className="columns-[22rem] gap-8 px-3.5 py-2 text-sm">
            {idle.map((clause) => (
              <li key={clause} className="break-inside-avoid py-1">
                <Link
                  href={`${page}#${encodeURI(clause)}`}
                  className="prose-link code [overflow-wrap:anywhere]"
                >
                  {clause}
                </Link>
              </li>
            ))}
          </ul>
        )}
        <SheetFoot>
          Of {looked}. A clause is exercised when a recorded call was held against it: its tool was called,
          its rule decided, its limit applied. That nobody tried a forbidden act leaves that clause here too.
          People, policies and dates are not among them.
        </SheetFoot>
      </Sheet>
    </div>
  );
}
