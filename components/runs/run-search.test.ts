import { expect, test } from 'vitest';
import { runFilterSchema, runPageSchema } from '@/lib/services/runs/run-filters';
import { clauseHref, runHref } from './links';
import { loadRunSearch, NO_SEARCH, RUN_VIEWS, runFilterQuery, runQuery, viewOf } from './run-search';

test('what the URL says is what the service is asked', () => {
  const url =
    '?agent=claims&status=paused,running&band=critical&breached=1&from=2026-11-02&sort=risk&order=asc&q=a%20b';
  const asked = Object.fromEntries(new URLSearchParams(runQuery(loadRunSearch(url))));
  expect(runFilterSchema.parse(asked)).toMatchObject({
    agent: 'claims',
    status: ['paused', 'running'],
    band: ['critical'],
    breached: true,
    unpriced: false,
    from: '2026-11-02',
    q: 'a b',
  });
  expect(runPageSchema.parse(asked)).toMatchObject({ sort: 'risk', order: 'asc' });
});

test('a list can begin at the very moment a figure counts from', () => {
  const from = '2026-11-02T03:04:05.000001Z';
  const asked = Object.fromEntries(new URLSearchParams(runFilterQuery(loadRunSearch(`?from=${from}`))));
  expect(runFilterSchema.parse(asked).from).toBe(from);
  expect(runFilterQuery(loadRunSearch('?from=2026-11-02T99:00:00Z'))).toBe('');
});

test('values that mean nothing are left out instead of failing the page', () => {
  expect(runQuery(loadRunSearch('?band=purple&sort=luck&version=%27--&from=yesterday&breached=maybe'))).toBe(
    '',
  );
});

test('a list without filters is the view All, each saved view is itself, and a mixture is none of them', () => {
  expect(viewOf(NO_SEARCH)).toBe('All');
  for (const view of RUN_VIEWS) expect(viewOf({ ...NO_SEARCH, ...view.filters })).toBe(view.name);
  expect(viewOf({ ...NO_SEARCH, breached: true, unpriced: true })).toBeNull();
  // How it is sorted and which page is open do not make another view of it.
  expect(viewOf({ ...NO_SEARCH, ...loadRunSearch('?sort=risk&after=x') })).toBe('All');
  expect(runFilterQuery(loadRunSearch('?sort=risk&unpriced=1'))).toBe('?unpriced=1');
});

test.each([
  ['CLM-209117', '/runs/CLM-209117'],
  ['9f3c', '/runs/9f3c'],
  ['a/b', '/runs/id'],
  ['..', '/runs/id'],
  ['with space', '/runs/id'],
  ['x'.repeat(200), '/runs/id'],
])('a run goes by its key in a URL when that is safe there: %s', (key, href) => {
  expect(runHref({ id: 'id', key })).toBe(href);
});

test('a clause leads to the version the run was held to', () => {
  const of = { agent: 'claims processor', ofAgent: true, version: 3 };
  expect(clauseHref('tools/documents.ocr/categories', of)).toBe(
    '/contracts/claims%20processor?version=3#tools/documents.ocr/categories',
  );
  expect(clauseHref('cost/perRun', { ...of, ofAgent: false })).toBe('/contracts/defaults#cost/perRun');
});
