import type { Rota, Shift } from '@/lib/response/on-call';
import type { OnCallFacts } from './load-rota';

/** How far ahead screens look, in days. */
export const DAYS_AHEAD = 28;

export interface PersonRef {
  id: string;
  name: string;
}

/** A shift as screens show it; times are ISO. */
export interface ShiftDto {
  from: string;
  to: string;
  /** Null: nobody is on call. */
  person: PersonRef | null;
  why:
    | { by: 'override'; overrideId: string }
    | { by: 'rotation'; layerId: string; layer: string }
    | { by: 'nobody'; because: 'hours' | 'away' };
  /** Names of those who were passed over, as they are away. */
  away: string[];
}

export function shiftDto({ from, to, person, why }: Shift, rota: Rota, facts: OnCallFacts): ShiftDto {
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    person: person === null ? null : personRef(person, facts),
    why:
      why.by === 'override'
        ? { by: 'override', overrideId: why.overrideId }
        : why.by === 'rotation'
          ? {
              by: 'rotation',
              layerId: why.layerId,
              layer: rota.layers.find((layer) => layer.id === why.layerId)?.name ?? '',
            }
          : { by: 'nobody', because: why.because },
    away: why.away.map((id) => personRef(id, facts).name),
  };
}

export function personRef(id: string, facts: OnCallFacts): PersonRef {
  return { id, name: facts.people.get(id)?.name ?? 'somebody who was removed' };
}
