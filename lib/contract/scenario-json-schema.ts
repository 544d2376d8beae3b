import { z } from 'zod';
import { decidingClauses } from './scenario-coverage';
import { suiteSchema } from './scenarios';
import type { Contract } from './schema';

type Node = Record<string, unknown>;

/** A suite as JSON Schema (draft 2020-12). With a contract, editors complete its own tools, clauses and roles. */
export function suiteJsonSchema(contract?: Contract): unknown {
  const schema: unknown = z.toJSONSchema(suiteSchema, { io: 'input', unrepresentable: 'any' });
  if (!isNode(schema)) return { title: 'Scenarios' };
  return { title: 'Scenarios', ...(contract === undefined ? schema : naming(schema, namesOf(contract))) };
}

/** What stands under these keys is offered, and anything else is as right as it was. */
function namesOf(contract: Contract): Readonly<Record<string, readonly string[]>> {
  return {
    tool: Object.keys(contract.tools).filter((name) => name !== '*'),
    clause: decidingClauses(contract),
    by: [...new Set(contract.authority.rules.flatMap((rule) => rule.by ?? []))],
    categories: Object.keys(contract.risk.categories),
  };
}

function naming(node: Node, names: Readonly<Record<string, readonly string[]>>): Node {
  return Object.fromEntries(
    Object.entries(node).map(([key, inner]) => {
      if (key === 'properties' && isNode(inner))
        return [
          key,
          Object.fromEntries(
            Object.entries(inner).map(([name, child]) => [
              name,
              isNode(child) ? offered(naming(child, names), names[name]) : child,
            ]),
          ),
        ];
      if (Array.isArray(inner))
        return [key, inner.map((each) => (isNode(each) ? naming(each, names) : each))];
      return [key, isNode(inner) ? naming(inner, names) : inner];
    }),
  );
}

function offered(node: Node, names: readonly string[] | undefined): Node {
  if (names === undefined || names.length === 0) return node;
  const { items } = node;
  if (isNode(items)) return { ...node, items: { anyOf: [{ enum: names }, items] } };
  const { description, ...rest } = node;
  return { ...(description === undefined ? {} : { description }), anyOf: [{ enum: names }, rest] };
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
