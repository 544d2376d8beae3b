import Link from 'next/link';
import { Fragment } from 'react';

/** A run's page: by its key where that reads well in a URL, else by its id. */
export function runHref(run: { id: string; key: string }): string {
  return /^[\w:@-][\w:@.-]{0,127}$/.test(run.key) ? `/runs/${run.key}` : `/runs/${run.id}`;
}

/** Two runs side by side, each by its key or its id. */
export function compareRunsHref(a: string, b: string): string {
  return `/runs/compare?a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}`;
}

/** The part of an address that lists scored runs, the lowest first, with what their scores are made of in sight. */
export const BY_SCORE =
  'scored=1&sort=score&order=asc&cols=score,risk-score,quality-score,cost-score,started';

/** The part of an address that lists runs that something was recorded of: those figures count, without those that only asked. */
export const RECORDED = 'band=low,medium,high,critical';

/** The scored runs of an agent, the lowest first. `window`: days, both included. */
export function runsByScore(agent: string, window: { from: string; until: string }): string {
  return `/runs?agent=${encodeURIComponent(agent)}&from=${window.from}&to=${window.until}&${BY_SCORE}`;
}

/** Which document a clause is of. */
export interface ClauseSource {
  agent: string;
  /** False: the workspace defaults, which have a page of their own. */
  ofAgent: boolean;
  /** The version's number; null: the one in force. */
  version: number | null;
}

export function clauseSource(run: {
  agent: { name: string };
  contract: { number: number; ofAgent: boolean } | null;
}): ClauseSource {
  return {
    agent: run.agent.name,
    ofAgent: run.contract?.ofAgent ?? false,
    version: run.contract?.number ?? null,
  };
}

/** The version of the contract that a run was held to. */
export function contractHref({ agent, ofAgent, version }: ClauseSource): string {
  if (!ofAgent) return '/contracts/defaults';
  return `/contracts/${encodeURIComponent(agent)}${version === null ? '' : `?version=${version}`}`;
}

export function clauseHref(clause: string, of: ClauseSource): string {
  return `${contractHref(of)}#${encodeURI(clause)}`;
}

/** A clause's name, which breaks between its parts when the line is short. */
export function ClauseName({ clause }: { clause: string }) {
  return clause.split(/(?<=[/.])/).map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a name have no other identity
    <Fragment key={index}>
      {index === 0 ? null : <wbr />}
      {part}
    </Fragment>
  ));
}

/** A clause by its name; leads to it in the contract. */
export function ClauseLink({ clause, of }: { clause: string; of: ClauseSource }) {
  return (
    <Link href={clauseHref(clause, of)} className="prose-link code [overflow-wrap:anywhere]">
      <ClauseName clause={clause} />
    </Link>
  );
}
