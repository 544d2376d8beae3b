import { formatDateTime } from '@/lib/format';
import type { Postmortem } from './postmortem';
import { entryNumber } from './timeline-words';

/** A note beside a section. */
export interface Annotation {
  section: string | null;
  by: string;
  at: string;
  body: string;
}

/** The document as Markdown, what people wrote beside it set apart under each section. */
export function toMarkdown(document: Postmortem, notes: readonly Annotation[], zone: string): string {
  const lines: string[] = [`# ${asText(document.title)}`, ''];
  for (const section of document.sections) {
    lines.push(`## ${section.title}`, '');
    if (section.id === 'timeline') {
      lines.push('| time | what | entry |', '|---|---|---|');
      for (const one of section.statements)
        lines.push(
          `| ${one.at === undefined ? '' : formatDateTime(one.at, zone, 'millisecond')} | ${asText(one.text)} | ${one.entries.map(entryNumber).join(', ')} |`,
        );
      lines.push('');
    } else
      for (const one of section.statements)
        lines.push(
          `- ${one.at === undefined ? '' : `${formatDateTime(one.at, zone)}: `}${asText(one.text)}${one.entries.length === 0 ? '' : ` (entry ${one.entries.map(entryNumber).join(', ')})`}`,
        );
    if (section.excerpt !== undefined) lines.push('', fenced(section.excerpt));
    if (section.id !== 'timeline') lines.push('');
    for (const note of notes.filter((one) => one.section === section.id))
      lines.push(
        `> **${asText(note.by)}, ${formatDateTime(note.at, zone)}:**`,
        ...note.body.split('\n').map((line) => `> ${asText(line)}`),
        '',
      );
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

/** What people and agents wrote is text, never markup. */
function asText(text: string): string {
  return text.replace(/[\\`*_[\]<>|#]/g, (sign) => `\\${sign}`).replaceAll('\n', ' ');
}

/** A fence longer than any row of backticks in it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}yaml\n${text}\n${fence}`;
}
