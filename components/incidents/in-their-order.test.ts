import { describe, expect, test } from 'vitest';
import { inTheirOrder } from './in-their-order';

const moment = (title: string, at: string | null) => ({ title, at });
const second = (n: number) => new Date(Date.UTC(2026, 10, 21, 2, 4, n)).toISOString();
const titles = (moments: readonly { title: string }[]) => moments.map(({ title }) => title);

describe('the moments of an incident', () => {
  test('stand in the order in which they happened: a rollback by hand after the page that asked for it', () => {
    const moments = [
      moment('Breach', second(0)),
      moment('Run paused', second(1)),
      moment('Rolled back', second(9)),
      moment('Paged', second(2)),
      moment('Acknowledged', second(5)),
      moment('Resolved', null),
    ];
    expect(titles(inTheirOrder(moments))).toEqual([
      'Breach',
      'Run paused',
      'Paged',
      'Acknowledged',
      'Rolled back',
      'Resolved',
    ]);
  });

  test('that have not come keep their places, and those of one moment their order', () => {
    const moments = [
      moment('Breach', second(0)),
      moment('Run paused', null),
      moment('Rolled back', second(1)),
      moment('Paged', second(1)),
      moment('Acknowledged', null),
      moment('Verdict', second(3)),
    ];
    expect(titles(inTheirOrder(moments))).toEqual(titles(moments));
  });
});
