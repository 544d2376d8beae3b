import type { Band } from '@/lib/contract/schema';
import { formatNumber, plural, shortDigest } from '@/lib/format';

/** How the contract a run was held to differs from the last version that is known to be good. */
export interface DiffNote {
  from: { version: number; name: string };
  to: { version: number; name: string };
  /** The first few changes in plain words, what widens first. */
  lines: readonly string[];
  /** How many further changes there are. */
  more: number;
}

/** What a page tells, whatever carries it. Scores are 0 to 100 or null. */
export interface PageMessage {
  incident: { id: string; number: number; title: string; severity: Band; url: string };
  agent: { name: string; displayName: string; score: number | null };
  run: {
    key: string;
    status: string;
    score: number | null;
    risk: number;
    band: Band | null;
    costUsd: number;
    url: string;
  };
  clause: string;
  contract: { version: number; digest: string; name: string | null } | null;
  /** Null where no earlier version is known to be good. */
  diff: DiffNote | null;
  /** Names of those who are told; of many the first, and how many more. */
  to: readonly string[];
  /** Why they are, in a sentence. */
  because: string;
}

/** Several incidents told as one page. */
export interface DigestMessage {
  id: string;
  count: number;
  /** The worst ones, the worst first; of the same severity in the order they were opened. */
  incidents: readonly { number: number; title: string; severity: Band; agent: string; url: string }[];
  worst: Band;
  /** The list of open incidents. */
  url: string;
}

/** One line of a page. */
interface Fact {
  label: string;
  value: string;
}

/** INC-7: documents.ocr touched bank-account data */
export function pageTitle({ incident }: Pick<PageMessage, 'incident'>): string {
  return `INC-${incident.number}: ${incident.title}`;
}

/** What a reader must know before they open the incident, in the order they ask for it. */
export function pageFacts(page: PageMessage): Fact[] {
  const { agent, run, contract } = page;
  const risk = run.band === null ? '' : `, risk ${formatNumber(run.risk)} (${run.band})`;
  return [
    { label: 'Severity', value: page.incident.severity },
    { label: 'Agent', value: `${agent.displayName}, score ${score(agent.score)}` },
    { label: 'Run', value: `${run.key}, ${run.status}, score ${score(run.score)}${risk}` },
    { label: 'Clause', value: page.clause },
    {
      label: 'Contract',
      value:
        contract === null
          ? 'None was in force'
          : `${contract.name === null ? '' : `${contract.name}, `}version ${contract.version} (${shortDigest(contract.digest)})`,
    },
  ];
}

/** "Since 1.2, the last known to be good" and the changes, one a line; what can be said when there is no such version. */
export function diffLines(diff: DiffNote | null): { title: string; lines: string[] } {
  if (diff === null) return { title: 'No earlier version is known to be good.', lines: [] };
  const title = `Changed since ${diff.from.name}, the last version known to be good`;
  if (diff.lines.length === 0) return { title, lines: ['Nothing.'] };
  return {
    title,
    lines: [...diff.lines, ...(diff.more === 0 ? [] : [`and ${plural(diff.more, 'more change')}`])],
  };
}

/** 38 further incidents. */
export function digestTitle(digest: Pick<DigestMessage, 'count'>): string {
  return plural(digest.count, 'further incident');
}

/** One line for each incident that is named, and how many are not. */
export function digestLines(digest: DigestMessage): string[] {
  const more = digest.count - digest.incidents.length;
  return [
    ...digest.incidents.map(
      ({ number, title, severity, agent }) => `INC-${number} (${severity}) ${agent}: ${title}`,
    ),
    ...(more === 0 ? [] : [`and ${more} more`]),
  ];
}

/** "61.5 of 100", or that nothing could be scored. */
export function score(value: number | null): string {
  return value === null ? 'unknown' : `${formatNumber(value, 1)} of 100`;
}

/** At most `max` characters, by whole ones, with a sign that something is missing. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  return `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
