import { Table, Td, Th, Tr } from '@/components/ui/table';
import { type AuthorityRow, TIER_WORDS } from '@/lib/contract/describe';
import type { Tier } from '@/lib/contract/schema';
import type { BrokenClause } from '@/lib/services/contracts/get-contract';
import { ClauseNotes, type NotesFor } from './clause-notes';
import { BrokenBy, ClauseName, MARKED } from './clause-row';
import { type People, Sentence } from './sentence';

const COLOUR: Record<Tier, string> = {
  alone: 'text-low',
  approval: 'text-medium',
  escalation: 'text-high',
  never: 'text-critical',
};

/** Who decides what: each rule a row, below them what holds for calls that no rule speaks of. */
export function AuthorityTable({
  rows,
  people,
  brokenAt,
  notes,
}: {
  rows: readonly AuthorityRow[];
  people: People;
  brokenAt: (clause: string) => readonly BrokenClause[];
  notes: NotesFor | null;
}) {
  return (
    <Table label="Authority">
      <thead>
        <tr>
          <Th className="pl-0">When</Th>
          <Th>The agent</Th>
          <Th>Who decides</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Tr key={row.clause} id={row.clause} data-clause="" className={`group align-top ${MARKED}`}>
            <Td wrap className="relative pl-0 text-base">
              <Sentence parts={row.when} people={people} />
              {row.statement === undefined ? null : (
                <span className="block text-sm text-ink-2">{row.statement}</span>
              )}
              <span className="block">
                <ClauseName path={row.clause} />
              </span>
              <BrokenBy broken={brokenAt(row.clause)} />
              <ClauseNotes clause={row.clause} notes={notes} />
            </Td>
            <Td className={`py-2 text-base ${COLOUR[row.tier]}`}>{TIER_WORDS[row.tier]}</Td>
            <Td wrap className={`min-w-40! text-base ${row.decides === 'nobody' ? 'text-ink-3' : ''}`}>
              {people[row.decides.toLowerCase()] ?? row.decides}
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
