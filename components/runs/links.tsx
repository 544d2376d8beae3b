import Link from 'next/link';

/** A run's page: by its key where that reads well in a URL, else by its id. */
export function runHref(run: { id: string; key: string }): string {
  return /^[\w:@-][\w:@.-]{0,127}$/.test(run.key) ? `/runs/${run.key}` : `/runs/${run.id}`;
}

/** Where a clause stands in the contract it is of. The workspace defaults have a page of their own. */
export function clauseHref(clause: string, agent: string, ofAgent: boolean): string {
  return `/contracts/${ofAgent ? encodeURIComponent(agent) : 'defaults'}#${encodeURI(clause)}`;
}

/** A clause by its name; leads to it in the contract. */
export function ClauseLink({ clause, agent, ofAgent }: { clause: string; agent: string; ofAgent: boolean }) {
  return (
    <Link href={clauseHref(clause, agent, ofAgent)} className="prose-link code [overflow-wrap:anywhere]">
      {clause}
    </Link>
  );
}
