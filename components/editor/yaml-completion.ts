import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { z } from 'zod';
import { contractJsonSchema } from '@/lib/contract/json-schema';

/** The part of JSON Schema that completion reads. */
interface Node {
  $ref?: string | undefined;
  description?: string | undefined;
  type?: unknown;
  enum?: unknown[] | undefined;
  const?: unknown;
  properties?: Record<string, Node> | undefined;
  additionalProperties?: Node | boolean | undefined;
  items?: Node | undefined;
  anyOf?: Node[] | undefined;
  oneOf?: Node[] | undefined;
  $defs?: Record<string, Node> | undefined;
}
const nodeSchema: z.ZodType<Node> = z.lazy(() =>
  z.object({
    $ref: z.string().optional(),
    description: z.string().optional(),
    type: z.unknown().optional(),
    enum: z.array(z.unknown()).optional(),
    const: z.unknown().optional(),
    properties: z.record(z.string(), nodeSchema).optional(),
    additionalProperties: z.union([z.boolean(), nodeSchema]).optional(),
    items: nodeSchema.optional(),
    anyOf: z.array(nodeSchema).optional(),
    oneOf: z.array(nodeSchema).optional(),
    $defs: z.record(z.string(), nodeSchema).optional(),
  }),
);

/** What completion knows of one kind of text: made from its JSON Schema when first asked. */
export interface YamlWords {
  complete: (context: CompletionContext) => CompletionResult | null;
  describe: (lines: { at: (line: number) => string }, line: number) => string | undefined;
}

type Schema = () => Node;

/** Completion and descriptions by a JSON Schema. */
export function yamlWords(made: () => unknown): YamlWords {
  let root: Node | undefined;
  const schema = () => {
    root ??= nodeSchema.parse(made());
    return root;
  };
  return {
    complete: (context) => completeBy(schema, context),
    describe: (lines, line) => describeBy(schema, lines, line),
  };
}

/** Of a contract. */
export const CONTRACT_WORDS = yamlWords(contractJsonSchema);

