'use client';

import { useState } from 'react';
import { ActionForm } from '@/components/ui/action-form';
import { Button, ButtonLink } from '@/components/ui/button';
import { Input, Select } from '@/components/ui/field';
import { Columns, Sheet, Stack } from '@/components/ui/sheet';
import { SubmitButton } from '@/components/ui/submit-button';
import type { PersonRef } from '@/lib/services/on-call/shift-dto';
import { saveSchedule } from './actions';
import { type Edited, moved, newLayer, withItem, without } from './edited';
import { LayerFields } from './layer-fields';
import { Preview } from './preview';

/** Makes a schedule or changes one; what the rotations come to shows beside them as they are edited. */
export function ScheduleForm({
  id,
  revision,
  initial,
  people,
  zones,
  now,
  today,
}: {
  /** Null: a new one. */
  id: string | null;
  revision: number;
  initial: Edited;
  people: readonly PersonRef[];
  zones: readonly string[];
  /** Milliseconds; where the preview begins. */
  now: number;
  /** YYYY-MM-DD in the workspace's zone. */
  today: string;
}) {
  const [edited, setEdited] = useState(initial);
  const change = (to: Partial<Edited>) => setEdited((before) => ({ ...before, ...to }));
  const { layers } = edited;
  return (
    <ActionForm action={saveSchedule}>
      <input type="hidden" name="edited" value={JSON.stringify({ id, revision, schedule: edited })} />
      <Columns>
        <Stack>
          <Sheet title="Schedule">
            <div className="grid gap-4 px-3.5 py-3">
              <Input
                name="name"
                label="Name"
                required
                maxLength={80}
                value={edited.name}
                onChange={(event) => change({ name: event.currentTarget.value })}
              />
              <Input
                name="address"
                label="Address"
                hint="What contracts name it by, in the form of an e-mail’s: claims-oncall@example.com. No mail is sent to it."
                required
                maxLength={320}
                autoCapitalize="none"
                spellCheck={false}
                value={edited.address}
                onChange={(event) => change({ address: event.currentTarget.value })}
              />
              <Select
                name="timeZone"
                label="Time zone"
                hint="Handovers and hours go by its clocks, also when they change."
                value={edited.timeZone}
                onChange={(event) => change({ timeZone: event.currentTarget.value })}
              >
                {zones.map((zone) => (
                  <option key={zone} value={zone}>
                    {zone}
                  </option>
                ))}
              </Select>
            </div>
          </Sheet>
          {layers.map((layer, at) => (
            <LayerFields
              key={layer.id}
              at={at}
              of={layers.length}
              layer={layer}
              people={people}
              onChange={(to) => change({ layers: withItem(layers, at, to) })}
              onMove={(by) => change({ layers: moved(layers, at, by) })}
              onRemove={() => change({ layers: without(layers, at) })}
            />
          ))}
          {layers.length < 10 ? (
            <div>
              <Button
                onClick={() =>
                  change({
                    layers: [
                      ...layers,
                      newLayer(crypto.randomUUID(), `Rotation ${layers.length + 1}`, today),
                    ],
                  })
                }
              >
                Add a rotation
              </Button>
              <p className="mt-1 text-sm text-ink-2">
                Of several, the first that covers a moment and has somebody there decides.
              </p>
            </div>
          ) : null}
          <div className="flex flex-wrap gap-2">
            <SubmitButton variant="primary">{id === null ? 'Make the schedule' : 'Save'}</SubmitButton>
            <ButtonLink href={id === null ? '/on-call' : `/on-call/${id}`}>Cancel</ButtonLink>
          </div>
        </Stack>
        <Stack>
          <Preview edited={edited} people={people} now={now} />
        </Stack>
      </Columns>
    </ActionForm>
  );
}
