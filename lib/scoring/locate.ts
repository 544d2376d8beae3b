import { CATEGORY_OF, type Detector } from './detectors';
import { whereIban } from './iban';
import { wherePaymentCard } from './payment-card';

/** Where a detector found something, told so that the thing itself is not. */
export interface Located {
  /** The data category. */
  category: string;
  /** Keys and places down to it, `attachments[0].text`; '' for the value as a whole. */
  path: string;
  /** The country and check digits of an IBAN, and the last four characters: `DE89…3000`; of a card `…1111`. */
  masked: string;
  /** What the nearest object around it calls itself (`document_id`, `name`, …); null when none does. */
  document: string | null;
}

const WHERE: Readonly<Record<Detector, (text: string) => readonly [start: number, end: number] | null>> = {
  iban: whereIban,
  'payment-card': wherePaymentCard,
};
const MOST = 20;
const MAX_DEPTH = 64;
/** Keys by which documents go, best first. */
const NAMES = [
  'document_id',
  'documentId',
  'document',
  'filename',
  'file_name',
  'file',
  'attachment',
  'uri',
  'url',
  'path',
  'title',
  'name',
  'id',
];

/**
 * Where in a JSON value the detectors find data of the categories: the first match of each text, at most 20. Nothing of
 * what it answers holds a match unmasked, whatever the keys and names of the value are.
 */
export function locate(
  value: unknown,
  detectors: readonly Detector[],
  categories: readonly string[],
): Located[] {
  const wanted = detectors.filter((detector) => categories.includes(CATEGORY_OF[detector]));
  const found: Located[] = [];
  const look = (text: string, path: string, document: string | null) => {
    for (const detector of wanted) {
      const match = matchOf(detector, text);
      if (match !== null && found.length < MOST)
        found.push({ category: CATEGORY_OF[detector], path, masked: masked(detector, match), document });
    }
  };
  const walk = (one: unknown, path: string, document: string | null, depth: number) => {
    if (found.length >= MOST || depth > MAX_DEPTH) return;
    if (typeof one === 'string') look(one, path, document);
    else if (typeof one === 'number') look(String(one), path, document);
    else if (Array.isArray(one))
      for (const [index, item] of one.entries()) walk(item, `${path}[${index}]`, document, depth + 1);
    else if (typeof one === 'object' && one !== null) {
      const here = nameOf(one) ?? document;
      for (const [key, item] of Object.entries(one)) {
        const below = path === '' ? hidden(key) : `${path}.${hidden(key)}`;
        look(key, below, here);
        walk(item, below, here, depth + 1);
      }
    }
  };
  walk(value, '', null, 0);
  return found;
}

/** What an object of JSON calls itself, when it does so in a short text that holds nothing to mask. */
export function nameOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const entries = new Map<string, unknown>(Object.entries(value));
  for (const key of NAMES) {
    const name = entries.get(key);
    if (typeof name === 'string' && name !== '' && name.length <= 120 && hidden(name) === name) return name;
  }
  return null;
}

function matchOf(detector: Detector, text: string): string | null {
  const where = WHERE[detector](text);
  return where === null ? null : text.slice(where[0], where[1]);
}

function masked(detector: Detector, match: string): string {
  const plain = match.replace(/[^0-9A-Za-z]/g, '');
  return `${detector === 'iban' ? plain.slice(0, 4) : ''}…${plain.slice(-4)}`;
}

/** A key with everything in it masked that a detector finds. */
function hidden(text: string): string {
  let rest = text;
  for (const detector of ['iban', 'payment-card'] as const)
    for (let match = matchOf(detector, rest); match !== null; match = matchOf(detector, rest))
      rest = rest.replace(match, masked(detector, match));
  return rest;
}