/** Keys and values that may stand at the cursor, with their descriptions, from the contract's JSON Schema. */
function completeBy(schema: Schema, context: CompletionContext): CompletionResult | null {
  const line = context.state.doc.lineAt(context.pos);
  const before = line.text.slice(0, context.pos - line.from);
  if (/^\s*#/.test(before) || /\s#/.test(before)) return null;
  const pair = /^([\s-]*)([\w.-]+|"[^"]*"):\s+(.*)$/.exec(before);
  const lines = { at: (number: number) => context.state.doc.line(number).text };
  const indent = /^[\s-]*/.exec(before)?.[0].length ?? 0;
  const path = keysAbove(lines, line.number, indent);
  if (pair !== null) {
    const [, , key = '', typed = ''] = pair;
    const from = context.pos - (/[\w.-]*$/.exec(typed)?.[0].length ?? 0);
    const nodes = nodesAt(schema, [...path, unquoted(key)]);
    return result(
      from,
      nodes.flatMap((node) => valuesOf(typed.includes('[') ? itemsOf(schema, node) : [node])),
      context,
    );
  }
  const word = /[\w.-]*$/.exec(before.slice(indent))?.[0] ?? '';
  const from = context.pos - word.length;
  const inList = /-\s*$/.test(before.slice(0, indent)) || /^\s*-\s/.test(before);
  const nodes = nodesAt(schema, path);
  return result(
    from,
    [...nodes.flatMap((node) => keysOf(schema, node)), ...(inList ? valuesOf(nodes) : [])],
    context,
  );
}

/** What the schema says of the place at a line: shown beside the word under the pointer. */
function describeBy(
  schema: Schema,
  lines: { at: (line: number) => string },
  line: number,
): string | undefined {
  const found = /^([\s-]*)([\w.-]+|"[^"]*"):/.exec(lines.at(line));
  if (found === null) return undefined;
  const path = keysAbove(lines, line, found[1]?.length ?? 0);
  return nodesAt(schema, [...path, unquoted(found[2] ?? '')]).find((node) => node.description !== undefined)
    ?.description;
}

function result(from: number, options: Completion[], context: CompletionContext): CompletionResult | null {
  const known = new Map(options.map((option) => [option.label, option]));
  if (known.size === 0 || (from === context.pos && !context.explicit && known.size > 30)) return null;
  return { from, options: [...known.values()], validFor: /^[\w.-]*$/ };
}

/** The keys that lead to a line, by indentation: it works in text that does not read yet. `[]` is an item of a list. */
function keysAbove(lines: { at: (line: number) => string }, line: number, indent: number): string[] {
  const path: string[] = [];
  let within = indent;
  const own = lines.at(line);
  const dash = /^(\s*)-\s/.exec(own);
  if (dash !== null && (dash[1]?.length ?? 0) < within) path.unshift('[]');
  if (dash !== null) within = dash[1]?.length ?? 0;
  for (let number = line - 1; number > 0 && (within > 0 || path[0] === '[]'); number -= 1) {
    const text = lines.at(number);
    if (/^\s*(#|$)/.test(text)) continue;
    const found = /^(\s*)((?:-\s+)*)([\w.*-]+|"[^"]*"):/.exec(text);
    const dashes = /^(\s*)-\s/.exec(text);
    const keyAt = found === null ? undefined : (found[1]?.length ?? 0) + (found[2]?.length ?? 0);
    if (
      found !== null &&
      keyAt !== undefined &&
      (keyAt < within || (path[0] === '[]' && keyAt === within && dashes === null))
    ) {
      path.unshift(unquoted(found[3] ?? ''));
      within = keyAt;
    }
    if (dashes !== null && (dashes[1]?.length ?? 0) < within) {
      path.unshift('[]');
      within = dashes[1]?.length ?? 0;
    }
  }
  return path;
}

function unquoted(key: string): string {
  return key.replace(/^"(.*)"$/, '$1');
}

function nodesAt(schema: Schema, path: readonly string[]): Node[] {
  let nodes = forms(schema, schema());
  for (const key of path)
    nodes = nodes.flatMap((node) => {
      if (key === '[]') return itemsOf(schema, node);
      const inner = node.properties?.[key];
      if (inner !== undefined) return forms(schema, inner);
      return typeof node.additionalProperties === 'object' ? forms(schema, node.additionalProperties) : [];
    });
  return nodes;
}

function itemsOf(schema: Schema, node: Node): Node[] {
  return node.items === undefined ? [] : forms(schema, node.items);
}

/** A node with what it refers to or may be instead. */
function forms(schema: Schema, node: Node, depth = 0): Node[] {
  if (depth > 4) return [];
  const referred = node.$ref === undefined ? undefined : schema().$defs?.[node.$ref.split('/').at(-1) ?? ''];
  return [
    node,
    ...(referred === undefined ? [] : forms(schema, referred, depth + 1)),
    ...[...(node.anyOf ?? []), ...(node.oneOf ?? [])].flatMap((each) => forms(schema, each, depth + 1)),
  ];
}

function keysOf(schema: Schema, node: Node): Completion[] {
  return Object.entries(node.properties ?? {}).map(([key, inner]) => {
    const [described] = forms(schema, inner).filter((each) => each.description !== undefined);
    const group = forms(schema, inner).some((each) => each.type === 'object' || each.type === 'array');
    return {
      label: key,
      type: 'property',
      apply: group ? `${key}:` : `${key}: `,
      ...(described?.description === undefined ? {} : { info: described.description }),
    };
  });
}

function valuesOf(nodes: readonly Node[]): Completion[] {
  return nodes.flatMap((node) => [
    ...(node.enum ?? []).map((value) => ({ label: String(value), type: 'enum' })),
    ...(typeof node.const === 'string' ? [{ label: node.const, type: 'enum' }] : []),
    ...(node.type === 'boolean'
      ? [
          { label: 'true', type: 'keyword' },
          { label: 'false', type: 'keyword' },
        ]
      : []),
  ]);
}
