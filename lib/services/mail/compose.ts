/** A message as it is stored in the outbox and sent. */
export interface Mail {
  subject: string;
  text: string;
  html: string;
}

/** Mail programs cut longer subjects; 200 characters is more than any shows. */
const SUBJECT_CHARS = 200;

/** What a message says beneath its title. */
export interface MailDetail {
  /** Why the reader gets it. */
  lead: string;
  facts: readonly { label: string; value: string }[];
  /** Under a heading of its own, e.g. what changed. */
  list?: { title: string; lines: readonly string[] };
}

/**
 * A short message with one link: what happened, where, and how to get there. Plain text and HTML say the same, in one column
 * that fits a phone; whatever a person typed is escaped, and a subject is one line.
 */
export function compose(what: { title: string; workspace: string; url: string; more?: MailDetail }): Mail {
  const title = oneLine(what.title);
  const footer = `You get this from Countersign, workspace ${oneLine(what.workspace)}. Turn such mail off under Settings, You.`;
  const more = what.more === undefined ? { text: '', html: '' } : details(what.more);
  return {
    subject: title.length > SUBJECT_CHARS ? `${title.slice(0, SUBJECT_CHARS - 1)}…` : title,
    text: `${title}\n\n${more.text}Open it: ${what.url}\n\n-- \n${footer}\n`,
    html: `<!doctype html><html lang="en"><body style="font:16px/26px system-ui,sans-serif;color:#1a1a1a;margin:24px;max-width:560px"><p>${escaped(
      title,
    )}</p>${more.html}<p><a href="${escaped(what.url)}">Open in Countersign</a></p><p style="font-size:13px;line-height:20px;color:#5c5c58">${escaped(
      footer,
    )}</p></body></html>`,
  };
}

function details({ lead, facts, list }: MailDetail): { text: string; html: string } {
  const rows = facts.map(({ label, value }) => ({ label: oneLine(label), value: oneLine(value) }));
  const listed = list === undefined ? null : { title: oneLine(list.title), lines: list.lines.map(oneLine) };
  const text = [
    oneLine(lead),
    rows.map(({ label, value }) => `${label}: ${value}`).join('\n'),
    ...(listed === null ? [] : [[listed.title, ...listed.lines.map((line) => `- ${line}`)].join('\n')]),
  ].filter((part) => part !== '');
  const html = [
    `<p>${escaped(oneLine(lead))}</p>`,
    ...rows.map(
      ({ label, value }) =>
        `<p style="margin:8px 0"><span style="font-size:13px;color:#5c5c58">${escaped(label)}</span><br>${escaped(value)}</p>`,
    ),
    ...(listed === null
      ? []
      : [
          `<p style="margin:16px 0 0">${escaped(listed.title)}</p>`,
          listed.lines.length === 0
            ? ''
            : `<ul style="margin:4px 0 16px;padding-left:20px">${listed.lines.map((line) => `<li>${escaped(line)}</li>`).join('')}</ul>`,
        ]),
  ];
  return { text: text.map((part) => `${part}\n\n`).join(''), html: html.join('') };
}

/** Line breaks would end a header; other control characters and direction marks would disguise a text. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\s]+/gu, ' ').trim();
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
