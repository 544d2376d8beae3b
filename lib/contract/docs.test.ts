import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contractJsonSchema } from './json-schema';
import { parseContract } from './parse';

const page = readFileSync(new URL('../../docs/contract.md', import.meta.url), 'utf8');

/** Every property name anywhere in the schema. */
function namesIn(schema: unknown, names = new Set<string>()): Set<string> {
  if (Array.isArray(schema)) for (const each of schema) namesIn(each, names);
  else if (typeof schema === 'object' && schema !== null)
    for (const [key, value] of Object.entries(schema)) {
      // The keys below are names of a contract's own; what they lead to are schemas again.
      if (key === 'properties' && typeof value === 'object' && value !== null) {
        for (const [name, inner] of Object.entries(value)) {
          names.add(name);
          namesIn(inner, names);
        }
      } else namesIn(value, names);
    }
  return names;
}

describe('docs/contract.md', () => {
  it('names every field that a contract can have', () => {
    const names = [...namesIn(contractJsonSchema())];
    expect(names.length).toBeGreaterThan(100);
    // Section names head their part; everything else stands in code marks.
    const missing = names.filter(
      (name) => !page.includes(`\`${name}\``) && !page.match(new RegExp(`^### \\d+ .*${name}`, 'm')),
    );
    expect(missing).toEqual([]);
  });

  it('shows an example that can be imported as it is', () => {
    const example = /```yaml\n(apiVersion[\s\S]*?)```/.exec(page)?.[1] ?? '';
    expect(parseContract(example, 'yaml')).toMatchObject({ ok: true });
  });
});
