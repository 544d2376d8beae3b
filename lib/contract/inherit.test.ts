import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { aContract } from '@/lib/services/testing/a-contract';
import { clausesOf } from './clauses';
import { completeWith, inheritedPart, isInherited } from './inherit';
import { parseContract } from './parse';
import { contractSchema } from './schema';
import { randomContract } from './testing/random-contract';
import { workspaceDefaults } from './workspace-defaults';

const defaults = contractSchema.parse(workspaceDefaults('head@example.com', '2026-01-15'));

type Json = Record<string, unknown>;
function record(value: unknown): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('not an object');
  return Object.fromEntries(Object.entries(value));
}

/** Every path of an object down to what is no object, `/` between keys. */
function leaves(value: unknown, path = ''): Map<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || Object.keys(value).length === 0)
    return new Map([[path, value]]);
  return new Map(
    Object.entries(value).flatMap(([key, inner]) => [
      ...leaves(inner, path === '' ? key : `${path}\0${key}`),
    ]),
  );
}

/** A sound contract of which sections, and parts of sections, were left out at random. */
const partial = fc.tuple(randomContract, fc.array(fc.nat(), { maxLength: 12 })).map(([whole, picks]) => {
  const document: Json = { ...record(structuredClone(whole)), extends: 'workspace-defaults' };
  for (const pick of picks) {
    const sections = Object.keys(document).filter(
      (key) => !['apiVersion', 'kind', 'extends', 'identity'].includes(key),
    );
    const section = sections[pick % Math.max(1, sections.length)];
    if (section === undefined) continue;
    const inner = document[section];
    const keys = Array.isArray(inner) || section === 'tools' ? [] : Object.keys(record(inner));
    const key = keys[pick % (keys.length + 1)];
    if (key === undefined || section === 'versioning') {
      if (section !== 'versioning') delete document[section];
    } else
      document[section] = Object.fromEntries(Object.entries(record(inner)).filter(([each]) => each !== key));
  }
  return document;
});

describe('completing a contract from the workspace defaults', () => {
  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(partial, (authored) => {
        const once = completeWith(authored, defaults);
        const twice = completeWith(once.document, defaults);
        expect(twice.document).toEqual(once.document);
        expect(twice.inherited).toEqual([]);
      }),
    );
  });

  it('keeps every value as it was written, and adds only what the defaults say', () => {
    fc.assert(
      fc.property(partial, (authored) => {
        const { document, inherited } = completeWith(authored, defaults);
        const after = leaves(document);
        const written = leaves(authored);
        for (const [path, value] of written) {
          // An empty object may be filled: then it is no leaf any more.
          if (typeof value === 'object' && value !== null && !Array.isArray(value)) continue;
          expect(after.get(path)).toEqual(value);
        }
        const given = leaves(defaults);
        for (const [path, value] of after) {
          if (written.has(path)) continue;
          expect(value).toEqual(given.get(path));
          expect(isInherited(inherited, path.replaceAll('\0', '/'))).toBe(true);
        }
      }),
    );
  });

  it('gives a contract, or faults that name what is missing', () => {
    fc.assert(
      fc.property(partial, (authored) => {
        const parsed = parseContract(stringify(authored), 'yaml', defaults);
        if (parsed.ok) {
          const paths = clausesOf(parsed.contract).map((clause) => clause.path);
          for (const path of parsed.inherited)
            expect(path === 'authority/rules' || paths.includes(path) || path.startsWith('data')).toBe(true);
        } else for (const issue of parsed.issues) expect(issue.path).not.toBe('');
      }),
      { numRuns: 60 },
    );
  });

  it('leaves a contract alone that does not ask for them', () => {
    const { document, inherited } = completeWith(aContract(), defaults);
    expect(document).toEqual(aContract());
    expect(inherited).toEqual([]);
  });

  it('takes lists, tools and thresholds whole, and merges weights and ceilings one by one', () => {
    const { cost: _, ...rest } = aContract();
    const { document, inherited } = completeWith(
      { ...rest, extends: 'workspace-defaults', cost: { perRun: 1 } },
      defaults,
    );
    expect(document).toMatchObject({
      cost: { perRun: 1, callsPerRun: 200, onBreach: { perRun: 'warn' } },
      risk: {
        thresholds: { medium: 10, high: 30, critical: 60 },
        categories: { payment: 5, genetic: 10, health: 10 },
      },
    });
    expect(Object.keys(record(record(document).tools))).not.toContain('*');
    expect(inherited).toContain('cost/callsPerRun');
    expect(inherited).toContain('risk/categories/genetic');
    expect(inherited).not.toContain('risk/categories/health');
    expect(inheritedPart(inherited, 'cost')).toBe('some');
    expect(inheritedPart(inherited, 'cost/onBreach/perRun')).toBe('all');
    expect(inheritedPart(inherited, 'risk/thresholds')).toBe('none');
  });

  it('never takes over who the defaults are, nor their version', () => {
    const parsed = parseContract(
      'apiVersion: countersign/v1\nkind: AgentContract\nextends: workspace-defaults\n',
      'yaml',
      defaults,
    );
    expect(parsed.ok).toBe(false);
    if (parsed.ok) return;
    expect(parsed.issues.map((issue) => issue.path)).toEqual(
      expect.arrayContaining([
        'identity',
        'versioning/contract',
        'versioning/code',
        'versioning/lastReviewed',
      ]),
    );
    expect(parsed.issues.map((issue) => issue.path)).not.toContain('versioning/retentionDays');
  });

  it('needs no more than who it is and its version', () => {
    const { identity } = aContract();
    const parsed = parseContract(
      stringify({
        apiVersion: 'countersign/v1',
        kind: 'AgentContract',
        extends: 'workspace-defaults',
        identity,
        versioning: { contract: '1.0', code: 'a@1', lastReviewed: '2026-01-15' },
      }),
      'yaml',
      defaults,
    );
    expect(parsed).toMatchObject({
      ok: true,
      contract: { extends: 'workspace-defaults', tools: { '*': { action: 'read' } } },
    });
    if (!parsed.ok) return;
    expect(isInherited(parsed.inherited, 'tools/*')).toBe(true);
    expect(isInherited(parsed.inherited, 'authority/some-rule')).toBe(true);
    expect(isInherited(parsed.inherited, 'identity/name')).toBe(false);
  });

  it('refuses defaults that extend themselves', () => {
    const parsed = parseContract(
      stringify({ ...workspaceDefaults('head@example.com', '2026-01-15'), extends: 'workspace-defaults' }),
      'yaml',
      defaults,
    );
    expect(parsed).toMatchObject({ ok: false, issues: [{ path: 'extends' }] });
  });
});
