/** Events of PagerDuty's Events API v2, less the routing key: it is put in when the event is sent. */
import type { Band } from '@/lib/contract/schema';
import {
  cut,
  type DigestMessage,
  diffLines,
  digestLines,
  digestTitle,
  type PageMessage,
  pageFacts,
  pageTitle,
  score,
} from './page-message';

export interface PagerDutyEvent {
  event_action: 'trigger' | 'acknowledge' | 'resolve';
  /** Events with the same are about the same alert. */
  dedup_key: string;
  payload?: {
    summary: string;
    source: string;
    severity: 'critical' | 'error' | 'warning' | 'info';
    timestamp: string;
    component?: string;
    class?: string;
    custom_details: Record<string, unknown>;
  };
  client?: string;
  client_url?: string;
  links?: { href: string; text: string }[];
}

const SEVERITY = {
  critical: 'critical',
  high: 'error',
  medium: 'warning',
  low: 'info',
} as const satisfies Record<Band, string>;
const SUMMARY_CHARS = 1024;

/** The key under which an incident, or a digest, is one alert. */
function dedupKey(id: string): string {
  return `countersign-${id}`;
}

/** A page. A further step of the same incident has the same key: PagerDuty adds it to the alert. */
export function pagerDutyPage(page: PageMessage, at: Date): PagerDutyEvent {
  const diff = diffLines(page.diff);
  return {
    event_action: 'trigger',
    dedup_key: dedupKey(page.incident.id),
    payload: {
      summary: cut(`${pageTitle(page)} (${page.agent.displayName})`, SUMMARY_CHARS),
      source: page.agent.name,
      severity: SEVERITY[page.incident.severity],
      timestamp: at.toISOString(),
      component: page.run.key,
      class: page.clause,
      custom_details: {
        ...Object.fromEntries(pageFacts(page).map(({ label, value }) => [label.toLowerCase(), value])),
        'run score': score(page.run.score),
        'agent score': score(page.agent.score),
        [diff.title]: diff.lines,
        paged: page.to.join(', '),
        because: page.because,
      },
    },
    client: 'Countersign',
    client_url: page.incident.url,
    links: [
      { href: page.incident.url, text: `INC-${page.incident.number}` },
      { href: page.run.url, text: `Run ${page.run.key}` },
    ],
  };
}

/** Several incidents as one alert. */
export function pagerDutyDigest(digest: DigestMessage, at: Date): PagerDutyEvent {
  return {
    event_action: 'trigger',
    dedup_key: dedupKey(digest.id),
    payload: {
      summary: cut(digestTitle(digest), SUMMARY_CHARS),
      source: 'countersign',
      severity: SEVERITY[digest.worst],
      timestamp: at.toISOString(),
      custom_details: { incidents: digestLines(digest) },
    },
    client: 'Countersign',
    client_url: digest.url,
    links: digest.incidents.map(({ number, url }) => ({ href: url, text: `INC-${number}` })),
  };
}

/** It was taken on, or is over. PagerDuty ignores an unknown key. */
export function pagerDutySettled(action: 'acknowledge' | 'resolve', id: string): PagerDutyEvent {
  return { event_action: action, dedup_key: dedupKey(id) };
}

/** What the test button sends: an alert that nobody is paged for, if the service is set up as PagerDuty suggests. */
export function pagerDutyTest(id: string, by: string, url: string, at: Date): PagerDutyEvent {
  return {
    event_action: 'trigger',
    dedup_key: dedupKey(id),
    payload: {
      summary: cut(`Test from Countersign, sent by ${by}`, SUMMARY_CHARS),
      source: 'countersign',
      severity: 'info',
      timestamp: at.toISOString(),
      custom_details: {},
    },
    client: 'Countersign',
    client_url: url,
  };
}
