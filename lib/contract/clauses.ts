import { type Contract, SECTIONS, type SectionKey } from './schema';

/** One addressable part of a contract: what a breach, a diff or a comment can name. */
export interface Clause {
  /** E.g. `tools/documents.ocr/categories`, `authority/large-payments`, `cost/perRun`. */
  path: string;
  section: SectionKey;
  value: unknown;
}

const SECTION_KEYS: ReadonlySet<string> = new Set(SECTIONS.map((section) => section.key));

/** The section a clause is read in; undefined for what is no clause of a contract (`run/status`). */
export function sectionOf(path: string): SectionKey | undefined {
  const first = path.split('/', 1)[0] ?? '';
  const key = first === 'data' ? 'tools' : first;
  return SECTIONS.find((section) => section.key === key)?.key;
}

/**
 * Every clause of a contract, in the order it is read. The parts of an argument schema are no clauses of their own: the
 * schema is agreed, and broken, as a whole.
 */
export function clausesOf(contract: Contract): Clause[] {
  const clauses: Clause[] = [];
  const add = (path: string, value: unknown): void => {
    const section = sectionOf(path);
    if (section === undefined || value === undefined) return;
    clauses.push({ path, section, value });
    if (/^tools\/[^/]+\/arguments$/.test(path)) return;
    if (Array.isArray(value)) {
      for (const item of value) {
        const id = idOf(item);
        if (id !== undefined) add(`${path}/${id}`, item);
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        // Rules stand directly under `authority`, as decisions name them.
        if (path === 'authority' && key === 'rules' && Array.isArray(inner)) {
          for (const rule of inner) add(`authority/${idOf(rule) ?? ''}`, rule);
        } else if (!(key === 'id' && idOf(value) === inner)) add(`${path}/${key}`, inner);
      }
    }
  };
  for (const { key } of SECTIONS) {
    add(key, contract[key]);
    if (key === 'tools') add('data', contract.data);
  }
  return clauses;
}

/** The clause of that path, or undefined. */
export function clauseAt(contract: Contract, path: string): Clause | undefined {
  return SECTION_KEYS.has(path) || path.includes('/')
    ? clausesOf(contract).find((clause) => clause.path === path)
    : undefined;
}

function idOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null || !('id' in item)) return undefined;
  return typeof item.id === 'string' ? item.id : undefined;
}
