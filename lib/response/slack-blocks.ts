/** What an incoming webhook of Slack takes. Its limits are Slack's: header 150 characters, a text 3,000, ten fields of 2,000. */
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
} from './page-message';

export interface SlackMessage {
  /** What notifications show. */
  text: string;
  blocks: Record<string, unknown>[];
}

const SEVERITY: Record<Band, string> = { low: 'Low', medium: 'Medium', high: 'High', critical: 'Critical' };

/** A page. `id` names the delivery: a second one with the same is the same page. */
export function slackPage(page: PageMessage, id: string): SlackMessage {
  const title = pageTitle(page);
  const diff = diffLines(page.diff);
  const [, ...facts] = pageFacts(page);
  return {
    text: escaped(`${SEVERITY[page.incident.severity]}: ${title}`, 3000),
    blocks: [
      header(
        `${SEVERITY[page.incident.severity]} · ${page.agent.displayName} · INC-${page.incident.number}`,
        id,
      ),
      section(`*${escaped(page.incident.title, 2900)}*`),
      {
        type: 'section',
        fields: facts.map(({ label, value }) => ({
          type: 'mrkdwn',
          text: `*${label}*\n${escaped(value, 1900)}`,
        })),
      },
      section(
        `*${escaped(diff.title, 500)}*${diff.lines.map((line) => `\n• ${escaped(line, 400)}`).join('')}`,
      ),
      context(page.to.length === 0 ? page.because : `Paged: ${page.to.join(', ')}. ${page.because}`),
      actions([
        { text: `Open INC-${page.incident.number}`, url: page.incident.url },
        { text: 'Open the run', url: page.run.url },
      ]),
    ],
  };
}

/** Several pages as one. */
export function slackDigest(digest: DigestMessage, id: string): SlackMessage {
  return {
    text: digestTitle(digest),
    blocks: [
      header(digestTitle(digest), id),
      section(
        digestLines(digest)
          .map((line) => `• ${escaped(line, 250)}`)
          .join('\n'),
      ),
      context('They came too fast to be paged one by one. Every incident is there.'),
      actions([{ text: 'Open the incidents', url: digest.url }]),
    ],
  };
}

/** One sentence: somebody acknowledged or resolved it, or a test. */
export function slackNote(
  text: string,
  link: { text: string; url: string } | null,
  id: string,
): SlackMessage {
  const said = escaped(text, 2900);
  return {
    text: said,
    blocks: [{ ...section(said), block_id: id }, ...(link === null ? [] : [actions([link])])],
  };
}

function header(text: string, id: string) {
  return { type: 'header', block_id: id, text: { type: 'plain_text', text: cut(oneLine(text), 150) } };
}

function section(text: string): Record<string, unknown> {
  return { type: 'section', text: { type: 'mrkdwn', text: cut(text, 3000) } };
}

function context(text: string) {
  return { type: 'context', elements: [{ type: 'mrkdwn', text: escaped(text, 1900) }] };
}

function actions(links: readonly { text: string; url: string }[]) {
  return {
    type: 'actions',
    elements: links.map(({ text, url }) => ({
      type: 'button',
      text: { type: 'plain_text', text: cut(text, 75) },
      url: cut(url, 3000),
    })),
  };
}

/** Slack reads `<…>` as links and mentions (`<!channel>`), and `&`; nothing that somebody typed may be one. */
function escaped(text: string, max: number): string {
  const safe = oneLine(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  // An entity that the cut went through would show as its beginning.
  return safe.length <= max
    ? safe
    : `${cut(safe, max)
        .slice(0, -1)
        .replace(/&[a-z]*$/, '')}…`;
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
}
