import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { ROLE_TITLES } from '@/lib/auth/roles';
import { clausesOf } from '@/lib/contract/clauses';
import { plain } from '@/lib/contract/describe';
import { sectionTexts } from '@/lib/contract/document';
import type { Contract } from '@/lib/contract/schema';
import { DEFAULTS_AGENT } from '@/lib/contract/workspace-defaults';
import { db } from '@/lib/db/pool';
import { plural } from '@/lib/format';
import { contractVersion } from '@/lib/services/contracts/contract-in-force';
import { knownRoles } from '@/lib/services/people/load-session';

const FOUND_KINDS = [
  'incident',
  'agent',
  'contract',
  'draft',
  'clause',
  'tool',
  'person',
  'schedule',
  'run',
] as const;

export interface Found {
  kind: (typeof FOUND_KINDS)[number];
  /** Unique within its kind. */
  ref: string;
  title: string;
  detail: string;
  /** Its page. */
  href: string;
}

const EACH = 6;
/** Contracts in force whose clauses are searched: the agents that ran last. Compiled versions are kept in memory. */
const MOST_CONTRACTS = 200;
/** Below so many letters clauses would only be noise. */
const CLAUSES_FROM = 3;

/**
 * Agents, contracts, drafts, clauses, tools, people, schedules, incidents and runs whose name, title, number or words contain the text;
 * the latest agents, incidents and runs for an empty text. Kinds the reader may not see are left out.
 */
export async function findAnything(actor: Actor, text: string): Promise<Found[]> {
  const { workspaceId } = actor;
  authorize(actor, 'agent.read', { workspaceId });
  authorize(actor, 'run.read', { workspaceId });
  authorize(actor, 'incident.read', { workspaceId });
  const wanted = text.trim();
  const like = `%${wanted.replace(/[\\%_]/g, '\\$&')}%`;
  const may = { workspaceId };
  const found = await Promise.all([
    incidents(workspaceId, wanted, like),
    agents(workspaceId, like),
    wanted === '' || !can(actor, 'contract.read', may) ? [] : contracts(workspaceId, like),
    wanted === '' || !can(actor, 'draft.read', may) ? [] : drafts(workspaceId, like),
    wanted === '' || !can(actor, 'contract.read', may) ? [] : inContracts(workspaceId, wanted),
    wanted === '' || !can(actor, 'person.read', may) ? [] : people(workspaceId, like),
    wanted === '' || !can(actor, 'on-call.read', may) ? [] : schedules(workspaceId, like),
    runs(workspaceId, wanted),
  ]);
  return found.flat();
}

async function agents(workspaceId: string, like: string): Promise<Found[]> {
  const { rows } = await db().query<{ name: string; displayName: string; stage: string }>(
    `SELECT name, display_name AS "displayName", stage FROM agent
      WHERE workspace_id = $1 AND (display_name ILIKE $2 OR name ILIKE $2 OR business_unit ILIKE $2)
      ORDER BY last_run_at DESC NULLS LAST, name LIMIT ${EACH}`,
    [workspaceId, like],
  );
  return rows.map((row) => ({
    kind: 'agent',
    ref: row.name,
    title: row.displayName,
    detail: row.stage,
    href: `/agents/${encodeURIComponent(row.name)}`,
  }));
}

/** By agent or label; the version in force, else the newest. */
async function contracts(workspaceId: string, like: string): Promise<Found[]> {
  const { rows } = await db().query<{ name: string; displayName: string; label: string; inForce: boolean }>(
    `SELECT a.name, a.display_name AS "displayName", v.document #>> '{versioning,contract}' AS label,
            v.id = a.contract_version_id AS "inForce"
       FROM agent a CROSS JOIN LATERAL (
         SELECT id, document FROM contract_version
          WHERE workspace_id = $1 AND agent_id = a.id
          ORDER BY (id = a.contract_version_id) IS TRUE DESC, number DESC LIMIT 1) v
      WHERE a.workspace_id = $1 AND (a.display_name ILIKE $2 OR a.name ILIKE $2)
      ORDER BY a.last_run_at DESC NULLS LAST, a.name LIMIT ${EACH}`,
    [workspaceId, like],
  );
  return rows.map((row) => ({
    kind: 'contract',
    ref: row.name,
    title: `Contract of ${row.displayName}`,
    detail: `v${row.label}${row.inForce ? '' : ', not in force'}`,
    href: `/contracts/${encodeURIComponent(row.name)}`,
  }));
}

