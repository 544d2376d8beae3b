import { z } from 'zod';
import { FIELD_WORDS } from './form-words';
import { isFilled, isOwn } from './inherit';
import { contractSchema } from './schema';

type Node = Record<string, unknown>;

/**
 * The contract as JSON Schema (draft 2020-12), every field with the words editors show when they complete it. What a contract
 * may leave out because it extends the workspace defaults is required only of one that does not.
 */
export function contractJsonSchema(): unknown {
  const schema: unknown = z.toJSONSchema(contractSchema, { io: 'input' });
  if (!isNode(schema)) return { title: 'Agent contract' };
  const [relaxed, whole] = relax(described(schema, []), '');
  return {
    title: 'Agent contract',
    ...relaxed,
    if: { not: { required: ['extends'] } },
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema, in a value that nobody awaits
    then: whole,
  };
}

/** Parts a schema in two: what holds of every contract, and what is required besides of one that extends nothing. */
function relax(node: Node, path: string): [Node, Node] {
  const required = Array.isArray(node.required) ? node.required.map(String) : [];
  const here = (key: string) => (path === '' ? key : `${path}/${key}`);
  const own = required.filter((key) => isOwn(here(key)));
  const { required: _, ...kept } = node;
  const whole: Node = required.length === 0 ? {} : { required };
  if (isNode(node.properties)) {
    const deeper: [string, Node][] = [];
    kept.properties = Object.fromEntries(
      Object.entries(node.properties).map(([key, inner]) => {
        if (!isNode(inner) || !isNode(inner.properties) || !isFilled(here(key))) return [key, inner];
        const [relaxed, rest] = relax(inner, here(key));
        if (Object.keys(rest).length > 0) deeper.push([key, rest]);
        return [key, relaxed];
      }),
    );
    if (deeper.length > 0) whole.properties = Object.fromEntries(deeper);
  }
  return [own.length === 0 ? kept : { ...kept, required: own }, whole];
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
