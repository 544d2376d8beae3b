'use client';

import { ReasonDialog } from '@/components/ui/dialog';
import { Select } from '@/components/ui/field';
import { Sheet, SheetBody } from '@/components/ui/sheet';
import { plural } from '@/lib/format';
import type { SwitchControl } from '@/lib/services/kill-switches/list-switches';
import { turnOnAction } from './actions';
import { KillSwitchControl } from './kill-switch-control';

/** Settings: stop a business unit or everything. One agent is stopped on its own page. */
export function WorkspaceSwitches({
  workspace,
  control,
  units,
}: {
  workspace: string;
  control: SwitchControl;
  units: readonly { name: string; agents: number }[];
}) {
  return (
    <Sheet title="Kill switches">
      <SheetBody className="grid justify-items-start gap-3">
        <p className="text-ink-2">
          A kill switch blocks every call within a second, at every runtime plane, until it is released. One
          agent is stopped on its own page.
        </p>
        {control.mayTurnOn ? (
          <div className="flex flex-wrap gap-2">
            <KillSwitchControl
              scope="workspace"
              target=""
              name={`every agent of ${workspace}`}
              control={control}
              trigger="Stop every agent"
            />
            {units.length === 0 ? null : (
              <ReasonDialog
                trigger="Stop a business unit"
                title="Stop a business unit now?"
                consequence="Every call its agents ask about is blocked within a second, in runs under way and in new ones, until somebody releases the switch. Runs under way wait and go on afterwards."
                confirm="Turn on kill switch"
                action={turnOnAction}
                fields={
                  <>
                    <input type="hidden" name="scope" value="business-unit" />
                    <Select name="target" label="Business unit" required>
                      {units.map((unit) => (
                        <option key={unit.name} value={unit.name}>
                          {unit.name} ({plural(unit.agents, 'agent')})
                        </option>
                      ))}
                    </Select>
                  </>
                }
              />
            )}
          </div>
        ) : (
          <p className="text-sm text-ink-2">
            The head of AI, operators and SREs may turn one on; the head of AI, operators and GRC release it.
          </p>
        )}
      </SheetBody>
    </Sheet>
  );
}
