import type { Layer, Window } from '@/lib/response/on-call';

/** A rotation as the editor holds it: what is typed into a number may be no number yet. */
export interface EditedLayer extends Omit<Layer, 'every'> {
  every: { count: number | string; unit: Layer['every']['unit'] };
}

export interface Edited {
  name: string;
  address: string;
  timeZone: string;
  layers: EditedLayer[];
}

/** `items` with the one at `at` changed. */
export function withItem<T>(items: readonly T[], at: number, change: Partial<T>): T[] {
  return items.map((item, index) => (index === at ? { ...item, ...change } : item));
}

/** `items` with the one at `at` moved by one place, up (−1) or down (1); as they are where it is the last there. */
export function moved<T>(items: readonly T[], at: number, by: -1 | 1): T[] {
  const list = [...items];
  const [item] = list.splice(at, 1);
  if (item !== undefined) list.splice(Math.max(0, at + by), 0, item);
  return list;
}

export const without = <T>(items: readonly T[], at: number): T[] => items.filter((_, index) => index !== at);

export const WORKING_HOURS: Window = { days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' };

/** A rotation of weeks from the Monday of the week that `day` (YYYY-MM-DD) is in. */
export function newLayer(id: string, name: string, day: string): EditedLayer {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() - ((at.getUTCDay() + 6) % 7));
  return {
    id,
    name,
    people: [],
    every: { count: 1, unit: 'weeks' },
    startsOn: at.toISOString().slice(0, 10),
    handoverAt: '09:00',
    windows: [],
  };
}