async function drafts(workspaceId: string, like: string): Promise<Found[]> {
  const { rows } = await db().query<{ id: string; name: string | null; subject: string; by: string | null }>(
    `SELECT d.id, coalesce(a.display_name, substring(d.source FROM '(?n)^  name: *([^\\n]{1,100})')) AS name, d.subject,
            p.name AS by
       FROM contract_draft d LEFT JOIN agent a ON a.id = d.agent_id LEFT JOIN person p ON p.id = d.updated_by_id
      WHERE d.workspace_id = $1 AND d.state = 'open'
        AND (a.display_name ILIKE $2 OR a.name ILIKE $2 OR left(d.source, 2000) ILIKE $2)
      ORDER BY d.updated_at DESC LIMIT ${EACH}`,
    [workspaceId, like],
  );
  return rows.map((row) => ({
    kind: 'draft',
    ref: row.id,
    title: `Draft of ${row.subject === 'defaults' ? 'the workspace defaults' : (row.name ?? 'a contract')}`,
    detail: row.by === null ? '' : `last changed by ${row.by}`,
    href: `/contracts/drafts/${row.id}`,
  }));
}

async function people(workspaceId: string, like: string): Promise<Found[]> {
  const { rows } = await db().query<{
    id: string;
    name: string;
    email: string;
    jobTitle: string | null;
    roles: string[];
  }>(
    `SELECT p.id, p.name, p.email, m.job_title AS "jobTitle", m.roles
       FROM membership m JOIN person p ON p.id = m.person_id
      WHERE m.workspace_id = $1 AND p.disabled_at IS NULL
        AND (p.name ILIKE $2 OR p.email ILIKE $2 OR m.job_title ILIKE $2)
      ORDER BY lower(p.name), p.id LIMIT ${EACH}`,
    [workspaceId, like],
  );
  return rows.map((row) => ({
    kind: 'person',
    ref: row.id,
    title: row.name,
    detail:
      row.jobTitle ??
      knownRoles(row.roles)
        .map((role) => ROLE_TITLES[role])
        .join(', '),
    href: '/settings/people',
  }));
}

async function schedules(workspaceId: string, like: string): Promise<Found[]> {
  const { rows } = await db().query<{ id: string; name: string; address: string }>(
    `SELECT id, name, address FROM on_call_schedule
      WHERE workspace_id = $1 AND archived_at IS NULL AND (name ILIKE $2 OR address ILIKE $2)
      ORDER BY lower(name), id LIMIT ${EACH}`,
    [workspaceId, like],
  );
  return rows.map((row) => ({
    kind: 'schedule',
    ref: row.id,
    title: row.name,
    detail: row.address,
    href: `/on-call/${row.id}`,
  }));
}

async function incidents(workspaceId: string, wanted: string, like: string): Promise<Found[]> {
  const number = /^(?:inc-?)?(\d{1,9})$/i.exec(wanted)?.[1];
  const { rows } = await db().query<{ number: number; title: string; state: string }>(
    `SELECT number, title, state FROM incident
      WHERE workspace_id = $1 AND (title ILIKE $2 OR number = $3)
      ORDER BY (number = $3) DESC NULLS LAST, opened_at DESC LIMIT ${EACH}`,
    [workspaceId, like, number === undefined ? null : Number(number)],
  );
  return rows.map((row) => ({
    kind: 'incident',
    ref: String(row.number),
    title: `INC-${row.number} ${row.title}`,
    detail: row.state,
    href: `/incidents/${row.number}`,
  }));
}

async function runs(workspaceId: string, wanted: string): Promise<Found[]> {
  // By its beginning: a key is an identifier, and a search inside millions of them would read them all.
  const { rows } = await db().query<{ id: string; key: string; agent: string; band: string | null }>(
    `SELECT r.id, r.key, a.display_name AS agent, r.band FROM run r JOIN agent a ON a.id = r.agent_id
      WHERE r.workspace_id = $1 AND ($2 = '%' OR r.key LIKE $2)
      ORDER BY r.started_at DESC, r.id DESC LIMIT ${EACH}`,
    [workspaceId, `${wanted.replace(/[\\%_]/g, '\\$&')}%`],
  );
  return rows.map((row) => ({
    kind: 'run',
    ref: row.id,
    title: row.key,
    detail: row.band === null ? row.agent : `${row.agent}, ${row.band}`,
    href: `/runs/${row.id}`,
  }));
}

