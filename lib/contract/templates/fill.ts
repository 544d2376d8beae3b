import { stringify } from 'yaml';
import type { Template, TemplateAnswers } from './template';

const PLACEHOLDER = /<([a-zA-Z]+)>/g;
const ESCALATION = /^ {4}- \{ to: <([a-zA-Z]+)>, afterMinutes: \d+ \}$/;

/**
 * The template's text with the answers in their places; notes, order and layout stay. Who is not known yet leaves an
 * empty value, which the draft shows as missing. On the escalation path nobody is told twice: a step to somebody who
 * is on it already is left out.
 */
export function fillTemplate(template: Template, answers: TemplateAnswers): string {
  const { people } = answers;
  const paged = new Set([people.operator?.toLowerCase()]);
  const lines = template.source.split('\n').filter((line) => {
    const role = ESCALATION.exec(line)?.[1];
    if (role === undefined) return true;
    const email = answerFor(answers, role)?.toLowerCase();
    if (email === undefined) return true;
    if (paged.has(email)) return false;
    paged.add(email);
    return true;
  });
  return lines
    .map((line, at) => {
      if (line === '  escalation:' && !lines[at + 1]?.startsWith('    - ')) return '  escalation: []';
      return line.replace(PLACEHOLDER, (whole, name: string, offset: number) => {
        const value = answerFor(answers, name);
        if (value === undefined) return '';
        // Within a longer word (svc-<agent>, <agent>@1.0.0) it is no value of its own: names of agents need no quotes.
        const alone = line[offset - 1] === ' ' && /^( |$)/.test(line.slice(offset + whole.length));
        return alone ? scalar(value) : value;
      });
    })
    .map((line) => line.trimEnd())
    .join('\n');
}

function answerFor(answers: TemplateAnswers, name: string): string | undefined {
  const { people, ...rest } = answers;
  const known: Record<string, string | undefined> = { ...rest, ...people };
  const value = known[name]?.trim();
  return value === '' ? undefined : value;
}

/** Text as a YAML value in one line: quoted when it would be read as something else. */
function scalar(value: string): string {
  const plain = stringify(value, { lineWidth: 0, version: '1.2' }).trimEnd();
  return plain.includes('\n') || /[,[\]{}]/.test(plain) ? JSON.stringify(value) : plain;
}
