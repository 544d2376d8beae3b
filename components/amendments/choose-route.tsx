'use client';

import { ActionForm } from '@/components/ui/action-form';
import { Dialog, DialogActions, ReasonDialog } from '@/components/ui/dialog';
import { Select, Textarea } from '@/components/ui/field';
import { toast } from '@/components/ui/toast';
import { ROUTE_WORDS, ROUTES, type Route } from '@/lib/contract/change-row';
import { formatList } from '@/lib/format';
import type { GateId } from '@/lib/lifecycle/gates';
import { isLonger } from '@/lib/lifecycle/route-order';
import type { AmendmentDetail, Lowering } from '@/lib/services/amendments/dto';
import { consentAction, routeAction } from './actions';

/** Another way back than the one it takes: a longer one at once, a shorter one when GRC consents. */
export function ChooseRoute({
  number,
  route,
  computed,
  gatesByRoute,
}: {
  number: number;
  route: Route;
  computed: Route;
  gatesByRoute: AmendmentDetail['gatesByRoute'];
}) {
  const others = ROUTES.filter((each) => each !== route).toReversed();
  return (
    <Dialog
      trigger="Choose another way"
      title={`Another way back for AMD-${number}`}
      description={`The rules computed ${ROUTE_WORDS[computed].title}. A longer way holds at once; one shorter than now needs a reason. One shorter than computed needs somebody of GRC who consents to it too.`}
    >
      {(close) => (
        <ActionForm
          action={routeAction}
          onDone={({ message }) => {
            close();
            toast(message);
          }}
        >
          <input type="hidden" name="number" value={number} />
          <Select name="route" label="Back to" required defaultValue={others[0]}>
            {others.map((each) => (
              <option key={each} value={each}>
                {ROUTE_WORDS[each].title}: {formatList(gatesByRoute[each])} signed again
                {each === computed ? ' (as computed)' : isLonger(computed, each) ? ' (asks GRC)' : ''}
              </option>
            ))}
          </Select>
          <Textarea
            name="reason"
            label="Reason"
            hint="Needed for a shorter way; kept in the audit log with your name."
            maxLength={2000}
          />
          <DialogActions onCancel={close} confirm="Choose" />
        </ActionForm>
      )}
    </Dialog>
  );
}

/** GRC consents to a shorter way, or does not. */
export function AnswerLowering({
  number,
  asked,
  gates,
}: {
  number: number;
  asked: Lowering;
  /** Of the way that is asked for. */
  gates: readonly GateId[];
}) {
  const { title } = ROUTE_WORDS[asked.route];
  const fields = (consent: 'yes' | 'no') => (
    <>
      <input type="hidden" name="number" value={number} />
      <input type="hidden" name="seen" value={asked.seen} />
      <input type="hidden" name="consent" value={consent} />
    </>
  );
  return (
    <div className="flex flex-wrap gap-2">
      <ReasonDialog
        trigger="Consent"
        tone="primary"
        title={`Consent that AMD-${number} goes back to ${title} only?`}
        consequence={`Only ${formatList(gates)} ${gates.length === 1 ? 'is' : 'are'} signed again for the changes as they are now. What is changed after your consent takes the way the rules compute.`}
        confirm="Consent"
        action={consentAction}
        fields={fields('yes')}
      />
      <ReasonDialog
        trigger="Do not consent"
        tone="default"
        title={`AMD-${number} keeps the way it has?`}
        consequence="Whoever asked is told why. They may ask again."
        confirm="Do not consent"
        action={consentAction}
        fields={fields('no')}
      />
    </div>
  );
}
