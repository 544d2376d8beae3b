import { z } from 'zod';
import { FIELD_WORDS } from './form-words';
import { contractSchema } from './schema';

type Node = Record<string, unknown>;

/** The contract as JSON Schema (draft 2020-12), every field with the words editors show when they complete it. */
export function contractJsonSchema(): unknown {
  const schema: unknown = z.toJSONSchema(contractSchema, { io: 'input' });
  return { title: 'Agent contract', ...(isNode(schema) ? described(schema, []) : {}) };
}

/** The same schema, where it has no words of its own with those of the form. Paths have `*` for names and list items. */
function described(node: Node, path: readonly string[]): Node {
  const words = FIELD_WORDS[path.join('/')];
  const said = node.description ?? (words?.hint === '' ? words.label : (words?.hint ?? words?.label));
  const made: Node = {
    ...node,
    ...(path.length === 0 ? {} : { description: said ?? inWords(path.at(-1) ?? '') }),
  };
  // The parts of an argument schema are JSON Schema's own.
  if (path.at(-1) === 'arguments') return made;
  if (isNode(node.properties))
    made.properties = Object.fromEntries(
      Object.entries(node.properties).map(([key, inner]) => [
        key,
        isNode(inner) ? described(inner, [...path, key]) : inner,
      ]),
    );
  for (const key of ['items', 'additionalProperties'] as const) {
    const inner = node[key];
    if (isNode(inner)) made[key] = described(inner, [...path, '*']);
  }
  for (const key of ['anyOf', 'oneOf', 'allOf'] as const) {
    const inner = node[key];
    if (Array.isArray(inner)) made[key] = inner.map((each) => (isNode(each) ? branch(each, path) : each));
  }
  return made;
}

/** A branch of a choice says what its own fields are; what the choice is for stands above it. */
function branch(node: Node, path: readonly string[]): Node {
  const { description: _, ...made } = described(node, path);
  return node.description === undefined ? made : { ...made, description: node.description };
}

/** "reviewEveryDays" as "Review every days": better than nothing, where nobody has written more. */
function inWords(key: string): string {
  const words = key.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words === '*' ? 'One of them.' : `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
