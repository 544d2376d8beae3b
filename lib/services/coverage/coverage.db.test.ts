import { describe, expect, it } from 'vitest';
import { newId } from '@/lib/db/id';
import { db } from '@/lib/db/pool';
import { givenAgent, givenPerson, givenVersion, givenWorkspace } from '@/lib/services/testing/given';
import { givenRun, givenSpan } from '@/lib/services/testing/given-run';
import { getCoverage } from './get-coverage';

const DAY = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * DAY).toISOString();

describe('coverage of a contract by recorded runs', () => {
  it('tells unlisted tools with the runs that called them, and clauses nobody exercised', async () => {
    const workspace = await givenWorkspace();
    const reader = await givenPerson(workspace, ['sponsor']);
    const agent = await givenAgent(workspace);
    const run = await givenRun(workspace, agent, { key: 'first', band: 'high' });
    await givenSpan(workspace, run, { tool: 'orders.get', lane: 'allow' });
    await givenSpan(workspace, run, { tool: 'web.fetch', lane: 'block' });
    await givenSpan(workspace, run, { tool: 'web.fetch', lane: 'block' });
    const other = await givenRun(workspace, agent, { key: 'second' });
    await givenSpan(workspace, other, { tool: 'web.fetch', lane: 'block' });
    const coverage = await getCoverage(reader, agent.version.id);
    expect(coverage).toMatchObject({ runs: 2, cut: false, days: 30 });
    expect(coverage.ungoverned).toEqual([
      {
        kind: 'tool',
        name: 'web.fetch',
        runs: 2,
        caughtBy: null,
        examples: expect.arrayContaining([
          { runId: run.id, key: 'first' },
          { runId: other.id, key: 'second' },
        ]),
      },
    ]);
    expect(coverage.idle).toContain('tools/refunds.pay');
    expect(coverage.idle).not.toContain('tools/orders.get');
    expect(coverage.idle).not.toContain('risk/thresholds/high');
  });

  it('counts what an agent asked for and was refused, and what it did before the window not at all', async () => {
    const workspace = await givenWorkspace();
    const reader = await givenPerson(workspace, ['sponsor']);
    const agent = await givenAgent(workspace);
    const run = await givenRun(workspace, agent, {});
    await db().query(
      `INSERT INTO decision (id, workspace_id, run_id, seq, tool, categories, lane, clauses, obligations, decided_at)
       VALUES ($1, $2, $3, 1, 'refunds.pay', '{location}', 'escalate', $4, '[]', now())`,
      [
        newId(),
        workspace.id,
        run.id,
        JSON.stringify([{ clause: 'authority/large-refunds', code: 'needs-escalation' }]),
      ],
    );
    const old = await givenRun(workspace, agent, { startedAt: ago(40) });
    await givenSpan(workspace, old, { tool: 'notes.add', lane: 'allow' });
    const coverage = await getCoverage(reader, agent.version.id);
    expect(coverage.runs).toBe(1);
    expect(coverage.idle).not.toContain('authority/large-refunds');
    expect(coverage.idle).toContain('authority/small-refunds');
    expect(coverage.idle).toContain('tools/notes.add');
    expect(coverage.ungoverned).toMatchObject([{ kind: 'category', name: 'location', runs: 1 }]);
  });

  it('of the defaults looks at agents without a contract, and at no others', async () => {
    const workspace = await givenWorkspace();
    const reader = await givenPerson(workspace, ['sponsor']);
    const defaults = await givenVersion(workspace, null);
    const agent = await givenAgent(workspace);
    const own = await givenRun(workspace, agent);
    await givenSpan(workspace, own, { tool: 'notes.add', lane: 'allow' });
    const loose = { id: newId() };
    await db().query(
      `INSERT INTO agent (id, workspace_id, name, display_name, last_run_at) VALUES ($1, $2, 'loose', 'Loose', now())`,
      [loose.id, workspace.id],
    );
    const run = await givenRun(workspace, loose);
    await givenSpan(workspace, run, { tool: 'orders.get', lane: 'allow' });
    const coverage = await getCoverage(reader, defaults.id);
    expect(coverage.runs).toBe(1);
    expect(coverage.idle).toContain('tools/notes.add');
    expect(coverage.idle).not.toContain('tools/orders.get');
  });

  it('of another workspace does not exist', async () => {
    const agent = await givenAgent(await givenWorkspace());
    const stranger = await givenPerson(await givenWorkspace(), ['head-of-ai']);
    await expect(getCoverage(stranger, agent.version.id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(getCoverage(stranger, 'x')).rejects.toMatchObject({ code: 'not_found' });
  });
});
