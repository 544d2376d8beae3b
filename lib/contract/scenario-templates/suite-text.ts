import { Document, isCollection, isScalar, visit } from 'yaml';
import { BEHAVIOUR_WORDS } from '../scenario-behaviours';
import type { FromTemplate } from './workbench';

/** Templates as the text of a suite, with what cannot be shown as notes. Empty when there is no scenario in them. */
export function suiteText(templates: readonly FromTemplate[]): string {
  const parts = templates.map(partText).filter((part) => part !== '');
  if (!templates.some((template) => template.scenarios.length > 0)) return parts.join('');
  return `scenarios:\n${parts.join('\n')}`;
}

/** The same behind a text that is a suite already, or nothing yet. What the text says stays as it is. */
export function addToSuite(source: string, templates: readonly FromTemplate[]): string {
  const parts = templates.map(partText).filter((part) => part !== '');
  if (parts.length === 0) return source;
  const known = source.trimEnd();
  if (known === '') return suiteText(templates);
  const start = /^scenarios:[ \t]*(\[\][ \t]*)?$/m;
  const opened = start.test(known) ? known.replace(start, 'scenarios:') : `${known}\nscenarios:`;
  return `${opened}\n\n${parts.join('\n')}`;
}

function partText({ behaviour, scenarios, notes }: FromTemplate): string {
  const { title, shows } = BEHAVIOUR_WORDS[behaviour];
  const heading = [`${title}. ${shows}`, ...notes].map((line) => `  # ${line}\n`).join('');
  if (scenarios.length === 0) return heading;
  return `${heading}${listText(scenarios).replace(/^(?=.)/gm, '  ')}`;
}

/** Calls and answers on a line each, as a person would write them. */
const ON_A_LINE = new Set(['call', 'expect', 'calls']);

function listText(scenarios: FromTemplate['scenarios']): string {
  const document = new Document(scenarios, { aliasDuplicateObjects: false, version: '1.2' });
  visit(document, {
    Pair(_, { key, value }) {
      if (isScalar(key) && ON_A_LINE.has(String(key.value)) && isCollection(value)) value.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}
