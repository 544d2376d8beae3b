import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import type { ToolSuggestion } from '@/lib/contract/classify-tool';
import { suggestionSchema } from '@/lib/contract/decided-tool';
import { type Tool, toolSchema } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { type Hints, hintsSchema } from './source-tool';

export const TOOL_STATES = ['undecided', 'changed', 'decided', 'missing'] as const;
export type ToolState = (typeof TOOL_STATES)[number];

export interface CatalogueTool {
  id: string;
  server: string;
  name: string;
  description: string | null;
  origin: 'mcp' | 'openapi';
  /** JSON Schema as the source gave it. */
  schema: unknown;
  hints: Hints;
  suggestion: ToolSuggestion;
  /** As a person decided it. */
  decision: Tool | null;
  decidedBy: string | null;
  decidedAt: string | null;
  /** When its source last said something new of it. */
  importedAt: string;
  /** missing: no longer listed; undecided: waits for a person; changed: decided before its source changed it. */
  state: ToolState;
}

export interface Catalogue {
  tools: CatalogueTool[];
  counts: Record<ToolState | 'all', number>;
  servers: { name: string; tools: number; importedAt: string }[];
  mayImport: boolean;
  mayDecide: boolean;
}

export interface CatalogueFilter {
  state?: ToolState | undefined;
  server?: string | undefined;
}

const LIMIT = 1000;
const STATE = `CASE WHEN missing_since IS NOT NULL THEN 'missing' WHEN decision IS NULL THEN 'undecided'
                    WHEN decided_at < imported_at THEN 'changed' ELSE 'decided' END`;

const rowSchema = z.object({
  id: z.string(),
  server: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  origin: z.enum(['mcp', 'openapi']),
  schema: z.unknown(),
  hints: hintsSchema,
  suggestion: suggestionSchema,
  decision: toolSchema.nullable(),
  decidedBy: z.string().nullable(),
  decidedAt: z.date().nullable(),
  importedAt: z.date(),
  state: z.enum(TOOL_STATES),
});

/** The catalogue's tools, those that wait for a person first; counts are of all of them. */
export async function listCatalogue(actor: Actor, filter: CatalogueFilter = {}): Promise<Catalogue> {
  const { workspaceId } = actor;
  authorize(actor, 'catalogue.read', { workspaceId });
  const [found, states, servers] = await Promise.all([
    db().query(
      `SELECT c.id, c.server, c.name, c.description, c.origin, c.arguments AS schema, c.hints, c.suggestion, c.decision,
              p.name AS "decidedBy", c.decided_at AS "decidedAt", c.imported_at AS "importedAt", c.state
         FROM (SELECT *, ${STATE} AS state FROM catalogue_tool
                WHERE workspace_id = $1 AND ($3::text IS NULL OR server = $3)) c
         LEFT JOIN person p ON p.id = c.decided_by_id
        WHERE $2::text IS NULL OR c.state = $2
        ORDER BY array_position(ARRAY['undecided', 'changed', 'missing', 'decided'], c.state), c.server, c.name
        LIMIT ${LIMIT}`,
      [workspaceId, filter.state ?? null, filter.server ?? null],
    ),
    db().query<{ state: ToolState; count: number }>(
      `SELECT ${STATE} AS state, count(*) AS count FROM catalogue_tool WHERE workspace_id = $1 GROUP BY 1`,
      [workspaceId],
    ),
    db().query<{ name: string; tools: number; importedAt: Date }>(
      `SELECT server AS name, count(*) AS tools, max(imported_at) AS "importedAt" FROM catalogue_tool
        WHERE workspace_id = $1 GROUP BY server ORDER BY server LIMIT 500`,
      [workspaceId],
    ),
  ]);
  const count = (state: ToolState) => states.rows.find((row) => row.state === state)?.count ?? 0;
  return {
    tools: found.rows.map((row) => {
      const { decidedAt, importedAt, ...tool } = rowSchema.parse(row);
      return {
        ...tool,
        decidedAt: decidedAt?.toISOString() ?? null,
        importedAt: importedAt.toISOString(),
      };
    }),
    counts: {
      all: states.rows.reduce((sum, row) => sum + row.count, 0),
      undecided: count('undecided'),
      changed: count('changed'),
      decided: count('decided'),
      missing: count('missing'),
    },
    servers: servers.rows.map((row) => ({ ...row, importedAt: row.importedAt.toISOString() })),
    mayImport: can(actor, 'catalogue.import', { workspaceId }),
    mayDecide: can(actor, 'catalogue.decide', { workspaceId }),
  };
}
