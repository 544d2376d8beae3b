import { Sheet, SheetBody } from '@/components/ui/sheet';
import { requireActor } from '@/lib/auth/session';
import { listAmendments } from '@/lib/services/amendments/list-amendments';
import { listDrafts } from '@/lib/services/drafts/list-drafts';
import { AmendmentRows } from './amendment-rows';
import { AdoptDraft, StartAmendment } from './start-amendment';

/** So many are read here; all of them are under Review. */
const MOST = 5;

/** What is being amended in an agent's contract, and where one begins to. */
export async function AmendmentsOfAgent({ agent }: { agent: { name: string; displayName: string } }) {
  const actor = await requireActor();
  const [{ rows, mayWrite }, drafts] = await Promise.all([
    listAmendments(actor, { agent: agent.name }),
    listDrafts(actor, { agent: agent.name }),
  ]);
  const amended = new Set(rows.map((row) => row.draftId));
  const free = drafts.rows.filter((draft) => draft.base !== null && !amended.has(draft.id));
  if (rows.length === 0 && !mayWrite) return null;
  return (
    <Sheet title="Amendments" label={rows.length === 0 ? 'none yet' : undefined}>
      {rows.length === 0 ? null : <AmendmentRows rows={rows.slice(0, MOST)} />}
      {mayWrite ? (
        <SheetBody className={`flex flex-wrap gap-2 ${rows.length === 0 ? '' : 'border-t border-line'}`}>
          <StartAmendment agent={agent} />
          <AdoptDraft drafts={free} />
        </SheetBody>
      ) : null}
    </Sheet>
  );
}