interface Entry {
  path: string;
  /** Lower case. */
  words: string;
  sentence: string;
}

/** What is searched of a version: its clauses as sentences, and its tools. Versions never change, so it is made once. */
const indexed = new WeakMap<Contract, { clauses: Entry[]; tools: string[] }>();

function indexOf(contract: Contract): { clauses: Entry[]; tools: string[] } {
  const known = indexed.get(contract);
  if (known !== undefined) return known;
  const read = sectionTexts(contract).flatMap((section) => section.clauses);
  const shown = new Set(read.map((clause) => clause.path));
  const clauses = [
    ...read.map((clause) => ({ path: clause.path, sentence: plain(clause.sentence) })),
    ...clausesOf(contract)
      .filter((clause) => /^authority\/[^/]+$/.test(clause.path) && !shown.has(clause.path))
      .map((clause) => ({ path: clause.path, sentence: statementOf(clause.value) })),
  ].map((entry) => ({ ...entry, words: `${entry.path} ${entry.sentence}`.toLowerCase() }));
  const made = { clauses, tools: Object.keys(contract.tools).filter((name) => name !== '*') };
  indexed.set(contract, made);
  return made;
}

function statementOf(value: unknown): string {
  return typeof value === 'object' &&
    value !== null &&
    'statement' in value &&
    typeof value.statement === 'string'
    ? value.statement
    : '';
}

/** Clauses and tools of the contracts in force, the workspace defaults among them. */
async function inContracts(workspaceId: string, wanted: string): Promise<Found[]> {
  const { rows } = await db().query<{ versionId: string; name: string; displayName: string }>(
    `(SELECT contract_version_id AS "versionId", name, display_name AS "displayName" FROM agent
       WHERE workspace_id = $1 AND contract_version_id IS NOT NULL
       ORDER BY last_run_at DESC NULLS LAST, name LIMIT ${MOST_CONTRACTS})
     UNION ALL
     (SELECT id, $2, 'Workspace defaults' FROM contract_version
       WHERE workspace_id = $1 AND agent_id IS NULL ORDER BY number DESC LIMIT 1)`,
    [workspaceId, DEFAULTS_AGENT],
  );
  const letters = wanted.toLowerCase();
  const tools = new Map<string, { agents: string[]; href: string }>();
  const clauses: Found[] = [];
  const versions = await Promise.all(rows.map((row) => contractVersion(row.versionId)));
  for (const [at, row] of rows.entries()) {
    const version = versions[at];
    if (version === undefined) continue;
    const index = indexOf(version.contract);
    const page = `/contracts/${row.name === DEFAULTS_AGENT ? 'defaults' : encodeURIComponent(row.name)}`;
    for (const tool of index.tools) {
      if (!tool.toLowerCase().includes(letters)) continue;
      const known = tools.get(tool) ?? { agents: [], href: `${page}#${encodeURI(`tools/${tool}`)}` };
      known.agents.push(row.displayName);
      tools.set(tool, known);
    }
    if (letters.length < CLAUSES_FROM || clauses.length >= EACH) continue;
    for (const clause of index.clauses)
      if (clauses.length < EACH && clause.words.includes(letters) && !clause.path.startsWith('tools/'))
        clauses.push({
          kind: 'clause',
          ref: `${row.name} ${clause.path}`,
          title: clause.sentence || clause.path,
          detail: row.displayName,
          href: `${page}#${encodeURI(clause.path)}`,
        });
  }
  return [
    ...clauses,
    ...[...tools].slice(0, EACH).map(
      ([name, { agents, href }]): Found => ({
        kind: 'tool',
        ref: name,
        title: name,
        detail: agents.length === 1 ? (agents[0] ?? '') : plural(agents.length, 'contract'),
        href,
      }),
    ),
  ];
}
