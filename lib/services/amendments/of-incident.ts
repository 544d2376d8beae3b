import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { incidentForVerdict } from '@/lib/services/verdicts/verdict-facts';
import type { AmendmentRowDto } from './dto';
import { listAmendments } from './list-amendments';

/** Plain JSON. */
export interface AmendmentsOfIncident {
  rows: AmendmentRowDto[];
  /** The clause an amendment begins at. */
  clause: string;
  mayStart: boolean;
}

/** What is amended because of an incident, by its number. Throws `not_found`. */
export async function amendmentsOfIncident(actor: Actor, number: number): Promise<AmendmentsOfIncident> {
  const { workspaceId } = actor;
  authorize(actor, 'amendment.read', { workspaceId });
  const incident = await incidentForVerdict(db(), workspaceId, number, 'read');
  const { rows, mayWrite } = await listAmendments(actor, { incident: incident.number });
  return { rows, clause: incident.clause, mayStart: mayWrite };
}
