'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { Callout } from '@/components/ui/callout';
import { plural } from '@/lib/format';
import type { DefaultsImpact as Impact } from '@/lib/services/contracts/defaults-impact';
import { impact } from './actions';
import { contractHref } from './contract-href';

const SHOWN = 8;
const CLAUSES_SHOWN = 5;

/** Before new workspace defaults are made: every agent they reach. Shows nothing while the text is no contract yet. */
export function DefaultsImpact({ source, format }: { source: string; format: 'yaml' | 'json' }) {
  const { data } = useQuery({
    queryKey: ['contract', 'defaults-impact', format, source],
    queryFn: () => impact(source, format),
  });
  return data === undefined || data === null ? null : <DefaultsImpactView impact={data} />;
}

/** Whom a change of the workspace defaults reaches: at once, and when their next version is made. */
export function DefaultsImpactView({
  impact: { changes, atOnce, atOnceCount, whenRemade },
}: {
  impact: Impact;
}) {
  if (changes.length === 0) return null;
  return (
    <Callout
      tone="medium"
      title={`${plural(changes.length, 'clause')} of the workspace defaults would change`}
    >
      <div className="grid gap-2">
        <Clauses clauses={changes.map((change) => change.clause)} />
        {atOnceCount === 0 ? (
          <p>No agent runs under them.</p>
        ) : (
          <p>
            At once for {plural(atOnceCount, 'agent')} without a contract in force:{' '}
            <Names agents={atOnce} all={atOnceCount} />.
          </p>
        )}
        {whenRemade.length === 0 ? (
          <p>No contract in force inherits a clause that would change.</p>
        ) : (
          <>
            <p>
              {plural(whenRemade.length, 'contract')} in force{' '}
              {whenRemade.length === 1 ? 'inherits' : 'inherit'} from what would change. They stay as they are
              until somebody makes their next version:
            </p>
            <ul className="grid gap-1">
              {whenRemade.map((version) => (
                <li key={version.agent}>
                  <Link href={contractHref(version.agent)} className="prose-link [overflow-wrap:anywhere]">
                    {version.displayName} v{version.label}
                  </Link>
                  {version.breaks ? ' would not be sound any more: ' : ': '}
                  <Clauses clauses={version.changes.map((change) => change.clause)} />
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </Callout>
  );
}

function Names({ agents, all }: { agents: Impact['atOnce']; all: number }) {
  const shown = agents.slice(0, SHOWN);
  return (
    <>
      {shown.map((agent, index) => (
        <span key={agent.name}>
          {index === 0 ? '' : ', '}
          <Link
            href={`/agents/${encodeURIComponent(agent.name)}`}
            className="prose-link [overflow-wrap:anywhere]"
          >
            {agent.displayName}
          </Link>
        </span>
      ))}
      {all > shown.length ? ` and ${all - shown.length} more` : ''}
    </>
  );
}

function Clauses({ clauses }: { clauses: readonly string[] }) {
  const names = [...new Set(clauses)];
  return (
    <span className="code [overflow-wrap:anywhere]">
      {names.slice(0, CLAUSES_SHOWN).join(', ')}
      {names.length > CLAUSES_SHOWN ? ` and ${names.length - CLAUSES_SHOWN} more` : ''}
    </span>
  );
}
