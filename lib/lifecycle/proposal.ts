import { digestOf } from '../evidence/digest';
import { GATES } from './gates';

/** What G1 is signed on, before there is a contract: the case made for an agent. */
export interface Proposal {
  agent: string;
  evidence: { kind: string; digest: string }[];
}

/**
 * SHA-256, hex, of the canonical proposal: the agent's name and the evidence that G1 asks for, in the gate's order. Other
 * evidence makes another proposal.
 */
export function proposalDigest(agent: string, evidence: readonly { kind: string; digest: string }[]): string {
  const proposal: Proposal = {
    agent,
    evidence: GATES.G1.evidence.flatMap(({ kind }) => {
      const piece = evidence.find((each) => each.kind === kind);
      return piece === undefined ? [] : [{ kind, digest: piece.digest }];
    }),
  };
  return digestOf(proposal);
}
