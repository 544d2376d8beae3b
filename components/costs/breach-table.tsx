import Link from 'next/link';
import { Band } from '@/components/ui/band';
import { RelativeTime } from '@/components/ui/relative-time';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import type { CostBreach } from '@/lib/services/costs/cost-breaches';

const ASKED = { log: 'record it', warn: 'warn', page: 'page', pause: 'pause' } as const;

const MISSED = {
  log: 'not recorded',
  warn: 'nobody was warned',
  page: 'nobody was paged',
  pause: 'the run was not paused',
} as const;

/** Broken ceilings: what the contract asks for then, and what really happened. */
export function BreachTable({ breaches }: { breaches: readonly CostBreach[] }) {
  return (
    <Table label="Broken ceilings and what followed">
      <thead>
        <tr>
          <Th>When</Th>
          <Th>Run</Th>
          <Th>What was broken</Th>
          <Th>Severity</Th>
          <Th>The contract asks</Th>
          <Th>What happened</Th>
        </tr>
      </thead>
      <tbody>
        {breaches.map((breach) => (
          <Tr key={breach.id}>
            <Td className="text-ink-2">
              <RelativeTime at={breach.happenedAt} focusable={false} />
            </Td>
            <Td wrap className="min-w-28!">
              <Link
                href={`/runs/${encodeURIComponent(breach.run.key)}`}
                className="prose-link [overflow-wrap:anywhere]"
              >
                {breach.run.key}
              </Link>
            </Td>
            <Td wrap>
              {breach.message}
              <span className="code block text-ink-2">{breach.clause}</span>
            </Td>
            <Td>
              <Band band={breach.severity} />
            </Td>
            <Td>
              {breach.asked === null ? <span className="text-ink-3">unknown</span> : ASKED[breach.asked]}
            </Td>
            <Td wrap className="min-w-40!">
              <Followed breach={breach} />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

function Followed({ breach }: { breach: CostBreach }) {
  const { did, incident, asked } = breach;
  const done = (
    [
      ['paused', did.paused],
      ['paged', did.paged],
      ['warned', did.warned],
    ] as const
  ).flatMap(([word, at]) => (at === null ? [] : [{ word, at }]));
  return (
    <span className="grid gap-0.5">
      {done.length === 0 ? <span>recorded</span> : null}
      {done.map(({ word, at }) => (
        <span key={word}>
          {word} <RelativeTime at={at} focusable={false} />
        </span>
      ))}
      {incident === null ? null : (
        <Link href={`/incidents/${incident.number}`} className="prose-link">
          INC-{incident.number}, {incident.state}
        </Link>
      )}
      {breach.carriedOut || asked === null ? null : <span className="text-critical">{MISSED[asked]}</span>}
    </span>
  );
}
