import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { classifyTool, type ToolSuggestion } from '@/lib/contract/classify-tool';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { canonicalJson } from '@/lib/evidence/canonical';
import { appendAudit } from '@/lib/services/audit/append';
import type { ImportTools, SourceTool } from './source-tool';

export interface ImportedTools {
  server: string;
  /** Names by what became of them. */
  added: string[];
  /** Their source says something else of them now: a decision on them is to be looked at again. */
  changed: string[];
  unchanged: number;
  /** Listed before and no longer; what was decided of them stays. */
  missing: string[];
  /** Not taken in, and why. */
  refused: { name: string; why: string }[];
}

interface StoredTool {
  id: string;
  name: string;
  description: string | null;
  arguments: unknown;
  hints: unknown;
  missing: boolean;
}

/** As contracts name tools (lib/contract/schema.ts). */
const NAME = /^[^\s/]+$/;
const MAX_ARGUMENTS = 100_000;

/**
 * Makes the catalogue say of a server what the server says of itself: new tools wait for a decision, changed ones for a
 * second look, those it no longer lists are marked. Nothing that a person decided is overwritten.
 */
export async function importTools(actor: Actor, input: ImportTools): Promise<ImportedTools> {
  const { workspaceId } = actor;
  authorize(actor, 'catalogue.import', { workspaceId });
  const { taken, refused } = sorted(input.tools);
  if (taken.length === 0)
    throw new AppError('invalid', `${input.server} lists no tool that a contract could name.`, {
      issues: refused.slice(0, 50).map(({ name, why }) => ({ path: name, message: why })),
    });
  return transact(async (client) => {
    // Two imports of one server come one after the other.
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `catalogue ${workspaceId} ${input.server}`,
    ]);
    const stored = await storedTools(client, workspaceId, input.server);
    const names = taken.map((tool) => tool.name);
    const added: string[] = [];
    const changed: string[] = [];
    for (const tool of taken) {
      const before = stored.get(tool.name);
      if (before !== undefined && sameAs(before, tool)) continue;
      const suggestion = suggestionOf(tool, names);
      if (before === undefined) {
        added.push(tool.name);
        await add(client, workspaceId, input, tool, suggestion);
      } else {
        changed.push(tool.name);
        await change(client, before.id, tool, suggestion, input.origin);
      }
    }
    const missing = [...stored.values()].filter((tool) => !names.includes(tool.name) && !tool.missing);
    await client.query(
      `UPDATE catalogue_tool SET missing_since = CASE WHEN name = ANY($3) THEN NULL ELSE coalesce(missing_since, now()) END
        WHERE workspace_id = $1 AND server = $2`,
      [workspaceId, input.server, names],
    );
    const done: ImportedTools = {
      server: input.server,
      added,
      changed,
      unchanged: names.length - added.length - changed.length,
      missing: missing.map((tool) => tool.name),
      refused,
    };
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'catalogue.imported',
        subject: `workspace:${workspaceId}`,
        detail: {
          server: input.server,
          origin: input.origin,
          added: added.length,
          changed: changed.length,
          missing: missing.length,
          refused: refused.length,
        },
      },
    ]);
    await notify(client, { workspaceId, topic: 'catalogue', id: '' });
    return done;
  });
}

function sorted(tools: readonly SourceTool[]): { taken: SourceTool[]; refused: ImportedTools['refused'] } {
  const taken = new Map<string, SourceTool>();
  const refused: ImportedTools['refused'] = [];
  for (const tool of tools) {
    const why = refusal(tool, taken);
    if (why === undefined) taken.set(tool.name, tool);
    else refused.push({ name: tool.name.slice(0, 200), why });
  }
  return { taken: [...taken.values()], refused };
}

function refusal(tool: SourceTool, taken: ReadonlyMap<string, SourceTool>): string | undefined {
  if (tool.name.length > 200) return 'Its name has more than 200 characters.';
  if (!NAME.test(tool.name)) return 'Its name has a space or a slash, which no contract can name.';
  if (taken.has(tool.name)) return 'The source lists this name twice; the first is taken.';
  if (JSON.stringify(tool.arguments ?? null).length > MAX_ARGUMENTS)
    return 'Its JSON Schema is longer than 100,000 characters.';
  return undefined;
}

async function storedTools(
  client: PoolClient,
  workspaceId: string,
  server: string,
): Promise<Map<string, StoredTool>> {
  const { rows } = await client.query<StoredTool>(
    `SELECT id, name, description, arguments, hints, missing_since IS NOT NULL AS missing
       FROM catalogue_tool WHERE workspace_id = $1 AND server = $2`,
    [workspaceId, server],
  );
  return new Map(rows.map((row) => [row.name, row]));
}

function sameAs(before: StoredTool, tool: SourceTool): boolean {
  const said = (description: unknown, schema: unknown, hints: unknown) =>
    canonicalJson([description ?? null, plain(schema), plain(hints)]);
  return (
    said(before.description, before.arguments, before.hints) ===
    said(tool.description, tool.arguments, tool.hints)
  );
}

/** As the database gives it back. */
function plain(value: unknown): z.core.util.JSONType {
  return z.json().parse(JSON.parse(JSON.stringify(value ?? null)));
}

function suggestionOf(tool: SourceTool, others: readonly string[]): ToolSuggestion {
  const { method, notEnforced = [], ...hints } = tool.hints;
  const made = classifyTool({
    name: tool.name,
    description: tool.description ?? undefined,
    schema: tool.arguments,
    hints,
    method,
    others,
  });
  return { ...made, notEnforced: [...new Set([...notEnforced, ...made.notEnforced])] };
}

async function add(
  client: PoolClient,
  workspaceId: string,
  { server, origin }: ImportTools,
  tool: SourceTool,
  suggestion: ToolSuggestion,
): Promise<void> {
  await client.query(
    `INSERT INTO catalogue_tool
       (id, workspace_id, server, name, description, arguments, origin, hints, suggestion, imported_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now())`,
    [
      newId(),
      workspaceId,
      server,
      tool.name,
      tool.description ?? null,
      JSON.stringify(tool.arguments ?? null),
      origin,
      JSON.stringify(tool.hints),
      JSON.stringify(suggestion),
    ],
  );
}

/** `imported_at` is when its source last said something new of it: a decision from before is to be looked at again. */
async function change(
  client: PoolClient,
  id: string,
  tool: SourceTool,
  suggestion: ToolSuggestion,
  origin: string,
): Promise<void> {
  await client.query(
    `UPDATE catalogue_tool SET description = $2, arguments = $3, hints = $4, suggestion = $5, origin = $6, imported_at = now()
      WHERE id = $1`,
    [
      id,
      tool.description ?? null,
      JSON.stringify(tool.arguments ?? null),
      JSON.stringify(tool.hints),
      JSON.stringify(suggestion),
      origin,
    ],
  );
}
