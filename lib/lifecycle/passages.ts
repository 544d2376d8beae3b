import type { Route } from '../contract/change-row';
import { GATE_IDS, GATES, type GateId, gateFrom, gatesFrom } from './gates';
import { REQUIRED_GATES, type Way } from './required-gates';
import { compareStages, isLive, type Stage } from './stages';

/** A gate that was passed. */
export interface Passage {
  gate: GateId;
  /** Null at G1. */
  versionId: string | null;
  /** ms since 1970. */
  at: number;
  reviewId: string;
}

export interface StageMove {
  from: Stage;
  to: Stage;
  kind: 'gate' | 'fallback' | 'adopted';
  /** ms since 1970. */
  at: number;
}

/** All that was ever agreed about one agent. */
export interface Past {
  stage: Stage;
  /** In any order. */
  passages: readonly Passage[];
  /** Oldest first. */
  moves: readonly StageMove[];
  /** The version in force when the first gate was passed, or now: what an agent was taken over with. */
  adoptedVersionId: string | null;
  /** Numbers of versions: what a later one passes says nothing of an earlier one. */
  numberOf: (versionId: string) => number;
  /** The route of what changed from one version to another; null when nothing did. Only for versions of the agent. */
  wayBetween: (from: string, to: string) => Route | null;
  /**
   * Whether what a version passed may hold for a later one. An amendment that never came into force speaks for itself alone:
   * the next one does not build on it. Left out: every version's may.
   */
  carriesOn?: (versionId: string) => boolean;
}

/**
 * passed: by this version. carried: by an earlier one, and nothing that changed since asks for it again. adopted: the agent
 * was past it before there were gates. due: it must be passed.
 */
export type GateHold =
  | { state: 'passed' | 'carried'; passage: Passage }
  | { state: 'adopted' | 'due'; passage: null };

/** Where an agent stood before any gate moved it: beyond Discovery means that it was taken over. */
export function adoptedAt(past: Pick<Past, 'stage' | 'moves'>): Stage {
  const adopted = past.moves.find((move) => move.kind === 'adopted');
  return adopted?.to ?? past.moves[0]?.from ?? past.stage;
}

/** In Rollout or Production, and no gate was ever passed or fallen back through. */
export function isAdopted(past: Pick<Past, 'stage' | 'moves' | 'passages'>): boolean {
  return (
    isLive(past.stage) && past.passages.length === 0 && past.moves.every((move) => move.kind === 'adopted')
  );
}

/** Passages that no later fallback took away, the latest of each gate and version. */
export function livePassages(past: Pick<Past, 'passages' | 'moves'>): Passage[] {
  return past.passages.filter((passage) => supersededAt(passage, past.moves) === null);
}

/** When a fallback took a passage's effect away, ms since 1970; null while it holds. */
export function supersededAt(
  passage: Pick<Passage, 'gate' | 'at'>,
  moves: readonly StageMove[],
): number | null {
  const fallback = moves.find(
    (move) => move.kind === 'fallback' && move.at >= passage.at && gatesFrom(move.to).includes(passage.gate),
  );
  return fallback?.at ?? null;
}

/** How each gate stands for a version; null: for an agent without one. */
export function holdsOf(past: Past, versionId: string | null): Record<GateId, GateHold> {
  const live = livePassages(past);
  const hold = (gate: GateId) => holdOf(gate, live, past, versionId);
  return {
    G1: hold('G1'),
    G2: hold('G2'),
    G3: hold('G3'),
    G4: hold('G4'),
    G5: hold('G5'),
    G6: hold('G6'),
  };
}

function holdOf(gate: GateId, live: readonly Passage[], past: Past, versionId: string | null): GateHold {
  const ofGate = live.filter((passage) => passage.gate === gate).toSorted((a, b) => b.at - a.at);
  const own = ofGate.find((passage) => passage.versionId === null || passage.versionId === versionId);
  if (own !== undefined) return { state: 'passed', passage: own };
  const [latest] = ofGate.filter(
    (passage) =>
      passage.versionId === null ||
      versionId === null ||
      (past.numberOf(passage.versionId) <= past.numberOf(versionId) &&
        past.carriesOn?.(passage.versionId) !== false),
  );
  if (latest !== undefined && versionId !== null && latest.versionId !== null)
    return carries(gate, past.wayBetween(latest.versionId, versionId))
      ? { state: 'carried', passage: latest }
      : { state: 'due', passage: null };
  if (latest === undefined && wasAdoptedPast(gate, past)) {
    const { adoptedVersionId } = past;
    const same = adoptedVersionId === null || versionId === null || adoptedVersionId === versionId;
    if (same || carries(gate, past.wayBetween(adoptedVersionId, versionId)))
      return { state: 'adopted', passage: null };
  }
  return { state: 'due', passage: null };
}

/** Nothing is re-signed for no change; G6 never carries: it speaks of the very version. */
function carries(gate: GateId, way: Route | null): boolean {
  if (way === null) return true;
  return gate !== 'G6' && !REQUIRED_GATES[way].includes(gate);
}

function wasAdoptedPast(gate: GateId, past: Pick<Past, 'stage' | 'moves'>): boolean {
  if (gate === 'G6' || compareStages(GATES[gate].to, adoptedAt(past)) > 0) return false;
  return past.moves.every((move) => move.kind !== 'fallback' || !gatesFrom(move.to).includes(gate));
}

