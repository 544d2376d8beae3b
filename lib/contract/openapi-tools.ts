/**
 * The operations of an OpenAPI document (3.x, or Swagger 2.0) as tools: one each, named by its operationId, else by method
 * and path. Parameters and the JSON body become its arguments. Pure.
 */
import { parse } from 'yaml';
import type { Issue } from '@/lib/errors';
import { type Group, isGroup } from './edit-value';
import { importArguments, referred } from './import-arguments';

export interface OpenApiTool {
  name: string;
  description: string | null;
  arguments: unknown;
  hints: { method: string; path: string; notEnforced?: string[] };
}
export type OpenApiTools =
  | { ok: true; title: string | null; tools: OpenApiTool[] }
  | { ok: false; issues: Issue[] };

export const MAX_OPENAPI = 3_000_000;
const MAX_OPERATIONS = 1000;
const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;

/** Reads JSON or YAML; faults are an answer, not an error. */
export function openApiTools(source: string): OpenApiTools {
  if (source.length > MAX_OPENAPI)
    return failed('This file is longer than 3,000,000 characters.', 'a smaller file');
  let document: unknown;
  try {
    // A few aliases are common in such files; a bomb has more.
    document = source.trimStart().startsWith('{')
      ? JSON.parse(source)
      : parse(source, { maxAliasCount: 100 });
  } catch (error) {
    const said = error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'not readable';
    return failed(`This is neither JSON nor YAML: ${said}`, 'an OpenAPI document');
  }
  if (!isGroup(document) || !(typeof document.openapi === 'string' || typeof document.swagger === 'string'))
    return failed('This is no OpenAPI document: "openapi" or "swagger" is missing.', 'an OpenAPI document');
  if (!isGroup(document.paths)) return failed('It has no paths.', 'operations under "paths"');
  const tools = operations(document, document.paths);
  if (tools.length === 0) return failed('It has no operations.', 'operations under "paths"');
  if (tools.length > MAX_OPERATIONS)
    return failed(`It has ${tools.length} operations, more than ${MAX_OPERATIONS}.`, 'a part of the API');
  const info = isGroup(document.info) ? document.info : {};
  return { ok: true, title: textOf(info.title), tools: distinct(tools) };
}

function operations(root: Group, paths: Group): OpenApiTool[] {
  return Object.entries(paths).flatMap(([path, listed]) => {
    const item = resolved(listed, root);
    if (!isGroup(item)) return [];
    return METHODS.flatMap((method): OpenApiTool[] => {
      const operation = item[method];
      return isGroup(operation) ? [tool(root, path, item, method, operation)] : [];
    });
  });
}

function tool(root: Group, path: string, item: Group, method: string, operation: Group): OpenApiTool {
  const { schema, notEnforced } = argumentsOf(root, item, operation);
  const id = textOf(operation.operationId);
  const said = [textOf(operation.summary), textOf(operation.description)].filter((part) => part !== null);
  return {
    name:
      id === null
        ? `${method}${path}`.replace(/[{}]/g, '').replace(/[^\p{L}\p{N}.-]+/gu, '_')
        : id.replace(/[\s/]+/g, '_'),
    description: said.length === 0 ? null : [...new Set(said)].join('\n'),
    arguments: schema,
    hints: {
      method: method.toUpperCase(),
      path,
      ...(notEnforced.length === 0 ? {} : { notEnforced }),
    },
  };
}

/** Path and query parameters by name, and the body's properties among them; a body that is no object is `body`. */
function argumentsOf(root: Group, item: Group, operation: Group): { schema: unknown; notEnforced: string[] } {
  const properties: Record<string, unknown> = {};
  const required: string[] = [];
  const add = (name: string, schema: unknown, needed: boolean) => {
    properties[name] = schema;
    if (needed && !required.includes(name)) required.push(name);
  };
  const parameters = [...listOf(item.parameters), ...listOf(operation.parameters)].map((each) =>
    resolved(each, root),
  );
  let body: { schema: unknown; needed: boolean } | undefined;
  for (const parameter of parameters) {
    if (!isGroup(parameter) || typeof parameter.name !== 'string') continue;
    const needed = parameter.required === true;
    if (parameter.in === 'body') body = { schema: parameter.schema, needed };
    else if (parameter.in === 'path' || parameter.in === 'query' || parameter.in === 'formData')
      add(parameter.name, described(parameter), needed || parameter.in === 'path');
  }
  body ??= jsonBody(root, operation);
  if (body !== undefined) {
    const inner = resolved(body.schema, root);
    if (isGroup(inner) && isGroup(inner.properties))
      for (const [name, schema] of Object.entries(inner.properties))
        add(name, schema, body.needed && listOf(inner.required).includes(name));
    else add('body', body.schema, body.needed);
  }
  if (Object.keys(properties).length === 0)
    return { schema: { type: 'object', properties: {} }, notEnforced: [] };
  const imported = importArguments({ type: 'object', properties, required }, root);
  return { schema: imported.schema ?? { type: 'object' }, notEnforced: imported.dropped };
}

/** A 3.x parameter has a `schema`; one of 2.0 is one. */
function described(parameter: Group): unknown {
  if (isGroup(parameter.schema))
    return {
      ...(textOf(parameter.description) === null ? {} : { description: parameter.description }),
      ...parameter.schema,
    };
  const {
    name: _,
    in: __,
    required: ___,
    collectionFormat: ____,
    allowEmptyValue: _____,
    ...schema
  } = parameter;
  return schema;
}

function jsonBody(root: Group, operation: Group): { schema: unknown; needed: boolean } | undefined {
  const body = resolved(operation.requestBody, root);
  if (!isGroup(body) || !isGroup(body.content)) return undefined;
  const [, media] =
    Object.entries(body.content).find(([type]) => /^application\/([\w.+-]*\+)?json\b/i.test(type)) ??
    Object.entries(body.content).find(([type]) => /form/i.test(type)) ??
    [];
  return isGroup(media) && media.schema !== undefined
    ? { schema: media.schema, needed: body.required === true }
    : undefined;
}

/** Two operations under one name are told apart by a number, so that none is lost. */
function distinct(tools: readonly OpenApiTool[]): OpenApiTool[] {
  const seen = new Map<string, number>();
  return tools.map((each) => {
    const times = (seen.get(each.name) ?? 0) + 1;
    seen.set(each.name, times);
    return times === 1 ? each : { ...each, name: `${each.name}_${times}` };
  });
}

function resolved(value: unknown, root: Group): unknown {
  let found = value;
  for (let hop = 0; hop < 8 && isGroup(found) && typeof found.$ref === 'string'; hop += 1)
    found = referred(root, found.$ref);
  return found;
}

function failed(message: string, expected: string): OpenApiTools {
  return { ok: false, issues: [{ path: 'file', message, expected }] };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