/** The gates a version must have behind it to do real work at a stage, and does not. */
export function missingAt(past: Past, versionId: string, stage: Stage): GateId[] {
  const holds = holdsOf(past, versionId);
  const upTo: GateId[] = stage === 'production' ? ['G1', 'G2', 'G3', 'G4', 'G5'] : ['G1', 'G2', 'G3', 'G4'];
  const missing = upTo.filter((gate) => holds[gate].state === 'due');
  if (missing.length > 0) return missing;
  if (stage === 'production')
    return holds.G6.state !== 'passed' && changedSince(past, versionId, holds.G5) ? ['G6'] : [];
  // G6 is not signed in Rollout: what would be re-signed there passes G4 anew.
  return !signedBeyondG4(past, versionId) && changedSince(past, versionId, holds.G4) ? ['G4'] : [];
}

/** Whether a version itself passed a gate after G4, and nothing took G4 away since. */
function signedBeyondG4(past: Past, versionId: string): boolean {
  return past.passages.some(
    (passage) =>
      passage.versionId === versionId &&
      (passage.gate === 'G5' || passage.gate === 'G6') &&
      supersededAt({ gate: 'G4', at: passage.at }, past.moves) === null,
  );
}

/**
 * The gates that lead a version on to Production from where its agent stands, the nearest first. In Rollout it is G5 that leads
 * there, also for what would be re-signed at G6.
 */
export function gatesAhead(past: Past, version: { id: string; inForce: boolean }): GateId[] {
  const onward = missingAt(past, version.id, 'production');
  if (past.stage !== 'rollout') return onward;
  const here = version.inForce ? [] : missingAt(past, version.id, 'rollout');
  const all = [...here, ...onward.map((gate) => (gate === 'G6' ? 'G5' : gate))];
  return GATE_IDS.filter((gate) => all.includes(gate));
}

/**
 * In Discovery to Review, and sent there from Rollout or Production: the version in force goes on working, so the agent is not
 * only in test.
 */
export function fellFromWork(past: Pick<Past, 'stage' | 'moves'>): boolean {
  return !isLive(past.stage) && past.moves.some((move) => move.kind === 'fallback' && isLive(move.from));
}

/** A version that changes figures and words of one that was agreed holds that one's gate, and is re-signed. */
function changedSince(past: Past, versionId: string, { state, passage }: GateHold): boolean {
  if (state === 'carried')
    return passage.versionId !== null && past.wayBetween(passage.versionId, versionId) !== null;
  if (state === 'adopted')
    return (
      past.adoptedVersionId !== null &&
      past.adoptedVersionId !== versionId &&
      past.wayBetween(past.adoptedVersionId, versionId) !== null
    );
  return false;
}

/** How a version came about: the longest way that the gates still due ask for. */
export function wayOf(past: Past, versionId: string | null): Way {
  const agreed = livePassages(past)
    .filter((passage) => passage.gate === 'G5' || passage.gate === 'G6')
    .toSorted((a, b) => b.at - a.at)[0];
  const base = agreed?.versionId ?? (wasAdoptedPast('G5', past) ? past.adoptedVersionId : null);
  if (base === null || versionId === null) return 'first';
  return past.wayBetween(base, versionId) ?? 'g6';
}

/**
 * The gate an agent comes to next, and for which version. While it is not live that is the first gate up to its stage's
 * that does not hold for its latest version. A live agent whose version is in force before its gates comes to these; one with a
 * later version that is not agreed yet to what that one needs; else to what its stage asks of the version in force.
 */
export function nextGate(
  past: Past,
  versions: {
    inForceId: string | null;
    latestId: string | null;
    wasLive: (versionId: string) => boolean;
    /** In force in an emergency, and to be signed after. */
    owesSignatures?: (versionId: string) => boolean;
  },
): { gate: GateId; versionId: string | null } {
  const { inForceId, latestId } = versions;
  const own = gateFrom(past.stage);
  if (!isLive(past.stage)) {
    const holds = holdsOf(past, latestId);
    const upTo = GATE_IDS.slice(0, GATE_IDS.indexOf(own) + 1);
    return { gate: upTo.find((gate) => holds[gate].state === 'due') ?? own, versionId: latestId };
  }
  if (inForceId !== null && versions.owesSignatures?.(inForceId) === true) {
    const [owed] = gatesAhead(past, { id: inForceId, inForce: true });
    if (owed !== undefined) return { gate: owed, versionId: inForceId };
  }
  if (latestId !== null && latestId !== inForceId && !versions.wasLive(latestId) && !isAdopted(past)) {
    const [missing] = missingAt(past, latestId, past.stage);
    if (missing !== undefined) return { gate: missing, versionId: latestId };
  }
  if (inForceId !== null && past.stage === 'rollout') {
    const [missing] = gatesAhead(past, { id: inForceId, inForce: true });
    return { gate: missing ?? 'G5', versionId: inForceId };
  }
  return { gate: own, versionId: inForceId ?? latestId };
}

/** What passing a gate does to an agent's stage, and whether the version is put in force by it. */
export function afterPassing(
  gate: GateId,
  at: { stage: Stage; versionId: string | null; inForceId: string | null },
): { stage: Stage; putInForce: boolean } {
  const { from, to } = GATES[gate];
  const other = at.versionId !== null && at.versionId !== at.inForceId;
  if (gate === 'G4') {
    // A version new to a live agent begins with a rollout, as the first one did.
    const moves = at.stage === from || (isLive(at.stage) && other);
    return { stage: moves ? to : at.stage, putInForce: other && moves };
  }
  const stage = at.stage === from ? to : at.stage;
  return { stage, putInForce: other && (gate === 'G5' || gate === 'G6') && isLive(stage) };
}
